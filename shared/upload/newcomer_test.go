package upload

import (
	"testing"

	"voice.example/shared/custody"
)

// A roster vouches for those whom the feed held when it came. Somebody of whom the first news comes late, after the roster,
// was not among them: sources.known asks when the record was received.
func TestReleaseOfSomebodyWhomTheRosterNeverHadIsTold(t *testing.T) {
	o := newOffice(t)
	o.at(1, 12).run(o.put("roster/default/x.csv", title+jail(3, "2026-05-01")))
	o.at(10, 12).run(o.put("roster/default/x.csv", title+jail(3, "2026-05-10")))
	// Two late files of the same feed, in their order.
	o.at(10, 13).upload(title + row(50, "2026-05-08", "in_custody"))
	if s := o.at(10, 14).upload(title + row(50, "2026-05-09", "released")); s.Applied != 1 || s.Events != 1 {
		t.Errorf("nobody is told of the release: %+v", s.Counts)
	}
	if r := o.table()["001000050"]; r.Status != custody.Released {
		t.Errorf("got %+v", r)
	}
}
