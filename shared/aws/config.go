package aws

import (
	"context"
	"net/http"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/aws/retry"
	awshttp "github.com/aws/aws-sdk-go-v2/aws/transport/http"
	"github.com/aws/aws-sdk-go-v2/config"
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
func Load(ctx context.Context) (aws.Config, error) {
	client := awshttp.NewBuildableClient().WithTransportOptions(func(t *http.Transport) { t.ResponseHeaderTimeout = patience })
	return config.LoadDefaultConfig(ctx, config.WithHTTPClient(client), config.WithRetryer(func() aws.Retryer {
		return retry.NewStandard(func(o *retry.StandardOptions) {
			o.MaxAttempts = 5
			o.MaxBackoff = maxBackoff
		})
	}), config.WithAPIOptions([]func(*middleware.Stack) error{meterInvocations}))
}

// patience is how long a service may take until its answer begins. Half of what a look-up has, so that a second try fits
// in; far more than any call of ours takes that goes well, and as long as a text is waited for (sms.Timeout).
const patience = 5 * time.Second
