package upload

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"time"

	"golang.org/x/sync/errgroup"

	"voice.example/shared/custody"
)

const (
	writers    = 16              // conditional writes under way at once
	checkpoint = 500             // changes between two checkpoints
	reserve    = 8 * time.Second // left at the end of a worker's time for what is under way, and to save
	retries    = 3               // comparisons anew before a conflict is reported
)

// apply writes the plan's changes from the checkpoint on. When time runs short it returns ErrOutOfTime; how far it
// came is in u.
func (p *Pipeline) apply(ctx context.Context, u *item, plan Plan) error {
	for u.NextChange < len(plan.Changes) {
		if deadline, ok := ctx.Deadline(); ok && deadline.Sub(p.Now()) < reserve {
			return ErrOutOfTime
		}
		end := min(u.NextChange+checkpoint, len(plan.Changes))
		counts, conflicts, err := p.applySome(ctx, *u, plan.Changes[u.NextChange:end])
		if err != nil {
			return err
		}
		u.State, u.NextChange = Applying, end
		u.Counts.add(counts)
		u.ConflictLines = append(u.ConflictLines, conflicts...)
		if end < len(plan.Changes) {
			if err := p.save(ctx, u); err != nil {
				return err
			}
		}
	}
	return nil
}

// applySome writes changes side by side, and gives the lines of those in conflict.
func (p *Pipeline) applySome(ctx context.Context, u item, changes []Change) (counts Counts, conflicts []int, err error) {
	var mu sync.Mutex
	group, ctx := errgroup.WithContext(ctx)
	group.SetLimit(writers)
	for _, change := range changes {
		group.Go(func() error {
			outcome, err := p.applyOne(ctx, u, change)
			if err != nil {
				return err
			}
			mu.Lock()
			defer mu.Unlock()
			counts.add(outcome)
			if outcome.Conflicts > 0 {
				conflicts = append(conflicts, change.Line)
			}
			return nil
		})
	}
	return counts, conflicts, group.Wait()
}

// applyOne writes one change. When the record is not the one it was planned against, either the change is in already,
// from an attempt that was killed, or another upload was faster: then the row is compared with what is there now, and
// written only if it still is the news.
func (p *Pipeline) applyOne(ctx context.Context, u item, change Change) (Counts, error) {
	applied := func(c Change) Counts {
		if c.Confirms {
			return Counts{Unchanged: 1}
		}
		counts := Counts{Applied: 1}
		if c.Event != custody.NoEvent {
			counts.Events, counts.Alerts = 1, c.Alerts
		}
		return counts
	}
	for range retries {
		write := p.Custody.Apply
		if change.Confirms {
			write = p.Custody.Confirm
		}
		err := write(ctx, change.Record)
		if err == nil {
			return applied(change), nil
		}
		if !errors.Is(err, custody.ErrConflict) {
			return Counts{}, err
		}
		now, err := p.Custody.Get(ctx, change.Record.ANumber, true)
		if err != nil {
			return Counts{}, fmt.Errorf("upload: after a conflict: %w", err)
		}
		if now.UploadID == u.ID {
			return applied(change), nil
		}
		again, outcome := p.compare(u, latest{Line: change.Line, Observation: change.Observation}, &now)
		if outcome != (Counts{}) {
			return outcome, nil
		}
		again.Alerts = change.Alerts
		change = again
	}
	return Counts{Conflicts: 1}, nil
}
