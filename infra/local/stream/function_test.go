package stream

import (
	"context"
	"encoding/json"
	"fmt"
	"slices"
	"strconv"
	"sync"
	"time"

	"github.com/aws/aws-lambda-go/events"
)

// function is a Lambda function of a test.
type function struct {
	takes  time.Duration
	answer func(batch []events.DynamoDBEventRecord) (string, error)

	mu      sync.Mutex
	batches [][]events.DynamoDBEventRecord
	handled []events.DynamoDBEventRecord // of batches that succeeded as a whole, in order
	running int
	most    int
}

func (f *function) Invoke(_ context.Context, payload []byte) ([]byte, error) {
	var e events.DynamoDBEvent
	if err := json.Unmarshal(payload, &e); err != nil {
		return nil, err
	}
	f.mu.Lock()
	f.batches = append(f.batches, e.Records)
	f.running++
	f.most = max(f.most, f.running)
	f.mu.Unlock()
	time.Sleep(f.takes)
	f.mu.Lock()
	defer f.mu.Unlock()
	f.running--
	text, err := "", error(nil)
	if f.answer != nil {
		text, err = f.answer(e.Records)
	}
	if err == nil && (text == "" || text == "{}") {
		f.handled = append(f.handled, e.Records...)
	}
	return []byte(text), err
}

// number is what put wrote.
func number(r events.DynamoDBEventRecord) int {
	n, _ := strconv.Atoi(r.Change.NewImage["n"].Number())
	return n
}

func numbers(records []events.DynamoDBEventRecord) []int {
	var out []int
	for _, r := range records {
		out = append(out, number(r))
	}
	return out
}

// seen gives the numbers of each batch so far, and of what was handled.
func (f *function) seen() (batches [][]int, handled []int) {
	f.mu.Lock()
	defer f.mu.Unlock()
	for _, b := range f.batches {
		batches = append(batches, numbers(b))
	}
	return batches, numbers(f.handled)
}

// has says whether all numbers below n have been handled.
func (f *function) has(n int) bool {
	_, handled := f.seen()
	for i := range n {
		if !slices.Contains(handled, i) {
			return false
		}
	}
	return true
}

// failed writes a partial response that reports the records with these numbers.
func failed(batch []events.DynamoDBEventRecord, which ...int) string {
	type item struct {
		ID string `json:"itemIdentifier"`
	}
	var items []item
	for _, n := range which {
		for _, r := range batch {
			if number(r) == n {
				items = append(items, item{r.Change.SequenceNumber})
			}
		}
	}
	text, _ := json.Marshal(map[string]any{"batchItemFailures": items})
	if len(items) == 0 {
		return "{}"
	}
	return string(text)
}

func equal(a, b any) bool { return fmt.Sprint(a) == fmt.Sprint(b) }
