package aws_test

import (
	"testing"

	"github.com/aws/aws-sdk-go-v2/config"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
	"github.com/aws/aws-sdk-go-v2/service/pinpointsmsvoicev2"
	"github.com/aws/aws-sdk-go-v2/service/s3"
	"github.com/aws/aws-sdk-go-v2/service/sns"

	"voice.example/shared/aws"
)

// TestLoad compares with the SDK's own reading of the environment.
func TestLoad(t *testing.T) {
	for name, env := range map[string]map[string]string{
		"Lambda": {"AWS_SESSION_TOKEN": "token"},
		"ThisMachine": {"AWS_ENDPOINT_URL": "http://127.0.0.1:9", "AWS_ENDPOINT_URL_DYNAMODB": "http://127.0.0.1:8",
			"AWS_ENDPOINT_URL_PINPOINT_SMS_VOICE_V2": "http://127.0.0.1:7",
			"AWS_REQUEST_CHECKSUM_CALCULATION":       "when_required", "AWS_RESPONSE_CHECKSUM_VALIDATION": "WHEN_REQUIRED"},
		"OneService": {"AWS_ENDPOINT_URL_S3": "http://127.0.0.1:9", "AWS_REQUEST_CHECKSUM_CALCULATION": "when_supported"},
	} {
		t.Run(name, func(t *testing.T) {
			for _, variable := range []string{"AWS_ENDPOINT_URL", "AWS_PROFILE", "AWS_REQUEST_CHECKSUM_CALCULATION", "AWS_RESPONSE_CHECKSUM_VALIDATION", "AWS_SESSION_TOKEN"} {
				t.Setenv(variable, "")
			}
			t.Setenv("AWS_REGION", "us-west-2")
			t.Setenv("AWS_ACCESS_KEY_ID", "key")
			t.Setenv("AWS_SECRET_ACCESS_KEY", "secret")
			for variable, value := range env {
				t.Setenv(variable, value)
			}
			got, err := aws.Load(t.Context())
			if err != nil {
				t.Fatal(err)
			}
			want, err := config.LoadDefaultConfig(t.Context())
			if err != nil {
				t.Fatal(err)
			}
			ours, err := got.Credentials.Retrieve(t.Context())
			if err != nil {
				t.Fatal(err)
			}
			theirs, err := want.Credentials.Retrieve(t.Context())
			if err != nil {
				t.Fatal(err)
			}
			if ours.AccessKeyID != theirs.AccessKeyID || ours.SecretAccessKey != theirs.SecretAccessKey || ours.SessionToken != theirs.SessionToken || ours.CanExpire {
				t.Error("the credentials differ")
			}
			if got.Region != want.Region || got.RequestChecksumCalculation != want.RequestChecksumCalculation ||
				got.ResponseChecksumValidation != want.ResponseChecksumValidation || got.DefaultsMode != want.DefaultsMode {
				t.Errorf("got %+v, want %+v", got, want)
			}
			for service, of := range map[string][2]*string{
				"dynamodb": {dynamodb.NewFromConfig(got).Options().BaseEndpoint, dynamodb.NewFromConfig(want).Options().BaseEndpoint},
				"s3":       {s3.NewFromConfig(got).Options().BaseEndpoint, s3.NewFromConfig(want).Options().BaseEndpoint},
				"sns":      {sns.NewFromConfig(got).Options().BaseEndpoint, sns.NewFromConfig(want).Options().BaseEndpoint},
				"texts":    {pinpointsmsvoicev2.NewFromConfig(got).Options().BaseEndpoint, pinpointsmsvoicev2.NewFromConfig(want).Options().BaseEndpoint},
			} {
				if (of[0] == nil) != (of[1] == nil) || of[0] != nil && *of[0] != *of[1] {
					t.Errorf("%s is elsewhere", service)
				}
			}
		})
	}
	t.Run("ErrChecksum", func(t *testing.T) {
		t.Setenv("AWS_REQUEST_CHECKSUM_CALCULATION", "sometimes")
		if _, err := aws.Load(t.Context()); err == nil {
			t.Error("no error")
		}
	})
	t.Run("ErrNoCredentials", func(t *testing.T) {
		t.Setenv("AWS_ACCESS_KEY_ID", "")
		cfg, err := aws.Load(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		if _, err := cfg.Credentials.Retrieve(t.Context()); err == nil {
			t.Error("no error")
		}
	})
}
