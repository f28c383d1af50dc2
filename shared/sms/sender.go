// Package sms sends text messages to phones, and knows what they cost: how many parts a text takes.
//
// A send is tried once. No SMS call takes an idempotency token, so only the caller, who keeps the ledger, can
// decide whether to risk a second text; the error says what is known (see Outcome). A send that SNS accepted may
// still not arrive: that is known only from receipts.
package sms

import (
	"context"
	"fmt"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/sns"
	"github.com/aws/aws-sdk-go-v2/service/sns/types"

	"voice.example/shared/phone"
)

// Timeout is how long one send may take.
const Timeout = 5 * time.Second

// SNS sends by Amazon SNS direct publishing. It is safe for use by several goroutines.
type SNS struct{ client *sns.Client }

// NewSNS returns a sender whose calls are never retried by the SDK.
func NewSNS(cfg aws.Config) *SNS {
	return &SNS{client: sns.NewFromConfig(cfg, func(o *sns.Options) {
		o.Retryer = aws.NopRetryer{}
	})}
}

// Send hands one text to SNS and returns SNS's id for it. An error is always an *Error.
func (s *SNS) Send(ctx context.Context, to phone.Number, text string) (messageID string, err error) {
	ctx, cancel := context.WithTimeout(ctx, Timeout)
	defer cancel()
	number, transactional := to.E164(), "Transactional"
	out, err := s.client.Publish(ctx, &sns.PublishInput{
		PhoneNumber: &number,
		Message:     &text,
		MessageAttributes: map[string]types.MessageAttributeValue{
			"AWS.SNS.SMS.SMSType": {DataType: aws.String("String"), StringValue: &transactional},
		},
	})
	if err != nil {
		return "", &Error{Outcome: classify(err), err: err}
	}
	return aws.ToString(out.MessageId), nil
}

// Error is a send that was not accepted, or may not have been.
type Error struct {
	Outcome Outcome
	err     error
}

// Error names the outcome and the service's error code. What SNS says beyond its code can repeat the phone
// number, so it is left out.
func (e *Error) Error() string { return fmt.Sprintf("sms: %s (%s)", e.Outcome, code(e.err)) }
