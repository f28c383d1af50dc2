package email

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/credentials"

	"voice.example/infra/local/localtest"
	"voice.example/infra/local/phone"
	ours "voice.example/shared/aws"
	"voice.example/shared/outcome"
)

const (
	from = "voice@agency.example"
	to   = "ana@mail.example"
)

// The endpoint is a real HTTP server that answers in SES's words; what is tested is what we make of them.
func TestSend(t *testing.T) {
	var asked []string
	answer := func(t *testing.T, status int, code, body string) *SES {
		asked = nil
		server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			var in struct {
				FromEmailAddress string
				Destination      struct{ ToAddresses []string }
				Content          struct {
					Simple struct {
						Subject struct{ Data, Charset string }
						Body    struct {
							Text struct{ Data, Charset string }
						}
					}
				}
			}
			json.NewDecoder(r.Body).Decode(&in)
			asked = append(asked, fmt.Sprint(r.Method, " ", r.URL.Path, " ", in))
			if code != "" {
				w.Header().Set("X-Amzn-ErrorType", code)
			}
			w.Header().Set("Content-Type", "application/json")
			w.WriteHeader(status)
			fmt.Fprint(w, body)
		}))
		t.Cleanup(server.Close)
		return NewSES(aws.Config{Region: "us-east-1", BaseEndpoint: &server.URL,
			Credentials: credentials.NewStaticCredentialsProvider("local", "local-secret", "")}, from)
	}
	t.Run("OK", func(t *testing.T) {
		sender := answer(t, 200, "", `{"MessageId": "m-1"}`)
		if id, err := sender.Send(context.Background(), to, "News", "está"); err != nil || id != "m-1" {
			t.Errorf("got %q, %v", id, err)
		}
		want := "POST /v2/email/outbound-emails {voice@agency.example {[ana@mail.example]} {{{News UTF-8} {{está UTF-8}}}}}"
		if len(asked) != 1 || asked[0] != want {
			t.Errorf("it asked\n%q, want\n%q", asked, want)
		}
	})
	for name, c := range map[string]struct {
		status        int
		code, message string
		want          outcome.Outcome
	}{
		"ErrInvalidAddress":    {400, "BadRequestException", "Illegal address", outcome.Permanent},
		"ErrRejected":          {400, "MessageRejected", "Illegal content", outcome.Permanent},
		"ErrIdentity":          {400, "MessageRejected", "Email address is not verified. The following identities failed the check in region US-EAST-1:", outcome.Retryable},
		"ErrMailFromDomain":    {400, "MailFromDomainNotVerifiedException", "", outcome.Retryable},
		"ErrSuspended":         {400, "AccountSuspendedException", "", outcome.Retryable},
		"ErrPaused":            {400, "SendingPausedException", "", outcome.Retryable},
		"ErrNoSuchSetting":     {404, "NotFoundException", "", outcome.Retryable},
		"ErrThrottled":         {429, "TooManyRequestsException", "", outcome.Retryable},
		"ErrLimit":             {400, "LimitExceededException", "", outcome.Retryable},
		"ErrOurPolicy":         {403, "AccessDeniedException", "User is not authorized", outcome.Retryable},
		"ErrInternal":          {500, "InternalServiceErrorException", "", outcome.Unknown},
		"ErrNeverHeardOf":      {400, "SurpriseException", "", outcome.Unknown},
		"ErrAnswerOfSomeProxy": {502, "", "<html>", outcome.Unknown},
	} {
		t.Run(name, func(t *testing.T) {
			body, err := json.Marshal(map[string]string{"message": c.message + " " + to})
			if err != nil {
				t.Fatal(err)
			}
			_, err = answer(t, c.status, c.code, string(body)).Send(context.Background(), to, "News", "body")
			var failed *Error
			if !errors.As(err, &failed) || failed.Outcome != c.want {
				t.Fatalf("got %v, want %s", err, c.want)
			}
			if len(asked) != 1 {
				t.Errorf("sent %d times", len(asked))
			}
			if said := err.Error(); strings.Contains(said, "ana") || strings.Contains(said, "voice@") || !strings.Contains(said, c.code) {
				t.Errorf("it says %q", said)
			}
		})
	}
}

// The sender, as a deployment chooses it, against the local SES.
func TestNew(t *testing.T) {
	t.Run("OK", func(t *testing.T) {
		t.Setenv("EMAIL_FROM", from)
		cloud := localtest.New(t)
		sender := New(cloud.SNSConfig(), ours.Environment())
		if id, err := sender.Send(context.Background(), to, "News", "está\nlibre"); err != nil || id == "" {
			t.Fatalf("%q, %v", id, err)
		}
		if got := cloud.Mails(to); !slices.Equal(got, []localtest.Mail{{Subject: "News", Body: "está\nlibre"}}) {
			t.Errorf("it received %q", got)
		}
		for behaviour, want := range map[phone.Behaviour]outcome.Outcome{
			phone.Invalid: outcome.Permanent, phone.Throttled: outcome.Retryable, phone.Error500: outcome.Unknown,
		} {
			cloud.Behave(to, behaviour)
			_, err := sender.Send(context.Background(), to, "News", "body")
			var failed *Error
			if !errors.As(err, &failed) || failed.Outcome != want {
				t.Errorf("%s: %v", behaviour, err)
			}
		}
		_, err := sender.Send(context.Background(), "no address", "News", "body")
		var failed *Error
		if !errors.As(err, &failed) || failed.Outcome != outcome.Permanent {
			t.Errorf("no address: %v", err)
		}
	})
	t.Run("NoneWithoutAnAddressToSendFrom", func(t *testing.T) {
		t.Setenv("EMAIL_FROM", "")
		var consumers interface {
			Send(ctx context.Context, to, subject, body string) (string, error)
		} = New(aws.Config{}, ours.Environment())
		if consumers != nil {
			t.Error("it is not nil")
		}
	})
}
