package upload

import (
	"context"
	"strings"
	"testing"
)

// mappedTo takes a large upload through the orders of the state machine up to, and not including, a step.
func (o *office) mappedTo(p *Pipeline, object Object, until Step) item {
	o.t.Helper()
	ctx := context.Background()
	u, err := p.claim(ctx, object.ID(), &object)
	if err == nil {
		u.Mapped = true
		err = p.save(ctx, &u)
	}
	order := func(step Step, unit int) []int {
		done, again := p.Obey(ctx, Order{UploadID: object.ID(), Step: step, Unit: unit})
		if again != nil {
			o.t.Fatalf("%s %d: %v", step, unit, again)
		}
		return done.Units
	}
	if err != nil {
		o.t.Fatal(err)
	}
	for _, unit := range order(StepLook, 0) {
		order(StepValidate, unit)
	}
	for _, unit := range order(StepRead, 0) {
		order(StepDiff, unit)
	}
	if until == StepApply {
		order(StepPlan, 0)
	}
	u, err = p.get(ctx, object.ID())
	if err != nil {
		o.t.Fatal(err)
	}
	return u
}

// The machine tries a step again that failed. One result of the step before is gone.
func TestLargeUploadWhoseWorkIsGoneIsNotDoneWithNoRows(t *testing.T) {
	ctx := context.Background()
	o := newOffice(t)
	p := o.pipeline(nil)
	p.RangeBytes, p.PartBytes = 400, 300
	u := o.mappedTo(p, o.put("uploads/x.csv", title+jail(20, "2026-05-01")), StepPlan)
	o.remove(workKey(u.ID, resultKey("diffed", 1)))
	var plan Ordered
	var err error
	for range 9 { // MaxAttempts of the template, and the first
		if plan, err = p.Obey(ctx, Order{UploadID: u.ID, Step: StepPlan}); err == nil {
			break
		}
	}
	if err != nil {
		return // the machine gives up, and the report says so
	}
	for _, unit := range plan.Units {
		if _, err := p.Obey(ctx, Order{UploadID: u.ID, Step: StepApply, Unit: unit}); err != nil {
			return
		}
	}
	if _, err := p.Obey(ctx, Order{UploadID: u.ID, Step: StepEnd}); err != nil {
		return
	}
	if s := o.read(reportKey(u.ID, "summary.json")); strings.Contains(s, `"state": "done"`) && strings.Contains(s, `"rows": 0`) {
		t.Errorf("20 rows are dropped, and the report says that it is done; %d records", len(o.table()))
	}
}
