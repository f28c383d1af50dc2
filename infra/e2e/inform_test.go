package e2e

import (
	"net/http"
	"strings"
	"testing"

	"voice.example/infra/local/stacktest"
)

// testInformed has somebody ask for help and be texted how that goes, until they say STOP.
func testInformed(t *testing.T, s *stack) {
	phone, theo := s.phone(), s.employee(t, "operator-1")
	var opened struct{ Reference, PIN string }
	ask(t, "POST", s.API+"/v1/inquiries", "application/json", `{"reason": "custody_status", "language": "en", "phone": "`+phone+
		`", "safe_contact": {"may_text": true}, "message": "Please call after six."}`).decode(t, http.StatusCreated, &opened)
	n := 0
	told := func(words string) {
		t.Helper()
		n++
		if got := s.awaitTexts(t, phone, n)[n-1].Body; got != "VOICE: "+words+" Questions? 1-855-488-6423. Reply STOP to end." ||
			strings.Contains(got, opened.PIN) {
			t.Errorf("%q", got)
		}
	}
	does := func(act, body string) {
		t.Helper()
		if r := theo.ask(t, "POST", "/v1/staff/inquiries/"+opened.Reference+"/"+act, body); r.status != http.StatusOK {
			t.Fatalf("%s: %d %s", act, r.status, r.body)
		}
	}
	told("We have your request " + opened.Reference + " and will contact you.")
	does("take", "{}")
	told("Somebody has your request " + opened.Reference + " now and will contact you.")
	does("contacted", `{"text": "They are well."}`)
	does("resolve", `{"outcome": "answered"}`)
	told("Your request " + opened.Reference + " is closed. If you need anything else, please call us.")
	s.says(t, phone, "STOP")
	s.awaitTexts(t, phone, n+1)
	does("reopen", `{"text": "There is more."}`)
	if stacktest.WaitFor(quiet, func() bool { return len(s.texts(t, phone)) > n+1 }) {
		t.Errorf("%+v", s.texts(t, phone))
	}
}
