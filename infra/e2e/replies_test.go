package e2e

import (
	"net/http"
	"strings"
	"testing"

	"voice.example/infra/local/stacktest"
)

// awaitTexts waits until a phone has so many texts, codes among them.
func (s *stack) awaitTexts(t *testing.T, phone string, n int) []text {
	t.Helper()
	var found []text
	stacktest.Eventually(t, textWithin, "the text arrives", func() bool {
		found = s.texts(t, phone)
		return len(found) >= n
	})
	if len(found) > n {
		t.Fatalf("%d texts, want %d: %+v", len(found), n, found)
	}
	return found
}

// says sends a text from a phone.
func (s *stack) says(t *testing.T, phone, body string) {
	t.Helper()
	r := ask(t, "POST", s.Phone+"/replies", "application/json", `{"from":"`+phone+`","body":"`+body+`"}`)
	if r.status != http.StatusAccepted {
		t.Fatalf("%d %s", r.status, r.body)
	}
}

// states are the states of the alerts about a person, by event.
func (s *stack) states(t *testing.T, aNumber string) map[string]string {
	t.Helper()
	states := map[string]string{}
	for _, a := range s.ledger(t) {
		if a["a_number"] == aNumber {
			states[a["event"].(string)], _ = a["state"].(string)
		}
	}
	return states
}

// testReplies follows one phone from its first alert through STOP and START.
func testReplies(t *testing.T, s *stack) {
	p, phone := s.person(), s.phone()
	s.subscribe(t, p.application(phone)) // one text: the code
	tell := func(name string, row stint) { s.upload(t, key(name), file(t, row)) }
	last := func(n int) string { return s.awaitTexts(t, phone, n)[n-1].Body }

	tell("held", p.held(ago(40)))
	if got := last(2); !strings.Contains(got, "is in custody") {
		t.Fatalf("%q", got)
	}
	t.Run("ReceiptTurnsTheLedgerToDelivered", func(t *testing.T) {
		stacktest.Eventually(t, 2*textWithin, "the receipt is recorded", func() bool { return s.states(t, p.aNumber)["booked_in"] == "delivered" })
	})
	t.Run("OneIsAcknowledged", func(t *testing.T) {
		s.says(t, phone, " 1. ")
		if got := last(3); !strings.Contains(got, "thank you") {
			t.Errorf("%q", got)
		}
		if got := s.states(t, p.aNumber)["booked_in"]; got != "acknowledged" {
			t.Errorf("%s", got)
		}
	})
	t.Run("StatusTellsWhereThePersonStands", func(t *testing.T) {
		s.says(t, phone, "Status")
		if got := last(4); !strings.Contains(got, p.initials()+" is in custody. As of ") {
			t.Errorf("%q", got)
		}
	})
	t.Run("StopIsConfirmedOnceAndThenThereIsSilence", func(t *testing.T) {
		s.says(t, phone, "Stop")
		if got := last(5); !strings.Contains(got, "you will get no more texts") {
			t.Errorf("%q", got)
		}
		s.says(t, phone, "STOP")
		s.says(t, phone, "stop it!")
		s.says(t, phone, "status")
		tell("released", p.out(ago(40), ago(9), "Paroled"))
		stacktest.Eventually(t, textWithin, "the release is settled", func() bool { return s.states(t, p.aNumber)["released"] == "opted_out" })
		s.request(t, p.application(phone)) // a code, which does not come
		if stacktest.WaitFor(quiet, func() bool { return len(s.texts(t, phone)) > 5 }) {
			t.Errorf("%+v", s.texts(t, phone))
		}
	})
	t.Run("StartBringsAlertsBack", func(t *testing.T) {
		s.says(t, phone, "START")
		if got := last(6); !strings.Contains(got, "your texts are on again") {
			t.Errorf("%q", got)
		}
		tell("back", stint{person: p, stay: ago(5), in: ago(5), facility: "NORTHFIELD EXAMPLE CENTER", code: "NFEX"})
		if got := last(7); !strings.Contains(got, "is back in custody") {
			t.Errorf("%q", got)
		}
	})
	t.Run("FailureThatSaysOptedOutIsAStop", func(t *testing.T) {
		s.rule(t, phone, "opted_out")
		tell("again", stint{person: p, stay: ago(5), in: ago(5), out: ago(3), facility: "NORTHFIELD EXAMPLE CENTER", code: "NFEX", reason: "Removed"})
		stacktest.Eventually(t, 2*textWithin, "the receipt is recorded", func() bool { return s.states(t, p.aNumber)["removed"] == "opted_out" })
		stacktest.Eventually(t, textWithin, "the phone is on the list", func() bool {
			for _, e := range s.scan(t, "OptOutsTable", "phone_hash") {
				if e["why"] == "receipt" {
					return true
				}
			}
			return false
		})
	})
}
