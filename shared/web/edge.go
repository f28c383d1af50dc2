package web

import (
	"context"
	"crypto/sha256"
	"crypto/subtle"
	"fmt"
	"net/http"
	"net/netip"
	"net/url"
	"strings"

	"github.com/aws/aws-lambda-go/events"

	"voice.example/shared/aws"
)

const (
	// originHeader is what the edge (infra/edge.yaml) sends its secret in, in lower case as API Gateway gives it.
	originHeader = "voice-origin"
	// viewerHeader is where the edge says from which address it was asked. CloudFront's own header cannot be sent beside
	// Authorization without the viewer's Host, which API Gateway refuses, so a function at the edge writes this one.
	viewerHeader = "voice-viewer"
	// minOriginSecret is the fewest characters of a secret.
	minOriginSecret = 32
)

// notByEdgeBody answers whoever asks the API itself, past the edge in front of it.
const notByEdgeBody = `{"type":"about:blank","title":"Please use the address of the site","status":403,"code":"not_by_edge"}`

// Edge is what a server knows of the edge in front of it, which lets nobody past: by its secrets. The zero value is no edge.
type Edge struct {
	secrets []string
	site    string // what the addresses of the site begin with, by the edge
	host    string // of the site
}

// NewEdge makes an Edge of its secrets, with a comma between: the one that is sent now, and while it is being changed the one
// before or the next. site is what the addresses of the site begin with, such as https://voice.example.gov. No secrets are no
// edge.
func NewEdge(secrets, site string) (Edge, error) {
	if secrets == "" {
		return Edge{}, nil
	}
	e := Edge{secrets: strings.Split(secrets, ","), site: site}
	for n, s := range e.secrets {
		if len(s) < minOriginSecret {
			return Edge{}, fmt.Errorf("web: secret %d of the edge has fewer than %d characters", n+1, minOriginSecret)
		}
	}
	at, err := url.Parse(site)
	if err != nil || at.Host == "" {
		return Edge{}, fmt.Errorf("web: with an edge the address of the site must be known")
	}
	e.host = at.Host
	return e, nil
}

// AdaptBehind is Adapt for a server with an edge in front of it. What does not come by the edge is refused; of what does, the
// address, the host and the site are the edge's word. Without an edge all of these headers are anybody's word, and count for
// nothing.
func AdaptBehind(e Edge, handler http.Handler) Handler {
	inner := Adapt(handler)
	if len(e.secrets) == 0 {
		return inner
	}
	return func(ctx context.Context, event events.APIGatewayV2HTTPRequest) (events.APIGatewayV2HTTPResponse, error) {
		if !e.sent(event.Headers[originHeader]) {
			aws.LineOf(ctx).Outcome("not_by_edge")
			aws.LineOf(ctx).Count(aws.RequestsDenied, 1)
			return fixed(http.StatusForbidden, notByEdgeBody), nil
		}
		delete(event.Headers, originHeader)
		event.Headers["host"] = e.host
		event.RequestContext.HTTP.SourceIP = viewer(event.Headers[viewerHeader])
		return inner(context.WithValue(ctx, siteKey{}, e.site), event)
	}
}

// siteKey is where a context has the address of the site by its edge.
type siteKey struct{}

// sent reports whether a header has one of the secrets, in a time that does not tell how much of it was right.
func (e Edge) sent(header string) bool {
	got, right := sha256.Sum256([]byte(header)), 0
	for _, s := range e.secrets {
		want := sha256.Sum256([]byte(s))
		right |= subtle.ConstantTimeCompare(got[:], want[:])
	}
	return right == 1
}

// viewer is the address of whoever asked the edge; "" if it cannot be read.
func viewer(header string) string {
	address, err := netip.ParseAddr(header)
	if err != nil {
		return ""
	}
	return address.String()
}
