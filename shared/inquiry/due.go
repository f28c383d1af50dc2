package inquiry

import (
	"context"
	"fmt"
	"time"

	sdk "github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/feature/dynamodb/attributevalue"
	"github.com/aws/aws-sdk-go-v2/feature/dynamodb/expression"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"

	"voice.example/shared/aws"
)

// shard is the one key of the index by_due: an office opens some inquiries an hour, not thousands a second.
const shard = "0"

func stamp(at time.Time) string { return at.UTC().Truncate(time.Second).Format(time.RFC3339) }

// Due returns up to most inquiries that staff are to be told of, those that waited longest first.
func (t *Table) Due(ctx context.Context, most int) ([]Inquiry, error) {
	expr, err := expression.NewBuilder().WithKeyCondition(expression.Key("due_shard").Equal(expression.Value(shard)).
		And(expression.Key("due_at").LessThanEqual(expression.Value(stamp(t.Now()))))).Build()
	if err != nil {
		return nil, err
	}
	out, err := t.Client.Query(ctx, &dynamodb.QueryInput{TableName: &t.Name, IndexName: sdk.String("by_due"), Limit: sdk.Int32(int32(most)),
		KeyConditionExpression: expr.KeyCondition(), ExpressionAttributeNames: expr.Names(), ExpressionAttributeValues: expr.Values()})
	if err != nil {
		return nil, fmt.Errorf("inquiry: reading what is due: %w", err)
	}
	var due []Inquiry
	if err := attributevalue.UnmarshalListOfMaps(out.Items, &due); err != nil {
		return nil, fmt.Errorf("inquiry: an item is no inquiry: %w", err)
	}
	return due, nil
}

// Told records that staff were told of an inquiry, and when they are told again if nobody sees to it. It is false when
// another run has recorded that.
func (t *Table) Told(ctx context.Context, i Inquiry, again time.Time) (bool, error) {
	expr, err := expression.NewBuilder().WithUpdate(expression.Set(expression.Name("due_at"), expression.Value(stamp(again)))).
		WithCondition(expression.Name("due_at").Equal(expression.Value(i.DueAt))).Build()
	if err != nil {
		return false, err
	}
	_, err = t.Client.UpdateItem(ctx, &dynamodb.UpdateItemInput{TableName: &t.Name, Key: key(i.Reference), UpdateExpression: expr.Update(),
		ConditionExpression: expr.Condition(), ExpressionAttributeNames: expr.Names(), ExpressionAttributeValues: expr.Values()})
	if aws.ConditionFailed(err) {
		return false, nil
	}
	if err != nil {
		return false, fmt.Errorf("inquiry: recording that staff were told: %w", err)
	}
	return true, nil
}

func key(reference string) map[string]types.AttributeValue {
	return map[string]types.AttributeValue{"reference": &types.AttributeValueMemberS{Value: reference}}
}
