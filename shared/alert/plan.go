package alert

import (
	"context"
	"fmt"
	"maps"
	"slices"

	"github.com/aws/aws-sdk-go-v2/feature/dynamodb/attributevalue"
	"github.com/aws/aws-sdk-go-v2/feature/dynamodb/expression"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"

	"voice.example/shared/aws"
)

// planned is an alert as Plan writes it. It is due when its job must have been worked off, unless it is held for longer.
func (l *Ledger) planned(a Alert) (map[string]types.AttributeValue, error) {
	a.State, a.PlannedAt, a.ExpiresAt = Planned, l.Now().UTC(), l.Now().Add(l.Retention).Unix()
	if a.DueAt == "" {
		a.due(l.Now().Add(chaseAfter))
	}
	item, err := attributevalue.MarshalMap(a)
	if err != nil {
		return nil, fmt.Errorf("alert: encoding an alert: %w", err)
	}
	return item, nil
}

// Plan writes an alert into the ledger as planned, unless it is there. What is there is left as it is and is no error:
// planning an event again, after a crash, goes on where it stopped.
func (l *Ledger) Plan(ctx context.Context, a Alert) error {
	item, err := l.planned(a)
	if err != nil {
		return err
	}
	expr, err := expression.NewBuilder().WithCondition(expression.Name("alert_id").AttributeNotExists()).Build()
	if err != nil {
		return err
	}
	_, err = l.Client.PutItem(ctx, &dynamodb.PutItemInput{
		TableName: &l.Table, Item: item, ConditionExpression: expr.Condition(),
		ExpressionAttributeNames: expr.Names(), ExpressionAttributeValues: expr.Values(),
	})
	if err != nil && !aws.ConditionFailed(err) {
		return fmt.Errorf("alert: planning: %w", err)
	}
	return nil
}

// PlanMany plans alerts as Plan does, 25 a call at the same price. Ids must be distinct.
func (l *Ledger) PlanMany(ctx context.Context, alerts []Alert) error {
	insertions := make([]types.BatchStatementRequest, len(alerts))
	for i, a := range alerts {
		item, err := l.planned(a)
		if err != nil {
			return err
		}
		names := slices.Sorted(maps.Keys(item))
		values := make([]types.AttributeValue, len(names))
		for n, name := range names {
			values[n] = item[name]
		}
		insertions[i] = types.BatchStatementRequest{Statement: ptr(aws.Insertion(l.Table, names)), Parameters: values}
	}
	if _, err := aws.Insert(ctx, l.Client, insertions); err != nil {
		return fmt.Errorf("alert: planning: %w", err)
	}
	return nil
}
