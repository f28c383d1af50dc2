package upload

import (
	"testing"
)

// Two rosters of one feed arrive in the wrong order. The newer one found Ada where the record had her, so that it wrote
// nothing; the older one, of the morning, still has her elsewhere.
func TestOlderRosterThatComesLateDoesNotUndoTheNewerOne(t *testing.T) {
	o := newOffice(t)
	o.at(1, 12).roster(jail(3, "2026-05-01"))
	o.at(10, 12).roster(jail(3, "2026-05-10"))
	s := o.at(10, 13).roster(row(0, "2026-05-09", "in_custody") + row(1, "2026-05-09", "released") + row(2, "2026-05-09", "in_custody"))
	if s.Applied != 0 || s.Events != 0 {
		t.Errorf("got %+v", s.Counts)
	}
}
