// Package gateway is the local runner's API Gateway: an HTTP API that hands requests to functions in
// payload format 2.0 and turns their answers into HTTP.
//
// Routes are chosen as AWS documents: a full match first, then the longest greedy one, then $default.
// The path reaches the function decoded and the query string as it came, which is what the service does
// for HTTP APIs. Limits of the service hold: 10 MB of body, 6 MB for the function, 30 s.
//
// A route that takes no more is answered with 429, as its Throttle says.
//
// Not here: TLS, authorizers, CORS, stages other than $default, an account's own throttling, custom domains.
package gateway

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"os"
	"slices"
	"strings"
	"time"

	"voice.example/infra/local/lambda"
)

// maxBody is the longest request body in bytes.
const maxBody = 10 << 20

// Invoker runs a function and waits for its answer. A lambda.Caller does.
type Invoker interface {
	Invoke(ctx context.Context, payload []byte) ([]byte, error)
}

// Route sends what matches to a function.
type Route struct {
	Method   string        // in capitals, or ANY
	Path     string        // /a/{id}, /{rest+}, or $default
	Timeout  time.Duration // how long to wait for the function; 0 means 30 s
	Throttle Throttle
	Function Invoker
}

// bodyWithin is how long a client may take to send a body. A function is called once all of it is there.
const bodyWithin = 30 * time.Second

// Gateway is an HTTP handler.
type Gateway struct {
	// BodyWithin is how long a client may take to send a body; New makes it bodyWithin.
	BodyWithin time.Duration

	routes []route
	now    func() time.Time
}

// New checks the routes. The clock may be nil, for time.Now.
func New(routes []Route, now func() time.Time) (*Gateway, error) {
	g := &Gateway{now: now, BodyWithin: bodyWithin}
	if g.now == nil {
		g.now = time.Now
	}
	for _, r := range routes {
		parsed, err := parse(r)
		if err != nil {
			return nil, err
		}
		for _, other := range g.routes {
			if other.key == parsed.key {
				return nil, fmt.Errorf("the route %s is there twice", parsed.key)
			}
		}
		g.routes = append(g.routes, parsed)
	}
	slices.SortStableFunc(g.routes, compare)
	return g, nil
}

// ServeHTTP handles one request.
func (g *Gateway) ServeHTTP(rw http.ResponseWriter, r *http.Request) {
	if len(r.TransferEncoding) > 0 { // it may have had a length as well, and what follows be meant for somebody else: RFC 9112, 6.1
		rw.Header().Set("Connection", "close")
	}
	id := requestID()
	rw.Header().Set("Apigw-Requestid", id)
	route, parameters, found := g.find(r.Method, r.URL.EscapedPath())
	if !found {
		refuse(rw, http.StatusNotFound, "Not Found")
		return
	}
	if !route.bucket.take(g.now()) {
		refuse(rw, http.StatusTooManyRequests, "Too Many Requests")
		return
	}
	// Where a connection has no deadlines, as in some tests, none is kept.
	_ = http.NewResponseController(rw).SetReadDeadline(time.Now().Add(g.BodyWithin))
	body, err := io.ReadAll(http.MaxBytesReader(rw, r.Body, maxBody))
	if err != nil {
		var tooLong *http.MaxBytesError
		if errors.As(err, &tooLong) {
			refuse(rw, http.StatusRequestEntityTooLarge, "Request Entity Too Large")
			return
		}
		if errors.Is(err, os.ErrDeadlineExceeded) {
			rw.Header().Set("Connection", "close")
			refuse(rw, http.StatusRequestTimeout, "Request Timeout")
			return
		}
		refuse(rw, http.StatusBadRequest, "Bad Request")
		return
	}
	_ = http.NewResponseController(rw).SetReadDeadline(time.Time{})
	payload, err := encode(request{Request: r, id: id, route: route, parameters: parameters, body: body, at: g.now()})
	if err != nil {
		refuse(rw, http.StatusInternalServerError, "Internal Server Error")
		return
	}
	ctx, cancel := context.WithTimeout(r.Context(), route.timeout)
	defer cancel()
	answer, err := route.function.Invoke(ctx, payload)
	if err != nil {
		fail(rw, err)
		return
	}
	if err := write(rw, answer); err != nil {
		rw.Header().Del("Set-Cookie")
		refuse(rw, http.StatusInternalServerError, "Internal Server Error")
	}
}

// fail answers as the service does when there is no answer of the function: it never tells why.
func fail(rw http.ResponseWriter, err error) {
	switch {
	case errors.Is(err, lambda.ErrTooLarge):
		refuse(rw, http.StatusRequestEntityTooLarge, "Request Entity Too Large")
	case errors.Is(err, lambda.ErrThrottled), errors.Is(err, lambda.ErrStopped), errors.Is(err, context.DeadlineExceeded):
		refuse(rw, http.StatusServiceUnavailable, "Service Unavailable")
	default:
		refuse(rw, http.StatusInternalServerError, "Internal Server Error")
	}
}

func refuse(rw http.ResponseWriter, status int, message string) {
	rw.Header().Set("Content-Type", "application/json")
	rw.WriteHeader(status)
	_, _ = fmt.Fprintf(rw, `{"message":%q}`, message)
}

// clientIP is the address without the port.
func clientIP(r *http.Request) string {
	ip, _, found := strings.Cut(r.RemoteAddr, "]:")
	if found {
		return strings.TrimPrefix(ip, "[")
	}
	ip, _, _ = strings.Cut(r.RemoteAddr, ":")
	return ip
}
