package upload

import (
	"context"
	"errors"
	"net/http"
	"strings"
	"testing"
)

// hiccup is a transport through which one object cannot be written.
type hiccup struct{ suffix string }

func (h *hiccup) RoundTrip(r *http.Request) (*http.Response, error) {
	if r.Method == http.MethodPut && strings.HasSuffix(r.URL.Path, h.suffix) {
		return nil, errors.New("reset by peer")
	}
	return http.DefaultTransport.RoundTrip(r)
}

func TestSmallUploadWhoseReportFailsOnceEndsAtTheNextAttempt(t *testing.T) {
	defer func() {
		if fault := recover(); fault != nil {
			t.Errorf("panic: %v", fault)
		}
	}()
	o := newOffice(t)
	object := o.put("uploads/x.csv", title+row(1, "2026-05-01", "in_custody"))
	p := o.pipeline(&hiccup{"/summary.json"})
	if s, err := p.Run(context.Background(), object); err == nil {
		t.Fatalf("got %+v", s)
	}
	u, err := p.get(context.Background(), object.ID())
	t.Logf("it is %s, applied %d of %d, %v", u.State, u.Applied, u.Parts, err)
	if s := o.run(object); s.State != Done || s.Applied != 1 {
		t.Errorf("got %+v", s)
	}
}

// A worker writes a change and is killed; another upload changes the record; the next worker meets a conflict.
func TestWhatAKilledAttemptToldIsRetracted(t *testing.T) {
	ctx := context.Background()
	o := newOffice(t)
	o.upload(title + row(1, "2026-05-01", "in_custody"))
	p := o.pipeline(nil)
	object := o.put("uploads/wrong.csv", title+row(1, "2026-05-03", "released"))
	u := o.planned(p, object)
	changes, err := p.readPart(ctx, bucket, planPart{Key: partKey(u.ID, "part", 0), SHA256: hash([]byte(o.read(partKey(u.ID, "part", 0))))})
	if err != nil || len(changes) != 1 {
		t.Fatal(err)
	}
	u.State, u.Applies = Applying, 1
	if err := p.save(ctx, &u); err != nil {
		t.Fatal(err)
	}
	if err := p.Custody.Apply(ctx, changes[0].Record); err != nil { // version 2 is told by the stream; then the worker dies
		t.Fatal(err)
	}
	o.now = o.now.Add(2 * lease)
	o.upload(title + row(1, "2026-05-04", "in_custody")) // version 3
	s := o.run(object)
	asked, err := o.desk().Retract(ctx, s.UploadID, who("ann"), "wrong")
	if err != nil {
		t.Fatal(err)
	}
	held := o.goOn(asked.UploadID)
	if held.Plan == nil || held.Plan.Changes != 1 {
		t.Errorf("the retraction corrects nobody: %+v", held.Plan)
	}
}

func TestUploadThatFailedHalfWayCanBeRetracted(t *testing.T) {
	ctx := context.Background()
	o := newOffice(t)
	o.upload(title + jail(2, "2026-05-01"))
	p := o.pipeline(nil)
	u := o.planned(p, o.put("uploads/wrong.csv", title+row(0, "2026-05-03", "released")+row(1, "2026-05-03", "released")))
	changes, err := p.readPart(ctx, bucket, planPart{Key: partKey(u.ID, "part", 0), SHA256: hash([]byte(o.read(partKey(u.ID, "part", 0))))})
	if err != nil {
		t.Fatal(err)
	}
	if err := p.Custody.Apply(ctx, changes[0].Record); err != nil {
		t.Fatal(err)
	}
	u.State, u.Mapped, u.Applies = Applying, true, 1
	if err := p.save(ctx, &u); err != nil {
		t.Fatal(err)
	}
	if _, err := p.Obey(ctx, Order{UploadID: u.ID, Step: StepGiveUp}); err != nil {
		t.Fatal(err)
	}
	if s := o.read(reportKey(u.ID, "summary.json")); !strings.Contains(s, "retract the upload") {
		t.Errorf("the report does not say that some of it may be applied: %s", s)
	}
	if _, err := o.desk().Retract(ctx, u.ID, who("ann"), "wrong"); err != nil {
		t.Errorf("somebody was told of a release, and nobody can take it back: %v", err)
	}
	// Uploading it again does not help: what was applied is unchanged, and no part of the new plan.
	again := o.upload(title + row(0, "2026-05-03", "released") + row(1, "2026-05-03", "released"))
	t.Logf("uploaded again: %+v", again.Counts)
}

func TestUploadThatFailsOnTheWayReportsWhatItApplied(t *testing.T) {
	ctx := context.Background()
	o := newOffice(t)
	p := o.pipeline(nil)
	p.RangeBytes, p.PartBytes = 400, 300
	object := o.put("uploads/x.csv", title+jail(20, "2026-05-01"))
	u, err := p.claim(ctx, object.ID(), &object)
	for _, step := range []func(context.Context, *item) error{p.look, p.readFile, p.makePlan} {
		if err == nil {
			err = step(ctx, &u)
		}
	}
	if err != nil {
		t.Fatal(err)
	}
	plan, err := p.readPlan(ctx, &u)
	if err != nil {
		t.Fatal(err)
	}
	o.remove(plan.Parts[len(plan.Parts)-1].Key) // the last part of the plan goes while it is applied
	if err := p.work(ctx, &u); err != nil {
		t.Fatal(err)
	}
	if n := len(o.table()); u.State != Failed || u.Counts.Applied != n || n == 0 || n == 20 || !strings.Contains(u.Fix, "retract") {
		t.Errorf("%s with %d records, and the report says %+v; %s", u.State, n, u.Counts, u.Fix)
	}
}
