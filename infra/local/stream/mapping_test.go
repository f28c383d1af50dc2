package stream

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/aws/aws-lambda-go/events"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"
	"go.etcd.io/bbolt"

	"voice.example/infra/local/durable"
)

func attempts(n int) *int { return &n }

func TestMapping(t *testing.T) {
	t.Run("EventAsLambdaWritesIt", func(t *testing.T) {
		x := newTable(t)
		fn := &function{}
		x.run(Config{Invoker: fn})
		key := map[string]types.AttributeValue{"k": &types.AttributeValueMemberS{Value: "a"}}
		_, err := x.items.PutItem(t.Context(), &dynamodb.PutItemInput{TableName: &x.name, Item: map[string]types.AttributeValue{
			"k": key["k"], "b": &types.AttributeValueMemberB{Value: []byte("hel")}, "no": &types.AttributeValueMemberNULL{Value: true},
			"ss": &types.AttributeValueMemberSS{Value: []string{"x", "y"}}, "yes": &types.AttributeValueMemberBOOL{Value: true},
			"m": &types.AttributeValueMemberM{Value: map[string]types.AttributeValue{"l": &types.AttributeValueMemberL{Value: []types.AttributeValue{&types.AttributeValueMemberN{Value: "7"}}}}},
		}})
		if err != nil {
			t.Fatal(err)
		}
		x.put("a", 2)
		if _, err := x.items.DeleteItem(t.Context(), &dynamodb.DeleteItemInput{TableName: &x.name, Key: key}); err != nil {
			t.Fatal(err)
		}
		until(t, "three records", func() bool { fn.mu.Lock(); defer fn.mu.Unlock(); return len(fn.handled) == 3 })
		insert, modify, remove := fn.handled[0], fn.handled[1], fn.handled[2]
		if insert.EventName != "INSERT" || modify.EventName != "MODIFY" || remove.EventName != "REMOVE" {
			t.Errorf("names %s %s %s", insert.EventName, modify.EventName, remove.EventName)
		}
		if insert.AWSRegion != "us-east-1" || insert.EventSource != "aws:dynamodb" || insert.EventVersion != "1.1" || len(insert.EventID) != 32 ||
			!strings.HasPrefix(insert.EventSourceArn, "arn:aws:dynamodb:us-east-1:000000000000:table/"+x.name+"/stream/") {
			t.Errorf("record %+v", insert)
		}
		c := insert.Change
		if c.StreamViewType != "NEW_AND_OLD_IMAGES" || c.SizeBytes == 0 || c.SequenceNumber == "" || time.Since(c.ApproximateCreationDateTime.Time) > time.Minute ||
			c.Keys["k"].String() != "a" || c.OldImage != nil || string(c.NewImage["b"].Binary()) != "hel" || !c.NewImage["no"].IsNull() ||
			!c.NewImage["yes"].Boolean() || len(c.NewImage["ss"].StringSet()) != 2 || c.NewImage["m"].Map()["l"].List()[0].Number() != "7" {
			t.Errorf("change %+v", c)
		}
		if modify.Change.OldImage["b"].IsNull() || number(modify) != 2 || remove.Change.NewImage != nil || remove.Change.OldImage["n"].Number() != "2" {
			t.Errorf("modify %+v, remove %+v", modify.Change, remove.Change)
		}
	})
	t.Run("BatchesHaveTheSizeAskedForInOrder", func(t *testing.T) {
		x := newTable(t)
		x.putAll(10)
		fn := &function{}
		x.run(Config{Invoker: fn, BatchSize: 4, MaximumBatchingWindow: 50 * time.Millisecond})
		until(t, "all handled", func() bool { return fn.has(10) })
		if got, _ := fn.seen(); !equal(got, [][]int{{0, 1, 2, 3}, {4, 5, 6, 7}, {8, 9}}) {
			t.Errorf("batches %v", got)
		}
	})
	t.Run("EachKeyInOrderWithManyLanes", func(t *testing.T) {
		x := newTable(t)
		for i := range 10 {
			for k := range 12 {
				x.put(fmt.Sprint("key", k), i)
			}
		}
		fn := &function{takes: 5 * time.Millisecond}
		x.run(Config{Invoker: fn, BatchSize: 5, ParallelizationFactor: 4})
		until(t, "all handled", func() bool { fn.mu.Lock(); defer fn.mu.Unlock(); return len(fn.handled) == 120 })
		next := map[string]int{}
		for _, r := range fn.handled {
			k := r.Change.Keys["k"].String()
			if number(r) != next[k] {
				t.Fatalf("%s: %d came when %d was due", k, number(r), next[k])
			}
			next[k]++
		}
		if fn.most < 2 {
			t.Errorf("never more than %d batch at the same time", fn.most)
		}
	})
	t.Run("LowestFailedSequenceNumberIsTheCheckpoint", func(t *testing.T) {
		x := newTable(t)
		x.putAll(5)
		fn := &function{}
		tries := 0
		fn.answer = func(batch []events.DynamoDBEventRecord) (string, error) {
			if tries++; tries == 1 {
				return failed(batch, 3, 1), nil
			}
			return "{}", nil
		}
		x.run(Config{Invoker: fn, BatchSize: 5, MaximumBatchingWindow: time.Second, ReportBatchItemFailures: true, MaximumRetryAttempts: attempts(3)})
		until(t, "two batches", func() bool { got, _ := fn.seen(); return len(got) == 2 })
		if got, _ := fn.seen(); !equal(got, [][]int{{0, 1, 2, 3, 4}, {1, 2, 3, 4}}) {
			t.Errorf("batches %v", got)
		}
	})
	for name, response := range map[string]string{
		"UnknownIdentifierFailsTheWholeBatch": `{"batchItemFailures":[{"itemIdentifier":"12345678901234567890"}]}`,
		"MalformedResponseFailsTheWholeBatch": `{"batchItemFailures":[{}]}`,
	} {
		t.Run(name, func(t *testing.T) {
			x := newTable(t)
			x.putAll(3)
			fn := &function{}
			tries := 0
			fn.answer = func([]events.DynamoDBEventRecord) (string, error) {
				if tries++; tries == 1 {
					return response, nil
				}
				return "", nil
			}
			x.run(Config{Invoker: fn, BatchSize: 3, MaximumBatchingWindow: time.Second, ReportBatchItemFailures: true})
			until(t, "all handled", func() bool { return fn.has(3) })
			if got, _ := fn.seen(); !equal(got, [][]int{{0, 1, 2}, {0, 1, 2}}) {
				t.Errorf("batches %v", got)
			}
		})
	}
	t.Run("OnlyNewRecordsFromLatest", func(t *testing.T) {
		x := newTable(t)
		x.put("key", 99)
		second := time.Now().Unix() // creation times are whole seconds: start in another one
		until(t, "the next second", func() bool { return time.Now().Unix() > second })
		fn := &function{}
		x.run(Config{Invoker: fn, StartingPosition: Latest})
		until(t, "the start", func() bool {
			started := false
			x.db.View(func(tx *bbolt.Tx) error {
				b := durable.Find(tx, "streams", "test")
				started = b != nil && b.Stats().KeyN > 0
				return nil
			})
			return started
		})
		x.put("key", 0)
		until(t, "the new record", func() bool { return fn.has(1) })
		if _, handled := fn.seen(); !equal(handled, []int{0}) {
			t.Errorf("handled %v", handled)
		}
	})
	t.Run("FiltersDropTheRest", func(t *testing.T) {
		x := newTable(t)
		x.putAll(4)
		fn := &function{}
		x.run(Config{Invoker: fn, Filters: []json.RawMessage{[]byte(`{"eventName":["MODIFY"],"dynamodb":{"NewImage":{"n":{"N":["2","3"]}}}}`)}})
		until(t, "two records", func() bool { _, h := fn.seen(); return len(h) >= 2 })
		if _, handled := fn.seen(); !equal(handled, []int{2, 3}) {
			t.Errorf("handled %v", handled)
		}
	})
	t.Run("ThrottlesAreNotAttempts", func(t *testing.T) {
		x := newTable(t)
		x.putAll(1)
		throttled := errors.New("throttled")
		var calls atomic.Int32
		fn := &function{answer: func([]events.DynamoDBEventRecord) (string, error) {
			if calls.Add(1) < 5 {
				return "", throttled
			}
			return "", nil
		}}
		x.run(Config{Invoker: fn, MaximumRetryAttempts: attempts(0), NotReached: func(err error) bool { return errors.Is(err, throttled) },
			OnFailure: func(context.Context, Failure) error { t.Error("given up"); return nil }})
		until(t, "handled", func() bool { return fn.has(1) })
	})
	t.Run("KillRepeatsButNeverSkips", func(t *testing.T) {
		x := newTable(t)
		x.putAll(12)
		fn := &function{}
		var calls atomic.Int32
		fn.answer = func(batch []events.DynamoDBEventRecord) (string, error) {
			if calls.Add(1) > 2 {
				return "", errors.New("the process is about to die")
			}
			return "", nil
		}
		stop := x.run(Config{Invoker: fn, BatchSize: 3, MaximumBatchingWindow: time.Second})
		until(t, "a failing batch", func() bool { return calls.Load() > 3 })
		stop()
		x.reopen()
		after := &function{}
		x.run(Config{Invoker: after, BatchSize: 3, MaximumBatchingWindow: 50 * time.Millisecond})
		until(t, "the rest", func() bool { _, h := after.seen(); return len(h) == 6 })
		if _, handled := after.seen(); !equal(handled, []int{6, 7, 8, 9, 10, 11}) {
			t.Errorf("after the restart: %v", handled)
		}
	})
}
