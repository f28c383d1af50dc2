package stream

import (
	"context"
	"sync"
	"time"
)

// batchBytes keeps an event under Lambda's 6 MB.
const batchBytes = 6<<20 - 64<<10

// lane works through the records of some keys of a shard, one batch at a time, in order.
type lane struct {
	shard *shard
	came  chan struct{} // has something when waiting may have grown

	mu      sync.Mutex
	waiting []*item
}

// give adds a record to the lane.
func (l *lane) give(it *item) {
	l.mu.Lock()
	l.waiting = append(l.waiting, it)
	l.mu.Unlock()
	select {
	case l.came <- struct{}{}:
	default:
	}
}

// run works until ctx ends, or until ended is closed and nothing is left.
func (l *lane) run(ctx context.Context, ended <-chan struct{}) {
	for ctx.Err() == nil {
		batch := l.next(ctx, ended)
		if len(batch) == 0 {
			return
		}
		if !l.shard.settle(ctx, batch, 0, 0) {
			return
		}
	}
}

// next waits for a batch: full, or what there is when the batching window closes or the shard has ended.
// It is empty when there will be no more.
func (l *lane) next(ctx context.Context, ended <-chan struct{}) []*item {
	config := l.shard.mapping.config
	var window <-chan time.Time // runs from the first record on
	for {
		l.mu.Lock()
		n, full := l.cut(config.BatchSize)
		if full || n > 0 && (window == nil && config.MaximumBatchingWindow <= 0 || ended == nil) {
			batch := l.waiting[:n:n]
			l.waiting = l.waiting[n:]
			l.mu.Unlock()
			return batch
		}
		l.mu.Unlock()
		if n == 0 && ended == nil {
			return nil
		}
		if n > 0 && window == nil {
			timer := time.NewTimer(config.MaximumBatchingWindow)
			defer timer.Stop()
			window = timer.C
		}
		select {
		case <-ctx.Done():
			return nil
		case <-l.came:
		case <-window:
			ended = nil // from here on take what there is
		case <-ended:
			ended = nil
		}
	}
}

// cut says how many of the waiting records make the next batch and whether that is as large as it may
// be. The caller holds the lock.
func (l *lane) cut(most int) (n int, full bool) {
	bytes := 0
	for n < len(l.waiting) && n < most {
		bytes += len(l.waiting[n].json) + 1
		if n > 0 && bytes > batchBytes {
			return n, true
		}
		n++
	}
	return n, n == most
}
