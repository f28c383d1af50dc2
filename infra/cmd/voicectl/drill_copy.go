package main

import (
	"context"
	"fmt"

	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"
)

// copyTable makes the copy by reading and writing, where there is no restore. It has the table's keys, and no indexes.
func (d *drill) copyTable(ctx context.Context, source *types.TableDescription, target string) error {
	in := &dynamodb.CreateTableInput{TableName: &target, KeySchema: source.KeySchema, BillingMode: types.BillingModePayPerRequest}
	for _, k := range source.KeySchema {
		for _, a := range source.AttributeDefinitions {
			if *a.AttributeName == *k.AttributeName {
				in.AttributeDefinitions = append(in.AttributeDefinitions, a)
			}
		}
	}
	if _, err := d.dynamodb.CreateTable(ctx, in); err != nil {
		return fmt.Errorf("making %s: %w", plain(target), err)
	}
	if err := d.await(ctx, target); err != nil {
		return err
	}
	const most = 25 // in one call, and so on one page
	limit := int32(most)
	pages := dynamodb.NewScanPaginator(d.dynamodb, &dynamodb.ScanInput{TableName: &d.table, Limit: &limit})
	for pages.HasMorePages() {
		page, err := pages.NextPage(ctx)
		if err != nil {
			return fmt.Errorf("reading %s: %w", plain(d.table), err)
		}
		var writes []types.WriteRequest
		for _, item := range page.Items {
			writes = append(writes, types.WriteRequest{PutRequest: &types.PutRequest{Item: item}})
		}
		for left := map[string][]types.WriteRequest{target: writes}; len(left[target]) > 0; {
			out, err := d.dynamodb.BatchWriteItem(ctx, &dynamodb.BatchWriteItemInput{RequestItems: left})
			if err != nil {
				return fmt.Errorf("writing %s: %w", plain(target), err)
			}
			left = out.UnprocessedItems
		}
	}
	return nil
}
