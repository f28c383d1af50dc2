package e2e

import (
	"net/http"
	"strings"
	"testing"
)

// testMaintenance is the file that this service must survive: maintenance goes wrong somewhere, and a file says that
// everybody was released.
func testMaintenance(t *testing.T, o office) {
	s, feed := o.stack, newFeed("maintenance")
	people, content := s.roomful(t, 40)
	watched, twice, left := people[0], people[1], people[39]
	s.load(t, inFeed("uploads", feed), content, watched, twice, left)
	first, second, unreached, other, late := s.phone(), s.phone(), s.phone(), s.phone(), s.phone()
	s.subscribe(t, watched.application(first))
	s.subscribe(t, watched.application(second))
	s.subscribe(t, twice.application(second))
	s.subscribe(t, watched.application(unreached))
	s.subscribe(t, left.application(other)) // whom the bad file does not name
	s.rule(t, unreached, "invalid")

	before, table := s.public(t, watched), s.custodyOf(t, people)
	var free []stint
	for _, p := range people[:39] {
		free = append(free, p.out(ago(20), ago(1), "Paroled"))
	}
	m := s.upload(t, inFeed("uploads", feed), file(t, free...))
	u := o.ann.becomes(t, m.UploadID, "held") // the report comes a moment before
	t.Run("IsHeldAndTellsNobody", func(t *testing.T) {
		if m.State != "held" || m.Applied != 0 || u.State != "held" || u.Brake == nil || u.Brake.Ends != 39 || u.Brake.Alerts != 4 {
			t.Fatalf("%+v %+v", m, u.Brake)
		}
		s.noMore(t, map[string]int{first: 0, second: 0, unreached: 0, other: 0})
		if after := s.public(t, watched); after != before {
			t.Errorf("what anybody sees went from\n%s\nto\n%s", before, after)
		}
		sameTable(t, table, s.custodyOf(t, people))
	})
	t.Run("OneApprovalIsNotEnough", func(t *testing.T) {
		o.ann.approve(t, m.UploadID)
		s.noMore(t, map[string]int{first: 0, second: 0})
		if after := s.public(t, watched); after != before {
			t.Errorf("what anybody sees went from\n%s\nto\n%s", before, after)
		}
	})
	t.Run("TwoApprovalsLetItGo", func(t *testing.T) {
		o.ben.approve(t, m.UploadID)
		o.ben.becomes(t, m.UploadID, "done")
		for phone, n := range map[string]int{first: 1, second: 2} {
			for _, text := range s.awaitAlerts(t, phone, n, heldWithin) {
				if !strings.Contains(text.Body, "RELEASED") {
					t.Errorf("%q", text.Body)
				}
			}
		}
		if r := s.lookUp(t, watched.aNumber, watched.country); !strings.Contains(r.body, `"released"`) {
			t.Errorf("%d %s", r.status, r.body)
		}
	})
	s.settled(t)
	s.subscribe(t, watched.application(late)) // was told nothing wrong
	s.rule(t, unreached, "deliver")
	t.Run("TakenBackIsTakenBackToWhoeverWasTold", func(t *testing.T) {
		done := o.takeBack(t, m.UploadID)
		if done.Counts.Applied != 39 {
			t.Errorf("%+v", done)
		}
		for phone, n := range map[string]int{first: 2, second: 4} {
			got := s.awaitAlerts(t, phone, n, heldWithin)
			for _, text := range got[n/2:] {
				if !strings.Contains(text.Body, "CORRECTION") || !strings.Contains(text.Body, "is in custody") || strings.Contains(text.Body, "RELEASED") {
					t.Errorf("%q", text.Body)
				}
			}
		}
		s.settled(t)
		s.noMore(t, map[string]int{first: 2, second: 4, unreached: 0, other: 0, late: 0})
	})
	t.Run("LookUpSaysInCustodyAgain", func(t *testing.T) {
		for _, p := range people {
			if r := s.lookUp(t, p.aNumber, p.country); r.status != http.StatusOK || !strings.Contains(r.body, `"in_custody"`) {
				t.Errorf("%d %s", r.status, r.body)
			}
		}
		if after := s.public(t, watched); after != before {
			t.Errorf("what anybody sees went from\n%s\nto\n%s", before, after)
		}
	})
}

// custodyOf is the records of some people.
func (s *stack) custodyOf(t *testing.T, people []person) map[string]map[string]any {
	t.Helper()
	all, some := s.custody(t), map[string]map[string]any{}
	for _, p := range people {
		some[p.aNumber] = all[p.aNumber]
	}
	return some
}
