package e2e

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"voice.example/infra/local/stacktest"
)

// TestChannels runs a deployment that texts by AWS End User Messaging instead of SNS, and looks into mailboxes.
func TestChannels(t *testing.T) {
	s := start(t, "--param", "SmsBy=end-user-messaging", "--param", "SmsOriginationIdentity=pool-0123456789abcdef")
	t.Run("EndUserMessaging", func(t *testing.T) { testEndUserMessaging(t, s) })
	t.Run("StaffAreToldByMail", func(t *testing.T) {
		s.upload(t, key("rubbish"), []byte("nothing,we,know\n1,2,3\n"))
		stacktest.Eventually(t, textWithin, "the mail arrives", func() bool {
			mails := s.texts(t, "staff@agency.example")
			return len(mails) > 0 && strings.Contains(mails[0].Body, "ended as rejected")
		})
	})
}

// testEndUserMessaging follows one person's alerts.
func testEndUserMessaging(t *testing.T, s *stack) {
	p, phone := s.person(), s.phone()
	s.subscribe(t, p.application(phone)) // the code has come this way
	become := func(event, state string) {
		t.Helper()
		stacktest.Eventually(t, 2*textWithin, event+" is "+state, func() bool { return s.states(t, p.aNumber)[event] == state })
	}
	s.upload(t, key("held"), file(t, p.held(ago(40))))
	s.awaitTexts(t, phone, 2)
	become("booked_in", "delivered")

	s.says(t, phone, "status") // as does the answer to a reply
	s.awaitTexts(t, phone, 3)

	// Only End User Messaging tells that a text is on its way: of the code, the alert and the answer.
	stacktest.Eventually(t, textWithin, "all three have gone by End User Messaging", func() bool {
		log, err := os.ReadFile(filepath.Join(s.State, "logs", "receipts.log"))
		return err == nil && strings.Count(string(log), `"no_news":1`) == 3
	})

	s.rule(t, phone, "unreachable")
	s.upload(t, key("released"), file(t, p.out(ago(40), ago(9), "Paroled")))
	become("released", "failed")

	asking := s.phone()
	ask := map[string]any{"reason": "custody_status", "language": "en", "phone": asking, "safe_contact": map[string]any{"may_text": true}}
	if r := s.json(t, "POST", "/v1/inquiries", ask); r.status != 201 {
		t.Fatalf("%d %s", r.status, r.body)
	}
	s.awaitTexts(t, asking, 1)
	refusing := s.phone()
	s.rule(t, refusing, "opted_out")
	ask["phone"] = refusing
	s.json(t, "POST", "/v1/inquiries", ask)
	stacktest.Eventually(t, textWithin, "it is kept that a phone wants none", func() bool {
		for _, entry := range s.scan(t, "OptOutsTable", "phone_hash") {
			if entry["stopped"] == true {
				return true
			}
		}
		return false
	})

	s.rule(t, phone, "opted_out")
	s.upload(t, key("back"), file(t, stint{person: p, stay: ago(5), in: ago(5), facility: "NORTHFIELD EXAMPLE CENTER", code: "NFEX"}))
	become("returned", "opted_out")
	s.awaitTexts(t, phone, 3)
}
