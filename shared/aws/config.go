package aws

import (
	"context"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/aws/retry"
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
func Load(ctx context.Context) (aws.Config, error) {
	return config.LoadDefaultConfig(ctx, config.WithRetryer(func() aws.Retryer {
		return retry.NewStandard(func(o *retry.StandardOptions) {
			o.MaxAttempts = 5
			o.MaxBackoff = maxBackoff
		})
	}), config.WithAPIOptions([]func(*middleware.Stack) error{meterInvocations}))
}
