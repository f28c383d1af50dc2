package e2e

import (
	"fmt"
	"net/http"
	"net/url"
	"testing"
	"time"

	"voice.example/infra/local/stacktest"
)

// heldWithin is how long an upload may take from an approval to its end, and a text to follow it, while others are at
// work beside it.
const heldWithin = 30 * time.Second

// office is the people of a data office: whoever sent a file, two who may approve it, and one more.
type office struct {
	*stack
	ann, ben, cleo *employee
}

// TestBulk is what stands between a file and a victim: the brake, rosters, dry runs, and files of every spelling.
func TestBulk(t *testing.T) {
	t.Parallel()
	s := start(t, "--template", impatient(t))
	o := office{s, s.employee(t, "data-officer-1"), s.employee(t, "data-officer-2"), s.employee(t, "supervisor-1")}
	t.Run("SideBySide", func(t *testing.T) {
		for _, test := range []struct {
			name string
			run  func(*testing.T, office)
		}{
			{"MaintenanceFile", testMaintenance},
			{"Roster", testRoster},
			{"RejectedStaysSo", testRejectedStaysSo},
			{"DryRun", testDryRun},
			{"Formats", testFormats},
			{"Repeated", testRepeated},
		} {
			t.Run(test.name, func(t *testing.T) {
				t.Parallel()
				test.run(t, o)
			})
		}
	})
	t.Run("CtrlCLeavesNoProcess", func(t *testing.T) { s.Stop(t) })
}

// inFeed names a new file of a feed.
func inFeed(folder, feed string) string {
	return fmt.Sprintf("%s/%s/file-%d.csv", folder, feed, counter.Add(1))
}

// newFeed is a source of files that no other test uses, so that what one test ends counts against no other.
func newFeed(name string) string { return fmt.Sprintf("%s-%d", name, counter.Add(1)) }

// show is an upload as somebody of the staff sees it.
func (e *employee) show(t *testing.T, id string) uploaded {
	t.Helper()
	var u uploaded
	e.ask(t, "GET", "/v1/staff/uploads/"+id, "").decode(t, http.StatusOK, &u)
	return u
}

// becomes waits until an upload is in a state.
func (e *employee) becomes(t *testing.T, id, state string) uploaded {
	t.Helper()
	var u uploaded
	if !stacktest.WaitFor(heldWithin, func() bool { u = e.show(t, id); return u.State == state }) {
		t.Fatalf("the upload does not become %s: %+v", state, u)
	}
	return u
}

// approve approves the plan that an upload has now.
func (e *employee) approve(t *testing.T, id string) {
	t.Helper()
	var u uploaded
	e.ask(t, "POST", "/v1/staff/uploads/"+id+"/approve", `{"plan_hash":"`+e.show(t, id).PlanHash+`"}`).decode(t, http.StatusOK, &u)
}

// takeBack asks for an upload to be taken back, waits until that is held, and lets somebody else approve it.
func (o office) takeBack(t *testing.T, id string) uploaded {
	t.Helper()
	var back uploaded
	o.ben.ask(t, "POST", "/v1/staff/uploads/"+id+"/retract", `{"why":"maintenance went wrong"}`).decode(t, http.StatusCreated, &back)
	if back.Kind != "retraction" || back.Of != id {
		t.Fatalf("%+v", back)
	}
	o.ben.becomes(t, back.UploadID, "held")
	o.cleo.approve(t, back.UploadID)
	return o.cleo.becomes(t, back.UploadID, "done")
}

// load uploads a file, and waits until those who are to be watched have been told of, so that who subscribes to them
// afterwards hears of later changes only. The witness goes again.
func (s *stack) load(t *testing.T, key string, content []byte, watched ...person) summary {
	t.Helper()
	witness, ends := s.phone(), map[string]string{}
	for _, p := range watched {
		id, token := s.subscribe(t, p.application(witness))
		ends[id] = token
	}
	m := s.upload(t, key, content)
	s.awaitAlerts(t, witness, len(watched), heldWithin)
	for id, token := range ends {
		if r := s.json(t, "DELETE", "/v1/subscriptions/"+id, nil, "Authorization", "Bearer "+token); r.status != http.StatusNoContent {
			t.Fatalf("ending a subscription: %d %s", r.status, r.body)
		}
	}
	return m
}

// public is all that anybody can see of a person, by JSON and on the page.
func (s *stack) public(t *testing.T, p person) string {
	t.Helper()
	onPage := s.post(t, "/custody", url.Values{"a_number": {p.aNumber}, "country_of_birth": {p.country}})
	return s.lookUp(t, p.aNumber, p.country).face() + readPage(t, onPage).words()
}

// settled waits until no alert waits in the ledger.
func (s *stack) settled(t *testing.T) {
	t.Helper()
	stacktest.Eventually(t, heldWithin, "every alert is settled", func() bool { return s.unsettled(t) == 0 })
}
