package gateway_test

import (
	"bufio"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/aws/aws-lambda-go/events"

	"voice.example/infra/local/gateway"
)

// calls is what a function was called with.
type calls struct {
	mu     sync.Mutex
	events []events.APIGatewayV2HTTPRequest
}

func (c *calls) Invoke(_ context.Context, payload []byte) ([]byte, error) {
	var e events.APIGatewayV2HTTPRequest
	if err := json.Unmarshal(payload, &e); err != nil {
		return nil, err
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	c.events = append(c.events, e)
	return []byte(`{"statusCode":200}`), nil
}

// raw sends bytes as they are and gives the status lines of the answers, until the server ends the connection or sends nothing.
func raw(t *testing.T, server *httptest.Server, text string) []string {
	t.Helper()
	conn, err := net.Dial("tcp", strings.TrimPrefix(server.URL, "http://"))
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close()
	if _, err := io.WriteString(conn, text); err != nil {
		t.Fatal(err)
	}
	_ = conn.SetReadDeadline(time.Now().Add(500 * time.Millisecond))
	var lines []string
	for reader := bufio.NewReader(conn); ; {
		line, err := reader.ReadString('\n')
		if strings.HasPrefix(line, "HTTP/1.1 ") {
			lines = append(lines, line[9:12])
		}
		if err != nil {
			return lines
		}
	}
}

func TestThrottle(t *testing.T) {
	now := time.Date(2026, 6, 1, 12, 0, 0, 0, time.UTC)
	c := &calls{}
	g, err := gateway.New([]gateway.Route{
		{Method: "POST", Path: "/custody", Function: c, Throttle: gateway.Throttle{Rate: 2, Burst: 3}}, {Method: "GET", Path: "/help", Function: c},
	}, func() time.Time { return now })
	if err != nil {
		t.Fatal(err)
	}
	ask := func(method, path string) int {
		w := httptest.NewRecorder()
		g.ServeHTTP(w, httptest.NewRequest(method, path, nil))
		return w.Code
	}
	for i, want := range []int{200, 200, 200, 429, 429} {
		if got := ask("POST", "/custody"); got != want {
			t.Errorf("request %d: %d", i, got)
		}
	}
	if got := ask("GET", "/help"); got != 200 {
		t.Errorf("another route: %d", got)
	}
	now = now.Add(time.Second)
	for i, want := range []int{200, 200, 429} {
		if got := ask("POST", "/custody"); got != want {
			t.Errorf("a second later, request %d: %d", i, got)
		}
	}
	if len(c.events) != 6 {
		t.Errorf("the function was called %d times", len(c.events))
	}
}

func TestSlowBody(t *testing.T) {
	c := &calls{}
	g, err := gateway.New([]gateway.Route{{Method: "POST", Path: "/custody", Function: c}}, nil)
	if err != nil {
		t.Fatal(err)
	}
	g.BodyWithin = 200 * time.Millisecond
	server := httptest.NewServer(g)
	t.Cleanup(server.Close)
	if got := raw(t, server, "POST /custody HTTP/1.1\r\nHost: x\r\nContent-Length: 100\r\n\r\na_number="); len(got) != 1 || got[0] != "408" {
		t.Errorf("answered %v", got)
	}
	if len(c.events) != 0 {
		t.Error("the function was called with half a body")
	}
}

// TestSmuggling sends requests whose end two programs in a row could see in different places.
func TestSmuggling(t *testing.T) {
	const inner = "GET /staff HTTP/1.1\r\nHost: x\r\n\r\n"
	for name, text := range map[string]string{
		"LengthAndChunks":    "POST /custody HTTP/1.1\r\nHost: x\r\nContent-Length: 6\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n" + inner,
		"TwoLengths":         "POST /custody HTTP/1.1\r\nHost: x\r\nContent-Length: 0\r\nContent-Length: 33\r\n\r\n" + inner,
		"TwoEncodings":       "POST /custody HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\nTransfer-Encoding: identity\r\n\r\n0\r\n\r\n" + inner,
		"EncodingNotChunked": "POST /custody HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: xchunked\r\n\r\n0\r\n\r\n" + inner,
		"SpaceBeforeColon":   "POST /custody HTTP/1.1\r\nHost: x\r\nContent-Length : 33\r\n\r\n" + inner,
		"LengthWithSign":     "POST /custody HTTP/1.1\r\nHost: x\r\nContent-Length: +33\r\n\r\n" + inner,
		"FoldedHeader":       "POST /custody HTTP/1.1\r\nHost: x\r\nContent-Length:\r\n 0\r\nX\r\n\r\n" + inner,
		"TwoHosts":           "POST /custody HTTP/1.1\r\nHost: x\r\nHost: y\r\n\r\n" + inner,
	} {
		t.Run(name, func(t *testing.T) {
			c := &calls{}
			server := serve(t, gateway.Route{Method: "ANY", Path: "/{proxy+}", Function: c})
			answers := raw(t, server, text)
			for _, e := range c.events {
				if strings.Contains(e.RawPath, "staff") {
					t.Errorf("the second request was let in; answered %v", answers)
				}
			}
		})
	}
}

// TestHeaderTricks sends heads that could make a function take a request for another one.
func TestHeaderTricks(t *testing.T) {
	c := &calls{}
	server := serve(t, gateway.Route{Method: "ANY", Path: "/{proxy+}", Function: c})
	last := func(t *testing.T, text string) events.APIGatewayV2HTTPRequest {
		t.Helper()
		if got := raw(t, server, text); len(got) != 1 || got[0] != "200" {
			t.Fatalf("answered %v", got)
		}
		return c.events[len(c.events)-1]
	}
	t.Run("AddressIsTheConnections", func(t *testing.T) {
		e := last(t, "GET /a HTTP/1.1\r\nHost: x\r\nX-Forwarded-For: 198.51.100.7\r\nForwarded: for=198.51.100.7\r\nConnection: close\r\n\r\n")
		if e.RequestContext.HTTP.SourceIP != "127.0.0.1" {
			t.Errorf("from %s", e.RequestContext.HTTP.SourceIP)
		}
	})
	t.Run("MethodIsTheRequestLines", func(t *testing.T) {
		e := last(t, "GET /a HTTP/1.1\r\nHost: x\r\nX-HTTP-Method-Override: DELETE\r\nConnection: close\r\n\r\n")
		if e.RequestContext.HTTP.Method != "GET" || e.RouteKey != "ANY /{proxy+}" {
			t.Errorf("%s %s", e.RequestContext.HTTP.Method, e.RouteKey)
		}
	})
	t.Run("CookieOfEightKilobytes", func(t *testing.T) {
		e := last(t, "GET /a HTTP/1.1\r\nHost: x\r\nCookie: a="+strings.Repeat("b", 8000)+"\r\nConnection: close\r\n\r\n")
		if len(e.Cookies) != 1 {
			t.Errorf("%d cookies", len(e.Cookies))
		}
	})
	for name, head := range map[string]string{"NUL": "X: a\x00b", "NoName": ": a"} {
		t.Run("Err"+name, func(t *testing.T) {
			before := len(c.events)
			got := raw(t, server, fmt.Sprintf("GET /a HTTP/1.1\r\nHost: x\r\n%s\r\nConnection: close\r\n\r\n", head))
			if len(got) != 1 || got[0] != "400" || len(c.events) != before {
				t.Errorf("answered %v", got)
			}
		})
	}
}
