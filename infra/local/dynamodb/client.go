package dynamodb

import (
	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/credentials"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
	"github.com/aws/aws-sdk-go-v2/service/dynamodbstreams"

	"voice.example/infra/local/template"
)

// The credentials that everything on this machine uses. They are no secret: nothing checks them.
const (
	AccessKey = "local"
	SecretKey = "local-secret"
)

// Client gives a DynamoDB client for a server on this machine.
func Client(endpoint string) *dynamodb.Client {
	return ClientWith(endpoint, aws.Credentials{AccessKeyID: AccessKey, SecretAccessKey: SecretKey})
}

// ClientWith gives a DynamoDB client that signs with these credentials.
func ClientWith(endpoint string, c aws.Credentials) *dynamodb.Client {
	return dynamodb.New(dynamodb.Options{
		Region: template.Region, BaseEndpoint: aws.String(endpoint),
		Credentials: credentials.StaticCredentialsProvider{Value: c},
	})
}

// StreamsClient gives a client for the streams of the same server.
func StreamsClient(endpoint string, c aws.Credentials) *dynamodbstreams.Client {
	return dynamodbstreams.New(dynamodbstreams.Options{
		Region: template.Region, BaseEndpoint: aws.String(endpoint),
		Credentials: credentials.StaticCredentialsProvider{Value: c},
	})
}
