package sms

import (
	"context"
	"errors"
	"slices"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/pinpointsmsvoicev2"
	"github.com/aws/aws-sdk-go-v2/service/pinpointsmsvoicev2/types"

	"voice.example/shared/phone"
)

// EndUserMessaging sends by AWS End User Messaging SMS. It is safe for use by several goroutines.
type EndUserMessaging struct {
	client *pinpointsmsvoicev2.Client
	// from is the id of a phone number, or of a pool of them; events, the configuration set that says where receipts go.
	from, events string
}

// NewEndUserMessaging returns a sender whose calls are never retried by the SDK.
func NewEndUserMessaging(cfg aws.Config, originationIdentity, configurationSet string) *EndUserMessaging {
	return &EndUserMessaging{from: originationIdentity, events: configurationSet,
		client: pinpointsmsvoicev2.NewFromConfig(cfg, func(o *pinpointsmsvoicev2.Options) {
			o.Retryer = aws.NopRetryer{}
		})}
}

// Send hands one text to End User Messaging and returns its id there. An error is always an *Error.
func (m *EndUserMessaging) Send(ctx context.Context, to phone.Number, text string) (messageID string, err error) {
	ctx, cancel := context.WithTimeout(ctx, Timeout)
	defer cancel()
	number := to.E164()
	out, err := m.client.SendTextMessage(ctx, &pinpointsmsvoicev2.SendTextMessageInput{
		DestinationPhoneNumber: &number,
		MessageBody:            &text,
		MessageType:            types.MessageTypeTransactional,
		OriginationIdentity:    &m.from,
		ConfigurationSetName:   &m.events,
	})
	if err != nil {
		return "", sendError(err)
	}
	return aws.ToString(out.MessageId), nil
}

// sendErrors says what each error of SendTextMessage means for the text, where its reason does not say more.
// All but the last were refused before anything was sent, and for a cause that somebody mends: a limit, a policy, a
// number that is not active yet.
// Source: the End User Messaging SMS and Voice v2 API reference, SendTextMessage.
var sendErrors = map[string]Outcome{
	"ConflictException":             Retryable,
	"ValidationException":           Retryable,
	"ResourceNotFoundException":     Retryable,
	"ServiceQuotaExceededException": Retryable,
	"AccessDeniedException":         Retryable,
	"ThrottlingException":           Retryable,

	"InternalServerException": Unknown, // it broke somewhere on the way
}

// conflicts are the reasons of a ConflictException that are the phone's, and not our settings'.
// Source: the same reference, ConflictException.
var conflicts = map[types.ConflictExceptionReason]Outcome{
	types.ConflictExceptionReasonDestinationPhoneNumberOptedOut:                       OptedOut,
	types.ConflictExceptionReasonDestinationCountryBlockedByProtectConfiguration:      Permanent,
	types.ConflictExceptionReasonDestinationPhoneNumberBlockedByProtectNumberOverride: Permanent,
}

// invalid are the reasons of a ValidationException that no later try would change: a country that our number cannot
// text, or a value that is not well formed, unless one of our own settings is (see sendError).
// Source: the same reference, ValidationException.
var invalid = map[types.ValidationExceptionReason]Outcome{
	types.ValidationExceptionReasonCountryNotEnabled:                    Permanent,
	types.ValidationExceptionReasonDestinationCountryBlocked:            Permanent,
	types.ValidationExceptionReasonInternationalSendingNotSupported:     Permanent,
	types.ValidationExceptionReasonInvalidIdentityForDestinationCountry: Permanent,

	types.ValidationExceptionReasonCannotParse:           Permanent,
	types.ValidationExceptionReasonFieldValidationFailed: Permanent,
	types.ValidationExceptionReasonInvalidParameter:      Permanent,
	types.ValidationExceptionReasonMaximumSizeExceeded:   Permanent,
}

// ours are the fields of a request that come from the deployment's parameters.
var ours = []string{"OriginationIdentity", "ConfigurationSetName"}

func sendError(err error) *Error {
	failed := newError(err, sendErrors)
	var conflict *types.ConflictException
	var validation *types.ValidationException
	var quota *types.ServiceQuotaExceededException
	var denied *types.AccessDeniedException
	switch {
	case errors.As(err, &conflict):
		failed.because(string(conflict.Reason), conflicts[conflict.Reason])
	case errors.As(err, &validation):
		outcome := invalid[validation.Reason]
		if slices.ContainsFunc(validation.Fields, func(f types.ValidationExceptionField) bool {
			return slices.Contains(ours, aws.ToString(f.Name))
		}) {
			outcome = Retryable
		}
		failed.because(string(validation.Reason), outcome)
	case errors.As(err, &quota):
		failed.because(string(quota.Reason), "")
	case errors.As(err, &denied):
		failed.because(string(denied.Reason), "")
	}
	return failed
}

// because adds the service's reason, one word of a fixed list, and what it means if it means more than the error's code.
func (e *Error) because(reason string, outcome Outcome) {
	if reason != "" {
		e.code += ", " + reason
	}
	if outcome != "" {
		e.Outcome = outcome
	}
}
