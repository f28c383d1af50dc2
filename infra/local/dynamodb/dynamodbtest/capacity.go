package dynamodbtest

import (
	"context"

	"github.com/aws/aws-sdk-go-v2/aws"
	sdk "github.com/aws/aws-sdk-go-v2/service/dynamodb"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"
)

// CountsCapacity reports whether the engine says what DynamoDB charges for a query that finds nothing: half a unit. One
// that says none, as DynamoDB Local does, says none of a batch of statements either, and its figures of the two are no
// ground for a test. It asks by such a query.
func (db *DB) CountsCapacity() bool {
	db.t.Helper()
	out, err := db.Client.Query(context.Background(), &sdk.QueryInput{
		TableName: &db.probed.Name, KeyConditionExpression: aws.String("#key = :none"),
		ExpressionAttributeNames:  map[string]string{"#key": db.probed.Keys[0].Attribute},
		ExpressionAttributeValues: map[string]types.AttributeValue{":none": &types.AttributeValueMemberS{Value: "dynamodbtest: nothing"}},
		ReturnConsumedCapacity:    types.ReturnConsumedCapacityTotal,
	})
	if err != nil {
		db.t.Fatal(err)
	}
	return out.ConsumedCapacity != nil && aws.ToFloat64(out.ConsumedCapacity.CapacityUnits) == 0.5
}
