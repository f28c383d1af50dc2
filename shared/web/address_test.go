package web_test

import (
	"context"
	"net/http"
	"testing"

	"github.com/aws/aws-lambda-go/events"

	"voice.example/shared/web"
)

func TestAddress(t *testing.T) {
	for name, c := range map[string]struct{ domain, host, want string }{
		"OK":                {"voice.example.gov", "voice.example.gov", "https://voice.example.gov"},
		"HostIsNotBelieved": {"voice.example.gov", "elsewhere.example", "https://voice.example.gov"},
		"NoHost":            {"voice.example.gov", "", "https://voice.example.gov"},
		"Local":             {"localhost", "localhost:8080", "http://localhost:8080"},
		"LocalByNumber":     {"127.0.0.1", "127.0.0.1:8080", "http://127.0.0.1:8080"},
		"LocalOtherHost":    {"localhost", "elsewhere.example:80", "http://localhost"},
		"Unknown":           {"", "elsewhere.example", ""},
	} {
		t.Run(name, func(t *testing.T) {
			event := events.APIGatewayV2HTTPRequest{RawPath: "/", Headers: map[string]string{"host": c.host, "x-forwarded-host": "elsewhere.example"}}
			event.RequestContext.DomainName, event.RequestContext.HTTP.Method = c.domain, "GET"
			got := "not asked"
			_, err := web.Adapt(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) { got = web.Address(r) }))(context.Background(), event)
			if err != nil || got != c.want {
				t.Errorf("got %q, %v", got, err)
			}
		})
	}
}
