package web_test

import (
	"context"
	"net/http"
	"strings"
	"testing"

	"github.com/aws/aws-lambda-go/events"

	"voice.example/shared/web"
)

func TestEdge(t *testing.T) {
	now, before := strings.Repeat("n", 32), strings.Repeat("b", 32)
	edge, err := web.NewEdge(now+","+before, "https://voice.example.gov")
	if err != nil {
		t.Fatal(err)
	}
	ask := func(t *testing.T, e web.Edge, set func(h map[string]string)) (status int, body, source, site, host string) {
		t.Helper()
		event := event(t, "get_path.json")
		event.Headers["x-forwarded-for"] = "198.51.100.9"
		set(event.Headers)
		handler := web.AdaptBehind(e, http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
			source, site, host = web.Source(r), web.Address(r), r.Host
			if r.Header.Get("Voice-Origin") != "" {
				t.Error("the secret reached the handler")
			}
		}))
		var got events.APIGatewayV2HTTPResponse
		if got, err = handler(context.Background(), event); err != nil {
			t.Fatal(err)
		}
		return got.StatusCode, got.Body, source, site, host
	}
	for name, secret := range map[string]string{"SecretOfNow": now, "SecretBeforeWhileItChanges": before} {
		t.Run(name, func(t *testing.T) {
			status, body, source, site, host := ask(t, edge, func(h map[string]string) {
				h["voice-origin"], h["voice-viewer"], h["host"] = secret, "192.0.2.77", "elsewhere.example"
			})
			if status != 200 || source != "192.0.2.77/32" || site != "https://voice.example.gov" || host != "voice.example.gov" {
				t.Errorf("%d %s, from %s, on %s and %s", status, body, source, site, host)
			}
		})
	}
	t.Run("ViewerOfIPv6", func(t *testing.T) {
		_, _, source, _, _ := ask(t, edge, func(h map[string]string) {
			h["voice-origin"], h["voice-viewer"] = now, "2001:db8:1:2:3:4:5:6"
		})
		if source != "2001:db8:1:2::/64" {
			t.Errorf("from %s", source)
		}
	})
	t.Run("ViewerThatIsNoneIsNotTheEdges", func(t *testing.T) {
		if _, _, source, _, _ := ask(t, edge, func(h map[string]string) { h["voice-origin"] = now }); source != "" {
			t.Errorf("from %s", source)
		}
	})
	for name, secret := range map[string]string{"ErrNone": "", "ErrWrong": strings.Repeat("x", 32), "ErrPart": now[:31], "ErrBoth": now + "," + before} {
		t.Run(name, func(t *testing.T) {
			status, body, source, _, _ := ask(t, edge, func(h map[string]string) {
				h["voice-origin"], h["voice-viewer"] = secret, "192.0.2.77"
			})
			if status != 403 || !strings.Contains(body, "not_by_edge") || source != "" {
				t.Errorf("%d %s", status, body)
			}
		})
	}
	t.Run("WithoutAnEdgeItsHeadersCountForNothing", func(t *testing.T) {
		none, err := web.NewEdge("", "https://voice.example.gov")
		if err != nil {
			t.Fatal(err)
		}
		status, _, source, site, _ := ask(t, none, func(h map[string]string) { h["voice-viewer"] = "192.0.2.77" })
		if status != 200 || source != "2001:db8::/64" || site != "https://abc123.execute-api.us-east-1.amazonaws.com" {
			t.Errorf("%d, from %s, on %s", status, source, site)
		}
	})
	t.Run("ErrShortSecret", func(t *testing.T) {
		if _, err := web.NewEdge("short", "https://voice.example.gov"); err == nil {
			t.Error("taken")
		}
	})
	t.Run("ErrNoSite", func(t *testing.T) {
		if _, err := web.NewEdge(now, ""); err == nil {
			t.Error("taken")
		}
	})
}
