package main

import (
	"context"
	"net"
	"net/http"

	"github.com/aws/aws-lambda-go/events"

	"voice.example/shared/web"
)

// siteKey is where a request's context has what the links begin with that are texted.
type siteKey struct{}

// knowSite notes under which name API Gateway was called. It says so itself, in the request's context: a header could name
// any site, and a link in a text of ours would lead there.
func knowSite(next web.Handler) web.Handler {
	return func(ctx context.Context, event events.APIGatewayV2HTTPRequest) (events.APIGatewayV2HTTPResponse, error) {
		return next(context.WithValue(ctx, siteKey{}, siteOf(event)), event)
	}
}

// siteOf is the site that an event came by. The local runner is called by names that no API of AWS has; only there does the
// Host header count, for its port.
func siteOf(event events.APIGatewayV2HTTPRequest) string {
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

// linkSite is what a texted link begins with; nothing where the site is not known.
func linkSite(r *http.Request) string {
	site, _ := r.Context().Value(siteKey{}).(string)
	if site == "" {
		return ""
	}
	return site + "/manage/"
}
