package main

import (
	"context"
	"fmt"
	"time"

	"github.com/aws/aws-sdk-go-v2/credentials"
	sdk "github.com/aws/aws-sdk-go-v2/service/kms"

	"voice.example/infra/local/dynamodb"
	"voice.example/infra/local/kms"
	"voice.example/infra/local/template"
	"voice.example/shared/keyring"
)

// openKeys makes the template's keys of KMS, or reads those of earlier runs.
func (s *stack) openKeys() (*kms.Service, error) {
	arns, err := s.template.Keys()
	if err != nil {
		return nil, err
	}
	return kms.OpenIn(s.settings.state, arns...)
}

// makeKeysets makes the keysets of a new state at once, which on AWS escalate does within a minute. A template without a key
// or a table for them has none.
func (s *stack) makeKeysets(ctx context.Context) error {
	arns, err := s.template.Keys()
	if err != nil || len(arns) == 0 {
		return err
	}
	for _, table := range s.tables {
		if table.ShortName() != "keys" {
			continue
		}
		address := s.sns.address()
		keys := &keyring.Table{Client: s.dynamodb(), Name: table.Name, Key: arns[0], Now: time.Now, KMS: sdk.New(sdk.Options{
			Region: template.Region, BaseEndpoint: &address,
			Credentials: credentials.NewStaticCredentialsProvider(dynamodb.AccessKey, dynamodb.SecretKey, "")})}
		for _, name := range keyring.Names() {
			if _, err := keys.Make(ctx, name, "local"); err != nil {
				return fmt.Errorf("make the keys of fields: %w", err)
			}
		}
	}
	return nil
}
