package custody

import (
	"context"
	"errors"
	"fmt"

	"github.com/aws/aws-sdk-go-v2/feature/dynamodb/attributevalue"
	"github.com/aws/aws-sdk-go-v2/feature/dynamodb/expression"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"
)

// Apply writes the record in the place of the version before it (none, for version 1), in one conditional write.
// If the table holds another version by now, nothing is written and the error is ErrConflict; applying the very
// same change twice is therefore a conflict the second time, which a caller tells apart by UploadID.
func (t *Table) Apply(ctx context.Context, r Record) error {
	if !r.Status.Valid() || r.ANumber == "" || r.Version < 1 {
		return errors.New("custody: an incomplete record is not written")
	}
	condition := expression.Name("a_number").AttributeNotExists()
	if r.Version > 1 {
		condition = expression.Name("version").Equal(expression.Value(r.Version - 1))
	}
	expr, err := expression.NewBuilder().WithCondition(condition).Build()
	if err != nil {
		return err
	}
	item, err := attributevalue.MarshalMap(r)
	if err != nil {
		return fmt.Errorf("custody: encoding a record: %w", err)
	}
	_, err = t.client.PutItem(ctx, &dynamodb.PutItemInput{
		TableName: &t.name, Item: item, ConditionExpression: expr.Condition(),
		ExpressionAttributeNames: expr.Names(), ExpressionAttributeValues: expr.Values(),
	})
	return writeError(err)
}

// Confirm moves a record's AsOf on, if the table still holds the version before it, or returns ErrConflict. It is a
// version of its own, so that a change which was planned against the record before it was confirmed is compared anew.
func (t *Table) Confirm(ctx context.Context, r Record) error {
	expr, err := expression.NewBuilder().
		WithUpdate(expression.Set(expression.Name("as_of"), expression.Value(r.AsOf)).
			Set(expression.Name("received_at"), expression.Value(r.ReceivedAt)).
			Set(expression.Name("version"), expression.Value(r.Version))).
		WithCondition(expression.Name("version").Equal(expression.Value(r.Version - 1))).
		Build()
	if err != nil {
		return err
	}
	_, err = t.client.UpdateItem(ctx, &dynamodb.UpdateItemInput{
		TableName: &t.name, Key: key(r.ANumber), UpdateExpression: expr.Update(), ConditionExpression: expr.Condition(),
		ExpressionAttributeNames: expr.Names(), ExpressionAttributeValues: expr.Values(),
	})
	return writeError(err)
}

func writeError(err error) error {
	var refused *types.ConditionalCheckFailedException
	if errors.As(err, &refused) {
		return ErrConflict
	}
	if err != nil {
		return fmt.Errorf("custody: writing a record: %w", err)
	}
	return nil
}
