// Command lookup is the floor of a look-up: a Lambda function that makes one GetItem and says what it found. It checks
// nothing, tells anybody anything, and explains nothing.
package main

import (
	"context"
	"encoding/json"
	"net/http"
	"os"

	"github.com/aws/aws-lambda-go/events"
	"github.com/aws/aws-lambda-go/lambda"
	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/config"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"
)

func main() {
	cfg, err := config.LoadDefaultConfig(context.Background())
	if err != nil {
		panic(err)
	}
	db, table := dynamodb.NewFromConfig(cfg), os.Getenv("CUSTODY_TABLE")
	lambda.Start(func(ctx context.Context, e events.APIGatewayV2HTTPRequest) (r events.APIGatewayV2HTTPResponse, err error) {
		var q struct {
			ANumber string `json:"a_number"`
		}
		if err := json.Unmarshal([]byte(e.Body), &q); err != nil {
			return r, err
		}
		out, err := db.GetItem(ctx, &dynamodb.GetItemInput{TableName: aws.String(table),
			Key: map[string]types.AttributeValue{"a_number": &types.AttributeValueMemberS{Value: q.ANumber}}})
		if err != nil {
			return r, err
		}
		r.StatusCode = http.StatusNotFound
		if status, ok := out.Item["status"].(*types.AttributeValueMemberS); ok {
			r.StatusCode, r.Body = http.StatusOK, `{"results":[{"status":"`+status.Value+`"}]}`
		}
		return r, nil
	})
}
