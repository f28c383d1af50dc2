package custody

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/aws/aws-sdk-go-v2/feature/dynamodb/expression"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb"

	"voice.example/shared/country"
)

// Find answers a look-up by A-number and country of birth: the record, or ErrNotFound. A record that is not
// there, one of another country and one that may not be disclosed give the same answer after the same work, one
// eventually consistent read.
func (t *Table) Find(ctx context.Context, a ANumber, born country.Code, now time.Time) (Record, error) {
	r, err := t.Get(ctx, a, false)
	if err != nil && !errors.Is(err, ErrNotFound) {
		return Record{}, err
	}
	// Evaluated for the zero record as well: it is undisclosable.
	if match := r.CountryOfBirth == born; !Disclosable(r, now) || !match {
		return Record{}, ErrNotFound
	}
	return r, nil
}

// MaxMatches is how many people of one name and country of birth a look-up considers.
const MaxMatches = 100

// NameQuery is a look-up by name. DateOfBirth (2006-01-02) may be empty; the rest must be there.
type NameQuery struct {
	LastName, FirstName string
	CountryOfBirth      country.Code
	DateOfBirth         string
}

// FindByName answers a look-up by name with the records that may be disclosed, of at most MaxMatches people of
// that name and country, in the order of their A-numbers; none is ErrNotFound. It reads the index and then always
// a batch of records, so that what may not be disclosed costs a caller the same time as what is not there.
func (t *Table) FindByName(ctx context.Context, q NameQuery, now time.Time) ([]Record, error) {
	nameKey := NameKeyOf(q.LastName, q.FirstName, q.CountryOfBirth)
	if nameKey == "" {
		return nil, ErrNotFound
	}
	numbers, err := t.named(ctx, nameKey)
	if err != nil {
		return nil, err
	}
	// A key that no person has (an A-number has digits only) keeps the batch from ever being empty.
	keys := append([]ANumber{"none"}, numbers...)
	records, err := t.GetMany(ctx, keys)
	if err != nil {
		return nil, err
	}
	var found []Record
	for _, a := range keys {
		r, ok := records[a]
		if ok && r.NameKey == nameKey && Disclosable(r, now) && (q.DateOfBirth == "" || q.DateOfBirth == r.DateOfBirth) {
			found = append(found, r)
		}
	}
	if len(found) == 0 {
		return nil, ErrNotFound
	}
	return found, nil
}

// Named lists the A-numbers of up to MaxMatches people of a name and country of birth, whether or not anything of them may be
// disclosed: for staff, whose looking is written down. With a date of birth it lists who was born then, and of whom no date is
// on file. It reads the index only. Nobody is no error.
func (t *Table) Named(ctx context.Context, q NameQuery) ([]ANumber, error) {
	nameKey := NameKeyOf(q.LastName, q.FirstName, q.CountryOfBirth)
	if nameKey == "" {
		return nil, nil
	}
	if q.DateOfBirth == "" {
		return t.named(ctx, nameKey)
	}
	born := expression.Name("date_of_birth")
	// All of a megabyte of the index, some thousands of people: a filter comes after the limit.
	numbers, err := t.query(ctx, nameKey, nil, expression.NewBuilder().WithFilter(born.Equal(expression.Value(q.DateOfBirth)).Or(born.AttributeNotExists())))
	return numbers[:min(len(numbers), MaxMatches)], err
}

func (t *Table) named(ctx context.Context, nameKey string) ([]ANumber, error) {
	limit := int32(MaxMatches)
	return t.query(ctx, nameKey, &limit, expression.NewBuilder())
}

func (t *Table) query(ctx context.Context, nameKey string, limit *int32, b expression.Builder) ([]ANumber, error) {
	expr, err := b.WithKeyCondition(expression.Key("name_key").Equal(expression.Value(nameKey))).Build()
	if err != nil {
		return nil, err
	}
	index := "by_name"
	out, err := t.client.Query(ctx, &dynamodb.QueryInput{
		TableName: &t.name, IndexName: &index, Limit: limit, KeyConditionExpression: expr.KeyCondition(), FilterExpression: expr.Filter(),
		ExpressionAttributeNames: expr.Names(), ExpressionAttributeValues: expr.Values(),
	})
	if err != nil {
		return nil, fmt.Errorf("custody: looking a name up: %w", err)
	}
	var numbers []ANumber
	for _, item := range out.Items {
		r, err := decode(item)
		if err != nil {
			return nil, err
		}
		numbers = append(numbers, r.ANumber)
	}
	return numbers, nil
}
