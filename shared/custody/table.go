package custody

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/aws/aws-sdk-go-v2/feature/dynamodb/attributevalue"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"
)

// ErrNotFound says that there is no such record, or none that may be disclosed: callers cannot tell which.
var ErrNotFound = errors.New("custody: no record that may be disclosed")

// ErrConflict says that a record is no longer the one that a change was planned against.
var ErrConflict = errors.New("custody: the record has changed since the change was planned")

// Table is the custody table.
type Table struct {
	client *dynamodb.Client
	name   string
	// Retention is how long a record is kept after the moment that its last row speaks of, unless the person is in custody. 0
	// keeps records for ever. Only who writes records needs it.
	Retention time.Duration
}

// NewTable returns the custody table of that name.
func NewTable(client *dynamodb.Client, name string) *Table { return &Table{client: client, name: name} }

func key(a ANumber) map[string]types.AttributeValue {
	return map[string]types.AttributeValue{"a_number": &types.AttributeValueMemberS{Value: string(a)}}
}

// Get returns the record whether or not it may be disclosed, for readers that decide that themselves; it is
// read eventually consistently unless consistent is set. No record is ErrNotFound.
func (t *Table) Get(ctx context.Context, a ANumber, consistent bool) (Record, error) {
	out, err := t.client.GetItem(ctx, &dynamodb.GetItemInput{TableName: &t.name, Key: key(a), ConsistentRead: &consistent})
	if err != nil {
		return Record{}, fmt.Errorf("custody: reading a record: %w", err)
	}
	if len(out.Item) == 0 {
		return Record{}, ErrNotFound
	}
	return decode(out.Item)
}

func decode(item map[string]types.AttributeValue) (Record, error) {
	var r Record
	if attributevalue.UnmarshalMap(item, &r) != nil {
		return Record{}, errNoRecord
	}
	return r, nil
}
