// Package outcome says what is known of a message that was handed to a service and came back with an error: whether it
// went, and whether to try again. Each sender has a table of its own service's error codes; what is the same for all of
// them is here. What a service says beyond its codes can repeat a phone number or an address, so it is never passed on.
package outcome

import (
	"context"
	"errors"
	"net"

	"github.com/aws/smithy-go"
)

// Outcome is what is known of a send that gave an error.
type Outcome string

const (
	Permanent Outcome = "permanent" // this person will never get this message so; do not try again
	OptedOut  Outcome = "opted_out" // the phone has said STOP
	Retryable Outcome = "retryable" // it was certainly not sent; try again
	Unknown   Outcome = "unknown"   // it may or may not have been sent
)

// common are the codes by which every service of AWS says that it did not take a request: ours is at fault, somebody
// mends it, and the message must still go.
// Source: the API references of SNS, End User Messaging and SES, "Common Errors".
var common = map[string]Outcome{
	"AccessDeniedException":       Retryable,
	"NotAuthorized":               Retryable,
	"OptInRequired":               Retryable,
	"ExpiredToken":                Retryable,
	"ExpiredTokenException":       Retryable,
	"IncompleteSignature":         Retryable,
	"InvalidClientTokenId":        Retryable,
	"InvalidSignatureException":   Retryable,
	"MissingAuthenticationToken":  Retryable,
	"RequestExpired":              Retryable,
	"UnrecognizedClientException": Retryable,
	"ThrottlingException":         Retryable,
}

// Of says what an error of a call means, by the codes of its service. A code that no table has is Unknown.
func Of(err error, codes map[string]Outcome) Outcome {
	var api smithy.APIError
	if errors.As(err, &api) {
		if o, ok := codes[api.ErrorCode()]; ok {
			return o
		}
		if o, ok := common[api.ErrorCode()]; ok {
			return o
		}
		return Unknown
	}
	var op *net.OpError
	if errors.As(err, &op) && op.Op == "dial" {
		return Retryable // never got there
	}
	return Unknown
}

// Code names an error for the log.
func Code(err error) string {
	var api smithy.APIError
	switch {
	case errors.As(err, &api):
		return api.ErrorCode()
	case errors.Is(err, context.DeadlineExceeded), errors.Is(err, context.Canceled):
		return "no answer in time"
	}
	return "no answer"
}
