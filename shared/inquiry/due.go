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
	"voice.example/shared/staff"
)

// shard is the one key of the index by_due: an office opens some inquiries an hour, not thousands a second.
const shard = "0"

func stamp(at time.Time) string { return at.UTC().Truncate(time.Second).Format(time.RFC3339) }

// Due returns up to most inquiries that staff are to be told of, those that waited longest first, as lists have them.
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
	if attributevalue.UnmarshalListOfMaps(out.Items, &due) != nil {
		return nil, ErrUnreadable
	}
	return due, nil
}

// Told records that staff were told of an inquiry, and when the service looks at it again if nobody sees to it; before then,
// when it falls due. It is false when another run has recorded that. The version stays: a form that somebody has open still
// holds. A change that is written at the same time may set the time back; staff are told once more then.
func (t *Table) Told(ctx context.Context, i Inquiry, again time.Time) (bool, error) {
	next := stamp(again)
	if i.DueBy > stamp(t.Now()) && i.DueBy < next {
		next = i.DueBy
	}
	expr, err := expression.NewBuilder().WithUpdate(expression.Set(expression.Name("due_at"), expression.Value(next))).
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

// Escalate sends an inquiry in which nobody was in contact in time to the national queue, where whoever is there takes it. It
// is looked at again after some time, until somebody is in contact. One that somebody has seen to meanwhile stays as it is.
func (t *Table) Escalate(ctx context.Context, reference string, again time.Time) (Inquiry, error) {
	return t.amend(ctx, reference, 0, func(i *Inquiry) error {
		if i.InTime(t.Now()) {
			return nil
		}
		if !i.Overdue || i.State == Assigned {
			i.Overdue, i.State, i.Assignee, i.Office = true, Open, "", National
			t.note(i, WasEscalated, staff.Identity{})
		}
		i.DueAt, i.DueShard = stamp(again), shard
		return nil
	})
}

func key(reference string) map[string]types.AttributeValue {
	return map[string]types.AttributeValue{"reference": &types.AttributeValueMemberS{Value: reference}}
}
