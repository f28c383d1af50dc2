package custody

import (
	"context"
	"errors"
	"fmt"
	"iter"

	"github.com/aws/aws-sdk-go-v2/feature/dynamodb/expression"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"
)

// Held returns the people whom a feed holds and none of its rosters lacked, in the order of their A-numbers, page after
// page. The index that it reads follows the table by moments: read a record before you act on it. An error is the last
// thing returned.
func (t *Table) Held(ctx context.Context, feed string) iter.Seq2[ANumber, error] {
	return func(yield func(ANumber, error) bool) {
		for page, err := range t.heldBy(ctx, feed, types.SelectAllProjectedAttributes) {
			if err != nil {
				yield("", err)
				return
			}
			for _, item := range page.Items {
				a, ok := item["a_number"].(*types.AttributeValueMemberS)
				if !ok {
					yield("", errors.New("custody: an entry of by_feed has no A-number"))
					return
				}
				if !yield(ANumber(a.Value), nil) {
					return
				}
			}
		}
	}
}

// CountHeld returns how many people Held would. It reads as much as Held does, and carries less.
func (t *Table) CountHeld(ctx context.Context, feed string) (int, error) {
	count := 0
	for page, err := range t.heldBy(ctx, feed, types.SelectCount) {
		if err != nil {
			return 0, err
		}
		count += int(page.Count)
	}
	return count, nil
}

func (t *Table) heldBy(ctx context.Context, feed string, selected types.Select) iter.Seq2[*dynamodb.QueryOutput, error] {
	return func(yield func(*dynamodb.QueryOutput, error) bool) {
		expr, err := expression.NewBuilder().WithKeyCondition(expression.Key("held_by").Equal(expression.Value(feed))).Build()
		if err != nil {
			yield(nil, err)
			return
		}
		pages := dynamodb.NewQueryPaginator(t.client, &dynamodb.QueryInput{
			TableName: &t.name, IndexName: ptr("by_feed"), Select: selected, KeyConditionExpression: expr.KeyCondition(),
			ExpressionAttributeNames: expr.Names(), ExpressionAttributeValues: expr.Values(),
		})
		for pages.HasMorePages() {
			page, err := pages.NextPage(ctx)
			if err != nil {
				yield(nil, fmt.Errorf("custody: reading whom a feed holds: %w", err))
				return
			}
			if !yield(page, nil) {
				return
			}
		}
	}
}
