package upload

import (
	"context"
	"errors"
	"testing"
)

// A roster lacks some; the next has them again, says nothing new of them, and so writes nothing. Then people approve what
// the first one held.
func TestWhoIsOnANewerRosterIsNotToldToBeMissingFromAnOlderOne(t *testing.T) {
	o := newOffice(t)
	o.at(1, 12).roster(jail(5, "2026-05-01"))
	s := o.at(2, 12).roster(jail(3, "2026-05-02"))
	o.at(3, 12).roster(jail(5, "2026-05-03"))
	group, err := o.desk().Get(context.Background(), s.MissingUpload)
	if err != nil || group.State != Rejected || len(group.Decisions) != 1 || group.Decisions[0].What != Outdated {
		t.Errorf("got %+v, %v", group, err)
	}
	if _, err := o.desk().Approve(context.Background(), group.UploadID, group.PlanHash, who("ann")); !errors.Is(err, ErrNotHeld) {
		t.Errorf("it can be approved still: %v", err)
	}
}

func TestWhoIsMissingFromANewerRosterTooIsHeldAnew(t *testing.T) {
	o := newOffice(t)
	o.at(1, 12).roster(jail(5, "2026-05-01"))
	o.at(2, 12).roster(jail(3, "2026-05-02"))
	s := o.at(3, 12).roster(jail(4, "2026-05-03"))
	if s.Missing != 1 || s.MissingUpload == "" {
		t.Fatalf("got %+v", s)
	}
	if done := o.at(4, 12).approveMissing(s); done.Applied != 1 || !o.table()["001000004"].Unlisted() {
		t.Errorf("got %+v", done)
	}
}
