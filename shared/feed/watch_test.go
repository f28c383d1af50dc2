package feed

import (
	"context"
	"errors"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"voice.example/shared/custody"
)

// list is a table that answers what it is told to.
type list struct {
	feeds []Feed
	err   error
	hold  chan struct{} // nil: it answers at once
	calls atomic.Int32
}

func (l *list) List(ctx context.Context) ([]Feed, error) {
	l.calls.Add(1)
	if l.hold != nil {
		select {
		case <-l.hold:
		case <-ctx.Done():
			return nil, ctx.Err()
		}
	}
	return l.feeds, l.err
}

func TestWatch(t *testing.T) {
	held := custody.Record{Status: custody.InCustody, Feed: "north", AsOf: noon.AddDate(0, 0, -9), ReceivedAt: noon.AddDate(0, 0, -9)}
	start := func(l *list) (*Watch, *time.Time) {
		now := noon
		return &Watch{List: l.List, Silent: 26 * time.Hour, Now: func() time.Time { return now }}, &now
	}
	north := Feed{Name: "north", HeardAt: noon.Add(-27 * time.Hour), ConfirmedAsOf: noon.AddDate(0, 0, -2), ConfirmedAt: noon.AddDate(0, 0, -2)}
	t.Run("KnownAtTheFirstLookUp", func(t *testing.T) {
		w, _ := start(&list{feeds: []Feed{north}})
		known := w.Read()()
		if got := known.AsOf(held); !got.Equal(north.ConfirmedAsOf) {
			t.Errorf("as of %s", got)
		}
		if since, silent, ok := known.SilentSince(held, noon); !ok || !silent || !since.Equal(north.HeardAt) {
			t.Errorf("got %s, %v, %v", since, silent, ok)
		}
		other := held
		other.Feed = "south"
		if _, silent, ok := known.SilentSince(other, noon); ok || silent {
			t.Error("it knows a feed that there is not")
		}
	})
	t.Run("OnceAMinuteHoweverManyAsk", func(t *testing.T) {
		l := &list{feeds: []Feed{north}}
		w, now := start(l)
		var wg sync.WaitGroup
		for range 50 {
			wg.Go(func() { w.Read()() })
		}
		wg.Wait()
		*now = noon.Add(fresh - time.Second)
		w.Read()()
		if n := l.calls.Load(); n != 1 {
			t.Errorf("%d reads in a minute", n)
		}
		*now = noon.Add(fresh)
		w.Read()()
		if n := l.calls.Load(); n != 2 {
			t.Errorf("%d reads after a minute", n)
		}
	})
	t.Run("SlowReadHoldsNobodyUpForLong", func(t *testing.T) {
		l := &list{feeds: []Feed{north}, hold: make(chan struct{})}
		w, _ := start(l)
		began := time.Now()
		known := w.Read()()
		if took := time.Since(began); took < patience || took > 10*patience {
			t.Errorf("it waited %s", took)
		}
		if got := known.AsOf(held); !got.Equal(held.AsOf) {
			t.Errorf("as of %s", got)
		}
		later := w.Read() // waits for the same read
		close(l.hold)
		if got := later().AsOf(held); !got.Equal(north.ConfirmedAsOf) || l.calls.Load() != 1 {
			t.Errorf("as of %s after %d reads", got, l.calls.Load())
		}
	})
	t.Run("FailedReadLeavesWhatIsKnown", func(t *testing.T) {
		l := &list{feeds: []Feed{north}}
		w, now := start(l)
		w.Read()()
		l.err = errors.New("no network")
		*now = noon.Add(fresh)
		if got := w.Read()().AsOf(held); !got.Equal(north.ConfirmedAsOf) {
			t.Errorf("as of %s", got)
		}
		*now = noon.Add(fresh + retry - time.Second)
		w.Read()()
		if n := l.calls.Load(); n != 2 {
			t.Errorf("%d reads", n)
		}
		*now = noon.Add(fresh + retry)
		w.Read()()
		if n := l.calls.Load(); n != 3 {
			t.Errorf("%d reads", n)
		}
	})
	t.Run("FirstReadFailedMeansTheRecordAlone", func(t *testing.T) {
		w, _ := start(&list{err: errors.New("no network")})
		known := w.Read()()
		if _, _, ok := known.SilentSince(held, noon); ok || !known.AsOf(held).Equal(held.AsOf) {
			t.Error("it knows a feed")
		}
	})
}
