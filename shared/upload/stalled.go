package upload

import (
	"context"
	"time"
)

// Stalled returns uploads that have work to do and that nobody has: those whose approval was noted and never announced,
// because the one who noted it was killed in between, and those whose announcement was lost. Announce each of them; one
// that somebody takes meanwhile comes to no harm. To announce one that the state machine has
// starts nothing twice.
func (d *Desk) Stalled(ctx context.Context) (ids []string, err error) {
	before := d.Now().Add(-stalledAfter).UnixMilli()
	for _, state := range []State{Received, Validating, Diffing, PlanReady, Applying} {
		items, err := d.reader().receivedSince(ctx, state, d.Now().Add(-stalledFor))
		if err != nil {
			return nil, err
		}
		for _, u := range items {
			if !u.Resting && u.LeaseUntil < before && u.since() < before {
				ids = append(ids, u.ID)
			}
		}
	}
	return ids, nil
}

const (
	// stalledAfter is how long nobody must have had an upload: longer than the queue hides a message that is being tried.
	stalledAfter = 3 * lease
	// stalledFor is how long ago an upload may have been received. Dry runs rest as planned for ever; those of the last
	// weeks are few.
	stalledFor = 35 * 24 * time.Hour
)

// since is when the upload had work to do at the latest, in Unix milliseconds.
func (u *item) since() int64 {
	at := u.ReceivedAt
	for _, d := range u.Decisions {
		if d.At.After(at) {
			at = d.At
		}
	}
	return at.UnixMilli()
}
