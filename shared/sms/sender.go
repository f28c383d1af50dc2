// Package sms sends text messages to phones, and knows what they cost: how many parts a text takes.
//
// A send is tried once. No SMS call takes an idempotency token, so only the caller, who keeps the ledger, can
// decide whether to risk a second text; the error says what is known (see Outcome). A send that the service accepted
// may still not arrive: that is known only from receipts.
package sms

import (
	"context"
	"fmt"
	"time"

	sdk "github.com/aws/aws-sdk-go-v2/aws"

	"voice.example/shared/aws"
	"voice.example/shared/outcome"
	"voice.example/shared/phone"
)

// Timeout is how long one send may take.
const Timeout = 5 * time.Second

// Sender hands one text to a service and returns the service's id for it. An error is always an *Error.
type Sender interface {
	Send(ctx context.Context, to phone.Number, text string) (messageID string, err error)
}

// The values of SMS_BY.
const (
	bySNS              = "sns"
	byEndUserMessaging = "end-user-messaging"
)

// New returns the sender that the deployment has chosen by SMS_BY: SNS, also when that is not set, or End User
// Messaging, which sends from SMS_ORIGINATION_IDENTITY and tells of its texts as SMS_CONFIGURATION_SET says.
func New(cfg sdk.Config, env *aws.Variables) Sender {
	if env.Choice("SMS_BY", bySNS, byEndUserMessaging) == byEndUserMessaging {
		return counted{NewEndUserMessaging(cfg, env.Text("SMS_ORIGINATION_IDENTITY"), env.Text("SMS_CONFIGURATION_SET"))}
	}
	return counted{NewSNS(cfg)}
}

// counted is a sender whose texts are counted in the line of the invocation that sends them, with what they cost.
type counted struct{ Sender }

func (c counted) Send(ctx context.Context, to phone.Number, text string) (messageID string, err error) {
	line := aws.LineOf(ctx)
	messageID, err = c.Sender.Send(ctx, to, text)
	if err != nil {
		line.Count(aws.TextsNotSent, 1)
		return messageID, err
	}
	parts, _ := Parts(text)
	line.Count(aws.TextsSent, 1)
	line.Count(aws.TextParts, parts)
	line.Sum(aws.TextDollars, float64(parts)*aws.DollarsPerTextPart)
	return messageID, nil
}

// Error is a send that was not accepted, or may not have been.
type Error struct {
	Outcome Outcome
	code    string
}

// Error names the outcome and the service's error code. What the service says beyond its code can repeat the phone
// number, so it is left out.
func (e *Error) Error() string { return fmt.Sprintf("sms: %s (%s)", e.Outcome, e.code) }

func newError(err error, codes map[string]Outcome) *Error {
	return &Error{Outcome: outcome.Of(err, codes), code: outcome.Code(err)}
}
