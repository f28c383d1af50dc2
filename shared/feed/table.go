package feed

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

	"github.com/aws/aws-sdk-go-v2/feature/dynamodb/attributevalue"
	"github.com/aws/aws-sdk-go-v2/feature/dynamodb/expression"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"

	"voice.example/shared/aws"
)

// Table is the feeds table.
type Table struct {
	Client *dynamodb.Client
	Name   string
	Now    func() time.Time // only Expect needs it
}

// Heard notes that a usable file of the feed was received, and the latest moment that it spoke of.
func (t *Table) Heard(ctx context.Context, name string, receivedAt, asOf time.Time) error {
	if err := t.advance(ctx, name, moment{"heard_at", receivedAt}); err != nil {
		return err
	}
	if asOf.After(receivedAt) {
		asOf = receivedAt
	}
	return t.advance(ctx, name, moment{"as_of", asOf})
}

// Confirm notes that a roster of that moment, received then, has everyone whom the feed holds.
func (t *Table) Confirm(ctx context.Context, name string, receivedAt, asOf time.Time) error {
	if asOf.After(receivedAt) {
		asOf = receivedAt
	}
	return t.advance(ctx, name, moment{"confirmed_as_of", asOf}, moment{"confirmed_at", receivedAt})
}

// Expect notes how often files of the feed are expected: MinEvery to MaxEvery, or 0 for the deployment's default.
func (t *Table) Expect(ctx context.Context, name string, every time.Duration) error {
	if every != 0 && (every < MinEvery || every > MaxEvery) {
		return ErrEvery
	}
	expectedAt := expression.Name("expected_at")
	return t.update(ctx, name, expression.NewBuilder().WithUpdate(expression.
		Set(expression.Name("every_seconds"), expression.Value(int64(every/time.Second))).
		Set(expectedAt, expectedAt.IfNotExists(expression.Value(stored(t.Now()))))))
}

// MarkTold notes that staff are told at that moment that a feed is silent. Of several that read the same f, one succeeds;
// the others, and all if the feed has spoken since, get ErrTold.
func (t *Table) MarkTold(ctx context.Context, f Feed, at time.Time) (Feed, error) {
	told := expression.Name("silence_told_at")
	err := t.update(ctx, f.Name, expression.NewBuilder().
		WithUpdate(expression.Set(told, expression.Value(stored(at)))).
		WithCondition(unchanged("silence_told_at", f.SilenceToldAt).And(unchanged("heard_at", f.HeardAt))))
	if aws.ConditionFailed(err) {
		return f, ErrTold
	}
	f.SilenceToldAt = at
	return f, err
}

// Unmark takes a mark back that told nobody after all. before is the feed as it was before it.
func (t *Table) Unmark(ctx context.Context, marked, before Feed) error {
	told := expression.Name("silence_told_at")
	update := expression.Set(told, expression.Value(stored(before.SilenceToldAt)))
	if before.SilenceToldAt.IsZero() {
		update = expression.Remove(told)
	}
	err := t.update(ctx, marked.Name, expression.NewBuilder().WithUpdate(update).WithCondition(unchanged("silence_told_at", marked.SilenceToldAt)))
	if aws.ConditionFailed(err) {
		return nil // somebody has told it since
	}
	return err
}

// Get reads a feed, strongly consistent. None is ErrNotFound.
func (t *Table) Get(ctx context.Context, name string) (Feed, error) {
	consistent := true
	out, err := t.Client.GetItem(ctx, &dynamodb.GetItemInput{TableName: &t.Name, Key: key(name), ConsistentRead: &consistent})
	if err != nil {
		return Feed{}, fmt.Errorf("feed: reading a feed: %w", err)
	}
	if len(out.Item) == 0 {
		return Feed{}, ErrNotFound
	}
	return decode(out.Item)
}

// List reads all feeds, by name. There are as many as there are sources: a handful.
func (t *Table) List(ctx context.Context) ([]Feed, error) {
	var feeds []Feed
	// Not by the SDK's paginator, which makes an interface of the client: in a program with templates, which may call anything
	// by its name, all that the client can do would be linked.
	in := &dynamodb.ScanInput{TableName: &t.Name}
	for more := true; more; more = len(in.ExclusiveStartKey) > 0 {
		page, err := t.Client.Scan(ctx, in)
		if err != nil {
			return nil, fmt.Errorf("feed: listing the feeds: %w", err)
		}
		in.ExclusiveStartKey = page.LastEvaluatedKey
		for _, item := range page.Items {
			f, err := decode(item)
			if err != nil {
				return nil, err
			}
			feeds = append(feeds, f)
		}
	}
	slices.SortFunc(feeds, func(a, b Feed) int { return cmp.Compare(a.Name, b.Name) })
	return feeds, nil
}

type moment struct {
	attribute string
	at        time.Time
}

// advance sets moments of a feed if the first of them is later than what is noted.
func (t *Table) advance(ctx context.Context, name string, moments ...moment) error {
	first := moments[0]
	if first.at.IsZero() {
		return nil
	}
	var update expression.UpdateBuilder
	for _, m := range moments {
		update = update.Set(expression.Name(m.attribute), expression.Value(stored(m.at)))
	}
	noted := expression.Name(first.attribute)
	err := t.update(ctx, name, expression.NewBuilder().WithUpdate(update).
		WithCondition(noted.AttributeNotExists().Or(noted.LessThan(expression.Value(stored(first.at))))))
	if aws.ConditionFailed(err) {
		return nil
	}
	return err
}

// stored writes a time so that times in the table compare as texts: always with nine digits after the second.
func stored(at time.Time) string { return at.UTC().Format("2006-01-02T15:04:05.000000000Z07:00") }

func unchanged(attribute string, was time.Time) expression.ConditionBuilder {
	if was.IsZero() {
		return expression.Name(attribute).AttributeNotExists()
	}
	return expression.Name(attribute).Equal(expression.Value(stored(was)))
}

func (t *Table) update(ctx context.Context, name string, builder expression.Builder) error {
	if !ValidName(name) {
		return ErrName
	}
	expr, err := builder.Build()
	if err != nil {
		return err
	}
	_, err = t.Client.UpdateItem(ctx, &dynamodb.UpdateItemInput{TableName: &t.Name, Key: key(name), UpdateExpression: expr.Update(),
		ConditionExpression: expr.Condition(), ExpressionAttributeNames: expr.Names(), ExpressionAttributeValues: expr.Values()})
	if err != nil {
		return fmt.Errorf("feed: noting: %w", err)
	}
	return nil
}

func decode(item map[string]types.AttributeValue) (Feed, error) {
	var raw struct {
		Feed
		EverySeconds int64 `dynamodbav:"every_seconds"`
	}
	if err := attributevalue.UnmarshalMap(item, &raw); err != nil {
		return Feed{}, errors.New("feed: an item is no feed") // and not what is in it
	}
	raw.Every = time.Duration(raw.EverySeconds) * time.Second
	return raw.Feed, nil
}

func key(name string) map[string]types.AttributeValue {
	return map[string]types.AttributeValue{"feed": &types.AttributeValueMemberS{Value: name}}
}
