package gateway_test

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"io"
	"net/http"
	"net/http/httptest"
	"reflect"
	"strings"
	"testing"
	"time"

	"github.com/aws/aws-lambda-go/events"

	"voice.example/infra/local/gateway"
	"voice.example/infra/local/lambda"
)

type function func(ctx context.Context, payload []byte) ([]byte, error)

func (f function) Invoke(ctx context.Context, payload []byte) ([]byte, error) { return f(ctx, payload) }

func serve(t *testing.T, routes ...gateway.Route) *httptest.Server {
	t.Helper()
	g, err := gateway.New(routes, nil)
	if err != nil {
		t.Fatal(err)
	}
	server := httptest.NewServer(g)
	t.Cleanup(server.Close)
	return server
}

func do(t *testing.T, r *http.Request) (*http.Response, string) {
	t.Helper()
	response, err := http.DefaultTransport.RoundTrip(r)
	if err != nil {
		t.Fatal(err)
	}
	defer response.Body.Close()
	body, err := io.ReadAll(response.Body)
	if err != nil {
		t.Fatal(err)
	}
	return response, string(body)
}

func request(t *testing.T, method, url string, body io.Reader) *http.Request {
	t.Helper()
	r, err := http.NewRequestWithContext(t.Context(), method, url, body)
	if err != nil {
		t.Fatal(err)
	}
	return r
}

func TestRoutes(t *testing.T) {
	answers := func(name string) gateway.Invoker {
		return function(func(_ context.Context, payload []byte) ([]byte, error) {
			var event events.APIGatewayV2HTTPRequest
			if err := json.Unmarshal(payload, &event); err != nil {
				return nil, err
			}
			return json.Marshal(map[string]any{"route": event.RouteKey, "parameters": event.PathParameters})
		})
	}
	var routes []gateway.Route
	for _, key := range []string{"ANY /{proxy+}", "GET /pets/{proxy+}", "GET /pets/dog/{id}", "GET /pets/dog/1", "ANY /pets/dog/1", "POST /custody", "GET /", "GET /a b"} {
		method, path, _ := strings.Cut(key, " ")
		routes = append(routes, gateway.Route{Method: method, Path: path, Function: answers(key)})
	}
	server := serve(t, routes...)
	for name, test := range map[string]struct{ method, path, want, parameters string }{
		"FixedBeforeVariable":              {"GET", "/pets/dog/1", "GET /pets/dog/1", `{}`},
		"MethodBeforeAny":                  {"PUT", "/pets/dog/1", "ANY /pets/dog/1", `{}`},
		"VariableBeforeGreedy":             {"GET", "/pets/dog/2", "GET /pets/dog/{id}", `{"id":"2"}`},
		"LongestGreedy":                    {"GET", "/pets/cat/1", "GET /pets/{proxy+}", `{"proxy":"cat/1"}`},
		"ShorterGreedyForTheMethod":        {"POST", "/pets/cat/1", "ANY /{proxy+}", `{"proxy":"pets/cat/1"}`},
		"OtherMethodFallsToGreedy":         {"GET", "/custody", "ANY /{proxy+}", `{"proxy":"custody"}`},
		"Root":                             {"GET", "/", "GET /", `{}`},
		"VariableIsDecoded":                {"GET", "/pets/dog/a%20b%2Fc", "GET /pets/dog/{id}", `{"id":"a b/c"}`},
		"FixedIsDecoded":                   {"GET", "/a%20b", "GET /a b", `{}`},
		"ASlashAtTheEndIsAnotherPath":      {"POST", "/custody/", "ANY /{proxy+}", `{"proxy":"custody/"}`},
		"AnEmptyVariableIsNone":            {"GET", "/pets/dog/", "GET /pets/{proxy+}", `{"proxy":"dog/"}`},
		"MoreSegmentsThanVariableIsGreedy": {"GET", "/pets/dog/1/2", "GET /pets/{proxy+}", `{"proxy":"dog/1/2"}`},
	} {
		t.Run(name, func(t *testing.T) {
			_, body := do(t, request(t, test.method, server.URL+test.path, nil))
			parameters := test.parameters
			if parameters == "{}" {
				parameters = "null"
			}
			if want := `{"parameters":` + parameters + `,"route":"` + test.want + `"}`; body != want {
				t.Fatalf("got %s, want %s", body, want)
			}
		})
	}

	t.Run("NotFound", func(t *testing.T) {
		response, body := do(t, request(t, "POST", server.URL+"/", nil))
		if response.StatusCode != 404 || body != `{"message":"Not Found"}` {
			t.Fatalf("%d %s", response.StatusCode, body)
		}
	})
	t.Run("Default", func(t *testing.T) {
		server := serve(t, gateway.Route{Method: "GET", Path: "/a", Function: answers("a")}, gateway.Route{Method: "ANY", Path: "$default", Function: answers("d")})
		_, body := do(t, request(t, "GET", server.URL+"/b", nil))
		if !strings.Contains(body, `"route":"$default"`) {
			t.Fatal(body)
		}
	})
	t.Run("ErrTwice", func(t *testing.T) {
		_, err := gateway.New([]gateway.Route{{Method: "GET", Path: "/a"}, {Method: "GET", Path: "/a"}}, nil)
		if err == nil {
			t.Fatal("no error")
		}
	})
	t.Run("ErrGreedyInTheMiddle", func(t *testing.T) {
		if _, err := gateway.New([]gateway.Route{{Method: "GET", Path: "/{a+}/b"}}, nil); err == nil {
			t.Fatal("no error")
		}
	})
}

func TestRequest(t *testing.T) {
	var event events.APIGatewayV2HTTPRequest
	server := serve(t, gateway.Route{Method: "ANY", Path: "/things/{id}", Function: function(func(_ context.Context, payload []byte) ([]byte, error) {
		event = events.APIGatewayV2HTTPRequest{}
		return []byte(`{}`), json.Unmarshal(payload, &event)
	})})
	send := func(t *testing.T, contentType string, body []byte) {
		t.Helper()
		r := request(t, "POST", server.URL+"/things/a%20b?x=1&y=%C3%A9&x=2", bytes.NewReader(body))
		r.Header["X-Twice"] = []string{"one", "two"}
		r.Header.Set("Cookie", "a=1; b=2")
		r.Header.Set("User-Agent", "probe")
		if contentType != "" {
			r.Header.Set("Content-Type", contentType)
		}
		if response, body := do(t, r); response.StatusCode != 200 {
			t.Fatal(response.Status, body)
		}
	}

	t.Run("Format2.0", func(t *testing.T) {
		send(t, "application/json", []byte(`{"a":1}`))
		if event.Version != "2.0" || event.RouteKey != "ANY /things/{id}" || event.RawPath != "/things/a b" || event.RawQueryString != "x=1&y=%C3%A9&x=2" {
			t.Errorf("event = %+v", event)
		}
		if want := map[string]string{"x": "1,2", "y": "é"}; !reflect.DeepEqual(event.QueryStringParameters, want) {
			t.Errorf("query = %v", event.QueryStringParameters)
		}
		if event.Headers["x-twice"] != "one,two" || event.Headers["cookie"] != "" || event.Headers["host"] == "" || event.Headers["x-forwarded-for"] != "127.0.0.1" {
			t.Errorf("headers = %v", event.Headers)
		}
		if want := []string{"a=1", "b=2"}; !reflect.DeepEqual(event.Cookies, want) {
			t.Errorf("cookies = %v", event.Cookies)
		}
		c := event.RequestContext
		if c.HTTP.Method != "POST" || c.HTTP.Path != "/things/a b" || c.HTTP.Protocol != "HTTP/1.1" || c.HTTP.SourceIP != "127.0.0.1" || c.HTTP.UserAgent != "probe" || len(c.RequestID) != 16 || c.Stage != "$default" {
			t.Errorf("context = %+v", c)
		}
		if _, err := time.Parse("02/Jan/2006:15:04:05 -0700", c.Time); err != nil || c.TimeEpoch == 0 {
			t.Errorf("time = %q, %d", c.Time, c.TimeEpoch)
		}
	})
	for name, test := range map[string]struct {
		contentType, body string
		encoded           bool
	}{
		"JSONIsText":       {"application/json; charset=utf-8", `{"a":1}`, false},
		"PlainIsText":      {"text/plain", "é", false},
		"FormIsBase64":     {"application/x-www-form-urlencoded", "YT0x", true},
		"BinaryIsBase64":   {"application/octet-stream", "AP8=", true},
		"NotUTF8IsBase64":  {"text/plain", "/w==", true},
		"NoTypeButUTF8":    {"", "plain", false},
		"ProblemIsText":    {"application/problem+json", "{}", false},
		"UnreadableIsBase": {"text/", "YQ==", true},
	} {
		t.Run(name, func(t *testing.T) {
			raw := map[string]string{"YT0x": "a=1", "AP8=": "\x00\xff", "/w==": "\xff", "YQ==": "a"}[test.body]
			if raw == "" {
				raw = test.body
			}
			send(t, test.contentType, []byte(raw))
			if event.Body != test.body || event.IsBase64Encoded != test.encoded {
				t.Fatalf("body = %q, base64 %v", event.Body, event.IsBase64Encoded)
			}
		})
	}
}

func TestResponse(t *testing.T) {
	for name, test := range map[string]struct {
		answer      string
		status      int
		contentType string
		body        string
	}{
		"Full":            {`{"statusCode":201,"headers":{"content-type":"text/html","x-n":7},"body":"<p>"}`, 201, "text/html", "<p>"},
		"Base64":          {`{"statusCode":200,"body":"AP8=","isBase64Encoded":true}`, 200, "text/plain;charset=UTF-8", "\x00\xff"},
		"NoBody":          {`{"statusCode":204}`, 204, "text/plain;charset=UTF-8", ""},
		"WithoutStatus":   {`{"a": 1}`, 200, "application/json", `{"a": 1}`},
		"AString":         {`"hello"`, 200, "application/json", "hello"},
		"ErrNotJSON":      {`oops`, 500, "application/json", `{"message":"Internal Server Error"}`},
		"ErrStatus":       {`{"statusCode":"abc"}`, 500, "application/json", `{"message":"Internal Server Error"}`},
		"ErrStatusRange":  {`{"statusCode":9000}`, 500, "application/json", `{"message":"Internal Server Error"}`},
		"ErrBodyNoString": {`{"statusCode":200,"body":{"a":1}}`, 500, "application/json", `{"message":"Internal Server Error"}`},
		"ErrNotBase64":    {`{"statusCode":200,"body":"?","isBase64Encoded":true}`, 500, "application/json", `{"message":"Internal Server Error"}`},
	} {
		t.Run(name, func(t *testing.T) {
			server := serve(t, gateway.Route{Method: "GET", Path: "/", Function: function(func(context.Context, []byte) ([]byte, error) {
				return []byte(test.answer), nil
			})})
			response, body := do(t, request(t, "GET", server.URL+"/", nil))
			if response.StatusCode != test.status || body != test.body || response.Header.Get("Content-Type") != test.contentType {
				t.Fatalf("%d %s %q", response.StatusCode, response.Header.Get("Content-Type"), body)
			}
			if response.Header.Get("Apigw-Requestid") == "" {
				t.Error("no request id")
			}
		})
	}

	t.Run("Cookies", func(t *testing.T) {
		server := serve(t, gateway.Route{Method: "GET", Path: "/", Function: function(func(context.Context, []byte) ([]byte, error) {
			return []byte(`{"statusCode":200,"cookies":["a=1; Secure","b=2"]}`), nil
		})})
		response, _ := do(t, request(t, "GET", server.URL+"/", nil))
		if want := []string{"a=1; Secure", "b=2"}; !reflect.DeepEqual(response.Header["Set-Cookie"], want) {
			t.Fatalf("cookies = %q", response.Header["Set-Cookie"])
		}
	})
}

func TestFailures(t *testing.T) {
	for name, test := range map[string]struct {
		err    error
		status int
		body   string
	}{
		"ErrFunction":  {&lambda.FunctionError{Type: "x", Message: "a secret"}, 500, `{"message":"Internal Server Error"}`},
		"ErrThrottled": {lambda.ErrThrottled, 503, `{"message":"Service Unavailable"}`},
		"ErrTooLarge":  {lambda.ErrTooLarge, 413, `{"message":"Request Entity Too Large"}`},
		"ErrOther":     {errors.New("other"), 500, `{"message":"Internal Server Error"}`},
	} {
		t.Run(name, func(t *testing.T) {
			server := serve(t, gateway.Route{Method: "GET", Path: "/", Function: function(func(context.Context, []byte) ([]byte, error) { return nil, test.err })})
			response, body := do(t, request(t, "GET", server.URL+"/", nil))
			if response.StatusCode != test.status || body != test.body {
				t.Fatalf("%d %s", response.StatusCode, body)
			}
		})
	}
	t.Run("ErrTooSlow", func(t *testing.T) {
		server := serve(t, gateway.Route{Method: "GET", Path: "/", Timeout: 20 * time.Millisecond, Function: function(func(ctx context.Context, _ []byte) ([]byte, error) {
			<-ctx.Done()
			return nil, ctx.Err()
		})})
		response, body := do(t, request(t, "GET", server.URL+"/", nil))
		if response.StatusCode != 503 || body != `{"message":"Service Unavailable"}` {
			t.Fatalf("%d %s", response.StatusCode, body)
		}
	})
	t.Run("ErrBodyTooLong", func(t *testing.T) {
		server := serve(t, gateway.Route{Method: "POST", Path: "/", Function: function(func(context.Context, []byte) ([]byte, error) { return []byte(`{}`), nil })})
		response, body := do(t, request(t, "POST", server.URL+"/", bytes.NewReader(make([]byte, 10<<20+1))))
		if response.StatusCode != 413 || body != `{"message":"Request Entity Too Large"}` {
			t.Fatalf("%d %s", response.StatusCode, body)
		}
	})
}
