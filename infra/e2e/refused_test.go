package e2e

import (
	"net/http"
	"strings"
	"testing"
)

// testRejectedStaysSo rejects a held upload, and then does all that might wake it.
func testRejectedStaysSo(t *testing.T, o office) {
	s, feed := o.stack, newFeed("wrong")
	people, content := s.roomful(t, 25)
	s.load(t, inFeed("uploads", feed), content, people[0])
	phone := s.phone()
	s.subscribe(t, people[0].application(phone))
	before, table := s.public(t, people[0]), s.custodyOf(t, people)

	name := inFeed("uploads", feed)
	n := s.putKnown(t, name, gone(t, people))
	m := s.awaitReport(t, name, nil)
	if m.State != "held" {
		t.Fatalf("%+v", m)
	}
	o.ann.approve(t, m.UploadID) // one had been for it
	var u uploaded
	o.cleo.ask(t, "POST", "/v1/staff/uploads/"+m.UploadID+"/reject", `{"why":"last year's file"}`).decode(t, http.StatusOK, &u)
	problemIs(t, o.ben.ask(t, "POST", "/v1/staff/uploads/"+m.UploadID+"/approve", `{"plan_hash":"`+u.PlanHash+`"}`), http.StatusConflict, "not_held")
	problemIs(t, o.ben.ask(t, "POST", "/v1/staff/uploads/"+m.UploadID+"/retract", `{"why":"to be sure"}`), http.StatusConflict, "not_done")
	s.announce(t, n, goOn(m.UploadID), n)
	s.drained(t)

	s.noMore(t, map[string]int{phone: 0})
	if after := s.public(t, people[0]); after != before {
		t.Errorf("what anybody sees went from\n%s\nto\n%s", before, after)
	}
	sameTable(t, table, s.custodyOf(t, people))
	if r := s.reports(t, name); len(r) != 1 || r[m.UploadID].State != "rejected" || r[m.UploadID].Applied != 0 {
		t.Errorf("%+v", r)
	}
}

// testDryRun asks what files would do.
func testDryRun(t *testing.T, o office) {
	s, feed := o.stack, newFeed("trial")
	people, _ := s.roomful(t, 30)
	s.load(t, inFeed("roster", feed), listed(t, ago(4), people), people[0])
	phone := s.phone()
	s.subscribe(t, people[0].application(phone))
	table := s.custodyOf(t, people)

	t.Run("SaysWhatTheBrakeWouldSay", func(t *testing.T) {
		m := s.upload(t, inFeed("dry-run/uploads", feed), gone(t, people))
		u := o.ann.show(t, m.UploadID)
		if m.State != "planned" || m.Applied != 0 || u.Brake == nil || u.Brake.Ends != 30 || u.Brake.Alerts != 1 || len(u.Brake.Reasons) == 0 {
			t.Errorf("%+v %+v", m, u.Brake)
		}
		problemIs(t, o.ann.ask(t, "POST", "/v1/staff/uploads/"+m.UploadID+"/approve", `{"plan_hash":"`+u.PlanHash+`"}`), http.StatusConflict, "not_held")
	})
	t.Run("RosterNamesWhoIsMissingAndHoldsNothing", func(t *testing.T) {
		m := s.upload(t, inFeed("dry-run/roster", feed), listed(t, ago(1), people[1:]))
		missing := string(s.get(t, "reports/"+m.UploadID+"/missing.csv"))
		if m.State != "planned" || !strings.Contains(missing, people[0].aNumber) || strings.Contains(missing, people[1].aNumber) {
			t.Errorf("%+v %s", m, missing)
		}
		var l struct{ Uploads []uploaded }
		o.ann.ask(t, "GET", "/v1/staff/uploads?state=held", "").decode(t, http.StatusOK, &l)
		for _, u := range l.Uploads {
			if u.Of == m.UploadID {
				t.Errorf("a dry run holds %+v", u)
			}
		}
	})
	s.noMore(t, map[string]int{phone: 0})
	sameTable(t, table, s.custodyOf(t, people))
}
