package upload

import (
	"context"
	"errors"
	"strings"
	"testing"
	"time"

	"voice.example/shared/custody"
)

func (o *office) roster(text string) Summary {
	o.t.Helper()
	return o.run(o.put("roster/springfield/x.csv", title+text))
}

func (o *office) confirmed(feed string) time.Time {
	o.t.Helper()
	feeds, err := o.pipeline(nil).sources(context.Background())
	if err != nil {
		o.t.Fatal(err)
	}
	return feeds[feed].ConfirmedAsOf
}

func TestRoster(t *testing.T) {
	ctx := context.Background()
	day := func(n int) time.Time { return time.Date(2026, 5, n, 0, 0, 0, 0, time.UTC) }
	t.Run("UnchangedPeopleCostNoWrites", func(t *testing.T) {
		o := newOffice(t)
		o.roster(jail(50, "2026-05-01"))
		before := o.table()
		s := o.roster(jail(50, "2026-05-02"))
		if s.Unchanged != 50 || s.Applied != 0 || s.RRU > 50*0.5+5 || s.WRU > 15 {
			t.Errorf("got %+v", s)
		}
		if r := o.table()["001000003"]; r != before["001000003"] && r.Version != 1 {
			t.Errorf("got %+v", r)
		}
		if got := o.confirmed("springfield"); !got.Equal(day(2)) {
			t.Errorf("confirmed as of %s", got)
		}
	})
	t.Run("LateFileDoesNotUndoWhatTheRosterConfirmed", func(t *testing.T) {
		o := newOffice(t)
		o.roster(jail(3, "2026-05-01"))
		o.roster(jail(3, "2026-05-10"))
		if s := o.upload(title + row(1, "2026-05-05", "released")); s.Superseded != 1 || s.Applied != 0 {
			t.Errorf("got %+v", s)
		}
		if s := o.upload(title + row(1, "2026-05-11", "released")); s.Applied != 1 {
			t.Errorf("got %+v", s)
		}
	})
	t.Run("MissingPeopleAreHeldAsOneGroup", func(t *testing.T) {
		o := newOffice(t)
		o.roster(jail(5, "2026-05-01"))
		s := o.roster(jail(3, "2026-05-02"))
		if s.State != Done || s.Unchanged != 3 || s.Missing != 2 || s.MissingUpload == "" || s.Events != 0 {
			t.Fatalf("got %+v", s)
		}
		for _, r := range o.table() {
			if r.Status != custody.InCustody || !r.UnlistedSince.IsZero() {
				t.Errorf("got %+v", r)
			}
		}
		if text := o.read(reportKey(s.UploadID, "missing.csv")); !strings.Contains(text, "001000003,ONE") || !strings.Contains(text, "001000004,ONE") || strings.Count(text, "\n") != 3 {
			t.Errorf("got %q", text)
		}
		if !o.confirmed("springfield").Equal(day(1)) {
			t.Errorf("the roster vouches for people whom it lacks: %s", o.confirmed("springfield"))
		}
		group, err := o.desk().Get(ctx, s.MissingUpload)
		if err != nil || group.State != Held || group.Kind != Missing || group.Of != s.UploadID || group.Brake.Missing != 2 || group.Brake.Alerts != 0 {
			t.Fatalf("got %+v, %+v, %v", group, group.Brake, err)
		}
		if page, err := o.desk().Plan(ctx, group.UploadID, "", 10); err != nil || len(page.Changes) != 2 || page.Changes[0].Event != custody.Unlisted {
			t.Errorf("got %+v, %v", page, err)
		}
	})
	t.Run("ApprovedTheyAreNotOnTheListAndNeverReleased", func(t *testing.T) {
		o := newOffice(t)
		o.roster(jail(5, "2026-05-01"))
		s := o.roster(jail(1, "2026-05-02"))
		group, err := o.desk().Get(ctx, s.MissingUpload)
		if err != nil {
			t.Fatal(err)
		}
		o.approve(Summary{UploadID: group.UploadID, PlanHash: group.PlanHash})
		done := o.goOn(group.UploadID)
		if done.State != Done || done.Applied != 4 || done.Events != 4 || done.Alerts != 3 {
			t.Errorf("got %+v", done)
		}
		r := o.table()["001000001"]
		if r.Status != custody.InCustody || !r.UnlistedSince.Equal(day(2)) {
			t.Errorf("got %+v", r)
		}
		if !o.confirmed("springfield").Equal(day(2)) {
			t.Errorf("confirmed as of %s", o.confirmed("springfield"))
		}
		if late := o.upload(title + row(1, "2026-05-01", "in_custody")); late.Superseded != 1 {
			t.Errorf("a file of old news lists them again: %+v", late)
		}
		if next := o.roster(jail(1, "2026-05-03")); next.Missing != 0 {
			t.Errorf("missing again: %+v", next)
		}
		if back := o.roster(jail(5, "2026-05-04")); back.Applied != 4 || back.Events != 4 || !o.table()["001000001"].UnlistedSince.IsZero() {
			t.Errorf("listed again: %+v", back)
		}
	})
	t.Run("WhoHasLeftSinceIsAConflict", func(t *testing.T) {
		o := newOffice(t)
		o.roster(jail(5, "2026-05-01"))
		s := o.roster(jail(3, "2026-05-02"))
		o.upload(title + row(4, "2026-05-03", "removed"))
		group, err := o.desk().Get(ctx, s.MissingUpload)
		if err != nil {
			t.Fatal(err)
		}
		o.approve(Summary{UploadID: group.UploadID, PlanHash: group.PlanHash})
		if done := o.goOn(group.UploadID); done.Applied != 1 || done.Conflicts != 1 || o.table()["001000004"].Status != custody.Removed {
			t.Errorf("got %+v", done)
		}
	})
	t.Run("WhoseRowIsRejectedIsNotMissing", func(t *testing.T) {
		o := newOffice(t)
		o.roster(jail(3, "2026-05-01"))
		s := o.roster(jail(2, "2026-05-02") + row(2, "2026-05-02", "nonsense"))
		if s.Missing != 0 || s.Rejected != 1 {
			t.Errorf("got %+v", s)
		}
		if !o.confirmed("springfield").Equal(day(1)) {
			t.Error("a roster that was not understood whole vouches for people")
		}
	})
	t.Run("PeopleOfAnotherFeedAreNotMissing", func(t *testing.T) {
		o := newOffice(t)
		o.run(o.put("roster/shelbyville/x.csv", title+jail(3, "2026-05-01")))
		if s := o.roster(row(7, "2026-05-02", "in_custody")); s.Missing != 0 || s.MissingUpload != "" {
			t.Errorf("got %+v", s)
		}
	})
	t.Run("WhoMovesToAnotherFeedIsMissedByNeither", func(t *testing.T) {
		o := newOffice(t)
		o.run(o.put("roster/shelbyville/x.csv", title+jail(2, "2026-05-01")))
		if s := o.roster(row(1, "2026-05-01", "in_custody")); s.Events != 0 || s.Unchanged != 1 {
			t.Errorf("got %+v", s)
		}
		if s := o.run(o.put("roster/shelbyville/y.csv", title+row(0, "2026-05-02", "in_custody"))); s.Missing != 0 {
			t.Errorf("got %+v", s)
		}
		if s := o.roster(row(1, "2026-05-03", "in_custody")); s.Missing != 0 || s.Unchanged != 1 {
			t.Errorf("got %+v", s)
		}
	})
	t.Run("HalfARosterIsHeldItself", func(t *testing.T) {
		o := newOffice(t)
		o.roster(jail(100, "2026-05-01"))
		s := o.roster(strings.ReplaceAll(jail(50, "2026-05-02"), "ONE", "TWO"))
		if s.State != Held || s.Missing != 50 || s.MissingUpload != "" || o.table()["001000001"].Facility != "ONE" {
			t.Fatalf("got %+v", s)
		}
		o.approve(s)
		if done := o.goOn(s.UploadID); done.State != Done || done.Applied != 50 || done.MissingUpload == "" {
			t.Errorf("got %+v", done)
		}
	})
	t.Run("EmptyRosterReleasesNobody", func(t *testing.T) {
		o := newOffice(t)
		o.roster(jail(100, "2026-05-01"))
		if s := o.roster(""); s.State != Held || s.Missing != 100 {
			t.Errorf("got %+v", s)
		}
	})
	t.Run("RetractedTheyAreOnTheListAgain", func(t *testing.T) {
		o := newOffice(t)
		o.roster(jail(5, "2026-05-01"))
		s := o.roster(jail(3, "2026-05-02"))
		group, err := o.desk().Get(ctx, s.MissingUpload)
		if err != nil {
			t.Fatal(err)
		}
		o.approve(Summary{UploadID: group.UploadID, PlanHash: group.PlanHash})
		o.goOn(group.UploadID)
		asked, err := o.desk().Retract(ctx, group.UploadID, who("ann"), "it was the wrong export")
		if err != nil {
			t.Fatal(err)
		}
		held := o.goOn(asked.UploadID)
		if _, err := o.desk().Approve(ctx, held.UploadID, held.PlanHash, who("ben")); err != nil && !errors.Is(err, ErrNotHeld) {
			t.Fatal(err)
		}
		if done := o.goOn(held.UploadID); done.Applied != 2 || !o.table()["001000004"].UnlistedSince.IsZero() {
			t.Errorf("got %+v", done)
		}
	})
}
