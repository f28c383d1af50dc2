package sms

import (
	"context"
	"errors"
	"net"

	"github.com/aws/smithy-go"
)

// Outcome is what is known of a send that gave an error.
type Outcome string

const (
	Permanent Outcome = "permanent" // this phone will never get this text; do not try again
	OptedOut  Outcome = "opted_out" // the phone has said STOP
	Retryable Outcome = "retryable" // it was certainly not sent; try again
	Unknown   Outcome = "unknown"   // it may or may not have been sent
)

// outcomes says what each error code of SNS Publish means for the text. Codes that are not here are Unknown.
// Source: the Amazon SNS API reference, Publish, and its common errors.
var outcomes = map[string]Outcome{
	"InvalidParameter":      Permanent, // not a number that SNS can text
	"InvalidParameterValue": Permanent,
	"OptedOut":              OptedOut,

	"Throttled":            Retryable, // refused for now
	"Throttling":           Retryable,
	"ThrottlingException":  Retryable,
	"KMSThrottling":        Retryable,
	"AuthorizationError":   Retryable, // our own fault: somebody mends the policy, and the text must still go
	"AccessDenied":         Retryable,
	"InvalidClientTokenId": Retryable,
	"ExpiredToken":         Retryable,
	"InvalidSecurity":      Retryable,

	"InternalError":      Unknown, // SNS broke somewhere on the way
	"InternalFailure":    Unknown,
	"ServiceUnavailable": Unknown,
}

func classify(err error) Outcome {
	var api smithy.APIError
	if errors.As(err, &api) {
		if outcome, ok := outcomes[api.ErrorCode()]; ok {
			return outcome
		}
		return Unknown
	}
	var op *net.OpError
	if errors.As(err, &op) && op.Op == "dial" {
		return Retryable // never got there
	}
	return Unknown
}

func code(err error) string {
	var api smithy.APIError
	switch {
	case errors.As(err, &api):
		return api.ErrorCode()
	case errors.Is(err, context.DeadlineExceeded), errors.Is(err, context.Canceled):
		return "no answer in time"
	}
	return "no answer"
}
