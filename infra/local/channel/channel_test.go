package channel_test

import (
	"io"
	"net/http"
	"net/http/httptest"
	"path/filepath"
	"strings"
	"testing"

	"voice.example/infra/local/channel"
	"voice.example/infra/local/durable"
	"voice.example/infra/local/phone"
)

// What the SDK never sends. What it does is tested where it is used, in shared/sms and shared/email.
func TestMux(t *testing.T) {
	db, err := durable.Open(filepath.Join(t.TempDir(), "db"))
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	phones, err := phone.New(phone.Config{DB: db})
	if err != nil {
		t.Fatal(err)
	}
	mux := channel.Mux(phones, nil, http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) { io.WriteString(w, "next") }))
	for name, c := range map[string]struct {
		path, target, body string
		status             int
		want               string
	}{
		"OthersGoOn":                {"/", "AmazonSQS.SendMessage", "{}", 200, "next"},
		"ErrUnknownAction":          {"/", "PinpointSMSVoiceV2.SendVoiceMessage", "{}", 400, "UNKNOWN_OPERATION"},
		"ErrTextIsNotJSON":          {"/", "PinpointSMSVoiceV2.SendTextMessage", "<", 400, "CANNOT_PARSE"},
		"ErrTextToNobody":           {"/", "PinpointSMSVoiceV2.SendTextMessage", "{}", 400, "DestinationPhoneNumber"},
		"ErrTextOfNothing":          {"/", "PinpointSMSVoiceV2.SendTextMessage", `{"DestinationPhoneNumber":"+12025550143"}`, 400, "MessageBody"},
		"ErrUnknownPath":            {"/v2/email/identities", "", "{}", 404, "only knows SendEmail"},
		"ErrMailIsNotJSON":          {"/v2/email/outbound-emails", "", "<", 400, "not JSON"},
		"ErrMailToNobody":           {"/v2/email/outbound-emails", "", `{"FromEmailAddress":"a@b.example","Content":{"Simple":{}}}`, 400, "to one address"},
		"ErrMailOfAnotherKind":      {"/v2/email/outbound-emails", "", `{"FromEmailAddress":"a@b.example","Destination":{"ToAddresses":["c@d.example"]},"Content":{"Raw":{}}}`, 400, "simple mail"},
		"ErrMailWithCopiesToOthers": {"/v2/email/outbound-emails", "", `{"FromEmailAddress":"a@b.example","Destination":{"ToAddresses":["c@d.example"],"BccAddresses":["e@f.example"]},"Content":{"Simple":{}}}`, 400, "to one address"},
	} {
		t.Run(name, func(t *testing.T) {
			r := httptest.NewRequest("POST", c.path, strings.NewReader(c.body))
			if c.target != "" {
				r.Header.Set("X-Amz-Target", c.target)
			}
			w := httptest.NewRecorder()
			mux.ServeHTTP(w, r)
			if w.Code != c.status || !strings.Contains(w.Body.String(), c.want) {
				t.Errorf("%d %s", w.Code, w.Body)
			}
		})
	}
}
