package rig

import (
	"os"
	"path/filepath"
	"sync"
	"testing"
	"time"
)

// clock is ahead of the machine's. Functions read by how much in a file of their own (shared/aws, tag simulate).
type clock struct {
	folder string

	mu    sync.Mutex
	steps []step
	skews map[string]time.Duration // by function: how much its clock is ahead of this one
}

// step is since when, by the machine's clock, this one has been ahead by so much.
type step struct {
	since time.Time
	ahead time.Duration
}

func newClock(t testing.TB) *clock {
	return &clock{folder: t.TempDir(), steps: []step{{since: time.Now()}}, skews: map[string]time.Duration{}}
}

// path is the file of a function, which is there from its first call on.
func (c *clock) path(function string) (string, error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.skews[function] += 0
	return filepath.Join(c.folder, function), c.write(function)
}

func (c *clock) advance(d time.Duration) error {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.steps = append(c.steps, step{since: time.Now(), ahead: c.steps[len(c.steps)-1].ahead + d})
	for function := range c.skews {
		if err := c.write(function); err != nil {
			return err
		}
	}
	return nil
}

func (c *clock) skew(function string, d time.Duration) error {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.skews[function] = d
	return c.write(function)
}

// write tells a function the time. It may read at this moment: it finds the old file or the new one.
func (c *clock) write(function string) error {
	path := filepath.Join(c.folder, function)
	ahead := c.steps[len(c.steps)-1].ahead + c.skews[function]
	if err := os.WriteFile(path+".new", []byte(ahead.String()), 0o600); err != nil {
		return err
	}
	return os.Rename(path+".new", path)
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

// Skew sets the clock of a function ahead of the others', or with less than zero behind them, until it is called again.
func (r *Rig) Skew(function string, d time.Duration) {
	r.t.Helper()
	if r.functions[function] == nil {
		r.t.Fatalf("the rig was made without the function %s", function)
	}
	if err := r.clock.skew(function, d); err != nil {
		r.t.Fatal(err)
	}
}
