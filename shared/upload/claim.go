package upload

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/aws/aws-sdk-go-v2/feature/dynamodb/attributevalue"
	"github.com/aws/aws-sdk-go-v2/feature/dynamodb/expression"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"

	"voice.example/shared/aws"
)

// lease is how long a claim lasts when ctx has no deadline.
const lease = time.Minute

// item is an upload in the uploads table.
type item struct {
	ID         string    `dynamodbav:"upload_id"`
	Key        string    `dynamodbav:"key"`
	Version    string    `dynamodbav:"version_id"`
	State      State     `dynamodbav:"state"`
	ReceivedAt time.Time `dynamodbav:"received_at"`
	LeaseUntil int64     `dynamodbav:"lease_until"` // Unix milliseconds
	Attempts   int       `dynamodbav:"attempts"`
	// NextChange is the checkpoint of apply: the changes of the plan before it are done and in Counts.
	NextChange    int     `dynamodbav:"next_change"`
	Counts        Counts  `dynamodbav:"counts"`
	ConflictLines []int   `dynamodbav:"conflict_lines,omitempty"`
	Slow          int     `dynamodbav:"slow"` // attempts at a plan that ran out of time
	RRU           float64 `dynamodbav:"rru"`
	WRU           float64 `dynamodbav:"wru"`

	metered aws.Consumed // what of the meter is in RRU and WRU already
}

// meter adds to the upload what was consumed since the last time.
func (u *item) meter(m *aws.Meter) {
	now := m.Read()
	u.RRU += now.RRU - u.metered.RRU
	u.WRU += now.WRU - u.metered.WRU
	u.metered = now
}

// claim takes the upload until ctx's deadline. An upload that has ended is returned without being claimed.
func (p *Pipeline) claim(ctx context.Context, o Object) (item, error) {
	until, ok := ctx.Deadline()
	if !ok {
		until = p.Now().Add(lease)
	}
	state := expression.Name("state")
	expr, err := expression.NewBuilder().
		WithUpdate(expression.Set(state, state.IfNotExists(expression.Value(Received))).
			Set(expression.Name("key"), expression.Value(o.Key)).
			Set(expression.Name("version_id"), expression.Value(o.Version)).
			Set(expression.Name("received_at"), expression.Name("received_at").IfNotExists(expression.Value(o.ReceivedAt.UTC()))).
			Set(expression.Name("lease_until"), expression.Value(until.UnixMilli())).
			Add(expression.Name("attempts"), expression.Value(1))).
		WithCondition(expression.Name("upload_id").AttributeNotExists().Or(
			expression.Not(state.In(expression.Value(Done), expression.Value(Rejected), expression.Value(Failed))).
				And(expression.Name("lease_until").LessThan(expression.Value(p.Now().UnixMilli()))))).
		Build()
	if err != nil {
		return item{}, err
	}
	out, err := p.DynamoDB.UpdateItem(ctx, &dynamodb.UpdateItemInput{
		TableName: &p.Table, Key: key(o.ID()), ReturnValues: types.ReturnValueAllNew,
		UpdateExpression: expr.Update(), ConditionExpression: expr.Condition(),
		ExpressionAttributeNames: expr.Names(), ExpressionAttributeValues: expr.Values(),
	})
	var refused *types.ConditionalCheckFailedException
	if errors.As(err, &refused) {
		return p.notClaimed(ctx, o)
	}
	if err != nil {
		return item{}, fmt.Errorf("upload: claiming: %w", err)
	}
	return decode(out.Attributes)
}

func (p *Pipeline) notClaimed(ctx context.Context, o Object) (item, error) {
	consistent := true
	out, err := p.DynamoDB.GetItem(ctx, &dynamodb.GetItemInput{TableName: &p.Table, Key: key(o.ID()), ConsistentRead: &consistent})
	if err != nil {
		return item{}, fmt.Errorf("upload: reading: %w", err)
	}
	u, err := decode(out.Item)
	if err != nil || u.State.ended() {
		return u, err
	}
	return u, ErrBusy
}

// save writes how far the upload is, if the claim is still ours. It fails with ErrBusy if it is not.
func (p *Pipeline) save(ctx context.Context, u *item) error {
	u.meter(p.Meter)
	expr, err := expression.NewBuilder().
		WithUpdate(expression.Set(expression.Name("state"), expression.Value(u.State)).
			Set(expression.Name("next_change"), expression.Value(u.NextChange)).
			Set(expression.Name("counts"), expression.Value(u.Counts)).
			Set(expression.Name("conflict_lines"), expression.Value(u.ConflictLines)).
			Set(expression.Name("slow"), expression.Value(u.Slow)).
			Set(expression.Name("rru"), expression.Value(u.RRU)).
			Set(expression.Name("wru"), expression.Value(u.WRU)).
			Set(expression.Name("lease_until"), expression.Value(u.LeaseUntil))).
		WithCondition(expression.Name("attempts").Equal(expression.Value(u.Attempts))).
		Build()
	if err != nil {
		return err
	}
	_, err = p.DynamoDB.UpdateItem(ctx, &dynamodb.UpdateItemInput{
		TableName: &p.Table, Key: key(u.ID),
		UpdateExpression: expr.Update(), ConditionExpression: expr.Condition(),
		ExpressionAttributeNames: expr.Names(), ExpressionAttributeValues: expr.Values(),
	})
	var refused *types.ConditionalCheckFailedException
	if errors.As(err, &refused) {
		return ErrBusy
	}
	if err != nil {
		return fmt.Errorf("upload: saving: %w", err)
	}
	return nil
}

func decode(attributes map[string]types.AttributeValue) (item, error) {
	var u item
	if err := attributevalue.UnmarshalMap(attributes, &u); err != nil {
		return item{}, fmt.Errorf("upload: an item is no upload: %w", err)
	}
	return u, nil
}

func key(id string) map[string]types.AttributeValue {
	return map[string]types.AttributeValue{"upload_id": &types.AttributeValueMemberS{Value: id}}
}
