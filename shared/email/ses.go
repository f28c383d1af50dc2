// Package email sends plain mail to people who have asked for it.
//
// A send is tried once. SES takes no idempotency token, so only the caller, who keeps the ledger, can decide whether to
// risk a second mail; the error says what is known. Mail that SES accepted may still bounce: nobody tells us.
package email

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"time"

	sdk "github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/sesv2"
	"github.com/aws/aws-sdk-go-v2/service/sesv2/types"

	"voice.example/shared/aws"
	"voice.example/shared/outcome"
)

// Timeout is how long one send may take.
const Timeout = 5 * time.Second

// Sender hands one mail to a service and returns the service's id for it. An error is always an *Error.
type Sender interface {
	Send(ctx context.Context, to, subject, body string) (messageID string, err error)
}

// New returns the sender of this deployment, or nil when it has no address to send from (EMAIL_FROM) and so sends no
// mail. It is a plain nil, which compares as one in any interface.
func New(cfg sdk.Config, env *aws.Variables) Sender {
	from := env.Optional("EMAIL_FROM")
	if from == "" {
		return nil
	}
	return NewSES(cfg, from)
}

// SES sends by Amazon SES. It is safe for use by several goroutines.
type SES struct {
	client *sesv2.Client
	from   string
}

// NewSES returns a sender whose calls are never retried by the SDK. The address must be a verified identity of SES, or
// of a domain that is.
func NewSES(cfg sdk.Config, from string) *SES {
	return &SES{from: from, client: sesv2.NewFromConfig(cfg, func(o *sesv2.Options) {
		o.Retryer = sdk.NopRetryer{}
	})}
}

// Send hands one mail of plain text to SES and returns SES's id for it. An error is always an *Error.
func (s *SES) Send(ctx context.Context, to, subject, body string) (messageID string, err error) {
	ctx, cancel := context.WithTimeout(ctx, Timeout)
	defer cancel()
	charset := "UTF-8"
	out, err := s.client.SendEmail(ctx, &sesv2.SendEmailInput{
		FromEmailAddress: &s.from,
		Destination:      &types.Destination{ToAddresses: []string{to}},
		Content: &types.EmailContent{Simple: &types.Message{
			Subject: &types.Content{Data: &subject, Charset: &charset},
			Body:    &types.Body{Text: &types.Content{Data: &body, Charset: &charset}},
		}},
	})
	if err != nil {
		return "", newError(err)
	}
	return sdk.ToString(out.MessageId), nil
}

// sendErrors says what each error code of SES SendEmail means for the mail.
// Source: the Amazon SES API v2 reference, SendEmail.
var sendErrors = map[string]outcome.Outcome{
	"BadRequestException": outcome.Permanent, // not an address, or not a mail
	"MessageRejected":     outcome.Permanent, // what the mail says is refused, unless it says "not verified" (see newError)

	"TooManyRequestsException":           outcome.Retryable, // refused for now
	"LimitExceededException":             outcome.Retryable,
	"AccountSuspendedException":          outcome.Retryable, // our own fault: somebody mends it, and the mail must still go
	"SendingPausedException":             outcome.Retryable,
	"MailFromDomainNotVerifiedException": outcome.Retryable,
	"NotFoundException":                  outcome.Retryable,

	"InternalServiceErrorException": outcome.Unknown, // SES broke somewhere on the way
}

// notVerified are words of SES's for an identity that it may not send from, or to while the account is in the sandbox;
// it has no code for that. Source: the Amazon SES developer guide, "Amazon SES email sending errors".
const notVerified = "not verified"

// Error is a send that was not accepted, or may not have been.
type Error struct {
	Outcome outcome.Outcome
	code    string
}

// Error names the outcome and SES's error code. What SES says beyond its code can repeat addresses, so it is left out.
func (e *Error) Error() string { return fmt.Sprintf("email: %s (%s)", e.Outcome, e.code) }

func newError(err error) *Error {
	failed := &Error{Outcome: outcome.Of(err, sendErrors), code: outcome.Code(err)}
	var rejected *types.MessageRejected
	if errors.As(err, &rejected) && strings.Contains(rejected.ErrorMessage(), notVerified) {
		failed.Outcome, failed.code = outcome.Retryable, failed.code+", "+notVerified
	}
	return failed
}
