package custody

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"
)

// maxBatch is the most keys that BatchGetItem takes.
const maxBatch = 100

// GetMany reads records, eventually consistently, in batches of 100 keys; who has no record is not in the answer.
// Keys must be distinct. What DynamoDB leaves unread for its own limits is asked for again until ctx ends.
func (t *Table) GetMany(ctx context.Context, numbers []ANumber) (map[ANumber]Record, error) {
	records := make(map[ANumber]Record, len(numbers))
	err := t.getBatches(ctx, numbers, nil, func(item map[string]types.AttributeValue) error {
		r, err := decode(item)
		records[r.ANumber] = r
		return err
	})
	return records, err
}

// getBatches reads items, or of each only the attributes of a projection.
func (t *Table) getBatches(ctx context.Context, numbers []ANumber, projection *string, each func(map[string]types.AttributeValue) error) error {
	for start := 0; start < len(numbers); start += maxBatch {
		end := min(start+maxBatch, len(numbers))
		keys := make([]map[string]types.AttributeValue, 0, end-start)
		for _, a := range numbers[start:end] {
			keys = append(keys, key(a))
		}
		if err := t.getBatch(ctx, types.KeysAndAttributes{Keys: keys, ProjectionExpression: projection}, each); err != nil {
			return err
		}
	}
	return nil
}

func (t *Table) getBatch(ctx context.Context, keys types.KeysAndAttributes, each func(map[string]types.AttributeValue) error) error {
	request := map[string]types.KeysAndAttributes{t.name: keys}
	for pause := 20 * time.Millisecond; ; pause = min(2*pause, time.Second) {
		out, err := t.client.BatchGetItem(ctx, &dynamodb.BatchGetItemInput{RequestItems: request})
		if err != nil {
			return fmt.Errorf("custody: reading a batch of records: %w", err)
		}
		for _, item := range out.Responses[t.name] {
			if err := each(item); err != nil {
				return err
			}
		}
		if request = out.UnprocessedKeys; len(request) == 0 {
			return nil
		}
		select {
		case <-ctx.Done():
			return ctx.Err()
		case <-time.After(pause):
		}
	}
}

// errNoRecord is an item that cannot be read. It never says why, which can repeat what the item says.
var errNoRecord = errors.New("custody: an item is no record")

func ptr[T any](v T) *T { return &v }
