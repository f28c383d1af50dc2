package upload

import (
	"context"
	"fmt"

	"github.com/aws/aws-sdk-go-v2/feature/dynamodb/attributevalue"
	"github.com/aws/aws-sdk-go-v2/feature/dynamodb/expression"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"
)

// The indexes of uploads, both by the time they were received at: of those in a state, and of all.
const (
	ByState = "by_state"
	ofAll   = "latest"
)

// shelf is the one key of the index of all. Uploads are written some hundred times a second at the very most, by the state
// machine's workers; one key takes a thousand.
const shelf = "uploads"

// List returns uploads in a state, the latest first, limit at most; after is the id of the upload that a page before
// ended with. The index follows the table within a second or so.
func (d *Desk) List(ctx context.Context, state State, limit int, after string) ([]Upload, error) {
	return d.list(ctx, ByState, "state", string(state), limit, after)
}

// Latest is List for uploads in every state. One that was received before there was this index is missing.
func (d *Desk) Latest(ctx context.Context, limit int, after string) ([]Upload, error) {
	return d.list(ctx, ofAll, "shelf", shelf, limit, after)
}

func (d *Desk) list(ctx context.Context, index, attribute, value string, limit int, after string) ([]Upload, error) {
	expr, err := expression.NewBuilder().WithKeyCondition(expression.Key(attribute).Equal(expression.Value(value))).Build()
	if err != nil {
		return nil, err
	}
	backwards, most := false, int32(limit)
	in := &dynamodb.QueryInput{TableName: &d.Table, IndexName: &index, KeyConditionExpression: expr.KeyCondition(),
		ExpressionAttributeNames: expr.Names(), ExpressionAttributeValues: expr.Values(), ScanIndexForward: &backwards, Limit: &most}
	if after != "" {
		last, err := d.get(ctx, after)
		if err != nil {
			return nil, err
		}
		at, err := attributevalue.Marshal(last.ReceivedAt)
		if err != nil {
			return nil, err
		}
		in.ExclusiveStartKey = map[string]types.AttributeValue{"upload_id": &types.AttributeValueMemberS{Value: last.ID},
			attribute: &types.AttributeValueMemberS{Value: value}, "received_at": at}
	}
	out, err := d.DynamoDB.Query(ctx, in)
	if err != nil {
		return nil, fmt.Errorf("upload: listing: %w", err)
	}
	uploads := make([]Upload, 0, len(out.Items))
	for _, attributes := range out.Items {
		u, err := decode(attributes)
		if err != nil {
			return nil, err
		}
		uploads = append(uploads, u.view())
	}
	return uploads, nil
}
