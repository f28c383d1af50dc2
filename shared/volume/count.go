package volume

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"math/rand/v2"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"
)

// Adds is what is added to counters, by slot.
type Adds map[Slot]Counts

// Add adds n to a counter.
func (a Adds) Add(slot Slot, name string, n int64) {
	if a[slot] == nil {
		a[slot] = Counts{}
	}
	a[slot][name] += n
}

// Merge adds what others adds.
func (a Adds) Merge(others Adds) {
	for slot, counts := range others {
		for name, n := range counts {
			a.Add(slot, name, n)
		}
	}
}

// trim takes out what adds nothing.
func (a Adds) trim() {
	for slot, counts := range a {
		maps.DeleteFunc(counts, func(_ string, n int64) bool { return n == 0 })
		if len(counts) == 0 {
			delete(a, slot)
		}
	}
}

// Change is what one record of a stream adds. ID is the record's, the same however often it comes.
type Change struct {
	ID   string
	Adds Adds
}

const (
	// maxActions is how many items a transaction may write. Source: Amazon DynamoDB developer guide, TransactWriteItems.
	maxActions = 100
	// maxNames is how many counters of one item a transaction adds to: an expression has at most 4 KB, and each counter
	// takes up to 12 bytes of it.
	maxNames = 300
	// tries is how often a transaction is begun that others got in the way of.
	tries = 12
)

// MarkerLife is how long it is remembered that a record was counted: streams keep records for a day, and of what could not
// be counted staff are told for two weeks.
const MarkerLife = 30 * 24 * time.Hour

// Count adds what changes add, each exactly once, in their order. It returns how many of the first of them are counted for
// certain: all, if there is no error. A change whose ID was counted before is not counted again.
//
// Several changes are one transaction, with a marker each: 100 changes of few days are two calls. What others write at
// the same time is waited for, with growing pauses.
func (t *Table) Count(ctx context.Context, changes []Change) (done int, err error) {
	seen := map[string]bool{}
	for done < len(changes) {
		batch, end := next(changes, done, seen)
		if err := t.commit(ctx, batch); err != nil {
			return done, fmt.Errorf("volume: counting: %w", err)
		}
		done = end
	}
	return done, nil
}

// next takes as many changes from start on as fit into one transaction, and returns where the rest begins. What adds
// nothing, and what was seen before, is left out: no transaction may write a marker twice.
func next(changes []Change, start int, seen map[string]bool) (batch []Change, end int) {
	sum := Adds{}
	for end = start; end < len(changes); end++ {
		c := changes[end]
		if c.Adds.trim(); len(c.Adds) == 0 || seen[c.ID] {
			continue
		}
		sum.Merge(c.Adds)
		if len(batch) > 0 && (len(batch)+1+len(sum) > maxActions || slices.ContainsFunc(slices.Collect(maps.Values(sum)), tooMany)) {
			return batch, end
		}
		seen[c.ID] = true
		batch = append(batch, c)
	}
	return batch, end
}

func tooMany(c Counts) bool { return len(c) > maxNames }

// commit writes a transaction of changes, without those that were counted before.
func (t *Table) commit(ctx context.Context, batch []Change) error {
	pause := 10 * time.Millisecond
	for try := 1; len(batch) > 0; try++ {
		_, err := t.Client.TransactWriteItems(ctx, &dynamodb.TransactWriteItemsInput{TransactItems: t.transaction(batch)})
		if err == nil {
			return nil
		}
		left, again := unmarked(err, batch)
		if !again || try == tries {
			return cause(err)
		}
		if len(left) < len(batch) {
			batch = left
			continue
		}
		select {
		case <-ctx.Done():
			return ctx.Err()
		case <-time.After(pause/2 + rand.N(pause)): // #nosec G404 -- so that two that met do not meet again
		}
		pause = min(2*pause, time.Second)
	}
	return nil
}

// transaction is the markers of a batch, in its order, and the sums of what it adds.
func (t *Table) transaction(batch []Change) (items []types.TransactWriteItem) {
	sum := Adds{}
	expires := strconv.FormatInt(t.Now().Add(MarkerLife).Unix(), 10)
	for _, c := range batch {
		sum.Merge(c.Adds)
		item := Slot{counted, c.ID}.key()
		item["expires_at"] = &types.AttributeValueMemberN{Value: expires}
		items = append(items, types.TransactWriteItem{Put: &types.Put{TableName: &t.Name, Item: item, ConditionExpression: ptr("attribute_not_exists(series)")}})
	}
	sum.trim()
	for slot, counts := range sum {
		items = append(items, types.TransactWriteItem{Update: t.addition(slot, counts)})
	}
	return items
}

// addition adds to the counters of one item.
func (t *Table) addition(slot Slot, counts Counts) *types.Update {
	names, values := map[string]string{}, map[string]types.AttributeValue{}
	terms := make([]string, 0, len(counts))
	for i, name := range counts.Names() {
		n := strconv.Itoa(i)
		names["#"+n], values[":"+n] = name, &types.AttributeValueMemberN{Value: strconv.FormatInt(counts[name], 10)}
		terms = append(terms, "#"+n+" :"+n)
	}
	return &types.Update{TableName: &t.Name, Key: slot.key(), UpdateExpression: ptr("ADD " + strings.Join(terms, ",")),
		ExpressionAttributeNames: names, ExpressionAttributeValues: values}
}

// unmarked takes out of a batch what a cancelled transaction says was counted before, and reports whether to begin again:
// also if others wrote the same items at the same time, or the table was asked for too much.
func unmarked(err error, batch []Change) (left []Change, again bool) {
	var cancelled *types.TransactionCanceledException
	if !errors.As(err, &cancelled) || len(cancelled.CancellationReasons) < len(batch) {
		return nil, false
	}
	for i, reason := range cancelled.CancellationReasons {
		is := "None"
		if reason.Code != nil {
			is = *reason.Code
		}
		switch is {
		case "ConditionalCheckFailed": // only markers have conditions
			again = true
			continue
		case "TransactionConflict", "ThrottlingError", "ProvisionedThroughputExceeded":
			again = true
		case "None":
		default:
			return nil, false
		}
		if i < len(batch) {
			left = append(left, batch[i])
		}
	}
	return left, again
}

// cause says why a transaction was cancelled without what the service says of it, which may repeat items.
func cause(err error) error {
	var cancelled *types.TransactionCanceledException
	if !errors.As(err, &cancelled) {
		return err
	}
	codes := map[string]bool{}
	for _, reason := range cancelled.CancellationReasons {
		if reason.Code != nil && *reason.Code != "None" {
			codes[*reason.Code] = true
		}
	}
	return fmt.Errorf("the transaction was cancelled: %s", strings.Join(slices.Sorted(maps.Keys(codes)), ", "))
}

func ptr[T any](v T) *T { return &v }
