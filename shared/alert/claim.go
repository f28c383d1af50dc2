package alert

import (
	"context"
	"fmt"

	"github.com/aws/aws-sdk-go-v2/feature/dynamodb/attributevalue"
	"github.com/aws/aws-sdk-go-v2/feature/dynamodb/expression"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"

	"voice.example/shared/aws"
)

// Claim takes an alert for Lease and returns it. ErrClaimed: another holds it, try later. ErrSettled: there is nothing
// left to do. ErrNotFound: the ledger does not know it.
func (l *Ledger) Claim(ctx context.Context, id string) (Alert, error) {
	now := l.Now()
	state := expression.Name("state")
	expr, err := expression.NewBuilder().
		WithUpdate(expression.Set(state, expression.Value(Claimed)).
			Set(expression.Name("claimed_until"), expression.Value(now.Add(Lease).UnixMilli())).
			Add(expression.Name("attempts"), expression.Value(1))).
		WithCondition(state.Equal(expression.Value(Planned)).Or(state.Equal(expression.Value(Claimed)).
			And(expression.Name("claimed_until").LessThanEqual(expression.Value(now.UnixMilli()))))).
		Build()
	if err != nil {
		return Alert{}, err
	}
	out, err := l.Client.UpdateItem(ctx, &dynamodb.UpdateItemInput{
		TableName: &l.Table, Key: key(id), ReturnValues: types.ReturnValueAllNew,
		UpdateExpression: expr.Update(), ConditionExpression: expr.Condition(),
		ExpressionAttributeNames: expr.Names(), ExpressionAttributeValues: expr.Values(),
	})
	if aws.ConditionFailed(err) {
		return Alert{}, l.whyRefused(ctx, id)
	}
	if err != nil {
		return Alert{}, fmt.Errorf("alert: claiming: %w", err)
	}
	return decode(out.Attributes)
}

func (l *Ledger) whyRefused(ctx context.Context, id string) error {
	a, err := l.Get(ctx, id)
	switch {
	case err != nil:
		return err
	case a.State == Planned || a.State == Claimed:
		return ErrClaimed
	}
	return ErrSettled
}

// Get reads an alert, strongly consistent. None is ErrNotFound.
func (l *Ledger) Get(ctx context.Context, id string) (Alert, error) {
	consistent := true
	out, err := l.Client.GetItem(ctx, &dynamodb.GetItemInput{TableName: &l.Table, Key: key(id), ConsistentRead: &consistent})
	if err != nil {
		return Alert{}, fmt.Errorf("alert: reading: %w", err)
	}
	if len(out.Item) == 0 {
		return Alert{}, ErrNotFound
	}
	return decode(out.Item)
}

func decode(item map[string]types.AttributeValue) (Alert, error) {
	var a Alert
	if err := attributevalue.UnmarshalMap(item, &a); err != nil {
		return Alert{}, ErrUnreadable
	}
	return a, nil
}

func key(id string) map[string]types.AttributeValue {
	return map[string]types.AttributeValue{"alert_id": &types.AttributeValueMemberS{Value: id}}
}
