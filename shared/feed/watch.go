package feed

import (
	"context"
	"log/slog"
	"sync"
	"time"

	"voice.example/shared/custody"
)

const (
	fresh    = time.Minute            // how long what was read is used
	retry    = 10 * time.Second       // after a read that failed
	patience = 100 * time.Millisecond // how long a reader waits for a read
	giveUp   = 2 * time.Second        // how long a read may take
)

// Watch remembers the feeds for a minute. It may be used by several goroutines.
type Watch struct {
	List   func(context.Context) ([]Feed, error) // reads all feeds, as Table.List does
	Silent time.Duration                         // the default interval
	Now    func() time.Time

	mu      sync.Mutex
	known   map[string]Feed
	next    time.Time     // when the next read is due
	reading chan struct{} // closed when the read under way ends; nil when there is none
}

// Read begins a read of the feeds when one is due, and returns how to get what is known of them by the time that the
// caller has done its own reading. That waits for the read, but for no longer than a moment: what is not known then is
// left out, and whoever comes later has it.
func (w *Watch) Read() func() Known {
	w.mu.Lock()
	defer w.mu.Unlock()
	if now := w.Now(); w.reading == nil && !now.Before(w.next) {
		w.reading = make(chan struct{})
		go w.read(now, w.reading)
	}
	reading := w.reading
	return func() Known {
		if reading != nil {
			select {
			case <-reading:
			case <-time.After(patience):
			}
		}
		w.mu.Lock()
		defer w.mu.Unlock()
		return Known{feeds: w.known, silent: w.Silent}
	}
}

func (w *Watch) read(began time.Time, done chan struct{}) {
	ctx, cancel := context.WithTimeout(context.Background(), giveUp) // not the caller's, who may be gone before it ends
	defer cancel()
	feeds, err := w.List(ctx)
	w.mu.Lock()
	defer w.mu.Unlock()
	w.reading = nil
	defer close(done)
	if err != nil {
		w.next = began.Add(retry)
		slog.Warn("the feeds cannot be read", "error", err)
		return
	}
	w.next, w.known = began.Add(fresh), make(map[string]Feed, len(feeds))
	for _, f := range feeds {
		w.known[f.Name] = f
	}
}

// Known is what is known of the feeds at one moment. The zero value knows none.
type Known struct {
	feeds  map[string]Feed
	silent time.Duration
}

// AsOf is Feed.KnownAsOf, with the record's feed.
func (k Known) AsOf(r custody.Record) time.Time { return k.feeds[r.Feed].KnownAsOf(r) }

// SilentSince reports whether the record's feed is silent, see Feed.SilentSince, and whether the feed is known at all.
func (k Known) SilentSince(r custody.Record, now time.Time) (since time.Time, silent, known bool) {
	f, known := k.feeds[r.Feed]
	since, silent = f.SilentSince(now, k.silent)
	return since, silent, known
}
