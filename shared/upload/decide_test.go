package upload

import (
	"context"
	"errors"
	"fmt"
	"reflect"
	"strings"
	"sync"
	"testing"
	"time"

	"voice.example/shared/custody"
)

func (o *office) desk() *Desk {
	return &Desk{S3: o.cloud.S3(), DynamoDB: o.db.Client, Table: o.db.Table("uploads"), Now: func() time.Time { return o.now }}
}

// jail is rows of so many people, each in custody.
func jail(people int, asOf string) string {
	var text strings.Builder
	for i := range people {
		text.WriteString(row(i, asOf, "in_custody"))
	}
	return text.String()
}

// maintenance is the file that must not do what it says: everybody is released.
func (o *office) maintenance() Summary {
	o.t.Helper()
	o.upload(title + jail(30, "2026-05-01"))
	s := o.upload(title + strings.ReplaceAll(jail(30, "2026-05-02"), "in_custody", "released"))
	if s.State != Held {
		o.t.Fatalf("got %+v", s)
	}
	return s
}

func (o *office) goOn(uploadID string) Summary {
	o.t.Helper()
	s, err := o.pipeline(nil).Continue(context.Background(), uploadID)
	if err != nil {
		o.t.Fatal(err)
	}
	return s
}

func TestHeld(t *testing.T) {
	ctx := context.Background()
	t.Run("AppliesNothing", func(t *testing.T) {
		o := newOffice(t)
		s := o.maintenance()
		for _, r := range o.table() {
			if r.Status != custody.InCustody || r.Version != 1 {
				t.Fatalf("got %+v", r)
			}
		}
		if s.Plan == nil || s.Plan.Ends != 30 || s.Plan.PeopleHeld != 30 || len(s.Plan.Reasons) != 1 || s.Applied != 0 || s.PlanHash == "" {
			t.Errorf("got %+v, %+v", s, s.Plan)
		}
		if !strings.Contains(o.read(reportKey(s.UploadID, "summary.json")), `"state": "held"`) {
			t.Error("no report")
		}
		if got := o.staff.last(); !strings.Contains(got, s.UploadID) || !strings.Contains(got, "end the custody of 30 people") {
			t.Errorf("staff were told %q", got)
		}
		if again := o.goOn(s.UploadID); again.State != Held || again.Applied != 0 {
			t.Errorf("announced again: %+v", again)
		}
	})
	t.Run("TwoPeopleApproveWhatTheySaw", func(t *testing.T) {
		o := newOffice(t)
		s, d := o.maintenance(), o.desk()
		u, err := d.Approve(ctx, s.UploadID, s.PlanHash, who("ann"))
		if err == nil && (len(u.Decisions) != 1 || u.Decisions[0].By != "ann" || u.Decisions[0].ByName != "ann Ávila") {
			t.Errorf("decisions %+v", u.Decisions)
		}
		if err != nil || u.State != Held || u.Waits() {
			t.Fatalf("after one: %+v, %v", u, err)
		}
		if s := o.goOn(s.UploadID); s.Applied != 0 {
			t.Fatalf("applied after one approval: %+v", s)
		}
		if u, err = d.Approve(ctx, s.UploadID, s.PlanHash, who("ben")); err != nil || !u.Waits() {
			t.Fatalf("after two: %+v, %v", u, err)
		}
		done := o.goOn(s.UploadID)
		if done.State != Done || done.Applied != 30 || done.Events != 30 || len(done.Decisions) != 2 {
			t.Errorf("got %+v", done)
		}
		if _, err := d.Approve(ctx, s.UploadID, s.PlanHash, who("cat")); !errors.Is(err, ErrNotHeld) {
			t.Errorf("a third: %v", err)
		}
	})
	t.Run("ErrSamePerson", func(t *testing.T) {
		o := newOffice(t)
		s, d := o.maintenance(), o.desk()
		for _, by := range []string{"", "dora"} { // dora uploaded it
			if _, err := d.Approve(ctx, s.UploadID, s.PlanHash, who(by)); !errors.Is(err, ErrSamePerson) {
				t.Errorf("%q: %v", by, err)
			}
		}
		if _, err := d.Approve(ctx, s.UploadID, s.PlanHash, who("ann")); err != nil {
			t.Fatal(err)
		}
		if _, err := d.Approve(ctx, s.UploadID, s.PlanHash, who("ann")); !errors.Is(err, ErrSamePerson) {
			t.Errorf("twice: %v", err)
		}
	})
	t.Run("ErrOtherPlan", func(t *testing.T) {
		o := newOffice(t)
		s := o.maintenance()
		if _, err := o.desk().Approve(ctx, s.UploadID, strings.Repeat("0", 64), who("ann")); !errors.Is(err, ErrOtherPlan) {
			t.Errorf("got %v", err)
		}
	})
	t.Run("PlanChangedAfterApprovalIsNotApplied", func(t *testing.T) {
		o := newOffice(t)
		s := o.maintenance()
		o.approve(s)
		o.write(partKey(s.UploadID, "part", 0), "something else")
		if done := o.goOn(s.UploadID); done.State != Failed || done.Applied != 0 || done.Problem == "" {
			t.Errorf("got %+v", done)
		}
	})
	t.Run("PlanDeletedAfterApprovalIsNotMadeAnew", func(t *testing.T) {
		o := newOffice(t)
		s := o.maintenance()
		o.approve(s)
		o.remove(manifestKey(s.UploadID))
		if done := o.goOn(s.UploadID); done.State != Failed || done.Applied != 0 {
			t.Errorf("got %+v", done)
		}
	})
	t.Run("WhatChangedSinceTheyLookedIsAConflict", func(t *testing.T) {
		o := newOffice(t)
		s := o.maintenance()
		o.upload(title + row(3, "2026-05-03", "removed"))
		o.approve(s)
		if done := o.goOn(s.UploadID); done.Applied != 29 || done.Conflicts != 1 || done.Rows != 30 {
			t.Errorf("got %+v", done)
		}
		if r := o.table()["001000003"]; r.Status != custody.Removed {
			t.Errorf("got %+v", r)
		}
		if text := o.read(reportKey(s.UploadID, "rejects.csv")); strings.Count(text, "\n") != 2 || !strings.Contains(text, "5,,,another upload changed") {
			t.Errorf("got %q", text)
		}
	})
	t.Run("RejectedKeepsEverythingAsItWas", func(t *testing.T) {
		o := newOffice(t)
		s := o.maintenance()
		u, err := o.desk().Reject(ctx, s.UploadID, who("ann"), "the test export")
		if err != nil || u.State != Rejected || u.Decisions[0].Why != "the test export" {
			t.Fatalf("got %+v, %v", u, err)
		}
		if done := o.goOn(s.UploadID); done.State != Rejected || done.Applied != 0 {
			t.Errorf("got %+v", done)
		}
		if !strings.Contains(o.read(reportKey(s.UploadID, "summary.json")), `"state": "rejected"`) {
			t.Error("the report does not say so")
		}
		if _, err := o.desk().Approve(ctx, s.UploadID, s.PlanHash, who("ben")); !errors.Is(err, ErrNotHeld) {
			t.Errorf("approved after all: %v", err)
		}
	})
	t.Run("DecisionsOfOneMomentAreAllKept", func(t *testing.T) {
		o := newOffice(t)
		s := o.maintenance()
		var wg sync.WaitGroup
		errs := make([]error, 4)
		for i := range errs {
			wg.Go(func() { _, errs[i] = o.desk().Approve(ctx, s.UploadID, s.PlanHash, who(fmt.Sprint("person ", i))) })
		}
		wg.Wait()
		approvals := 0
		for _, err := range errs {
			if err == nil {
				approvals++
			} else if !errors.Is(err, ErrNotHeld) {
				t.Error(err)
			}
		}
		if u, err := o.desk().Get(ctx, s.UploadID); err != nil || approvals != 2 || len(u.Decisions) != 2 {
			t.Errorf("%d approvals, %+v, %v", approvals, u.Decisions, err)
		}
	})
	t.Run("ManySmallUploadsAreHeldAsOneLargeOneIs", func(t *testing.T) {
		o := newOffice(t)
		o.upload(title + jail(100, "2026-05-01"))
		var last Summary
		done := 0
		for i := range 10 { // the maintenance file, ten people at a time
			var text strings.Builder
			for n := range 10 {
				text.WriteString(row(10*i+n, "2026-05-02", "released"))
			}
			if last = o.upload(title + text.String()); last.State == Done {
				done++
			}
		}
		if done != 4 || last.State != Held || !strings.Contains(last.Plan.Reasons[0], "other uploads of the last 24 hours") {
			t.Errorf("%d went through; %+v", done, last.Plan)
		}
		o.now = o.now.Add(25 * time.Hour)
		if next := o.upload(title + row(50, "2026-05-02", "released")); next.State != Done {
			t.Errorf("a day later: %+v", next.Plan)
		}
	})
	t.Run("Listed", func(t *testing.T) {
		o := newOffice(t)
		s := o.maintenance()
		list, err := o.desk().List(ctx, Held, 10, "")
		if err != nil || len(list) != 1 || list[0].UploadID != s.UploadID || list[0].Brake == nil {
			t.Errorf("got %+v, %v", list, err)
		}
	})
	t.Run("PlanIsPagedForReview", func(t *testing.T) {
		o := newOffice(t)
		s := o.maintenance()
		var all []Planned
		for after := ""; ; {
			page, err := o.desk().Plan(ctx, s.UploadID, after, 7)
			if err != nil {
				t.Fatal(err)
			}
			all = append(all, page.Changes...)
			if after = page.Next; after == "" {
				break
			}
		}
		if len(all) != 30 || all[0].From != custody.InCustody || all[0].To != custody.Released || all[29].Line != 31 {
			t.Errorf("got %+v", all)
		}
	})
}

func TestStalled(t *testing.T) {
	o := newOffice(t)
	stalled := func() []string {
		t.Helper()
		ids, err := o.desk().Stalled(context.Background())
		if err != nil {
			t.Fatal(err)
		}
		return ids
	}
	s := o.maintenance()
	o.now = o.now.Add(time.Hour)
	if ids := stalled(); len(ids) != 0 {
		t.Errorf("a held upload is stalled: %v", ids)
	}
	o.approve(s)
	if ids := stalled(); len(ids) != 0 {
		t.Errorf("at once: %v", ids)
	}
	o.now = o.now.Add(stalledAfter + time.Second)
	if ids := stalled(); len(ids) != 1 || ids[0] != s.UploadID {
		t.Errorf("approved and never announced: %v", ids)
	}
	o.goOn(s.UploadID)
	o.now = o.now.Add(time.Hour)
	if ids := stalled(); len(ids) != 0 {
		t.Errorf("done: %v", ids)
	}
}

func TestDryRun(t *testing.T) {
	o := newOffice(t)
	s := o.run(o.put("dry-run/x.csv", title+row(1, "2026-05-01", "in_custody")+row(2, "2026-05-01", "nonsense")))
	if s.State != PlanReady || !s.DryRun || s.Plan == nil || s.Plan.Changes != 1 || s.Rejected != 1 || len(o.table()) != 0 {
		t.Errorf("got %+v", s)
	}
	if !strings.Contains(o.read(reportKey(s.UploadID, "rejects.csv")), "nonsense") {
		t.Error("no rejects")
	}
	if again := o.goOn(s.UploadID); again.Applied != 0 || len(o.table()) != 0 {
		t.Errorf("announced again: %+v", again)
	}
	if _, err := o.desk().Retract(context.Background(), s.UploadID, who("ann"), ""); !errors.Is(err, ErrNotDone) {
		t.Errorf("retracted: %v", err)
	}
}

func TestRetract(t *testing.T) {
	ctx := context.Background()
	retract := func(t *testing.T, o *office, uploadID string) Summary {
		t.Helper()
		asked, err := o.desk().Retract(ctx, uploadID, who("ann"), "wrong file")
		if err != nil || !asked.Waits() {
			t.Fatalf("got %+v, %v", asked, err)
		}
		s := o.goOn(asked.UploadID)
		if s.State != Held {
			t.Fatalf("got %+v", s)
		}
		if _, err := o.desk().Approve(ctx, s.UploadID, s.PlanHash, who("ann")); !errors.Is(err, ErrSamePerson) {
			t.Fatalf("who asked approves: %v", err)
		}
		if _, err := o.desk().Approve(ctx, s.UploadID, s.PlanHash, who("ben")); err != nil {
			t.Fatal(err)
		}
		return o.goOn(s.UploadID)
	}
	t.Run("RecordsSayAgainWhatTheySaid", func(t *testing.T) {
		o := newOffice(t)
		o.upload(title + row(1, "2026-05-01", "in_custody") + row(2, "2026-05-01", "in_custody"))
		before := o.table()
		wrong := o.upload(title + row(1, "2026-05-02", "released") + row(2, "2026-05-02", "removed"))
		s := retract(t, o, wrong.UploadID)
		if s.State != Done || s.Applied != 2 || s.Events != 2 || s.Kind != Retraction || s.Of != wrong.UploadID {
			t.Errorf("got %+v", s)
		}
		for a, r := range o.table() {
			if r.Retracts == nil || r.Retracts.Version != 2 || r.Version != 3 {
				t.Errorf("got %+v", r)
			}
			was := before[a]
			r.Retracts, r.Version, r.ReceivedAt, r.RowHash = nil, was.Version, was.ReceivedAt, was.RowHash
			if !reflect.DeepEqual(r, was) {
				t.Errorf("got %+v, want %+v", r, was)
			}
		}
		if u, err := o.desk().Get(ctx, wrong.UploadID); err != nil || u.RetractionUpload != s.UploadID {
			t.Errorf("got %+v, %v", u, err)
		}
	})
	t.Run("SomethingNewerStays", func(t *testing.T) {
		o := newOffice(t)
		o.upload(title + row(1, "2026-05-01", "in_custody") + row(2, "2026-05-01", "in_custody"))
		wrong := o.upload(title + row(1, "2026-05-02", "released") + row(2, "2026-05-02", "released"))
		o.upload(title + row(1, "2026-05-03", "in_custody"))
		retract(t, o, wrong.UploadID)
		records := o.table()
		if r := records["001000001"]; r.Status != custody.InCustody || r.AsOf.Day() != 3 || r.Retracts == nil {
			t.Errorf("got %+v", r)
		}
		if r := records["001000002"]; r.Status != custody.InCustody || r.AsOf.Day() != 1 {
			t.Errorf("got %+v", r)
		}
	})
	t.Run("WhoWasNotKnownBeforeIsShownToNobody", func(t *testing.T) {
		o := newOffice(t)
		wrong := o.upload(title + row(1, "2026-05-02", "released"))
		retract(t, o, wrong.UploadID)
		if r := o.table()["001000001"]; custody.Disclosable(r, o.now) || r.LastName != "" {
			t.Errorf("got %+v", r)
		}
	})
	t.Run("ChangesComparedAnewAreTakenBackAsTheyWere", func(t *testing.T) {
		o := newOffice(t)
		o.upload(title + row(1, "2026-05-01", "in_custody") + row(2, "2026-05-01", "in_custody"))
		p := o.pipeline(nil)
		u := o.planned(p, o.put("uploads/y.csv", title+row(1, "2026-05-09", "released")+row(2, "2026-05-02", "released")))
		o.upload(title + strings.Replace(row(1, "2026-05-05", "in_custody"), "ONE", "TWO", 1) + row(2, "2026-05-03", "removed"))
		if err := p.work(ctx, &u); err != nil || u.Counts.Applied != 1 || u.Counts.Superseded != 1 {
			t.Fatalf("got %+v, %v", u.Counts, err)
		}
		s := retract(t, o, u.ID)
		records := o.table()
		if r := records["001000001"]; r.Status != custody.InCustody || r.Facility != "TWO" || r.Version != 4 {
			t.Errorf("got %+v", r)
		}
		if r := records["001000002"]; r.Status != custody.Removed || r.Version != 2 || s.Rows != 1 {
			t.Errorf("got %+v, %+v", r, s)
		}
	})
	t.Run("OnlyOnceUnlessItWasRejected", func(t *testing.T) {
		o := newOffice(t)
		wrong := o.upload(title + row(1, "2026-05-02", "released"))
		asked, err := o.desk().Retract(ctx, wrong.UploadID, who("ann"), "")
		if err != nil {
			t.Fatal(err)
		}
		if _, err := o.desk().Retract(ctx, wrong.UploadID, who("ben"), ""); !errors.Is(err, ErrNotDone) {
			t.Errorf("twice: %v", err)
		}
		o.goOn(asked.UploadID)
		if _, err := o.desk().Reject(ctx, asked.UploadID, who("ben"), "it was right"); err != nil {
			t.Fatal(err)
		}
		if again, err := o.desk().Retract(ctx, wrong.UploadID, who("ann"), ""); err != nil || again.UploadID == asked.UploadID {
			t.Errorf("got %+v, %v", again, err)
		}
	})
	t.Run("ErrNotFound", func(t *testing.T) {
		if _, err := newOffice(t).desk().Retract(ctx, "none", who("ann"), ""); !errors.Is(err, ErrNotFound) {
			t.Errorf("got %v", err)
		}
	})
}
