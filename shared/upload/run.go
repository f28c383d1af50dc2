package upload

import (
	"context"
	"errors"

	"voice.example/shared/roster"
)

// Run takes an upload as far as it gets: to its end, to where people must decide or, with an error, to a point from which
// the next Run goes on. An upload that rests is left as it is. One Run at a time may use a Pipeline, or the report's
// figures mix. Errors: ErrBusy, ErrOutOfTime, or one of a service that may have recovered by the next time.
func (p *Pipeline) Run(ctx context.Context, o Object) (Summary, error) { return p.run(ctx, o.ID(), &o) }

// Continue is Run for an upload that is there already. Errors: ErrNotFound, and those of Run.
func (p *Pipeline) Continue(ctx context.Context, uploadID string) (Summary, error) {
	return p.run(ctx, uploadID, nil)
}

func (p *Pipeline) run(ctx context.Context, id string, first *Object) (Summary, error) {
	before := p.Meter.Read()
	u, err := p.claim(ctx, id, first)
	if err != nil || u.Resting {
		return p.summary(&u), err
	}
	u.metered = before
	handed, err := p.mapped(ctx, &u)
	if errors.Is(err, errMachine) {
		err = p.refused(ctx, &u, err)
	}
	if handed {
		return p.summary(&u), err // the claim is kept: the machine has the upload
	}
	if err == nil || errors.Is(err, errGone) {
		err = p.work(ctx, &u)
	}
	if err != nil && !errors.Is(err, ErrBusy) {
		// Give the claim back, so that the next attempt need not wait for the lease to run out.
		u.LeaseUntil = 0
		err = errors.Join(err, p.save(context.WithoutCancel(ctx), &u))
	}
	return p.summary(&u), err
}

// work is the pipeline: one step after the other, until there is nothing to do.
func (p *Pipeline) work(ctx context.Context, u *item) error {
	if u.small() && (u.State == Validating || u.State == Diffing) {
		u.State = Received // what was in memory is gone
	}
	if u.small() {
		u.Applied = 0 // and with it what came of applying; a part that was applied is found applied
	}
	for !u.Resting {
		step := map[State]func(context.Context, *item) error{
			Received:   p.look,      // how large, how it is cut
			Validating: p.readFile,  // rows → observations and rejects
			Diffing:    p.makePlan,  // observations against the table → changes; the brake
			PlanReady:  p.applyPlan, // changes → the table
			Applying:   p.applyPlan,
		}[u.State]
		if err := p.refused(ctx, u, step(ctx, u)); err != nil {
			return err
		}
	}
	return nil
}

// refused ends an upload that can never go on, and passes other errors through.
func (p *Pipeline) refused(ctx context.Context, u *item, err error) error {
	var unusable *roster.FileError
	switch {
	case errors.As(err, &unusable):
		return p.refuse(ctx, u, Rejected, *unusable)
	case errors.Is(err, errSlow):
		return p.refuse(ctx, u, Failed, roster.FileError{Problem: "a step of the upload takes longer than there is time",
			Fix: "Split the file and upload the parts; leave it uncompressed, as CSV, so that it can be read in ranges."})
	case errors.Is(err, errMachine):
		return p.refuse(ctx, u, Failed, roster.FileError{Problem: "the state machine ended before the upload did", Fix: "Have the service's operators look at its log, then retract the upload and upload the file again."})
	case errors.Is(err, errOtherPlan):
		return p.refuse(ctx, u, Failed, roster.FileError{Problem: "the plan in the bucket is not the one that was made", Fix: "Upload the file again."})
	case !errors.Is(err, errGone):
		return err
	case u.Mapped:
		return p.refuse(ctx, u, Failed, roster.FileError{Problem: "the file, or what was read of it, was deleted before it was applied", Fix: "Upload it again."})
	case u.Kind == File && !u.exact() && u.Applies == 0 && u.State != Received && u.State != Validating:
		// Somebody deleted the plan, or what it was to be made from. Made anew, it finds what was applied before unchanged.
		u.State, u.Progress, u.NextChange, u.Partial, u.Counts, u.memory = Received, Progress{}, 0, nil, Counts{}, nil
		return p.save(ctx, u)
	case u.Kind == File && !u.exact() && u.Applies == 0:
		return p.refuse(ctx, u, Failed, roster.FileError{Problem: "the file was deleted before all of it was read", Fix: "Upload it again."})
	}
	return p.refuse(ctx, u, Failed, roster.FileError{Problem: "the plan was deleted before all of it was applied", Fix: "Upload the file again."})
}

// refuse ends an upload of which nothing more will be used.
func (p *Pipeline) refuse(ctx context.Context, u *item, state State, why roster.FileError) error {
	before, counts := u.State, u.Counts
	if u.Applies > 0 {
		u.Counts.add(p.appliedSoFar(ctx, u))
		why.Fix += " Some of the plan may be applied already: retract the upload if it was wrong."
	}
	u.State, u.Resting, u.FinishedAt, u.Problem, u.Fix = state, true, p.Now().UTC(), why.Problem, why.Fix
	u.meter(p.Meter)
	err := p.report(ctx, u)
	if err == nil {
		err = p.tellRefused(ctx, u)
	}
	if err != nil {
		u.State, u.Resting, u.Counts = before, false, counts
		return err
	}
	return p.save(ctx, u)
}

// appliedSoFar adds up what became of the plan of an upload that fails on the way, as far as that was noted: up to the
// last checkpoint, or every part whose result is there.
func (p *Pipeline) appliedSoFar(ctx context.Context, u *item) (c Counts) {
	if u.Partial != nil {
		c.add(u.Partial.Counts)
	}
	parts := u.Applied
	if u.Mapped {
		parts = u.Parts
	}
	for i := range parts {
		var done applied
		if p.kept(ctx, u, resultKey("applied", i), &done) == nil { // what is not there was not done, or is not known
			c.add(done.Counts)
		}
	}
	return c
}

// MaxSlow is how many attempts in a row may end within one unit of work before the upload fails.
const MaxSlow = 3

// errSlow says that a unit of work does not fit into an attempt.
var errSlow = errors.New("upload: a unit of work takes too long")

// each does the units of a step that are not done, one after the other, and notes after each how far it is. It ends
// early with ErrOutOfTime.
func (p *Pipeline) each(ctx context.Context, u *item, of int, done *int, unit func(ctx context.Context, i int) error) error {
	for *done < of {
		inTime, cancel := untilReserve(ctx)
		err := inTime.Err()
		if err == nil {
			err = unit(inTime, *done)
		}
		cancel()
		if errors.Is(err, context.DeadlineExceeded) {
			if u.Slow++; u.Slow >= MaxSlow {
				return errSlow
			}
			return ErrOutOfTime
		}
		if err != nil {
			return err
		}
		*done++
		if u.small() {
			continue // nothing is kept until the plan is made
		}
		u.Slow = 0
		if err := p.save(ctx, u); err != nil {
			return err
		}
	}
	return nil
}

// untilReserve is ctx, ended so early that there is time to say so.
func untilReserve(ctx context.Context) (context.Context, context.CancelFunc) {
	if deadline, ok := ctx.Deadline(); ok {
		return context.WithDeadline(ctx, deadline.Add(-reserve))
	}
	return context.WithCancel(ctx)
}
