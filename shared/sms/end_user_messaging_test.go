package sms

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/credentials"
)

const (
	identity = "pool-1"
	events   = "voice-receipts"
)

// The endpoint is a real HTTP server that answers in the service's words; what is tested is what we make of them.
func TestEndUserMessaging(t *testing.T) {
	var asked []map[string]any
	answer := func(t *testing.T, status int, body string) *EndUserMessaging {
		asked = nil
		server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			var in map[string]any
			json.NewDecoder(r.Body).Decode(&in)
			in["target"] = r.Header.Get("X-Amz-Target")
			asked = append(asked, in)
			w.Header().Set("Content-Type", "application/x-amz-json-1.0")
			w.WriteHeader(status)
			fmt.Fprint(w, body)
		}))
		t.Cleanup(server.Close)
		return NewEndUserMessaging(aws.Config{Region: "us-east-1", BaseEndpoint: &server.URL,
			Credentials: credentials.NewStaticCredentialsProvider("local", "local-secret", "")}, identity, events)
	}
	t.Run("OK", func(t *testing.T) {
		sender := answer(t, 200, `{"MessageId": "m-1"}`)
		if id, err := sender.Send(context.Background(), "+12025550143", "hello"); err != nil || id != "m-1" {
			t.Errorf("got %q, %v", id, err)
		}
		for name, want := range map[string]string{
			"target": "PinpointSMSVoiceV2.SendTextMessage", "DestinationPhoneNumber": "+12025550143", "MessageBody": "hello",
			"MessageType": "TRANSACTIONAL", "OriginationIdentity": identity, "ConfigurationSetName": events,
		} {
			if asked[0][name] != want {
				t.Errorf("%s is %v, want %s", name, asked[0][name], want)
			}
		}
	})
	for name, c := range map[string]struct {
		status               int
		code, reason, fields string
		want                 Outcome
	}{
		"ErrOptedOut":                  {400, "ConflictException", "DESTINATION_PHONE_NUMBER_OPTED_OUT", "", OptedOut},
		"ErrOurRuleForThePhone":        {400, "ConflictException", "DESTINATION_PHONE_NUMBER_BLOCKED_BY_PROTECT_NUMBER_OVERRIDE", "", Permanent},
		"ErrOurRuleForTheCountry":      {400, "ConflictException", "DESTINATION_COUNTRY_BLOCKED_BY_PROTECT_CONFIGURATION", "", Permanent},
		"ErrSandbox":                   {400, "ConflictException", "DESTINATION_PHONE_NUMBER_NOT_VERIFIED", "", Retryable},
		"ErrNumberNotActive":           {400, "ConflictException", "RESOURCE_NOT_ACTIVE", "", Retryable},
		"ErrConflictNeverHeardOf":      {400, "ConflictException", "SURPRISE", "", Retryable},
		"ErrInvalidNumber":             {400, "ValidationException", "INVALID_PARAMETER", "DestinationPhoneNumber", Permanent},
		"ErrInvalidText":               {400, "ValidationException", "FIELD_VALIDATION_FAILED", "MessageBody", Permanent},
		"ErrInvalidAndNotSaidWhat":     {400, "ValidationException", "CANNOT_PARSE", "", Permanent},
		"ErrTooLong":                   {400, "ValidationException", "MAXIMUM_SIZE_EXCEEDED", "", Permanent},
		"ErrCountryBlocked":            {400, "ValidationException", "DESTINATION_COUNTRY_BLOCKED", "", Permanent},
		"ErrCountryNotEnabled":         {400, "ValidationException", "COUNTRY_NOT_ENABLED", "", Permanent},
		"ErrNoInternationalTexts":      {400, "ValidationException", "INTERNATIONAL_SENDING_NOT_SUPPORTED", "", Permanent},
		"ErrNotFromThisNumber":         {400, "ValidationException", "INVALID_IDENTITY_FOR_DESTINATION_COUNTRY", "", Permanent},
		"ErrOurOriginationIdentity":    {400, "ValidationException", "INVALID_PARAMETER", "OriginationIdentity", Retryable},
		"ErrOurConfigurationSet":       {400, "ValidationException", "FIELD_VALIDATION_FAILED", "ConfigurationSetName", Retryable},
		"ErrOurSenderID":               {400, "ValidationException", "SENDER_ID_NOT_REGISTERED", "", Retryable},
		"ErrValidationNeverHeardOf":    {400, "ValidationException", "SURPRISE", "", Retryable},
		"ErrThrottled":                 {400, "ThrottlingException", "", "", Retryable},
		"ErrSpent":                     {400, "ServiceQuotaExceededException", "MONTHLY_SPEND_LIMIT_REACHED_FOR_TEXT", "", Retryable},
		"ErrOurPolicy":                 {400, "AccessDeniedException", "", "", Retryable},
		"ErrOurAccount":                {400, "AccessDeniedException", "ACCOUNT_DISABLED", "", Retryable},
		"ErrNoSuchOriginationNumber":   {400, "ResourceNotFoundException", "", "", Retryable},
		"ErrInternal":                  {500, "InternalServerException", "", "", Unknown},
		"ErrNeverHeardOf":              {400, "SurpriseException", "", "", Unknown},
		"ErrAnswerThatIsNotUnderstood": {502, "", "", "", Unknown},
	} {
		t.Run(name, func(t *testing.T) {
			body := map[string]any{"__type": c.code, "Message": "no: +12025550143", "Reason": c.reason}
			if c.fields != "" {
				body["Fields"] = []map[string]string{{"Name": c.fields, "Message": "+12025550143"}}
			}
			text, err := json.Marshal(body)
			if err != nil {
				t.Fatal(err)
			}
			if c.code == "" {
				text = []byte("<html>")
			}
			_, err = answer(t, c.status, string(text)).Send(context.Background(), "+12025550143", "hello")
			var failed *Error
			if !errors.As(err, &failed) || failed.Outcome != c.want {
				t.Fatalf("got %v, want %s", err, c.want)
			}
			if len(asked) != 1 {
				t.Errorf("sent %d times", len(asked))
			}
			if said := err.Error(); strings.Contains(said, "5550143") || !strings.Contains(said, c.code) || !strings.Contains(said, c.reason) {
				t.Errorf("it says %q", said)
			}
		})
	}
}
