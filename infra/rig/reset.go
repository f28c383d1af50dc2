package rig

import (
	"context"

	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"
)

// Reset empties tables (but for the keys, which processes keep), queues, stream and phones, and begins Usage anew. The clock goes on, and the processes live on: it
// takes a fraction of what another rig would.
func (r *Rig) Reset() {
	r.t.Helper()
	tables, err := r.template.Tables()
	if err != nil {
		r.t.Fatal(err)
	}
	for _, t := range tables {
		if t.ShortName() == "keys" {
			continue
		}
		keys := make([]string, len(t.Keys))
		for i, k := range t.Keys {
			keys[i] = k.Attribute
		}
		if err := r.empty(r.DB.Table(t.ShortName()), keys); err != nil {
			r.t.Fatal(err)
		}
	}
	for _, q := range r.queues.Queues() {
		if err := q.Purge(context.Background()); err != nil {
			r.t.Fatal(err)
		}
	}
	rules, err := r.phones.Rules()
	if err != nil {
		r.t.Fatal(err)
	}
	for _, rule := range rules {
		if err := r.phones.DeleteRule(rule.To); err != nil {
			r.t.Fatal(err)
		}
	}
	for table := range r.readers {
		r.StreamOf(table)
	}
	r.Stream()
	r.since = len(r.allTexts())
	r.mu.Lock()
	r.used = Usage{Calls: map[string]int{}}
	r.mu.Unlock()
}

// empty deletes every item of a table.
func (r *Rig) empty(table string, keys []string) error {
	ctx := context.Background()
	pages := dynamodb.NewScanPaginator(r.DB.Client, &dynamodb.ScanInput{TableName: &table})
	for pages.HasMorePages() {
		page, err := pages.NextPage(ctx)
		if err != nil {
			return err
		}
		for _, item := range page.Items {
			key := map[string]types.AttributeValue{}
			for _, k := range keys {
				key[k] = item[k]
			}
			if _, err := r.DB.Client.DeleteItem(ctx, &dynamodb.DeleteItemInput{TableName: &table, Key: key}); err != nil {
				return err
			}
		}
	}
	return nil
}
