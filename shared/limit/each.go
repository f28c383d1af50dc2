package limit

import (
	"context"
	"errors"
	"time"
)

// Use is one use of a key, of which there may be Most in a Window.
type Use struct {
	Key    string
	Most   int
	Window time.Duration
}

// TakeEach counts one of each of the uses, in their order, or none: what is refused gives back what was counted before it, so
// that whoever is refused uses up nothing that others need. Errors are those of Take.
func (t *Table) TakeEach(ctx context.Context, uses ...Use) error {
	for n, use := range uses {
		err := t.Take(ctx, use.Key, use.Most, use.Window)
		if err == nil {
			continue
		}
		return errors.Join(err, t.GiveEachBack(ctx, uses[:n]...))
	}
	return nil
}

// GiveEachBack is GiveBack for several.
func (t *Table) GiveEachBack(ctx context.Context, uses ...Use) error {
	var failed []error
	for _, use := range uses {
		failed = append(failed, t.GiveBack(ctx, use.Key, use.Window))
	}
	return errors.Join(failed...)
}
