package rig

import (
	"os"
	"path/filepath"
	"sync"
	"testing"
	"time"
)

// clock is ahead of the machine's. Functions read by how much in a file (shared/aws, tag simulate).
type clock struct {
	path string

	mu    sync.Mutex
	steps []step
}

// step is since when, by the machine's clock, this one has been ahead by so much.
type step struct {
	since time.Time
	ahead time.Duration
}

func newClock(t testing.TB) *clock {
	c := &clock{path: filepath.Join(t.TempDir(), "ahead")}
	if err := c.advance(0); err != nil {
		t.Fatal(err)
	}
	return c
}

func (c *clock) advance(d time.Duration) error {
	c.mu.Lock()
	defer c.mu.Unlock()
	next := step{since: time.Now(), ahead: d}
	if n := len(c.steps); n > 0 {
		next.ahead += c.steps[n-1].ahead
	}
	// A function may read it at this moment: it finds the old file or the new one.
	if err := os.WriteFile(c.path+".new", []byte(next.ahead.String()), 0o600); err != nil {
		return err
	}
	c.steps = append(c.steps, next)
	return os.Rename(c.path+".new", c.path)
}

func (c *clock) now() time.Time {
	c.mu.Lock()
	defer c.mu.Unlock()
	return time.Now().Add(c.steps[len(c.steps)-1].ahead)
}

// of is what this clock showed when the machine's showed a moment that is only known to the second.
func (c *clock) of(machine time.Time) time.Time {
	c.mu.Lock()
	defer c.mu.Unlock()
	ahead := c.steps[0].ahead
	for _, s := range c.steps {
		if s.since.Before(machine.Add(time.Second)) {
			ahead = s.ahead
		}
	}
	return machine.Add(ahead)
}

// Now is the time of the functions, the queues and the phones.
func (r *Rig) Now() time.Time { return r.clock.now() }

// Advance moves the clock forward.
func (r *Rig) Advance(d time.Duration) {
	r.t.Helper()
	if d < 0 {
		r.t.Fatal("the clock only goes forward")
	}
	if err := r.clock.advance(d); err != nil {
		r.t.Fatal(err)
	}
}
