package inquiry

import (
	"context"
	"errors"
	"fmt"
	"strconv"

	"github.com/aws/aws-sdk-go-v2/feature/dynamodb/attributevalue"
	"github.com/aws/aws-sdk-go-v2/feature/dynamodb/expression"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb"

	"voice.example/shared/aws"
)

// ErrNotFound is an inquiry that there is not.
var ErrNotFound = errors.New("inquiry: no such inquiry")

// tries is how many references of one cause are tried. A second one is needed where another inquiry happens to have the
// first, of 27 to the power of 8, or where what somebody asked before has been seen to.
const tries = 20

// Open opens an inquiry for a cause, such as an alert or a phone on a day, unless there is one; it returns the one that
// there is then and whether it is new. Its reference, cause, queue and times are filled in here.
func (t *Table) Open(ctx context.Context, cause string, i Inquiry) (opened Inquiry, isNew bool, err error) {
	if i.Office == "" {
		i.Office = National
	}
	i.Cause, i.State, i.Queue = t.Keys.Hash("inquiry", string(i.Reason), cause), Open, queue(i.Office, Open)
	i.DueAt, i.DueShard = stamp(t.Now()), shard
	i.OpenedAt, i.ExpiresAt = t.Now().UTC(), t.Now().Add(t.Retention).Unix()
	for n := range tries {
		i.Reference = t.Keys.Reference("reference", i.Cause, strconv.Itoa(n))
		isNew, err := t.put(ctx, i)
		if isNew || err != nil {
			return i, isNew, err
		}
		there, err := t.Get(ctx, i.Reference)
		if err != nil && !errors.Is(err, ErrNotFound) {
			return Inquiry{}, false, err
		}
		// One that was asked for by a person and has been seen to does not stand in the way of asking again.
		if there.Cause == i.Cause && (there.State == Open || i.Reason == Unanswered) {
			return there, false, nil
		}
	}
	return Inquiry{}, false, fmt.Errorf("inquiry: no reference is free after %d tries", tries)
}

func (t *Table) put(ctx context.Context, i Inquiry) (bool, error) {
	item, err := attributevalue.MarshalMap(i)
	if err != nil {
		return false, fmt.Errorf("inquiry: encoding an inquiry: %w", err)
	}
	expr, err := expression.NewBuilder().WithCondition(expression.Name("reference").AttributeNotExists()).Build()
	if err != nil {
		return false, err
	}
	_, err = t.Client.PutItem(ctx, &dynamodb.PutItemInput{TableName: &t.Name, Item: item, ConditionExpression: expr.Condition(),
		ExpressionAttributeNames: expr.Names()})
	if aws.ConditionFailed(err) {
		return false, nil
	}
	if err != nil {
		return false, fmt.Errorf("inquiry: opening: %w", err)
	}
	return true, nil
}

// Get reads an inquiry, strongly consistent. None is ErrNotFound.
func (t *Table) Get(ctx context.Context, reference string) (Inquiry, error) {
	consistent := true
	out, err := t.Client.GetItem(ctx, &dynamodb.GetItemInput{TableName: &t.Name, ConsistentRead: &consistent,
		Key: key(reference)})
	if err != nil {
		return Inquiry{}, fmt.Errorf("inquiry: reading: %w", err)
	}
	if len(out.Item) == 0 {
		return Inquiry{}, ErrNotFound
	}
	var i Inquiry
	if err := attributevalue.UnmarshalMap(out.Item, &i); err != nil {
		return Inquiry{}, fmt.Errorf("inquiry: an item is no inquiry: %w", err)
	}
	return i, nil
}
