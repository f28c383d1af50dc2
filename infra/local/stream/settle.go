package stream

import (
	"context"
	"fmt"
	"time"

	"voice.example/infra/local/partial"
)

// Why records were given up, as the failure record says it.
const (
	retriesExhausted = "RetryAttemptsExhausted"
	tooOld           = "RecordAgeExceeded"
)

// settle runs the function on batch until each record is done or given up. failures is how often the
// first record has failed, calls how often the function was called with it. It is false when ctx ended
// first: what is left then stays beyond the checkpoint.
func (s *shard) settle(ctx context.Context, batch []*item, failures, calls int) bool {
	m := s.mapping
	for throttles := 0; len(batch) > 0; {
		if n := s.expired(batch); n > 0 {
			if !s.giveUp(ctx, batch[:n], tooOld, calls) {
				return false
			}
			batch = batch[n:]
			continue
		}
		handled, err := s.try(ctx, batch)
		if err == nil || handled > 0 {
			if !s.complete(ctx, batch[:handled]) {
				return false
			}
			batch = batch[handled:]
		}
		if err == nil {
			return true
		}
		m.config.Log.Warn("batch failed", "records", len(batch), "first", batch[0].sequence, "error", err)
		if ctx.Err() != nil {
			return false
		}
		if m.config.NotReached != nil && m.config.NotReached(err) {
			throttles++
			sleep(ctx, m.backoff(throttles))
			continue
		}
		throttles = 0
		calls++
		if handled > 0 {
			failures, calls = 0, 1 // the record that is first now has failed once
		}
		if m.config.BisectBatchOnFunctionError && len(batch) > 1 {
			// Splitting is not an attempt. A partial response has split the batch already.
			sleep(ctx, m.config.FirstBackoff)
			if handled > 0 {
				continue
			}
			half := len(batch) / 2
			return s.settle(ctx, batch[:half], failures, calls) && s.settle(ctx, batch[half:], failures, calls)
		}
		failures++
		if m.retries >= 0 && failures > m.retries {
			return s.giveUp(ctx, batch, retriesExhausted, calls)
		}
		sleep(ctx, m.backoff(failures))
	}
	return true
}

// try calls the function once and says how many of the first records are done; err tells why not all.
func (s *shard) try(ctx context.Context, batch []*item) (handled int, err error) {
	config := s.mapping.config
	answer, err := config.Invoker.Invoke(context.WithoutCancel(ctx), eventOf(batch))
	if err != nil {
		return 0, err
	}
	if !config.ReportBatchItemFailures {
		return len(batch), nil
	}
	ids, err := partial.Failures(answer)
	if err != nil {
		return 0, err
	}
	place := map[string]int{}
	for i, it := range batch {
		place[it.sequence] = i
	}
	lowest := len(batch)
	for _, id := range ids {
		i, known := place[id]
		if !known {
			return 0, fmt.Errorf("%w: %q is no sequence number of the batch", partial.ErrMalformed, id)
		}
		lowest = min(lowest, i)
	}
	if lowest < len(batch) {
		return lowest, fmt.Errorf("the function reports %d failed records", len(ids))
	}
	return len(batch), nil
}

// expired says how many of the first records are older than the mapping allows.
func (s *shard) expired(batch []*item) int {
	oldest := s.mapping.config.Now().Add(-s.mapping.config.MaximumRecordAge)
	n := 0
	for n < len(batch) && batch[n].created.Before(oldest) {
		n++
	}
	return n
}

// giveUp hands records to the failure destination and goes on without them; it is false when ctx ended
// before the destination took them.
func (s *shard) giveUp(ctx context.Context, batch []*item, why string, calls int) bool {
	config := s.mapping.config
	config.Log.Error("records given up", "condition", why, "records", len(batch), "first", batch[0].sequence)
	if config.OnFailure != nil {
		f := s.failure(batch, why, calls)
		for tries := 1; ; tries++ {
			err := config.OnFailure(context.WithoutCancel(ctx), f)
			if err == nil {
				break
			}
			config.Log.Error("the failure destination refuses", "error", err)
			if sleep(ctx, s.mapping.backoff(tries)); ctx.Err() != nil {
				return false
			}
		}
	}
	return s.complete(ctx, batch)
}

// complete notes that records are done. Without a checkpoint on disk the lane must not go on, so it
// tries until that works or ctx ends.
func (s *shard) complete(ctx context.Context, batch []*item) bool {
	err := s.progress.done(batch...)
	for tries := 1; err != nil; tries++ {
		s.mapping.config.Log.Error("write the checkpoint", "error", err)
		if sleep(ctx, s.mapping.backoff(tries)); ctx.Err() != nil {
			return false
		}
		err = s.progress.done()
	}
	return true
}

// backoff is the pause after the n-th failure in a row.
func (m *Mapping) backoff(n int) time.Duration {
	return min(m.config.FirstBackoff<<min(n-1, 16), longestBackoff)
}
