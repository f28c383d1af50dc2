package custody

import (
	"context"
	"errors"
	"fmt"

	"github.com/aws/aws-sdk-go-v2/feature/dynamodb/expression"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb"

	"voice.example/shared/aws"
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
	_, err = t.client.PutItem(ctx, &dynamodb.PutItemInput{
		TableName: &t.name, Item: encode(t.life(r)), ConditionExpression: expr.Condition(),
		ExpressionAttributeNames: expr.Names(), ExpressionAttributeValues: expr.Values(),
	})
	return writeError(err)
}

func writeError(err error) error {
	if aws.ConditionFailed(err) {
		return ErrConflict
	}
	if err != nil {
		return fmt.Errorf("custody: writing a record: %w", err)
	}
	return nil
}
