package main

import (
	"encoding/json"
	"fmt"
	"net/http"

	"github.com/aws/aws-lambda-go/events"
)

// httpEvent is what API Gateway makes of a POST of JSON.
func httpEvent(path string, fields map[string]string) ([]byte, error) {
	body, err := json.Marshal(fields)
	if err != nil {
		return nil, err
	}
	e := events.APIGatewayV2HTTPRequest{Version: "2.0", RouteKey: "POST " + path, RawPath: path, Body: string(body),
		Headers: map[string]string{"accept": "application/json", "accept-language": "en-US,en;q=0.9", "content-type": "application/json",
			"host": "voice.example", "user-agent": "Mozilla/5.0 (Linux; Android 14) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/130.0 Mobile Safari/537.36",
			"x-amzn-trace-id": "Root=1-67000000-000000000000000000000000", "x-forwarded-for": "192.0.2.1", "x-forwarded-port": "443", "x-forwarded-proto": "https"}}
	e.RequestContext = events.APIGatewayV2HTTPRequestContext{RouteKey: e.RouteKey, AccountID: "000000000000", Stage: "$default", RequestID: "bench",
		APIID: "bench", DomainName: "voice.example", HTTP: events.APIGatewayV2HTTPRequestContextHTTPDescription{
			Method: http.MethodPost, Path: path, Protocol: "HTTP/1.1", SourceIP: "192.0.2.1", UserAgent: e.Headers["user-agent"]}}
	return json.Marshal(e)
}

// httpAnswer reads an answer's body, which must have that status.
func httpAnswer(answer []byte, status int, into any) error {
	var r events.APIGatewayV2HTTPResponse
	if err := json.Unmarshal(answer, &r); err != nil {
		return fmt.Errorf("the function said %q: %w", answer, err)
	}
	if r.StatusCode != status {
		return fmt.Errorf("the answer is %d %s", r.StatusCode, r.Body)
	}
	return json.Unmarshal([]byte(r.Body), into)
}
