package upload

import (
	"context"
	"errors"

	"voice.example/shared/roster"
)

// Run takes an upload as far as it gets: to its end or, with an error, to a point from which the next Run goes on. An
// upload that has ended is left as it is. One Run at a time may use a Pipeline, or the report's figures mix. Errors:
// ErrBusy, ErrOutOfTime, or one of a service that may have recovered by the next time.
func (p *Pipeline) Run(ctx context.Context, o Object) (Summary, error) {
	before := p.Meter.Read()
	u, err := p.claim(ctx, o)
	if err != nil || u.State.ended() {
		return p.summary(u, o), err
	}
	u.metered = before
	summary, err := p.work(ctx, o, &u)
	if err != nil && !errors.Is(err, ErrBusy) {
		// Give the claim back, so that the next attempt need not wait for the lease to run out.
		u.LeaseUntil = 0
		err = errors.Join(err, p.save(context.WithoutCancel(ctx), &u))
	}
	return summary, err
}

// MaxSlow is how many attempts at a plan may run out of time before the upload fails.
const MaxSlow = 3

// untilReserve is ctx, ended so early that there is time to say so.
func untilReserve(ctx context.Context) (context.Context, context.CancelFunc) {
	if deadline, ok := ctx.Deadline(); ok {
		return context.WithDeadline(ctx, deadline.Add(-reserve))
	}
	return context.WithCancel(ctx)
}

// work is the pipeline.
func (p *Pipeline) work(ctx context.Context, o Object, u *item) (Summary, error) {
	planning, cancel := untilReserve(ctx)
	defer cancel()
	plan, err := p.plan(planning, o, u)
	var unusable *roster.FileError
	switch {
	case errors.As(err, &unusable):
		return p.refuse(ctx, o, u, Rejected, *unusable)
	case errors.Is(err, errGone):
		return p.refuse(ctx, o, u, Failed, roster.FileError{Problem: "the file was deleted before it was read", Fix: "Upload it again."})
	case errors.Is(err, context.DeadlineExceeded):
		if u.Slow++; u.Slow >= MaxSlow {
			return p.refuse(ctx, o, u, Failed, roster.FileError{Problem: "the file is too large to be compared with the table in one go", Fix: "Split it, and upload the parts."})
		}
		return p.summary(*u, o), ErrOutOfTime
	case err != nil:
		return p.summary(*u, o), err
	}
	if err := p.apply(ctx, u, plan); err != nil {
		return p.summary(*u, o), err
	}
	return p.finish(ctx, o, u, plan)
}

// plan makes the upload's plan, or reads the one that an earlier attempt has made.
func (p *Pipeline) plan(ctx context.Context, o Object, u *item) (Plan, error) {
	if u.State == PlanReady || u.State == Applying {
		plan, err := p.readPlan(ctx, o.Bucket, u.ID)
		if !errors.Is(err, errGone) {
			return plan, err
		}
		// Somebody deleted it. Made anew, it finds what was applied before unchanged.
		u.NextChange, u.Counts, u.ConflictLines = 0, Counts{}, nil
	}
	u.State = Validating
	if err := p.save(ctx, u); err != nil {
		return Plan{}, err
	}
	v, err := p.validate(ctx, o)
	if err != nil {
		return Plan{}, err
	}
	u.State = Diffing
	if err := p.save(ctx, u); err != nil {
		return Plan{}, err
	}
	changes, counts, err := p.diff(ctx, *u, v.people)
	if err != nil {
		return Plan{}, err
	}
	counts.add(v.counts)
	plan := Plan{Head: Head{UploadID: u.ID, Counts: counts, Ignored: v.ignored}, Changes: changes, Rejects: v.rejects, Warnings: v.warnings}
	if err := p.writePlan(ctx, o.Bucket, plan); err != nil {
		return Plan{}, err
	}
	u.State, u.Counts = PlanReady, counts
	return plan, p.save(ctx, u)
}

// finish reports, and only then ends the upload: an attempt killed in between reports the same again.
func (p *Pipeline) finish(ctx context.Context, o Object, u *item, plan Plan) (Summary, error) {
	rejects := plan.Rejects
	for _, line := range u.ConflictLines {
		rejects = append(rejects, roster.Reject{Line: line, Problem: "other uploads kept changing this record meanwhile",
			Fix: "Upload the row again."})
	}
	u.State = Done
	u.meter(p.Meter)
	s := p.summary(*u, o)
	s.Warnings, s.IgnoredColumns = len(plan.Warnings), plan.Head.Ignored
	if err := p.report(ctx, o.Bucket, s, rejects, plan.Warnings); err != nil {
		u.State = Applying
		return s, err
	}
	return s, p.save(ctx, u)
}

// refuse ends an upload of which nothing was used.
func (p *Pipeline) refuse(ctx context.Context, o Object, u *item, state State, why roster.FileError) (Summary, error) {
	u.meter(p.Meter)
	s := p.summary(*u, o)
	s.State, s.Problem, s.Fix = state, why.Problem, why.Fix
	if err := p.report(ctx, o.Bucket, s, []roster.Reject{{Line: 1, Problem: why.Problem, Fix: why.Fix}}, nil); err != nil {
		return s, err
	}
	u.State = state
	return s, p.save(ctx, u)
}
