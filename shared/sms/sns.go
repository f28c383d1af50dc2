package sms

import (
	"context"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/sns"
	"github.com/aws/aws-sdk-go-v2/service/sns/types"

	"voice.example/shared/phone"
)

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
		return "", newError(err, publishErrors)
	}
	return aws.ToString(out.MessageId), nil
}

// publishErrors says what each error code of SNS Publish means for the text.
// Source: the Amazon SNS API reference, Publish, and its common errors.
var publishErrors = map[string]Outcome{
	"InvalidParameter":      Permanent, // not a number that SNS can text
	"InvalidParameterValue": Permanent,
	"OptedOut":              OptedOut,

	"Throttled":          Retryable, // refused for now
	"Throttling":         Retryable,
	"KMSThrottling":      Retryable,
	"AuthorizationError": Retryable, // our own fault: somebody mends the policy, and the text must still go
	"AccessDenied":       Retryable,
	"InvalidSecurity":    Retryable,

	"InternalError":      Unknown, // SNS broke somewhere on the way
	"InternalFailure":    Unknown,
	"ServiceUnavailable": Unknown,
}
