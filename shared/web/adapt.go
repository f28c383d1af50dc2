package web

import (
	"bytes"
	"context"
	"encoding/base64"
	"fmt"
	"log/slog"
	"net"
	"net/http"
	"net/url"
	"runtime/debug"
	"strconv"
	"strings"
	"unicode/utf8"

	"github.com/aws/aws-lambda-go/events"

	"voice.example/shared/aws"
)

// Handler is what Lambda calls for an HTTP API event with payload format 2.0.
type Handler = func(context.Context, events.APIGatewayV2HTTPRequest) (events.APIGatewayV2HTTPResponse, error)

// The answers that no handler gives. They are fixed, so that they say nothing of what went wrong.
const (
	panicBody      = `{"type":"about:blank","title":"Something went wrong on our side","status":500,"code":"internal"}`
	unreadableBody = `{"type":"about:blank","title":"The request cannot be read","status":400,"code":"malformed"}`
)

func fixed(status int, problem string) events.APIGatewayV2HTTPResponse {
	header := http.Header{"Content-Type": {"application/problem+json"}}
	secure(header)
	return answer(status, header, []byte(problem))
}

// Adapt lets an http.Handler answer HTTP API events. A panic becomes a fixed 500 and an ERROR line; the function's
// process stays. Headers that were sent twice arrive joined by commas, as API Gateway joins them. The path of a
// stage other than $default would hold the stage's name; VOICE has none.
func Adapt(handler http.Handler) Handler {
	return func(ctx context.Context, event events.APIGatewayV2HTTPRequest) (response events.APIGatewayV2HTTPResponse, err error) {
		defer func() {
			if cause := recover(); cause != nil {
				slog.ErrorContext(ctx, "panic", "cause", fmt.Sprint(cause), "stack", string(debug.Stack()))
				response, err = fixed(http.StatusInternalServerError, panicBody), nil
			}
		}()
		request, err := request(WithAddress(ctx, addressOf(ctx, event)), event)
		if err != nil {
			aws.LineOf(ctx).Outcome("malformed")
			return fixed(http.StatusBadRequest, unreadableBody), nil
		}
		w := &buffer{header: http.Header{}, status: http.StatusOK}
		handler.ServeHTTP(w, request)
		if request.Method == http.MethodHead {
			w.body.Reset()
		}
		return answer(w.status, w.header, compress(request, w.header, w.body.Bytes())), nil
	}
}

// buffer holds what a handler writes. Headers may be set until the answer goes, which no handler relies on.
type buffer struct {
	header http.Header
	status int
	wrote  bool
	body   bytes.Buffer
}

func (b *buffer) Header() http.Header { return b.header }

func (b *buffer) WriteHeader(status int) {
	if !b.wrote {
		b.status, b.wrote = status, true
	}
}

func (b *buffer) Write(content []byte) (int, error) {
	b.wrote = true
	return b.body.Write(content)
}

// request makes the event an http.Request. It fails on a method that is no token and on a body that is not the
// base64 it claims to be.
func request(ctx context.Context, event events.APIGatewayV2HTTPRequest) (*http.Request, error) {
	body := event.Body
	if event.IsBase64Encoded {
		decoded, err := base64.StdEncoding.DecodeString(body)
		if err != nil {
			return nil, fmt.Errorf("body is not base64: %w", err)
		}
		body = string(decoded)
	}
	r, err := http.NewRequestWithContext(ctx, event.RequestContext.HTTP.Method, "/", strings.NewReader(body))
	if err != nil {
		return nil, fmt.Errorf("request line cannot be read: %w", err)
	}
	r.URL = &url.URL{Path: event.RawPath, RawQuery: event.RawQueryString}
	if path, err := url.PathUnescape(event.RawPath); err == nil {
		r.URL.Path, r.URL.RawPath = path, event.RawPath
	}
	r.RequestURI = r.URL.RequestURI()
	for name, value := range event.Headers {
		r.Header.Set(name, value)
	}
	if len(event.Cookies) > 0 {
		r.Header.Set("Cookie", strings.Join(event.Cookies, "; "))
	}
	for name, value := range event.PathParameters {
		r.SetPathValue(name, value)
	}
	r.Host = event.RequestContext.DomainName
	if host := r.Header.Get("Host"); host != "" {
		r.Host = host
	}
	r.Header.Del("Host")
	r.RemoteAddr = net.JoinHostPort(event.RequestContext.HTTP.SourceIP, "0")
	return r, nil
}

// answer makes a response of what a handler wrote. What is not UTF-8, a picture say, goes in base64.
func answer(status int, header http.Header, body []byte) events.APIGatewayV2HTTPResponse {
	response := events.APIGatewayV2HTTPResponse{StatusCode: status, Headers: map[string]string{}}
	for name, values := range header {
		if name == "Set-Cookie" {
			response.Cookies = values
			continue
		}
		response.Headers[strings.ToLower(name)] = strings.Join(values, ", ")
	}
	if _, set := response.Headers["content-length"]; !set && len(body) > 0 {
		response.Headers["content-length"] = strconv.Itoa(len(body))
	}
	response.Body = string(body)
	if !utf8.Valid(body) {
		response.Body, response.IsBase64Encoded = base64.StdEncoding.EncodeToString(body), true
	}
	return response
}
