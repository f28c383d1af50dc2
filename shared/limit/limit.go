// Package limit counts how often something was done in a window of time, in the limits table, so that it can be
// refused when it is done too often, or more than once.
//
// A window is fixed, not sliding: at its edge up to twice the maximum can pass in a short time. Counters are
// keyed by what the caller gives, which must be a hash where it is personal; they expire on their own.
package limit

import (
	"context"
	"fmt"
	"strconv"
	"time"

	"github.com/aws/aws-sdk-go-v2/feature/dynamodb/expression"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"

	"voice.example/shared/aws"
)

// ThrottledError says that a limit is used up, and when to try again.
type ThrottledError struct{ RetryAfter time.Duration }

func (e *ThrottledError) Error() string {
	return fmt.Sprintf("limit: used up, try again in %s", e.RetryAfter.Round(time.Second))
}

// Table is the limits table.
type Table struct {
	Client *dynamodb.Client
	Name   string
	Now    func() time.Time
}

// Take counts one use of key in the current window. More than most uses in a window are a *ThrottledError.
func (t *Table) Take(ctx context.Context, key string, most int, window time.Duration) error {
	now := t.Now()
	use, end := t.window(key, window)
	expr, err := expression.NewBuilder().
		WithUpdate(expression.Add(expression.Name("uses"), expression.Value(1)).
			Set(expression.Name("expires_at"), expression.Value(end.Add(time.Hour).Unix()))).
		WithCondition(expression.Name("uses").AttributeNotExists().Or(expression.Name("uses").LessThan(expression.Value(most)))).
		Build()
	if err != nil {
		return err
	}
	_, err = t.Client.UpdateItem(ctx, &dynamodb.UpdateItemInput{
		TableName: &t.Name, Key: use,
		UpdateExpression: expr.Update(), ConditionExpression: expr.Condition(),
		ExpressionAttributeNames: expr.Names(), ExpressionAttributeValues: expr.Values(),
	})
	if aws.ConditionFailed(err) {
		return &ThrottledError{RetryAfter: end.Sub(now)}
	}
	if err != nil {
		return fmt.Errorf("limit: counting: %w", err)
	}
	return nil
}

// GiveBack takes one use of key in the current window back, of what certainly was not done. Where the window has ended since,
// there is nothing to give back.
func (t *Table) GiveBack(ctx context.Context, key string, window time.Duration) error {
	uses := expression.Name("uses")
	expr, err := expression.NewBuilder().WithUpdate(expression.Add(uses, expression.Value(-1))).
		WithCondition(uses.GreaterThan(expression.Value(0))).Build()
	if err != nil {
		return err
	}
	use, _ := t.window(key, window)
	_, err = t.Client.UpdateItem(ctx, &dynamodb.UpdateItemInput{
		TableName: &t.Name, Key: use,
		UpdateExpression: expr.Update(), ConditionExpression: expr.Condition(),
		ExpressionAttributeNames: expr.Names(), ExpressionAttributeValues: expr.Values(),
	})
	if err != nil && !aws.ConditionFailed(err) {
		return fmt.Errorf("limit: giving back: %w", err)
	}
	return nil
}

// window is the counter of key in the current window, and when that ends.
func (t *Table) window(key string, window time.Duration) (item map[string]types.AttributeValue, end time.Time) {
	start := t.Now().Truncate(window)
	return map[string]types.AttributeValue{
		"key": &types.AttributeValueMemberS{Value: "uses#" + key + "#" + strconv.FormatInt(start.Unix(), 10)},
	}, start.Add(window)
}

// Once reports whether key is taken now for the first time in life. Of many who ask at once it is one. Forget gives the
// key back.
func (t *Table) Once(ctx context.Context, key string, life time.Duration) (first bool, err error) {
	now := t.Now()
	expr, err := expression.NewBuilder().WithCondition(expression.Name("expires_at").AttributeNotExists().
		Or(expression.Name("expires_at").LessThanEqual(expression.Value(now.Unix())))).Build()
	if err != nil {
		return false, err
	}
	_, err = t.Client.PutItem(ctx, &dynamodb.PutItemInput{
		TableName: &t.Name,
		Item: map[string]types.AttributeValue{
			"key":        &types.AttributeValueMemberS{Value: oncePrefix + key},
			"expires_at": &types.AttributeValueMemberN{Value: strconv.FormatInt(now.Add(life).Unix(), 10)},
		},
		ConditionExpression: expr.Condition(), ExpressionAttributeNames: expr.Names(), ExpressionAttributeValues: expr.Values(),
	})
	if aws.ConditionFailed(err) {
		return false, nil
	}
	if err != nil {
		return false, fmt.Errorf("limit: taking a key: %w", err)
	}
	return true, nil
}

// Forget lets key be taken by Once again.
func (t *Table) Forget(ctx context.Context, key string) error {
	_, err := t.Client.DeleteItem(ctx, &dynamodb.DeleteItemInput{TableName: &t.Name,
		Key: map[string]types.AttributeValue{"key": &types.AttributeValueMemberS{Value: oncePrefix + key}}})
	if err != nil {
		return fmt.Errorf("limit: forgetting a key: %w", err)
	}
	return nil
}

const oncePrefix = "once#"
