package inquiry

import (
	"context"
	"fmt"

	"github.com/aws/aws-sdk-go-v2/feature/dynamodb/expression"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb"

	"voice.example/shared/aws"
)

// Informed records that whoever asked was told of the first n entries of an inquiry's timeline, or is not going to be. The
// version stays: a form that somebody has open still holds. A change that is written at the same time is made again with what
// this records, so nothing is lost. Who was told of more by another run, and an inquiry that is forgotten, stay as they are.
func (t *Table) Informed(ctx context.Context, reference string, n int) error {
	return t.record(ctx, reference, toldAttribute, n)
}

// StaffInformed records the same of the staff.
func (t *Table) StaffInformed(ctx context.Context, reference string, n int) error {
	return t.record(ctx, reference, staffToldAttribute, n)
}

// What is recorded besides the version: attributes of Told and StaffTold.
const (
	toldAttribute      = "told"
	staffToldAttribute = "staff_told"
)

func (t *Table) record(ctx context.Context, reference, attribute string, n int) error {
	name := expression.Name(attribute)
	expr, err := expression.NewBuilder().WithUpdate(expression.Set(name, expression.Value(n))).
		WithCondition(expression.Name("version").AttributeExists().
			And(name.AttributeNotExists().Or(name.LessThan(expression.Value(n))))).Build()
	if err != nil {
		return err
	}
	_, err = t.Client.UpdateItem(ctx, &dynamodb.UpdateItemInput{TableName: &t.Name, Key: key(reference), UpdateExpression: expr.Update(),
		ConditionExpression: expr.Condition(), ExpressionAttributeNames: expr.Names(), ExpressionAttributeValues: expr.Values()})
	if err != nil && !aws.ConditionFailed(err) {
		return fmt.Errorf("inquiry: recording who was told: %w", err)
	}
	return nil
}
