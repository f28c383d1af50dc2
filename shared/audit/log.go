package audit

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"strings"
	"time"

	sdk "github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/feature/dynamodb/attributevalue"
	"github.com/aws/aws-sdk-go-v2/feature/dynamodb/expression"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"

	"voice.example/shared/secret"
)

// Errors of reading.
var (
	ErrUnreadable = errors.New("audit: an item is no entry") // it does not say what is in it
	ErrAfter      = errors.New("audit: no such place in a list")
)

// errIncomplete is an entry that does not say who did what to what.
var errIncomplete = errors.New("audit: an entry without subject, actor or action is not written")

// Log is the audit table.
type Log struct {
	Client    *dynamodb.Client
	Name      string
	Keys      *secret.Keys
	Retention time.Duration // how long an entry is kept
	Now       func() time.Time
}

// whySeal is the purpose under which reasons are sealed: people write names into them.
const whySeal = "audit/why"

// stampShape is RFC 3339 with all nine digits, so that times compare as text.
const stampShape = "2006-01-02T15:04:05.000000000Z"

// Write adds an entry, with the reason that was given for it. The caller says subject, who, action and what; the rest is
// filled in. Whatever the entry tells of must not be shown or done when there is an error.
func (l *Log) Write(ctx context.Context, e Entry, why string) error {
	if e.Subject == "" || e.Actor == "" || e.Action == "" || e.Subject == chain {
		return errIncomplete
	}
	now := l.Now().UTC()
	e.At = now.Format(stampShape) + "#" + rand.Text()[:4]
	e.ExpiresAt = now.Add(l.Retention).Unix()
	if why != "" {
		sealed, err := l.Keys.SealField(ctx, whySeal, why, e.Subject)
		if err != nil {
			return fmt.Errorf("audit: writing: %w", err)
		}
		e.SealedWhy = sealed
	}
	item, err := attributevalue.MarshalMap(e)
	if err != nil {
		return fmt.Errorf("audit: encoding an entry: %w", err)
	}
	condition := "attribute_not_exists(subject)"
	_, err = l.Client.PutItem(ctx, &dynamodb.PutItemInput{TableName: &l.Name, Item: item, ConditionExpression: &condition,
		ReturnValuesOnConditionCheckFailure: types.ReturnValuesOnConditionCheckFailureAllOld})
	if err != nil && !already(err, item) {
		return fmt.Errorf("audit: writing: %w", err)
	}
	return nil
}

// already reports whether a write failed because its first try had written the very item, and the answer to that was lost.
func already(err error, item Item) bool {
	var failed *types.ConditionalCheckFailedException
	if !errors.As(err, &failed) {
		return false
	}
	there, thereErr := digest(failed.Item)
	wanted, wantedErr := digest(item)
	return thereErr == nil && wantedErr == nil && there == wanted
}

// Why opens the reason of an entry; it is empty where none was given.
func (l *Log) Why(ctx context.Context, e Entry) (string, error) {
	if e.SealedWhy == "" {
		return "", nil
	}
	return l.Keys.OpenField(ctx, whySeal, e.SealedWhy, e.Subject)
}

// Page is a part of a list of entries, the latest first.
type Page struct {
	Entries []Entry
	Next    string // where the next page begins; "" when there is none
}

// Of lists who saw or did something about a subject. after is the Next of the page before, "" for the first.
func (l *Log) Of(ctx context.Context, subject string, limit int, after string) (Page, error) {
	return l.list(ctx, nil, "subject", subject, limit, after)
}

// By lists what somebody saw or did: a member of staff by their subject or by their address at work, or Holder, or Service. after
// is the Next of the page before, "" for the first. What was written a moment ago may be missing: an index is behind its table.
func (l *Log) By(ctx context.Context, actor string, limit int, after string) (Page, error) {
	if strings.Contains(actor, "@") {
		return l.list(ctx, sdk.String("by_email"), "email", strings.ToLower(actor), limit, after)
	}
	return l.list(ctx, sdk.String("by_actor"), "actor", actor, limit, after)
}

func (l *Log) list(ctx context.Context, index *string, attribute, value string, limit int, after string) (Page, error) {
	expr, err := expression.NewBuilder().WithKeyCondition(expression.Key(attribute).Equal(expression.Value(value))).Build()
	if err != nil {
		return Page{}, err
	}
	in := &dynamodb.QueryInput{TableName: &l.Name, IndexName: index, Limit: sdk.Int32(int32(limit)), ScanIndexForward: sdk.Bool(false),
		ConsistentRead: sdk.Bool(index == nil), KeyConditionExpression: expr.KeyCondition(),
		ExpressionAttributeNames: expr.Names(), ExpressionAttributeValues: expr.Values()}
	if after != "" {
		if in.ExclusiveStartKey, err = l.place(attribute, value, after); err != nil {
			return Page{}, err
		}
	}
	out, err := l.Client.Query(ctx, in)
	if err != nil {
		return Page{}, fmt.Errorf("audit: listing: %w", err)
	}
	var page Page
	if attributevalue.UnmarshalListOfMaps(out.Items, &page.Entries) != nil {
		return Page{}, ErrUnreadable
	}
	if len(out.LastEvaluatedKey) > 0 && len(page.Entries) > 0 {
		last := page.Entries[len(page.Entries)-1]
		page.Next = l.Keys.Seal(afterSeal, last.Subject+"\n"+last.At)
	}
	return page, nil
}

// afterSeal is the purpose under which a place in a list is sealed: it names a subject, and a page's address may have it.
const afterSeal = "audit/after"

func (l *Log) place(attribute, value, after string) (map[string]types.AttributeValue, error) {
	text, err := l.Keys.Open(afterSeal, after)
	if err != nil {
		return nil, ErrAfter
	}
	subject, at := cutKey(text)
	key := keyOf(subject, at)
	if attribute == "subject" && subject != value {
		return nil, ErrAfter
	}
	if attribute != "subject" {
		key[attribute] = &types.AttributeValueMemberS{Value: value}
	}
	return key, nil
}
