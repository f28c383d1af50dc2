package queue

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"sync"
	"testing"
	"testing/synctest"
	"time"
)

// function is a Lambda function of a test.
type function struct {
	mu      sync.Mutex
	batches [][]string
	running int
	most    int
	takes   time.Duration
	answer  func(batch []record) (string, error)
}

func (f *function) Invoke(_ context.Context, payload []byte) ([]byte, error) {
	var event struct{ Records []record }
	if err := json.Unmarshal(payload, &event); err != nil {
		return nil, err
	}
	var got []string
	for _, r := range event.Records {
		got = append(got, r.Body)
	}
	f.mu.Lock()
	f.batches = append(f.batches, got)
	f.running++
	f.most = max(f.most, f.running)
	f.mu.Unlock()
	time.Sleep(f.takes)
	f.mu.Lock()
	defer f.mu.Unlock()
	f.running--
	if f.answer == nil {
		return nil, nil
	}
	text, err := f.answer(event.Records)
	return []byte(text), err
}

// feed runs a source until the test has slept for d.
func (f *fixture) feed(c SourceConfig, fn *function, d time.Duration) {
	f.t.Helper()
	c.Queue, c.Invoker = f.queue("main"), fn
	s, err := NewSource(c)
	if err != nil {
		f.t.Fatal(err)
	}
	ctx, stop := context.WithCancel(f.t.Context())
	done := make(chan struct{})
	go func() {
		defer close(done)
		s.Run(ctx)
	}()
	time.Sleep(d)
	synctest.Wait()
	stop()
	<-done
}

func TestSource(t *testing.T) {
	run := func(name string, test func(t *testing.T, f *fixture)) {
		t.Run(name, func(t *testing.T) { synctest.Test(t, func(t *testing.T) { test(t, start(t)) }) })
	}
	run("DeliversAndDeletes", func(t *testing.T, f *fixture) {
		if _, err := f.queue("main").Send(t.Context(), Outgoing{Body: "hello", Attributes: map[string]Attribute{"kind": {DataType: "String", StringValue: "alert"}}}); err != nil {
			t.Fatal(err)
		}
		var seen record
		fn := &function{answer: func(batch []record) (string, error) { seen = batch[0]; return "", nil }}
		f.feed(SourceConfig{}, fn, time.Second)
		if c := f.queue("main").Counts(); c != (Counts{}) {
			t.Errorf("left over: %+v", c)
		}
		if seen.EventSource != "aws:sqs" || seen.EventSourceARN != mainARN || seen.AWSRegion != "us-east-1" ||
			seen.MD5OfBody != "5d41402abc4b2a76b9719d911017c592" || seen.Attributes["ApproximateReceiveCount"] != "1" ||
			*seen.MessageAttributes["kind"].StringValue != "alert" || seen.ReceiptHandle == "" || seen.MessageID == "" {
			t.Errorf("the function saw %+v", seen)
		}
	})
	run("FailedBatchComesBackAfterTheTimeoutAndThenIsADeadLetter", func(t *testing.T, f *fixture) {
		f.send("a")
		fn := &function{answer: func([]record) (string, error) { return "", errors.New("boom") }}
		f.feed(SourceConfig{}, fn, 9*time.Second)
		if len(fn.batches) != 1 {
			t.Fatalf("before the timeout: %v", fn.batches)
		}
		f.feed(SourceConfig{}, fn, 30*time.Second)
		if len(fn.batches) != 2 {
			t.Errorf("invoked %d times, want maxReceiveCount = 2", len(fn.batches))
		}
		f.want(f.receive("dead", Ask{}), "a")
	})
	run("PartialResponseDeletesTheRest", func(t *testing.T, f *fixture) {
		f.send("a", "b", "c")
		fn := &function{answer: func(batch []record) (string, error) {
			for _, r := range batch {
				if r.Body == "b" && r.Attributes["ApproximateReceiveCount"] == "1" {
					return fmt.Sprintf(`{"batchItemFailures":[{"itemIdentifier":%q}]}`, r.MessageID), nil
				}
			}
			return "{}", nil
		}}
		f.feed(SourceConfig{ReportBatchItemFailures: true}, fn, 15*time.Second)
		if len(fn.batches) != 2 || !slices.Equal(fn.batches[1], []string{"b"}) {
			t.Errorf("batches %v", fn.batches)
		}
		if c := f.queue("main").Counts(); c != (Counts{}) {
			t.Errorf("left over: %+v", c)
		}
	})
	for name, response := range map[string]string{
		"UnknownIdFailsTheWholeBatch":         `{"batchItemFailures":[{"itemIdentifier":"nobody"}]}`,
		"MalformedResponseFailsTheWholeBatch": `{"batchItemFailures":[{"itemIdentifier":""}]}`,
	} {
		run(name, func(t *testing.T, f *fixture) {
			f.send("a", "b")
			fn := &function{answer: func([]record) (string, error) { return response, nil }}
			f.feed(SourceConfig{ReportBatchItemFailures: true}, fn, time.Second)
			if c := f.queue("main").Counts(); c.InFlight != 2 {
				t.Errorf("counts %+v", c)
			}
		})
	}
	run("WithoutReportingTheAnswerIsIgnored", func(t *testing.T, f *fixture) {
		f.send("a")
		fn := &function{answer: func([]record) (string, error) { return "rubbish", nil }}
		f.feed(SourceConfig{}, fn, time.Second)
		if c := f.queue("main").Counts(); c != (Counts{}) {
			t.Errorf("left over: %+v", c)
		}
	})
	run("WindowFillsABatch", func(t *testing.T, f *fixture) {
		fn := &function{}
		go func() {
			for i := range 5 {
				time.Sleep(time.Second)
				f.send(fmt.Sprint(i))
			}
		}()
		f.feed(SourceConfig{BatchSize: 3, MaximumBatchingWindow: 5 * time.Second}, fn, 20*time.Second)
		want := [][]string{{"0", "1", "2"}, {"3", "4"}}
		if fmt.Sprint(fn.batches) != fmt.Sprint(want) {
			t.Errorf("batches %v, want %v", fn.batches, want)
		}
	})
	run("ABacklogAddsConcurrencyUpToTheMaximum", func(t *testing.T, f *fixture) {
		for i := range 60 {
			f.send(fmt.Sprint(i))
		}
		fn := &function{takes: 2 * time.Second}
		f.feed(SourceConfig{BatchSize: 1, MaximumConcurrency: 8}, fn, time.Minute)
		if fn.most != 8 || len(fn.batches) != 60 {
			t.Errorf("%d at once, %d batches", fn.most, len(fn.batches))
		}
		few := &function{takes: 50 * time.Millisecond}
		f.send("x", "y", "z")
		f.feed(SourceConfig{BatchSize: 1, MaximumConcurrency: 2}, few, time.Minute)
		if few.most != 2 {
			t.Errorf("%d at once, want 2", few.most)
		}
	})
	run("StopWaitsForWhatRuns", func(t *testing.T, f *fixture) {
		f.send("a")
		fn := &function{takes: 5 * time.Second}
		f.feed(SourceConfig{}, fn, time.Second)
		if c := f.queue("main").Counts(); c != (Counts{}) {
			t.Errorf("the running batch was not settled: %+v", c)
		}
	})
}
