package custody

import (
	"context"
	"errors"
	"fmt"
	"slices"

	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"

	"voice.example/shared/aws"
)

// MaxInsert is the most records that Insert takes.
const MaxInsert = aws.MaxStatements

// Insert writes the first versions of up to MaxInsert people in one call, each on the condition that there is no record
// of the person yet, at the price of as many single writes. The answer has an error for each record: nil, or
// ErrConflict when there was one. What DynamoDB throttles is tried again until ctx ends.
func (t *Table) Insert(ctx context.Context, records []Record) ([]error, error) {
	for _, r := range records {
		if r.Version != 1 || !r.Status.Valid() || r.ANumber == "" {
			return nil, errors.New("custody: only a complete first version is inserted")
		}
	}
	existed, err := aws.Insert(ctx, t.client, t.insertions(records))
	if err != nil {
		return nil, fmt.Errorf("custody: inserting records: %w", err)
	}
	outcome := make([]error, len(records))
	for i, was := range existed {
		if was {
			outcome[i] = ErrConflict
		}
	}
	return outcome, nil
}

// insertions are the statements that insert records, their values as parameters. Neighbours with the same attributes, which
// those of one file mostly have, share a text.
func (t *Table) insertions(records []Record) []types.BatchStatementRequest {
	statements := make([]types.BatchStatementRequest, len(records))
	var before []attribute
	var text *string
	for i, r := range records {
		item := attributes(t.life(r))
		if text == nil || !slices.EqualFunc(item, before, func(a, b attribute) bool { return a.name == b.name }) {
			names := make([]string, len(item))
			for n, a := range item {
				names[n] = a.name
			}
			text, before = ptr(aws.Insertion(t.name, names)), item
		}
		parameters := make([]types.AttributeValue, len(item))
		for n, a := range item {
			parameters[n] = a.value
		}
		statements[i] = types.BatchStatementRequest{Statement: text, Parameters: parameters}
	}
	return statements
}
