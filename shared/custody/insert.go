package custody

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"
)

// MaxInsert is the most records that Insert takes.
const MaxInsert = 25

// Insert writes the first versions of up to MaxInsert people in one call, each on the condition that there is no record
// of the person yet, at the price of as many single writes. The answer has an error for each record: nil, or
// ErrConflict when there was one. What DynamoDB throttles is tried again until ctx ends.
func (t *Table) Insert(ctx context.Context, records []Record) ([]error, error) {
	outcome := make([]error, len(records))
	left := make([]int, len(records)) // indices of records that are not settled
	for i, r := range records {
		if r.Version != 1 || !r.Status.Valid() || r.ANumber == "" {
			return nil, errors.New("custody: only a complete first version is inserted")
		}
		left[i] = i
	}
	statements := t.insertions(records)
	for pause := 20 * time.Millisecond; ; pause = min(2*pause, time.Second) {
		in := &dynamodb.BatchExecuteStatementInput{}
		for _, i := range left {
			in.Statements = append(in.Statements, statements[i])
		}
		out, err := t.client.BatchExecuteStatement(ctx, in)
		if err != nil {
			return nil, fmt.Errorf("custody: inserting records: %w", err)
		}
		if len(out.Responses) != len(left) {
			return nil, fmt.Errorf("custody: inserting records: %d answers to %d statements", len(out.Responses), len(left))
		}
		var again []int
		for n, response := range out.Responses {
			switch retry, err := insertError(response.Error); {
			case retry:
				again = append(again, left[n])
			case err != nil && !errors.Is(err, ErrConflict):
				return nil, err
			default:
				outcome[left[n]] = err
			}
		}
		if left = again; len(left) == 0 {
			return outcome, nil
		}
		select {
		case <-ctx.Done():
			return nil, ctx.Err()
		case <-time.After(pause):
		}
	}
}

// insertions are the statements that insert records, their values as parameters. Neighbours with the same attributes, which
// those of one file mostly have, share a text.
func (t *Table) insertions(records []Record) []types.BatchStatementRequest {
	statements := make([]types.BatchStatementRequest, len(records))
	var before []attribute
	var text *string
	for i, r := range records {
		item := attributes(r)
		if text == nil || !slices.EqualFunc(item, before, func(a, b attribute) bool { return a.name == b.name }) {
			text, before = ptr(t.insertion(item)), item
		}
		parameters := make([]types.AttributeValue, len(item))
		for n, a := range item {
			parameters[n] = a.value
		}
		statements[i] = types.BatchStatementRequest{Statement: text, Parameters: parameters}
	}
	return statements
}

// insertion is the text of a statement that inserts an item.
func (t *Table) insertion(item []attribute) string {
	var text strings.Builder
	text.WriteString(`INSERT INTO "` + t.name + `" VALUE {`)
	for i, a := range item {
		if i > 0 {
			text.WriteByte(',')
		}
		text.WriteString("'" + a.name + "':?")
	}
	text.WriteByte('}')
	return text.String()
}

// insertError says what the answer to one statement means: try again, or nil, ErrConflict or a fault.
func insertError(e *types.BatchStatementError) (retry bool, err error) {
	if e == nil {
		return false, nil
	}
	switch e.Code {
	case types.BatchStatementErrorCodeEnumDuplicateItem, types.BatchStatementErrorCodeEnumConditionalCheckFailed:
		return false, ErrConflict
	case types.BatchStatementErrorCodeEnumThrottlingError, types.BatchStatementErrorCodeEnumProvisionedThroughputExceeded,
		types.BatchStatementErrorCodeEnumRequestLimitExceeded, types.BatchStatementErrorCodeEnumTransactionConflict,
		types.BatchStatementErrorCodeEnumInternalServerError:
		return true, nil
	}
	return false, fmt.Errorf("custody: inserting a record: %s", e.Code) // its message may repeat the item
}
