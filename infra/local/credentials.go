package main

import (
	"os"

	"github.com/aws/aws-sdk-go-v2/aws"
	sdk "github.com/aws/aws-sdk-go-v2/service/dynamodb"

	"voice.example/infra/local/dynamodb"
)

// credentials are what functions sign with. They matter only when DYNAMODB_ENDPOINT points at AWS;
// then they are those of the environment.
func (s *stack) credentials() aws.Credentials {
	if key := os.Getenv("AWS_ACCESS_KEY_ID"); s.settings.dynamodbEndpoint != "" && key != "" {
		return aws.Credentials{
			AccessKeyID:     key,
			SecretAccessKey: os.Getenv("AWS_SECRET_ACCESS_KEY"),
			SessionToken:    os.Getenv("AWS_SESSION_TOKEN"),
		}
	}
	return aws.Credentials{AccessKeyID: dynamodb.AccessKey, SecretAccessKey: dynamodb.SecretKey}
}

func (s *stack) dynamodb() *sdk.Client {
	return dynamodb.ClientWith(s.endpoint, s.credentials())
}
