package main

import (
	"context"
	"fmt"
	"sync"
	"time"

	"golang.org/x/sync/errgroup"

	"voice.example/infra/rig"
	"voice.example/shared/custody"
)

// delay is how much an upload that moves many people delays the text of a release, with both queues worked off side by
// side. Transfers wait for an hour by design, so the many are removals, which go at once by the routine queue.
func (b *alertsBench) delay(ctx context.Context, r *alertsReport) error {
	const alone = 9 // releases with nothing else going on
	for range b.runs {
		w, err := openWorld(ctx, b.folder, rig.Config{Functions: []string{"alerts", "deliver"}, Lanes: streamWidth + urgentLanes + routineLanes})
		if err != nil {
			return err
		}
		err = rig.Guard(func() error {
			defer w.close()
			d, err := b.delayed(ctx, w, alone)
			r.Delay = append(r.Delay, d)
			return err
		})
		if err != nil {
			return err
		}
	}
	return nil
}

// clock notes when phones were texted.
type clock struct {
	mu      sync.Mutex
	at      map[string]time.Time
	waiting map[string]chan struct{}
}

func (c *clock) told(t rig.Text) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.at[t.To] = time.Now()
	if waits := c.waiting[t.To]; waits != nil {
		close(waits)
	}
}

// expect is closed when the phone is texted.
func (c *clock) expect(phone string) <-chan struct{} {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.waiting[phone] = make(chan struct{})
	return c.waiting[phone]
}

// before is how many of some phones were texted by that moment, of those from one number to another.
func (c *clock) before(at time.Time, from, to int) (n int) {
	c.mu.Lock()
	defer c.mu.Unlock()
	for i := from; i < to; i++ {
		if t, ok := c.at[phoneOf(i)]; ok && t.Before(at) {
			n++
		}
	}
	return n
}

func (c *clock) when(phone string) time.Time {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.at[phone]
}

// wait returns when all of some phones have been texted.
func (c *clock) wait(ctx context.Context, from, to int) error {
	for c.before(time.Now(), from, to) < to-from {
		select {
		case <-time.After(5 * time.Millisecond):
		case <-ctx.Done():
			return ctx.Err()
		}
	}
	return nil
}

func (b *alertsBench) delayed(ctx context.Context, w *world, alone int) (d delayed, err error) {
	last := b.moved + alone // the releases of the upload, and that of later, come after those who are alone
	// Then a batch of the stream by itself, with a release in its middle.
	batch := last + 3
	all := batch + min(streamBatch, b.moved)
	release := batch + (all-batch)/2
	if err := w.subscribeEach(ctx, 0, all); err != nil {
		return d, err
	}
	c := &clock{at: map[string]time.Time{}, waiting: map[string]chan struct{}{}}
	more := make(chan struct{})
	group, ctx := errgroup.WithContext(ctx)
	group.Go(func() error { return w.work(ctx, rig.Urgent, urgentLanes, queueBatch, more, c.told) })
	group.Go(func() error { return w.work(ctx, rig.Routine, routineLanes, queueBatch, more, c.told) })
	group.Go(func() error {
		defer close(more)
		return rig.Guard(func() error {
			// until has alerts tell what the stream brings in one sequence, and says how long a phone's text takes from then.
			until := func(n int) (float64, error) {
				changes, heard := w.Stream(), c.expect(phoneOf(n))
				began := time.Now()
				if err := w.tellInOrder(changes); err != nil {
					return 0, err
				}
				select {
				case <-heard:
					return c.when(phoneOf(n)).Sub(began).Seconds(), nil // alerts may have gone on with the others
				case <-ctx.Done():
					return 0, ctx.Err()
				}
			}
			alone := func(n int) (float64, error) {
				if err := w.insert(ctx, n, n+1, custody.Released); err != nil {
					return 0, err
				}
				return until(n)
			}
			var times []float64
			for n := b.moved; n < last; n++ {
				took, err := alone(n)
				if err != nil {
					return err
				}
				times = append(times, took)
			}
			d.Alone = medianOf(times)
			for _, part := range []struct {
				from, to int
				status   custody.Status
			}{{batch, release, custody.Removed}, {release, release + 1, custody.Released}, {release + 1, all, custody.Removed}} {
				if err := w.insert(ctx, part.from, part.to, part.status); err != nil {
					return err
				}
			}
			if d.Batch, err = until(release); err != nil {
				return err
			}
			if err := c.wait(ctx, batch, all); err != nil {
				return err
			}
			// The upload: half of those who are moved, a release, the other half, another release.
			for _, part := range []struct {
				from, to int
				status   custody.Status
			}{{0, b.moved / 2, custody.Removed}, {last, last + 1, custody.Released}, {b.moved / 2, b.moved, custody.Removed}, {last + 1, last + 2, custody.Released}} {
				if err := w.insert(ctx, part.from, part.to, part.status); err != nil {
					return err
				}
			}
			changes := w.Stream()
			if len(changes) != b.moved+2 {
				return fmt.Errorf("the stream has %d changes, not %d", len(changes), b.moved+2)
			}
			middle, end := c.expect(phoneOf(last)), c.expect(phoneOf(last+1))
			began := time.Now()
			if err := w.tell(ctx, changes); err != nil {
				return err
			}
			d.Planned = time.Since(began).Seconds()
			d.Queued = b.moved - c.before(time.Now(), 0, b.moved)
			if d.Full, err = alone(last + 2); err != nil {
				return err
			}
			for _, heard := range []<-chan struct{}{middle, end} {
				select {
				case <-heard:
				case <-ctx.Done():
					return ctx.Err()
				}
			}
			if err := c.wait(ctx, 0, b.moved); err != nil {
				return err
			}
			d.All = time.Since(began).Seconds()
			atMiddle, atEnd := c.when(phoneOf(last)), c.when(phoneOf(last+1))
			d.Middle, d.End = atMiddle.Sub(began).Seconds(), atEnd.Sub(began).Seconds()
			d.BeforeMiddle, d.BeforeEnd = c.before(atMiddle, 0, b.moved), c.before(atEnd, 0, b.moved)
			return nil
		})
	})
	if err := group.Wait(); err != nil {
		return d, err
	}
	return d, w.eachOnce(all)
}
