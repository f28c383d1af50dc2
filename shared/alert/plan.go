package alert

import (
	"context"
	"errors"
	"fmt"

	"github.com/aws/aws-sdk-go-v2/feature/dynamodb/attributevalue"
	"github.com/aws/aws-sdk-go-v2/feature/dynamodb/expression"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"
)

// Plan writes an alert into the ledger as planned, unless it is there. What is there is left as it is and is no error:
// planning an event again, after a crash, goes on where it stopped.
func (l *Ledger) Plan(ctx context.Context, a Alert) error {
	a.State, a.PlannedAt, a.ExpiresAt = Planned, l.Now().UTC(), l.Now().Add(l.Retention).Unix()
	item, err := attributevalue.MarshalMap(a)
	if err != nil {
		return fmt.Errorf("alert: encoding an alert: %w", err)
	}
	expr, err := expression.NewBuilder().WithCondition(expression.Name("alert_id").AttributeNotExists()).Build()
	if err != nil {
		return err
	}
	_, err = l.Client.PutItem(ctx, &dynamodb.PutItemInput{
		TableName: &l.Table, Item: item, ConditionExpression: expr.Condition(),
		ExpressionAttributeNames: expr.Names(), ExpressionAttributeValues: expr.Values(),
	})
	var refused *types.ConditionalCheckFailedException
	if err != nil && !errors.As(err, &refused) {
		return fmt.Errorf("alert: planning: %w", err)
	}
	return nil
}
