// Command echo is the function of the runner's own tests. Over HTTP it does what the path says; of what
// comes from a stream or a queue it leaves a mark in S3.
package main

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"os"
	"time"

	"github.com/aws/aws-lambda-go/events"
	"github.com/aws/aws-lambda-go/lambda"
	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/config"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"
	"github.com/aws/aws-sdk-go-v2/service/s3"
	"github.com/aws/aws-sdk-go-v2/service/sns"
	snstypes "github.com/aws/aws-sdk-go-v2/service/sns/types"
)

type echo struct{ config aws.Config }

func (e echo) handle(ctx context.Context, payload json.RawMessage) (any, error) {
	var event struct {
		events.APIGatewayV2HTTPRequest
		Records []struct {
			EventSource string `json:"eventSource"`
			Body        string `json:"body"`
			DynamoDB    struct {
				Keys map[string]struct{ S string }
			} `json:"dynamodb"`
		}
	}
	if err := json.Unmarshal(payload, &event); err != nil {
		return nil, err
	}
	for _, record := range event.Records {
		key := "seen/queue/" + time.Now().Format(time.RFC3339Nano)
		if record.EventSource == "aws:dynamodb" {
			key = "seen/stream/" + record.DynamoDB.Keys["id"].S
		}
		if err := e.mark(ctx, key, record.Body); err != nil {
			return nil, err
		}
	}
	if event.RouteKey == "" {
		return nil, nil
	}
	return e.do(ctx, event.RawPath, event.QueryStringParameters["with"])
}

func (e echo) mark(ctx context.Context, key, body string) error {
	_, err := s3.NewFromConfig(e.config, func(o *s3.Options) { o.UsePathStyle = true }).PutObject(ctx, &s3.PutObjectInput{
		Bucket: aws.String(os.Getenv("BUCKET")), Key: &key, Body: bytes.NewReader([]byte(body)),
	})
	return err
}

func (e echo) do(ctx context.Context, path, with string) (any, error) {
	var err error
	switch path {
	case "/sleep":
		fmt.Println("sleeping")
		d, _ := time.ParseDuration(with)
		time.Sleep(d)
	case "/put":
		_, err = dynamodb.NewFromConfig(e.config).PutItem(ctx, &dynamodb.PutItemInput{
			TableName: aws.String(os.Getenv("TABLE")), Item: map[string]types.AttributeValue{"id": &types.AttributeValueMemberS{Value: with}},
		})
	case "/publish":
		_, err = sns.NewFromConfig(e.config).Publish(ctx, &sns.PublishInput{
			TopicArn: aws.String(os.Getenv("TOPIC")), Message: &with,
			MessageAttributes: map[string]snstypes.MessageAttributeValue{"kind": {DataType: aws.String("String"), StringValue: aws.String("wanted")}},
		})
	case "/text":
		_, err = sns.NewFromConfig(e.config).Publish(ctx, &sns.PublishInput{PhoneNumber: &with, Message: aws.String("from echo")})
	}
	return map[string]any{"greeting": os.Getenv("GREETING"), "secret": os.Getenv("SECRET"), "pid": os.Getpid()}, err
}

func main() {
	config, err := config.LoadDefaultConfig(context.Background())
	if err != nil {
		os.Exit(1)
	}
	lambda.Start(echo{config}.handle)
}
