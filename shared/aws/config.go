package aws

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"os"
	"strings"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/aws/retry"
	awshttp "github.com/aws/aws-sdk-go-v2/aws/transport/http"
	"github.com/aws/aws-sdk-go-v2/credentials"
	"github.com/aws/smithy-go/middleware"
)

// Load reads region, credentials and endpoints from the environment that Lambda (or the local runner) gives.
//
// Calls are tried up to 5 times with at most 2 seconds between tries, so that a short throttle is ridden out
// and a long one is handed back to the event source, which waits better than a paid function does.
// Calls that must not be repeated, such as a text message, turn retries off at the call.
//
// What DynamoDB says that calls consumed is in the line that each invocation leaves in the log (see Line).
//
// A call whose answer does not begin within patience counts as failed, and is tried again: a connection that died while
// Lambda had the function frozen would otherwise cost it all of its time, and with it everything else in the batch.
//
// It reads what Lambda gives a function, and nothing else: not the files, profiles, single sign-on and instance metadata that
// config.LoadDefaultConfig knows of. Those would be a sixth of a function's program, and a part of each cold start.
func Load(context.Context) (aws.Config, error) {
	cfg := aws.Config{
		Region:      os.Getenv("AWS_REGION"),
		Credentials: credentials.NewStaticCredentialsProvider(os.Getenv("AWS_ACCESS_KEY_ID"), os.Getenv("AWS_SECRET_ACCESS_KEY"), os.Getenv("AWS_SESSION_TOKEN")),
		HTTPClient:  awshttp.NewBuildableClient().WithTransportOptions(func(t *http.Transport) { t.ResponseHeaderTimeout = patience }),
		Retryer: func() aws.Retryer {
			return retry.NewStandard(func(o *retry.StandardOptions) {
				o.MaxAttempts = 5
				o.MaxBackoff = maxBackoff
			})
		},
		APIOptions:    []func(*middleware.Stack) error{meterInvocations},
		DefaultsMode:  aws.DefaultsModeLegacy,
		ConfigSources: []any{endpoints{}},
	}
	if url := os.Getenv("AWS_ENDPOINT_URL"); url != "" {
		cfg.BaseEndpoint = &url
	}
	request, requestErr := whenRequired("AWS_REQUEST_CHECKSUM_CALCULATION")
	cfg.RequestChecksumCalculation = aws.RequestChecksumCalculationWhenSupported
	if request {
		cfg.RequestChecksumCalculation = aws.RequestChecksumCalculationWhenRequired
	}
	response, responseErr := whenRequired("AWS_RESPONSE_CHECKSUM_VALIDATION")
	cfg.ResponseChecksumValidation = aws.ResponseChecksumValidationWhenSupported
	if response {
		cfg.ResponseChecksumValidation = aws.ResponseChecksumValidationWhenRequired
	}
	return cfg, errors.Join(requestErr, responseErr)
}

// whenRequired reads a variable that is when_supported, as it is when it is not set, or when_required.
func whenRequired(name string) (bool, error) {
	switch value := strings.ToLower(os.Getenv(name)); value {
	case "", "when_supported":
		return false, nil
	case "when_required":
		return true, nil
	}
	return false, fmt.Errorf("aws: %s is neither when_supported nor when_required", name)
}

// endpoints tells clients where a service is, by variables such as AWS_ENDPOINT_URL_DYNAMODB: the local runner sets them.
type endpoints struct{}

// GetServiceBaseEndpoint is what clients look for in the sources of their configuration.
func (endpoints) GetServiceBaseEndpoint(_ context.Context, service string) (string, bool, error) {
	url := os.Getenv("AWS_ENDPOINT_URL_" + strings.ToUpper(strings.ReplaceAll(service, " ", "_")))
	return url, url != "", nil
}

// patience is how long a service may take until its answer begins. Half of what a look-up has, so that a second try fits
// in; far more than any call of ours takes that goes well, and as long as a text is waited for (sms.Timeout).
const patience = 5 * time.Second
