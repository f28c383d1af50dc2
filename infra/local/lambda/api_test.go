package lambda_test

import (
	"context"
	"errors"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/credentials"
	sdk "github.com/aws/aws-sdk-go-v2/service/lambda"
	"github.com/aws/smithy-go"

	"voice.example/infra/local/lambda"
)

// TestAPI calls the probe with the SDK's own client.
func TestAPI(t *testing.T) {
	b := open(t, nil)
	none := 0
	stopped := open(t, func(c *lambda.Config) { c.Reserved = &none })
	var api lambda.API
	api.Add("voice-Probe", b.From("invoke"))
	api.Add("voice-Stopped", stopped.From("invoke"))
	server := httptest.NewServer(api.Before(http.NotFoundHandler()))
	t.Cleanup(server.Close)
	client := sdk.New(sdk.Options{Region: "us-east-1", BaseEndpoint: &server.URL, RetryMaxAttempts: 1,
		Credentials: credentials.NewStaticCredentialsProvider("local", "local-secret", "")})
	invoke := func(name, payload string) (*sdk.InvokeOutput, error) {
		return client.Invoke(context.Background(), &sdk.InvokeInput{FunctionName: &name, Payload: []byte(payload)})
	}
	code := func(err error) string {
		var refused smithy.APIError
		if errors.As(err, &refused) {
			return refused.ErrorCode()
		}
		return "none"
	}
	t.Run("OK", func(t *testing.T) {
		out, err := invoke("voice-Probe", `{}`)
		if err != nil || out.FunctionError != nil || !strings.Contains(string(out.Payload), "voice-Probe") || b.last().Source != "invoke" {
			t.Errorf("%+v, %v", out, err)
		}
	})
	t.Run("OKByARN", func(t *testing.T) {
		if _, err := invoke("arn:aws:lambda:us-east-1:000000000000:function:voice-Probe", `{}`); err != nil {
			t.Error(err)
		}
	})
	t.Run("FunctionErrorIsNoErrorOfTheCall", func(t *testing.T) {
		out, err := invoke("voice-Probe", `{"do":"fail"}`)
		if err != nil || aws.ToString(out.FunctionError) != "Unhandled" || !strings.Contains(string(out.Payload), "errorType") {
			t.Errorf("%+v, %v", out, err)
		}
	})
	t.Run("ErrUnknown", func(t *testing.T) {
		if _, err := invoke("voice-Other", `{}`); code(err) != "ResourceNotFoundException" {
			t.Errorf("%v", err)
		}
	})
	t.Run("ErrThrottled", func(t *testing.T) {
		if _, err := invoke("voice-Stopped", `{}`); code(err) != "TooManyRequestsException" {
			t.Errorf("%v", err)
		}
	})
	t.Run("ErrTooLarge", func(t *testing.T) {
		if _, err := invoke("voice-Probe", `"`+strings.Repeat("x", lambda.MaxPayload)+`"`); code(err) != "RequestTooLargeException" {
			t.Errorf("%v", err)
		}
	})
	t.Run("ErrAsynchronous", func(t *testing.T) {
		_, err := client.Invoke(context.Background(), &sdk.InvokeInput{FunctionName: aws.String("voice-Probe"), InvocationType: "Event"})
		if code(err) != "InvalidParameterValueException" {
			t.Errorf("%v", err)
		}
	})
	t.Run("ErrUnsigned", func(t *testing.T) {
		response, err := http.Post(server.URL+"/2015-03-31/functions/voice-Probe/invocations", "text/plain", strings.NewReader("{}"))
		if err != nil {
			t.Fatal(err)
		}
		defer response.Body.Close()
		if response.StatusCode != http.StatusForbidden {
			t.Errorf("%s", response.Status)
		}
	})
	t.Run("OthersPass", func(t *testing.T) {
		response, err := http.Get(server.URL + "/elsewhere")
		if err != nil {
			t.Fatal(err)
		}
		defer response.Body.Close()
		if response.StatusCode != http.StatusNotFound {
			t.Errorf("%s", response.Status)
		}
	})
}
