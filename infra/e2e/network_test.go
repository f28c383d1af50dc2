package e2e

import (
	"strings"
	"testing"
	"time"

	"voice.example/infra/local/stacktest"
)

// TestPhoneNetwork sends texts through a network that fails, and then recovers.
func TestPhoneNetwork(t *testing.T) {
	t.Parallel()
	s := start(t, "--template", impatient(t))
	p := s.person()
	s.book(t, ago(30), p)
	phones := map[string]string{}
	for _, behaviour := range []string{"deliver", "throttled", "error_500", "hang", "unreachable", "opted_out", "invalid", "late", "double_receipt"} {
		phones[behaviour] = s.phone()
		s.subscribe(t, p.application(phones[behaviour]))
		s.rule(t, phones[behaviour], behaviour)
	}
	s.upload(t, key("removed"), file(t, p.out(ago(30), ago(1), "Removed")))

	t.Run("OthersDoNotWaitForAFailingPhone", func(t *testing.T) {
		s.awaitAlerts(t, phones["deliver"], 1, textWithin)
		s.awaitAlerts(t, phones["double_receipt"], 1, textWithin)
	})
	t.Run("LateTextArrives", func(t *testing.T) { s.awaitAlerts(t, phones["late"], 1, 10*time.Second) })

	// All three must have been tried, and have failed, before the network recovers.
	troubled := []string{"throttled", "error_500", "hang"}
	stacktest.Eventually(t, 30*time.Second, "the failing phones have been tried", func() bool { return s.unsettled(t) == len(troubled) })
	for _, behaviour := range troubled {
		s.has(t, phones[behaviour], 0)
		s.rule(t, phones[behaviour], "deliver")
	}
	for _, behaviour := range troubled {
		t.Run("TextArrivesOnceAfter_"+behaviour, func(t *testing.T) {
			// A claim that may have been sent stands for 30 s; then the queue brings it again.
			got := s.awaitAlerts(t, phones[behaviour], 1, time.Minute)
			if !strings.Contains(got[0].Body, "removed") {
				t.Errorf("%q", got[0].Body)
			}
		})
	}
	t.Run("PhoneThatCannotBeTextedIsSettledAndCounted", func(t *testing.T) {
		stacktest.Eventually(t, 10*time.Second, "no alert waits", func() bool { return s.unsettled(t) == 0 })
		stacktest.Eventually(t, 10*time.Second, "the invalid and the unreachable phone have failed, and the third is opted out", func() bool {
			why := map[any]int{}
			for _, a := range s.ledger(t) {
				if a["state"] == "failed" || a["state"] == "opted_out" {
					why[a["outcome"]]++
				}
			}
			return len(why) == 2 && why["phone"] == 2 && why["unreachable"] == 1
		})
	})
	s.noMore(t, map[string]int{
		phones["deliver"]: 1, phones["throttled"]: 1, phones["error_500"]: 1, phones["hang"]: 1, phones["late"]: 1,
		phones["double_receipt"]: 1, phones["unreachable"]: 0, phones["opted_out"]: 0, phones["invalid"]: 0,
	})
	s.Stop(t)
}

// ledger is the alerts table by alert id.
func (s *stack) ledger(t *testing.T) map[string]map[string]any {
	t.Helper()
	return s.scan(t, "AlertsTable", "alert_id")
}

// unsettled counts the alerts that still have to be sent.
func (s *stack) unsettled(t *testing.T) int {
	t.Helper()
	n := 0
	for _, a := range s.ledger(t) {
		if a["state"] == "planned" || a["state"] == "claimed" {
			n++
		}
	}
	return n
}
