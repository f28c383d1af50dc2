package queue

import (
	"context"
	"fmt"
	"log/slog"
	"sync"
	"time"

	"voice.example/infra/local/partial"
)

const (
	// firstConcurrency is how many batches run at the same time before a backlog asks for more.
	firstConcurrency = 5
	// growEvery is how long all of them must be busy, with messages waiting, for one more.
	growEvery = 100 * time.Millisecond
	// longPoll is how long one receive waits.
	longPoll = 20 * time.Second
	// batchBytes keeps an event under Lambda's 6 MB, counting that JSON may double a text.
	batchBytes = 3 << 20

	defaultBatch       = 10
	defaultConcurrency = 10
)

// Invoker runs one Lambda function and waits for its answer. An error means that the batch failed.
type Invoker interface {
	Invoke(ctx context.Context, payload []byte) ([]byte, error)
}

// SourceConfig describes the mapping from a queue to a function.
type SourceConfig struct {
	Queue                   *Queue
	Invoker                 Invoker
	BatchSize               int           // 0 = 10
	MaximumBatchingWindow   time.Duration // how long to wait for a full batch after its first message
	MaximumConcurrency      int           // batches at the same time; 0 = 10
	ReportBatchItemFailures bool
	Log                     *slog.Logger // nil = silent; it sees counts, never bodies
}

// Source is Lambda's event source mapping for SQS: it feeds a function from a queue, deletes what
// succeeded and leaves what failed to the visibility timeout.
type Source struct {
	config SourceConfig
}

// NewSource checks the configuration.
func NewSource(c SourceConfig) (*Source, error) {
	if c.Queue == nil || c.Invoker == nil {
		return nil, fmt.Errorf("a queue source needs a queue and a function")
	}
	if c.BatchSize == 0 {
		c.BatchSize = defaultBatch
	}
	if c.MaximumConcurrency == 0 {
		c.MaximumConcurrency = defaultConcurrency
	}
	if c.BatchSize < 1 || c.BatchSize > 10_000 || c.MaximumConcurrency < 1 {
		return nil, fmt.Errorf("the source of %s has a batch size of %d and a concurrency of %d",
			c.Queue.config.Name, c.BatchSize, c.MaximumConcurrency)
	}
	if c.Log == nil {
		c.Log = slog.New(slog.DiscardHandler)
	}
	return &Source{config: c}, nil
}

// Run feeds the function until ctx ends, then waits for the batches that are running: their
// invocations are not cancelled, so that their outcome is still written down.
func (s *Source) Run(ctx context.Context) {
	var running sync.WaitGroup
	defer running.Wait()
	finished := make(chan struct{}, s.config.MaximumConcurrency)
	busy, allowed := 0, min(firstConcurrency, s.config.MaximumConcurrency)
	for ctx.Err() == nil {
		if busy >= allowed {
			timer := time.NewTimer(growEvery)
			select {
			case <-ctx.Done():
			case <-finished:
				busy--
			case <-timer.C:
				if allowed < s.config.MaximumConcurrency && s.config.Queue.Counts().Visible > 0 {
					allowed++
				}
			}
			timer.Stop()
			continue
		}
		batch, err := s.gather(ctx)
		if err != nil {
			s.config.Log.Error("receive", "queue", s.config.Queue.config.Name, "error", err)
			pause(ctx, time.Second)
		}
		for drained := false; !drained; {
			select {
			case <-finished:
				busy--
			default:
				drained = true
			}
		}
		if len(batch) == 0 {
			allowed = max(busy, min(firstConcurrency, s.config.MaximumConcurrency))
			continue
		}
		busy++
		running.Go(func() {
			s.process(context.WithoutCancel(ctx), batch)
			finished <- struct{}{}
		})
	}
}

// gather receives a batch: what is there, and with a batching window also what comes within it.
func (s *Source) gather(ctx context.Context) ([]Message, error) {
	c := s.config
	batch, err := c.Queue.Receive(ctx, Ask{Max: c.BatchSize, MaxBytes: batchBytes, Wait: longPoll, Mapped: true})
	if err != nil || len(batch) == 0 || c.MaximumBatchingWindow <= 0 {
		return batch, err
	}
	now := c.Queue.service.now
	deadline := now().Add(c.MaximumBatchingWindow)
	bytes := 0
	for _, m := range batch {
		bytes += size(m.Body, m.Attributes)
	}
	for len(batch) < c.BatchSize && bytes < batchBytes {
		wait := deadline.Sub(now())
		if wait <= 0 || ctx.Err() != nil {
			break
		}
		more, err := c.Queue.Receive(ctx, Ask{
			Max: c.BatchSize - len(batch), MaxBytes: batchBytes - bytes, Wait: wait, Mapped: true,
		})
		if err != nil {
			return batch, err
		}
		for _, m := range more {
			bytes += size(m.Body, m.Attributes)
		}
		batch = append(batch, more...)
	}
	return batch, nil
}

// process runs the function on a batch and deletes what succeeded.
func (s *Source) process(ctx context.Context, batch []Message) {
	c := s.config
	log := c.Log.With("queue", c.Queue.config.Name, "messages", len(batch))
	payload, err := event(c.Queue.config.ARN, c.Queue.service.region, batch)
	if err != nil {
		log.Error("make the event", "error", err)
		return
	}
	answer, err := c.Invoker.Invoke(ctx, payload)
	if err != nil {
		log.Warn("batch failed", "error", err)
		return
	}
	failed := map[string]bool{}
	if c.ReportBatchItemFailures {
		if failed, err = failures(answer, batch); err != nil {
			log.Warn("batch failed", "error", err)
			return
		}
	}
	var handles []string
	for _, m := range batch {
		if !failed[m.ID] {
			handles = append(handles, m.ReceiptHandle)
		}
	}
	if len(failed) > 0 {
		log.Warn("batch failed in part", "failed", len(failed))
	}
	for _, err := range c.Queue.Delete(ctx, handles...) {
		if err != nil {
			log.Error("delete handled messages", "error", err)
			return
		}
	}
}

// failures reads which messages of batch the function reports as failed.
func failures(answer []byte, batch []Message) (map[string]bool, error) {
	ids, err := partial.Failures(answer)
	if err != nil {
		return nil, err
	}
	known := map[string]bool{}
	for _, m := range batch {
		known[m.ID] = true
	}
	failed := map[string]bool{}
	for _, id := range ids {
		if !known[id] {
			return nil, fmt.Errorf("%w: %q is not in the batch", partial.ErrMalformed, id)
		}
		failed[id] = true
	}
	return failed, nil
}

// pause waits for d or until ctx ends.
func pause(ctx context.Context, d time.Duration) {
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-ctx.Done():
	case <-timer.C:
	}
}
