package dynamodb

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"slices"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"

	"voice.example/infra/local/template"
)

// CreateTables makes the tables that are not there yet, with their indexes, streams and expiry. A
// table that exists is left as it is; if its keys or indexes are not the template's, that is an error,
// since nothing here can change them.
func CreateTables(ctx context.Context, client *dynamodb.Client, tables []template.Table) error {
	for _, table := range tables {
		if err := createTable(ctx, client, table); err != nil {
			return fmt.Errorf("table %s: %w", table.Name, err)
		}
	}
	return nil
}

func createTable(ctx context.Context, client *dynamodb.Client, table template.Table) error {
	_, err := client.CreateTable(ctx, createInput(table))
	var exists *types.ResourceInUseException
	switch {
	case errors.As(err, &exists):
		if err := checkTable(ctx, client, table); err != nil {
			return err
		}
	case err != nil:
		return err
	default:
		waiter := dynamodb.NewTableExistsWaiter(client, func(o *dynamodb.TableExistsWaiterOptions) {
			o.MinDelay, o.MaxDelay = 50*time.Millisecond, 2*time.Second
		})
		if err := waiter.Wait(ctx, &dynamodb.DescribeTableInput{TableName: &table.Name}, 2*time.Minute); err != nil {
			return err
		}
	}
	return setExpiry(ctx, client, table)
}

func createInput(table template.Table) *dynamodb.CreateTableInput {
	input := &dynamodb.CreateTableInput{
		TableName:   &table.Name,
		BillingMode: types.BillingModePayPerRequest,
		KeySchema:   keySchema(table.Keys),
	}
	attributes := map[string]string{}
	for _, k := range table.Keys {
		attributes[k.Attribute] = k.Type
	}
	for _, index := range table.Indexes {
		for _, k := range index.Keys {
			attributes[k.Attribute] = k.Type
		}
		input.GlobalSecondaryIndexes = append(input.GlobalSecondaryIndexes, types.GlobalSecondaryIndex{
			IndexName: &index.Name,
			KeySchema: keySchema(index.Keys),
			Projection: &types.Projection{
				ProjectionType:   types.ProjectionType(index.Projection),
				NonKeyAttributes: index.NonKeys,
			},
		})
	}
	for _, name := range slices.Sorted(maps.Keys(attributes)) {
		input.AttributeDefinitions = append(input.AttributeDefinitions, types.AttributeDefinition{
			AttributeName: aws.String(name), AttributeType: types.ScalarAttributeType(attributes[name]),
		})
	}
	if table.Stream != "" {
		input.StreamSpecification = &types.StreamSpecification{
			StreamEnabled: aws.Bool(true), StreamViewType: types.StreamViewType(table.Stream),
		}
	}
	return input
}

func keySchema(keys []template.Key) []types.KeySchemaElement {
	var schema []types.KeySchemaElement
	for _, k := range keys {
		schema = append(schema, types.KeySchemaElement{AttributeName: aws.String(k.Attribute), KeyType: types.KeyType(k.Role)})
	}
	return schema
}

// checkTable compares what exists with what the template says.
func checkTable(ctx context.Context, client *dynamodb.Client, table template.Table) error {
	out, err := client.DescribeTable(ctx, &dynamodb.DescribeTableInput{TableName: &table.Name})
	if err != nil {
		return err
	}
	const advice = "; make clean drops the old tables and all they hold"
	if !sameKeys(out.Table.KeySchema, table.Keys) {
		return errors.New("it has other keys than the template says" + advice)
	}
	existing := map[string][]types.KeySchemaElement{}
	for _, index := range out.Table.GlobalSecondaryIndexes {
		existing[aws.ToString(index.IndexName)] = index.KeySchema
	}
	for _, index := range table.Indexes {
		if !sameKeys(existing[index.Name], index.Keys) {
			return fmt.Errorf("index %s is missing or has other keys than the template says%s", index.Name, advice)
		}
	}
	if stream := out.Table.StreamSpecification; table.Stream != "" && (stream == nil || string(stream.StreamViewType) != table.Stream) {
		return errors.New("it has another stream than the template says" + advice)
	}
	return nil
}

func sameKeys(schema []types.KeySchemaElement, keys []template.Key) bool {
	return slices.EqualFunc(schema, keys, func(e types.KeySchemaElement, k template.Key) bool {
		return aws.ToString(e.AttributeName) == k.Attribute && string(e.KeyType) == k.Role
	})
}

func setExpiry(ctx context.Context, client *dynamodb.Client, table template.Table) error {
	if table.TTL == "" {
		return nil
	}
	out, err := client.DescribeTimeToLive(ctx, &dynamodb.DescribeTimeToLiveInput{TableName: &table.Name})
	if err != nil {
		return err
	}
	if d := out.TimeToLiveDescription; d != nil && aws.ToString(d.AttributeName) == table.TTL {
		return nil
	}
	_, err = client.UpdateTimeToLive(ctx, &dynamodb.UpdateTimeToLiveInput{
		TableName: &table.Name,
		TimeToLiveSpecification: &types.TimeToLiveSpecification{
			AttributeName: &table.TTL, Enabled: aws.Bool(true),
		},
	})
	return err
}
