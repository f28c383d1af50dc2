package upload

import (
	"context"
	"errors"
	"slices"
	"strings"
	"testing"
	"time"

	"voice.example/shared/custody"
)

func TestApprovedUploadIsSeenAsStalledBehindAHundredDryRuns(t *testing.T) {
	ctx := context.Background()
	o := newOffice(t)
	s := o.maintenance()
	p := o.pipeline(nil)
	for range 100 { // they rest as "planned", for ever
		o.now = o.now.Add(time.Second)
		object := Object{Bucket: bucket, Key: "dry-run/x.csv", Version: o.now.String(), ReceivedAt: o.now}
		if err := p.create(ctx, &item{ID: object.ID(), Kind: File, Key: object.Key, DryRun: true, State: PlanReady, Resting: true, ReceivedAt: o.now}); err != nil {
			t.Fatal(err)
		}
	}
	o.approve(s) // and the announcement is lost
	o.now = o.now.Add(time.Hour)
	if ids, err := o.desk().Stalled(ctx); err != nil || !slices.Contains(ids, s.UploadID) {
		t.Errorf("got %v, %v", ids, err)
	}
}

func TestSmallUploadThatAdvancesFromCheckpointToCheckpointDoesNotFail(t *testing.T) {
	ctx := context.Background()
	o := newOffice(t)
	o.now = time.Now()
	var text strings.Builder
	text.WriteString(title)
	const people = 4*checkpoint + 10
	for i := range people {
		text.WriteString(row(i, "2026-05-01", "in_custody"))
	}
	object := o.put("uploads/x.csv", text.String())
	for range 10 {
		slow := new(slow)
		slow.inserts.Store(checkpoint/custody.MaxInsert + 5) // as of a table that throttles: one checkpoint in an attempt
		s, err := o.pipeline(slow).Run(ctx, object)
		if err == nil {
			if s.State != Done {
				t.Errorf("%s with %d of %d people in the table: %s", s.State, len(o.table()), people, s.Problem)
			}
			return
		}
		if !errors.Is(err, ErrOutOfTime) {
			t.Fatal(err)
		}
		u, _ := o.pipeline(nil).get(ctx, object.ID())
		t.Logf("%s, checkpoint %d, slow %d, %d in the table, %d inserts left", u.State, u.NextChange, u.Slow, len(o.table()), slow.inserts.Load())
		o.now = o.now.Add(2 * lease)
	}
}
