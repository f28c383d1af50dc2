package keyring

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/aws/aws-sdk-go-v2/feature/dynamodb/attributevalue"
	"github.com/aws/aws-sdk-go-v2/feature/dynamodb/expression"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"
	"github.com/aws/aws-sdk-go-v2/service/kms"

	"voice.example/shared/aws"
)

// Name is which keyset is meant.
type Name string

// The keysets.
const (
	Fields Name = "fields" // what can be sealed anew
	Audit  Name = "audit"  // the reasons in the audit
)

// Names lists the keysets.
func Names() []Name { return []Name{Fields, Audit} }

// Errors of keysets.
var (
	ErrNoKeyset = errors.New("keyring: there is no such keyset yet: escalate makes it within a minute of the deployment")
	ErrChanged  = errors.New("keyring: the keyset was changed meanwhile")
	ErrPrimary  = errors.New("keyring: the key seals; it can be retired once another does")
	ErrNoKey    = errors.New("keyring: the keyset has no such key")
)

// Made says of a key since when it is there and until when it sealed.
type Made struct {
	ID    KeyID      `dynamodbav:"id"`
	At    time.Time  `dynamodbav:"at"`
	By    string     `dynamodbav:"by"`              // who made it: a function's name, or an operator's
	Until *time.Time `dynamodbav:"until,omitempty"` // nil: it seals still
}

// Entry is an item of the keys table.
type Entry struct {
	Name    Name `dynamodbav:"name"`
	Version int  `dynamodbav:"version"` // counts changes, from 1
	// Wrapped is the keyset, encrypted by the KMS key.
	Wrapped   []byte    `dynamodbav:"keyset"`
	Keys      []Made    `dynamodbav:"keys"` // oldest first
	ChangedAt time.Time `dynamodbav:"changed_at"`
	ChangedBy string    `dynamodbav:"changed_by"`
}

// Table is the keys table, and the key of KMS that encrypts what it holds.
type Table struct {
	Client *dynamodb.Client
	Name   string
	KMS    *kms.Client
	Key    string // the KMS key's ARN
	Now    func() time.Time
}

func (t *Table) wrapper() wrapper { return wrapper{t.KMS, t.Key} }

// Get reads a keyset as it is kept. ErrNoKeyset: there is none.
func (t *Table) Get(ctx context.Context, name Name) (Entry, error) {
	consistent := true
	out, err := t.Client.GetItem(ctx, &dynamodb.GetItemInput{TableName: &t.Name, ConsistentRead: &consistent,
		Key: map[string]types.AttributeValue{"name": &types.AttributeValueMemberS{Value: string(name)}}})
	if err != nil {
		return Entry{}, fmt.Errorf("keyring: reading keyset %s: %w", name, err)
	}
	if len(out.Item) == 0 {
		return Entry{}, ErrNoKeyset
	}
	var e Entry
	if err := attributevalue.UnmarshalMap(out.Item, &e); err != nil {
		return Entry{}, fmt.Errorf("keyring: keyset %s cannot be read", name)
	}
	return e, nil
}

// Load reads a keyset and has KMS decrypt it.
func (t *Table) Load(ctx context.Context, name Name) (Entry, *Keyset, error) {
	e, err := t.Get(ctx, name)
	if err != nil {
		return Entry{}, nil, err
	}
	k, err := t.wrapper().unwrap(ctx, name, e.Wrapped)
	return e, k, err
}

// Make makes a keyset, unless there is one: of several that do so at once one wins, and nobody has sealed with another's.
func (t *Table) Make(ctx context.Context, name Name, by string) (made bool, err error) {
	if _, err := t.Get(ctx, name); !errors.Is(err, ErrNoKeyset) {
		return false, err
	}
	k, err := NewKeyset()
	if err != nil {
		return false, err
	}
	now := t.Now().UTC()
	err = t.put(ctx, Entry{Name: name, Keys: []Made{{ID: k.Primary(), At: now, By: by}}, ChangedAt: now, ChangedBy: by}, k)
	if errors.Is(err, ErrChanged) {
		return false, nil
	}
	return err == nil, err
}

// Rotate adds a key, which seals from now on. The others open. ErrChanged: somebody else was faster.
func (t *Table) Rotate(ctx context.Context, name Name, by string) (Entry, error) {
	e, k, err := t.Load(ctx, name)
	if err != nil {
		return Entry{}, err
	}
	if k, err = k.Add(); err != nil {
		return Entry{}, err
	}
	now := t.Now().UTC()
	for i := range e.Keys {
		if e.Keys[i].Until == nil {
			e.Keys[i].Until = &now
		}
	}
	e.Keys = append(e.Keys, Made{ID: k.Primary(), At: now, By: by})
	e.ChangedAt, e.ChangedBy = now, by
	return e, t.put(ctx, e, k)
}

// Retire takes a key out, for good: what is sealed with it never opens again. The caller has made sure that nothing is, and
// that nobody seals with it any more. Errors: ErrNoKey, ErrPrimary, ErrChanged.
func (t *Table) Retire(ctx context.Context, name Name, id KeyID, by string) (Entry, error) {
	e, k, err := t.Load(ctx, name)
	switch {
	case err != nil:
		return Entry{}, err
	case !k.Has(id):
		return Entry{}, ErrNoKey
	case k.Primary() == id:
		return Entry{}, ErrPrimary
	}
	if k, err = k.Remove(id); err != nil {
		return Entry{}, err
	}
	var left []Made
	for _, one := range e.Keys {
		if one.ID != id {
			left = append(left, one)
		}
	}
	e.Keys, e.ChangedAt, e.ChangedBy = left, t.Now().UTC(), by
	return e, t.put(ctx, e, k)
}

// put writes a keyset over the version that it was made of. ErrChanged: there is another version.
func (t *Table) put(ctx context.Context, e Entry, k *Keyset) error {
	wrapped, err := t.wrapper().wrap(ctx, e.Name, k)
	if err != nil {
		return err
	}
	before := e.Version
	e.Version, e.Wrapped = before+1, wrapped
	condition := expression.Name("version").Equal(expression.Value(before))
	if before == 0 {
		condition = expression.Name("version").AttributeNotExists()
	}
	expr, err := expression.NewBuilder().WithCondition(condition).Build()
	if err != nil {
		return err
	}
	item, err := attributevalue.MarshalMap(e)
	if err != nil {
		return fmt.Errorf("keyring: encoding keyset %s: %w", e.Name, err)
	}
	_, err = t.Client.PutItem(ctx, &dynamodb.PutItemInput{TableName: &t.Name, Item: item, ConditionExpression: expr.Condition(),
		ExpressionAttributeNames: expr.Names(), ExpressionAttributeValues: expr.Values()})
	if aws.ConditionFailed(err) {
		return ErrChanged
	}
	if err != nil {
		return fmt.Errorf("keyring: writing keyset %s: %w", e.Name, err)
	}
	return nil
}
