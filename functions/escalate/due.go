package main

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"time"

	"golang.org/x/sync/errgroup"

	"voice.example/shared/alert"
	"voice.example/shared/aws"
)

const (
	// pageDue is how many alerts that are due are looked at together, and widthDue how many of them at once.
	pageDue  = 400
	widthDue = 16
	// enough is how much of its time a run leaves: what is due then is left to the next minute.
	enough = 15 * time.Second
	// atLeast is what it leaves in any case, to the rest of a minute's work: a call that hangs is cut off then.
	atLeast = 10 * time.Second
)

// workOffDue goes on with the alerts that wait for something which is due: it publishes the jobs of those that were held,
// or whose job was lost, and takes the next step with urgent ones that nobody has acknowledged. Each is seen once in a run:
// one whose next step is due at once takes it in the next.
func (h *handler) workOffDue(ctx context.Context) error {
	if until, ok := ctx.Deadline(); ok {
		var cancel context.CancelFunc
		ctx, cancel = context.WithDeadline(ctx, until.Add(-atLeast))
		defer cancel()
	}
	seen := map[string]bool{}
	counts := counter{}
	line := aws.LineOf(ctx)
	line.Level(aws.OldestUrgentWaiting, 0)
	line.Level(aws.OldestDueWaiting, 0)
	for due := h.Ledger.Due(); ; {
		ids, err := due.Next(ctx, pageDue)
		if err != nil {
			return err
		}
		if len(ids) == 0 {
			break
		}
		fresh := ids[:0]
		for _, id := range ids {
			if !seen[id] {
				seen[id] = true
				fresh = append(fresh, id)
			}
		}
		if err := h.workOff(ctx, fresh, counts); err != nil {
			return err
		}
		if until, ok := ctx.Deadline(); ok && time.Until(until) < enough-atLeast {
			break
		}
	}
	line.Add("due", len(seen))
	for _, what := range []string{"published", string(alert.StepAgain), string(alert.StepOther), string(alert.StepHuman), "ended", "failed"} {
		line.Add(what, counts[what])
	}
	if counts["failed"] > 0 {
		return fmt.Errorf("%d alerts that are due could not be gone on with", counts["failed"])
	}
	return nil
}

// counter counts what became of alerts, by a word.
type counter map[string]int

// workOff goes on with some alerts: first with those that nobody has been told of. What fails with one is logged, and is
// due still in the next minute.
func (h *handler) workOff(ctx context.Context, ids []string, counts counter) error {
	alerts, err := h.Ledger.GetMany(ctx, ids)
	if errors.Is(err, alert.ErrUnreadable) { // these, and not the others
		counts["failed"]++
		slog.ErrorContext(ctx, "alerts that are due cannot be read", "error", err)
	} else if err != nil {
		return err
	}
	var waiting, told []alert.Alert
	for _, a := range alerts {
		switch {
		case !a.DueBy(h.Now()): // gone on since
		case a.State == alert.Planned || a.State == alert.Claimed:
			waiting = append(waiting, a)
			h.measure(ctx, a)
		default:
			told = append(told, a)
		}
	}
	published := h.publish(ctx, waiting, counts)
	outcomes := make([]string, len(told))
	var group errgroup.Group
	group.SetLimit(widthDue)
	for i, a := range told {
		group.Go(func() error {
			var err error
			if outcomes[i], err = h.step(ctx, a); err != nil {
				outcomes[i] = "failed"
				slog.ErrorContext(ctx, "alert not gone on with", "alert_id", a.ID, "step", a.Step, "error", err)
			}
			return nil
		})
	}
	_ = group.Wait() // no error: each is an outcome
	for _, o := range outcomes {
		counts[o]++
	}
	return published
}

// measure notes for how long an alert has waited that should have gone.
func (h *handler) measure(ctx context.Context, a alert.Alert) {
	line := aws.LineOf(ctx)
	if due, err := time.Parse(time.RFC3339, a.DueAt); err == nil {
		line.Level(aws.OldestDueWaiting, h.Now().Sub(due).Seconds())
	}
	if a.Event.Urgent() {
		line.Level(aws.OldestUrgentWaiting, h.Now().Sub(a.PlannedAt).Seconds())
	}
}

// publish publishes the jobs of planned alerts, and then has them wait until their jobs must have been worked off. In this
// order: whoever dies in between publishes twice, and of two jobs one claims the alert.
func (h *handler) publish(ctx context.Context, waiting []alert.Alert, counts counter) error {
	messages := make([]alert.Message, len(waiting))
	for i, a := range waiting {
		messages[i] = alert.JobMessage(a)
	}
	refused, err := h.Topic.Publish(ctx, messages)
	failed := map[int]bool{}
	for _, i := range refused {
		failed[i] = true
	}
	counts["failed"] += len(refused)
	if err != nil {
		slog.ErrorContext(ctx, "jobs not published", "jobs", len(refused), "error", err)
	}
	var group errgroup.Group
	group.SetLimit(widthDue)
	for i, a := range waiting {
		if failed[i] {
			continue
		}
		counts["published"]++
		group.Go(func() error {
			_, err := h.Ledger.Chase(ctx, a)
			return err
		})
	}
	return group.Wait()
}

// step takes the next step with an alert that nobody has acknowledged, and returns what was done.
func (h *handler) step(ctx context.Context, a alert.Alert) (string, error) {
	sub, r, ended, err := h.ended(ctx, a)
	if err != nil {
		return "", err
	}
	if ended {
		_, err := h.Ledger.Rest(ctx, a)
		return "ended", err
	}
	switch a.Step {
	case alert.StepAgain:
		return string(a.Step), h.tell(ctx, a, a.Again(1))
	case alert.StepOther:
		switch {
		case sub.Second != nil:
			return string(a.Step), h.tell(ctx, a, a.For(alert.Second))
		case a.State == alert.Failed && alert.Useless(a.Outcome): // asking that phone again is of no use
			return string(alert.StepHuman), h.hand(ctx, a, sub, r)
		}
		return string(a.Step), h.tell(ctx, a, a.Again(2))
	case alert.StepHuman:
		return string(a.Step), h.hand(ctx, a, sub, r)
	}
	_, err = h.Ledger.Rest(ctx, a)
	return "ended", errors.Join(err, fmt.Errorf("%q is no step", a.Step))
}

// tell plans a further alert and has it delivered, before the first one goes on to its next step. Doing it again, after a
// crash anywhere between, plans nothing new, and a job that is published twice is claimed once. Should the job be lost, the
// further alert is due by itself.
func (h *handler) tell(ctx context.Context, first, further alert.Alert) error {
	if err := h.Ledger.Plan(ctx, further); err != nil {
		return err
	}
	if _, err := h.Topic.Publish(ctx, []alert.Message{alert.JobMessage(further)}); err != nil {
		return err
	}
	_, err := h.Ledger.Advance(ctx, first)
	return err
}
