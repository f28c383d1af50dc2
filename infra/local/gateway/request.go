package gateway

import (
	"crypto/rand"
	"encoding/base64"
	"encoding/json"
	"mime"
	"net"
	"net/http"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/aws/aws-lambda-go/events"

	"voice.example/infra/local/template"
)

// request is what an event is made of.
type request struct {
	*http.Request
	id         string
	route      route
	parameters map[string]string
	body       []byte
	at         time.Time
}

// encode makes the event in payload format 2.0.
func encode(r request) ([]byte, error) {
	path := r.URL.Path
	host := r.Host
	if h, _, err := net.SplitHostPort(host); err == nil {
		host = h
	}
	prefix, _, _ := strings.Cut(host, ".")
	event := events.APIGatewayV2HTTPRequest{
		Version:               "2.0",
		RouteKey:              r.route.key,
		RawPath:               path,
		RawQueryString:        r.URL.RawQuery,
		Cookies:               cookies(r.Header),
		Headers:               headers(r.Request),
		QueryStringParameters: query(r.Request),
		PathParameters:        r.parameters,
		RequestContext: events.APIGatewayV2HTTPRequestContext{
			RouteKey:     r.route.key,
			AccountID:    template.AccountID,
			Stage:        "$default",
			RequestID:    r.id,
			APIID:        "local",
			DomainName:   host,
			DomainPrefix: prefix,
			Time:         r.at.UTC().Format("02/Jan/2006:15:04:05 -0700"),
			TimeEpoch:    r.at.UnixMilli(),
			HTTP: events.APIGatewayV2HTTPRequestContextHTTPDescription{
				Method:    r.Method,
				Path:      path,
				Protocol:  r.Proto,
				SourceIP:  clientIP(r.Request),
				UserAgent: r.UserAgent(),
			},
		},
	}
	if len(r.body) > 0 {
		if isText(r.Header.Get("Content-Type"), r.body) {
			event.Body = string(r.body)
		} else {
			event.Body, event.IsBase64Encoded = base64.StdEncoding.EncodeToString(r.body), true
		}
	}
	return json.Marshal(event)
}

// headers are in lower case, with repeated ones joined by commas. Cookies stand apart.
func headers(r *http.Request) map[string]string {
	result := map[string]string{"host": r.Host}
	for name, values := range r.Header {
		if name != "Cookie" {
			result[strings.ToLower(name)] = strings.Join(values, ",")
		}
	}
	forwarded := clientIP(r)
	if before := result["x-forwarded-for"]; before != "" {
		forwarded = before + ", " + forwarded
	}
	result["x-forwarded-for"] = forwarded
	result["x-forwarded-proto"] = "http"
	if _, port, err := net.SplitHostPort(r.Host); err == nil {
		result["x-forwarded-port"] = port
	}
	return result
}

func cookies(h http.Header) []string {
	var result []string
	for _, line := range h.Values("Cookie") {
		for cookie := range strings.SplitSeq(line, ";") {
			if cookie = strings.TrimSpace(cookie); cookie != "" {
				result = append(result, cookie)
			}
		}
	}
	return result
}

func query(r *http.Request) map[string]string {
	var result map[string]string
	for name, values := range r.URL.Query() {
		if result == nil {
			result = map[string]string{}
		}
		result[name] = strings.Join(values, ",")
	}
	return result
}

// isText tells whether the body goes to the function as it is. The service knows these types as text
// and encodes everything else, HTML forms among it, in base64.
func isText(contentType string, body []byte) bool {
	if !utf8.Valid(body) {
		return false
	}
	if contentType == "" {
		return true
	}
	media, _, err := mime.ParseMediaType(contentType)
	if err != nil {
		return false
	}
	switch media {
	case "application/json", "application/javascript", "application/xml":
		return true
	}
	return strings.HasPrefix(media, "text/") || strings.HasSuffix(media, "+json") || strings.HasSuffix(media, "+xml")
}

// requestID looks like the service's: fifteen letters and an equals sign.
func requestID() string {
	var b [11]byte
	_, _ = rand.Read(b[:]) // it never fails, by its documentation
	return base64.URLEncoding.EncodeToString(b[:])
}
