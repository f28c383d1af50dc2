package sms_test

import (
	"context"
	"errors"
	"slices"
	"strings"
	"testing"

	sdk "github.com/aws/aws-sdk-go-v2/aws"

	"voice.example/infra/local/localtest"
	"voice.example/infra/local/phone"
	"voice.example/shared/aws"
	"voice.example/shared/aws/awstest"
	"voice.example/shared/sms"
)

// Both senders, as a deployment chooses them, against the local services.
func TestNew(t *testing.T) {
	const number = "+12025550143"
	for by, wantOptedOut := range map[string]bool{"": false, "sns": false, "end-user-messaging": true} {
		t.Run("OK_"+by, func(t *testing.T) {
			t.Setenv("SMS_BY", by)
			t.Setenv("SMS_ORIGINATION_IDENTITY", "pool-1")
			t.Setenv("SMS_CONFIGURATION_SET", "voice-receipts")
			cloud, env := localtest.New(t), aws.Environment()
			sender := sms.New(cloud.SNSConfig(), env)
			if err := env.Err(); err != nil {
				t.Fatal(err)
			}
			if id, err := sender.Send(context.Background(), number, "hello"); err != nil || id == "" {
				t.Fatalf("%q, %v", id, err)
			}
			if got := cloud.Texts(number); !slices.Equal(got, []string{"hello"}) {
				t.Errorf("it received %q", got)
			}
			for behaviour, want := range map[phone.Behaviour]sms.Outcome{phone.Invalid: sms.Permanent, phone.Throttled: sms.Retryable, phone.Error500: sms.Unknown} {
				cloud.Behave(number, behaviour)
				_, err := sender.Send(context.Background(), number, "hello")
				var failed *sms.Error
				if !errors.As(err, &failed) || failed.Outcome != want {
					t.Errorf("%s: %v", behaviour, err)
				}
			}
			cloud.Behave(number, phone.OptedOut)
			_, err := sender.Send(context.Background(), number, "hello")
			var failed *sms.Error
			if refused := errors.As(err, &failed) && failed.Outcome == sms.OptedOut; refused != wantOptedOut {
				t.Errorf("opted out: %v", err)
			}
			if got := len(cloud.Texts(number)); got != 1 {
				t.Errorf("%d texts arrived", got)
			}
		})
	}
	t.Run("CountsPartsAndDollars", func(t *testing.T) {
		t.Setenv("SMS_BY", "sns")
		cloud := localtest.New(t)
		sender := sms.New(cloud.SNSConfig(), aws.Environment())
		line := awstest.Once(t, func(ctx context.Context) error {
			_, err := sender.Send(ctx, number, strings.Repeat("a", 161))
			cloud.Behave(number, phone.Invalid)
			_, invalid := sender.Send(ctx, number, "hello")
			return errors.Join(err, invalid)
		}, struct{}{})
		if line.Number("TextsSent") != 1 || line.Number("TextParts") != 2 || line.Number("TextDollars") != 2*aws.DollarsPerTextPart || line.Number("TextsNotSent") != 1 {
			t.Errorf("%v", line)
		}
	})
	for by, want := range map[string]string{"pigeon": "SMS_BY", "end-user-messaging": "SMS_ORIGINATION_IDENTITY"} {
		t.Run("ErrIsNamed_"+by, func(t *testing.T) {
			t.Setenv("SMS_BY", by)
			t.Setenv("SMS_ORIGINATION_IDENTITY", "")
			t.Setenv("SMS_CONFIGURATION_SET", "voice-receipts")
			env := aws.Environment()
			if sms.New(sdk.Config{}, env) == nil {
				t.Error("no sender")
			}
			if err := env.Err(); err == nil || !strings.Contains(err.Error(), want) || strings.Contains(err.Error(), "pigeon") {
				t.Errorf("got %v", err)
			}
		})
	}
}
