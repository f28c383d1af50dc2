package web

import (
	"context"
	"net"
	"net/http"

	"github.com/aws/aws-lambda-go/events"
)

// addressKey is where a request's context has the site's own address.
type addressKey struct{}

// Address is what the addresses of this site begin with, such as https://voice.example.gov: of a link in a text, and of
// the page that a sign-in leads back to. It is the name that API Gateway was called by, and Adapt notes it. API Gateway
// says so itself, in the request's context: a header could name any site, and what we send people to would be there. It is
// empty where the name is not known. Behind an edge it is the edge's.
func Address(r *http.Request) string {
	address, _ := r.Context().Value(addressKey{}).(string)
	return address
}

// WithAddress notes the site's own address, for Address. Adapt does it for each event.
func WithAddress(ctx context.Context, address string) context.Context {
	return context.WithValue(ctx, addressKey{}, address)
}

// addressOf is the site that an event came by. The local runner is called by names that no API of AWS has; only there
// does the Host header count, for its port.
func addressOf(ctx context.Context, event events.APIGatewayV2HTTPRequest) string {
	if site, ok := ctx.Value(siteKey{}).(string); ok {
		return site
	}
	domain := event.RequestContext.DomainName
	switch {
	case domain == "":
		return ""
	case domain != "localhost" && net.ParseIP(domain) == nil:
		return "https://" + domain
	}
	if host, port, err := net.SplitHostPort(event.Headers["host"]); err == nil && host == domain {
		return "http://" + net.JoinHostPort(host, port)
	}
	return "http://" + domain
}
