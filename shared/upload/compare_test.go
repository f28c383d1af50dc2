package upload

import (
	"testing"
	"time"

	"voice.example/shared/custody"
)

// The other tests receive every file at one moment, after all that the files speak of. Here files come on the day.
func (o *office) at(day, hour int) *office {
	o.now = time.Date(2026, 5, day, hour, 0, 0, 0, time.UTC)
	return o
}

func TestStaleReleaseDoesNotUndoWhatALaterRosterConfirmed(t *testing.T) {
	o := newOffice(t)
	o.at(1, 12).roster(jail(3, "2026-05-01"))
	o.at(10, 12).roster(jail(3, "2026-05-10"))
	if s := o.at(10, 13).upload(title + row(1, "2026-05-05", "released")); s.Superseded != 1 || s.Events != 0 {
		t.Errorf("a release of before the roster is told: %+v", s.Counts)
	}
	if r := o.table()["001000001"]; r.Status != custody.InCustody {
		t.Errorf("got %+v", r)
	}
}
