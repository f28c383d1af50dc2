package web_test

import (
	"bytes"
	"context"
	"encoding/base64"
	"encoding/json"
	"io"
	"log/slog"
	"net/http"
	"os"
	"strings"
	"testing"

	"github.com/aws/aws-lambda-go/events"

	"voice.example/shared/web"
)

// event reads an event as the gateway sent it, and checks that nothing of it is lost on the way into Go.
func event(t *testing.T, file string) events.APIGatewayV2HTTPRequest {
	t.Helper()
	content, err := os.ReadFile("testdata/" + file)
	if err != nil {
		t.Fatal(err)
	}
	var e events.APIGatewayV2HTTPRequest
	decoder := json.NewDecoder(bytes.NewReader(content))
	decoder.DisallowUnknownFields()
	if err := decoder.Decode(&e); err != nil {
		t.Fatal(err)
	}
	return e
}

func answer(t *testing.T, h http.HandlerFunc, e events.APIGatewayV2HTTPRequest) events.APIGatewayV2HTTPResponse {
	t.Helper()
	response, err := web.Adapt(h)(context.Background(), e)
	if err != nil {
		t.Fatal(err)
	}
	return response
}

// logged gives what is logged while do runs.
func logged(do func()) string {
	var out bytes.Buffer
	before := slog.Default()
	slog.SetDefault(slog.New(slog.NewJSONHandler(&out, nil)))
	defer slog.SetDefault(before)
	do()
	return out.String()
}

func TestAdaptRequest(t *testing.T) {
	t.Run("PostedForm", func(t *testing.T) {
		answer(t, func(_ http.ResponseWriter, r *http.Request) {
			body, err := io.ReadAll(r.Body)
			if err != nil || string(body) != "a_number=012+345+678&country_of_birth=MX" || r.ContentLength != int64(len(body)) {
				t.Errorf("body %q of %d, %v", body, r.ContentLength, err)
			}
			if r.Method != "POST" || r.URL.Path != "/custody" || r.Host != "abc123.execute-api.us-east-1.amazonaws.com" {
				t.Errorf("got %s %s on %s", r.Method, r.URL.Path, r.Host)
			}
			if query := r.URL.Query(); query.Get("lang") != "es" || strings.Join(query["q"], "|") != "a b|c" {
				t.Errorf("query %v", query)
			}
			if cookie, err := r.Cookie("two"); err != nil || cookie.Value != "2" {
				t.Errorf("cookie %v, %v", cookie, err)
			}
			if got := r.Header.Get("X-Many"); got != "first,second" {
				t.Errorf("header %q", got)
			}
			if r.RemoteAddr != "192.0.2.7:0" {
				t.Errorf("from %s", r.RemoteAddr)
			}
		}, event(t, "post_form_base64.json"))
	})
	t.Run("PathValue", func(t *testing.T) {
		var id string
		mux := http.NewServeMux()
		mux.HandleFunc("GET /v1/subscriptions/{id}", func(_ http.ResponseWriter, r *http.Request) { id = r.PathValue("id") })
		if got := answer(t, mux.ServeHTTP, event(t, "get_path.json")); got.StatusCode != 200 || id != "a/b c" {
			t.Errorf("got %d and %q", got.StatusCode, id)
		}
	})
	t.Run("PathThatIsNoEscape", func(t *testing.T) {
		e := event(t, "get_path.json")
		e.RawPath = "/100%"
		answer(t, func(_ http.ResponseWriter, r *http.Request) {
			if r.URL.Path != "/100%" {
				t.Errorf("path %q", r.URL.Path)
			}
		}, e)
	})
	t.Run("ErrBodyNotBase64", func(t *testing.T) {
		e := event(t, "post_form_base64.json")
		e.Body = "***"
		got := answer(t, func(http.ResponseWriter, *http.Request) { t.Error("the handler was called") }, e)
		if got.StatusCode != 400 || got.Headers["content-type"] != "application/problem+json" {
			t.Errorf("got %d %v", got.StatusCode, got.Headers)
		}
	})
}

func TestAdaptResponse(t *testing.T) {
	e := event(t, "get_path.json")
	t.Run("HeadersAndCookies", func(t *testing.T) {
		got := answer(t, func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Add("X-Many", "first")
			w.Header().Add("X-Many", "second")
			w.Header().Add("Set-Cookie", "a=1; Path=/")
			w.Header().Add("Set-Cookie", "b=2; Expires=Wed, 10 Jun 2026 10:00:00 GMT")
			w.WriteHeader(http.StatusAccepted)
			w.WriteHeader(http.StatusTeapot)
			_, _ = io.WriteString(w, "añejo")
		}, e)
		if got.StatusCode != 202 || got.Body != "añejo" || got.IsBase64Encoded || got.Headers["x-many"] != "first, second" || got.Headers["content-length"] != "6" {
			t.Errorf("got %+v", got)
		}
		if len(got.Cookies) != 2 || got.Headers["set-cookie"] != "" {
			t.Errorf("cookies %v", got.Cookies)
		}
	})
	t.Run("BinaryInBase64", func(t *testing.T) {
		picture := []byte{0x89, 'P', 'N', 'G', 0xff, 0}
		got := answer(t, func(w http.ResponseWriter, _ *http.Request) { _, _ = w.Write(picture) }, e)
		if !got.IsBase64Encoded || got.Body != base64.StdEncoding.EncodeToString(picture) {
			t.Errorf("got %+v", got)
		}
	})
	t.Run("HeadHasNoBody", func(t *testing.T) {
		e := e
		e.RequestContext.HTTP.Method = "HEAD"
		if got := answer(t, func(w http.ResponseWriter, _ *http.Request) { _, _ = io.WriteString(w, "page") }, e); got.Body != "" {
			t.Errorf("got %q", got.Body)
		}
	})
	t.Run("PanicIsAFixed500", func(t *testing.T) {
		var got events.APIGatewayV2HTTPResponse
		log := logged(func() {
			got = answer(t, func(w http.ResponseWriter, _ *http.Request) {
				_, _ = io.WriteString(w, "half a page")
				panic("the cause")
			}, e)
		})
		if got.StatusCode != 500 || strings.Contains(got.Body, "cause") || strings.Contains(got.Body, "half") || got.Headers["cache-control"] != "no-store" {
			t.Errorf("got %+v", got)
		}
		if !strings.Contains(log, "the cause") || !strings.Contains(log, "adapt_test.go") {
			t.Errorf("logged %s", log)
		}
	})
}
