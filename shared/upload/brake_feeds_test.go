package upload

import (
	"strings"
	"testing"
)

func TestEmptyingASmallJailIsHeldThoughALargeFeedLosesOneToo(t *testing.T) {
	o := newOffice(t)
	released := func(text string) string { return strings.ReplaceAll(text, "in_custody", "released") }
	var large strings.Builder
	for i := range 700 {
		large.WriteString(row(5000+i, "2026-05-01", "in_custody"))
	}
	o.run(o.put("uploads/large/x.csv", title+large.String()))
	o.run(o.put("uploads/small/x.csv", title+jail(30, "2026-05-01")))
	s := o.run(o.put("uploads/small/y.csv", title+released(jail(30, "2026-05-02"))+released(row(5000, "2026-05-02", "in_custody"))))
	if s.State != Held {
		t.Errorf("all 30 of the small feed are released, and nobody approved it: %s, %+v, people held %d", s.State, s.Counts, s.Plan.PeopleHeld)
	}
}
