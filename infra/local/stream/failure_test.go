package stream

import (
	"context"
	"encoding/json"
	"errors"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/aws/aws-lambda-go/events"
)

// destination keeps what was given up.
type destination struct {
	refuses int // how often it answers with an error first

	mu       sync.Mutex
	failures []Failure
}

func (d *destination) take(_ context.Context, f Failure) error {
	d.mu.Lock()
	defer d.mu.Unlock()
	if d.refuses > 0 {
		d.refuses--
		return errors.New("not now")
	}
	d.failures = append(d.failures, f)
	return nil
}

func (d *destination) count() int {
	d.mu.Lock()
	defer d.mu.Unlock()
	return len(d.failures)
}

// poison fails every batch that has the number in it.
func poison(n int) func([]events.DynamoDBEventRecord) (string, error) {
	return func(batch []events.DynamoDBEventRecord) (string, error) {
		for _, r := range batch {
			if number(r) == n {
				return "", errors.New("poison")
			}
		}
		return "", nil
	}
}

func TestFailures(t *testing.T) {
	t.Run("BisectionIsolatesThePoison", func(t *testing.T) {
		x := newTable(t)
		x.putAll(8)
		fn, d := &function{answer: poison(5)}, &destination{refuses: 2}
		x.run(Config{Invoker: fn, BatchSize: 8, MaximumBatchingWindow: time.Second, BisectBatchOnFunctionError: true,
			MaximumRetryAttempts: attempts(1), OnFailure: d.take})
		until(t, "the last record", func() bool { _, h := fn.seen(); return len(h) == 7 })
		until(t, "the failure", func() bool { return d.count() == 1 })
		batches, handled := fn.seen()
		if want := [][]int{{0, 1, 2, 3, 4, 5, 6, 7}, {0, 1, 2, 3}, {4, 5, 6, 7}, {4, 5}, {4}, {5}, {5}, {6, 7}}; !equal(batches, want) {
			t.Errorf("batches %v, want %v", batches, want)
		}
		if !equal(handled, []int{0, 1, 2, 3, 4, 6, 7}) {
			t.Errorf("handled %v", handled)
		}
	})
	t.Run("BisectionWithPartialResponses", func(t *testing.T) {
		x := newTable(t)
		x.putAll(6)
		fn, d := &function{}, &destination{}
		fn.answer = func(batch []events.DynamoDBEventRecord) (string, error) { return failed(batch, 2), nil }
		x.run(Config{Invoker: fn, BatchSize: 6, MaximumBatchingWindow: time.Second, BisectBatchOnFunctionError: true,
			ReportBatchItemFailures: true, MaximumRetryAttempts: attempts(1), OnFailure: d.take})
		until(t, "the end", func() bool { b, _ := fn.seen(); return d.count() == 1 && len(b) >= 6 })
		batches, _ := fn.seen()
		if want := [][]int{{0, 1, 2, 3, 4, 5}, {2, 3, 4, 5}, {2, 3}, {2}, {2}, {3}, {4, 5}}; !equal(batches[:6], want[:6]) {
			t.Errorf("batches %v, want %v", batches, want)
		}
	})
	t.Run("BoundedRetriesThenTheWholeBatchThenOn", func(t *testing.T) {
		x := newTable(t)
		x.putAll(4)
		fn, d := &function{answer: poison(1)}, &destination{}
		x.run(Config{Invoker: fn, BatchSize: 2, MaximumBatchingWindow: time.Second, MaximumRetryAttempts: attempts(2), OnFailure: d.take})
		until(t, "the second batch", func() bool { _, h := fn.seen(); return len(h) == 2 })
		if batches, _ := fn.seen(); !equal(batches, [][]int{{0, 1}, {0, 1}, {0, 1}, {2, 3}}) {
			t.Errorf("batches %v", batches)
		}
		f := d.failures[0]
		var plain, full struct {
			RequestContext struct {
				FunctionARN            string `json:"functionArn"`
				Condition              string
				ApproximateInvokeCount int
			}
			ResponseContext struct{ FunctionError string }
			Batch           batchInfo `json:"DDBStreamBatchInfo"`
			Payload         *string
		}
		if err := errors.Join(json.Unmarshal(f.Metadata(), &plain), json.Unmarshal(f.WithPayload(), &full)); err != nil {
			t.Fatal(err)
		}
		if plain.Payload != nil || plain.RequestContext.Condition != "RetryAttemptsExhausted" || plain.RequestContext.ApproximateInvokeCount != 3 ||
			plain.Batch.BatchSize != 2 || plain.Batch.StreamARN == "" || plain.Batch.StartSequence == plain.Batch.EndSequence ||
			!strings.HasSuffix(plain.RequestContext.FunctionARN, ":function:f") || plain.ResponseContext.FunctionError != "Unhandled" {
			t.Errorf("metadata %+v", plain)
		}
		var e events.DynamoDBEvent
		if err := json.Unmarshal([]byte(*full.Payload), &e); err != nil || !equal(numbers(e.Records), []int{0, 1}) {
			t.Errorf("payload %v, %v", numbers(e.Records), err)
		}
		if key := f.ObjectKey(); !strings.HasPrefix(key, "aws/lambda/test/"+plain.Batch.ShardID+"/20") {
			t.Errorf("object key %s", key)
		}
	})
	t.Run("OldRecordsAreGivenUpUncalled", func(t *testing.T) {
		x := newTable(t)
		x.putAll(2)
		fn, d := &function{}, &destination{}
		x.run(Config{Invoker: fn, MaximumRecordAge: time.Minute, OnFailure: d.take, Now: func() time.Time { return time.Now().Add(time.Hour) }})
		until(t, "the failure", func() bool { return d.count() > 0 })
		if batches, _ := fn.seen(); len(batches) != 0 {
			t.Errorf("called with %v", batches)
		}
		if text := string(d.failures[0].Metadata()); !strings.Contains(text, tooOld) || !strings.Contains(text, `"responseContext":null`) {
			t.Errorf("metadata %s", text)
		}
	})
	t.Run("ANewMappingMeetsNothingOlderThanADay", func(t *testing.T) {
		x := newTable(t)
		x.putAll(2)
		fn, d := &function{}, &destination{}
		x.run(Config{Invoker: fn, OnFailure: d.take, Now: func() time.Time { return time.Now().Add(25 * time.Hour) }})
		until(t, "the checkpoint", func() bool { return x.checkpoint() == "2" })
		if batches, _ := fn.seen(); len(batches) != 0 || d.count() != 0 {
			t.Errorf("called with %v, %d failures", batches, d.count())
		}
	})
	t.Run("WithoutADestinationItGoesOn", func(t *testing.T) {
		x := newTable(t)
		x.putAll(2)
		fn := &function{answer: poison(0)}
		x.run(Config{Invoker: fn, BatchSize: 1, MaximumRetryAttempts: attempts(0)})
		until(t, "the next record", func() bool { _, h := fn.seen(); return equal(h, []int{1}) })
	})
}
