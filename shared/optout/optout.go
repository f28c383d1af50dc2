// Package optout is our own list of the phones that want no texts, or want them again: who said STOP, when, and how we
// know. Whoever sends a text asks it first. Carriers and AWS keep lists of their own, which we cannot read, and which
// obey fewer words.
//
// A phone is kept as its keyed hash, so that the list tells nobody's number. START does not take a phone off the table:
// the moment of the last word stays, because words arrive in any order and more than once, and the latest one counts.
// Two words of the same millisecond are a STOP.
package optout

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/aws/aws-sdk-go-v2/feature/dynamodb/attributevalue"
	"github.com/aws/aws-sdk-go-v2/feature/dynamodb/expression"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"

	"voice.example/shared/aws"
	"voice.example/shared/phone"
	"voice.example/shared/secret"
)

// Why is how we know that a phone wants no texts.
type Why string

const (
	Replied Why = "reply"   // it said so to us
	Receipt Why = "receipt" // a carrier, or AWS, said that it had
)

// Entry is what the list has of one phone.
type Entry struct {
	PhoneHash string    `dynamodbav:"phone_hash"`
	Stopped   bool      `dynamodbav:"stopped"`
	Since     time.Time `dynamodbav:"since"` // of being stopped, or not
	Why       Why       `dynamodbav:"why,omitempty"`
	// By is the id of the message that made it so; a message that is seen again finds itself here.
	By string `dynamodbav:"by"`
	// WordAt is the moment of the last word, in Unix milliseconds. It may be later than Since: STOP was said again.
	WordAt int64 `dynamodbav:"word_at"`
}

// List is the table of them.
type List struct {
	Client *dynamodb.Client
	Table  string
}

// Hash is what a phone is kept as, here and with its subscriptions.
func Hash(keys *secret.Keys, n phone.Number) string { return keys.Hash("phone", n.E164()) }

// Stop puts a phone on the list, unless it said START later than at, and returns what holds now. Doing it again changes
// nothing but the moment of the last word.
func (l *List) Stop(ctx context.Context, phoneHash string, at time.Time, by string, why Why) (Entry, error) {
	word := expression.Name("word_at")
	ms := expression.Value(at.UnixMilli())
	entry := Entry{PhoneHash: phoneHash, Stopped: true, Since: at.UTC(), Why: why, By: by, WordAt: at.UnixMilli()}
	isNew := expression.Name("phone_hash").AttributeNotExists().
		Or(expression.Name("stopped").Equal(expression.Value(false)).And(word.LessThanEqual(ms)))
	if done, err := l.put(ctx, entry, isNew); done || err != nil {
		return entry, err
	}
	// It is on the list already, or said START later. In the first case a START from before this STOP must not count.
	expr, err := expression.NewBuilder().WithUpdate(expression.Set(word, ms)).
		WithCondition(expression.Name("stopped").Equal(expression.Value(true)).And(word.LessThan(ms))).Build()
	if err != nil {
		return Entry{}, err
	}
	_, err = l.Client.UpdateItem(ctx, &dynamodb.UpdateItemInput{TableName: &l.Table, Key: key(phoneHash),
		UpdateExpression: expr.Update(), ConditionExpression: expr.Condition(),
		ExpressionAttributeNames: expr.Names(), ExpressionAttributeValues: expr.Values()})
	if err != nil && !aws.ConditionFailed(err) {
		return Entry{}, fmt.Errorf("optout: stopping: %w", err)
	}
	return l.Get(ctx, phoneHash)
}

// Start takes a phone off the list, unless it said STOP at that moment or later, and returns what holds now.
func (l *List) Start(ctx context.Context, phoneHash string, at time.Time, by string) (Entry, error) {
	entry := Entry{PhoneHash: phoneHash, Since: at.UTC(), By: by, WordAt: at.UnixMilli()}
	isLater := expression.Name("phone_hash").AttributeNotExists().Or(expression.Name("word_at").LessThan(expression.Value(at.UnixMilli())))
	if done, err := l.put(ctx, entry, isLater); done || err != nil {
		return entry, err
	}
	return l.Get(ctx, phoneHash)
}

func (l *List) put(ctx context.Context, e Entry, condition expression.ConditionBuilder) (done bool, err error) {
	item, err := attributevalue.MarshalMap(e)
	if err != nil {
		return false, err
	}
	expr, err := expression.NewBuilder().WithCondition(condition).Build()
	if err != nil {
		return false, err
	}
	_, err = l.Client.PutItem(ctx, &dynamodb.PutItemInput{TableName: &l.Table, Item: item, ConditionExpression: expr.Condition(),
		ExpressionAttributeNames: expr.Names(), ExpressionAttributeValues: expr.Values()})
	if aws.ConditionFailed(err) {
		return false, nil
	}
	if err != nil {
		return false, fmt.Errorf("optout: writing: %w", err)
	}
	return true, nil
}

// Get reads what is known of a phone, strongly consistent: no text may follow a STOP. Of a phone that never said a
// word, that is the zero Entry.
func (l *List) Get(ctx context.Context, phoneHash string) (Entry, error) {
	consistent := true
	out, err := l.Client.GetItem(ctx, &dynamodb.GetItemInput{TableName: &l.Table, Key: key(phoneHash), ConsistentRead: &consistent})
	if err != nil {
		return Entry{}, fmt.Errorf("optout: reading: %w", err)
	}
	var e Entry
	if err := attributevalue.UnmarshalMap(out.Item, &e); err != nil {
		return Entry{}, errors.New("optout: an item is no entry") // and not what is in it
	}
	return e, nil
}

// Stopped reports whether a phone wants no texts.
func (l *List) Stopped(ctx context.Context, phoneHash string) (bool, error) {
	e, err := l.Get(ctx, phoneHash)
	return e.Stopped, err
}

func key(phoneHash string) map[string]types.AttributeValue {
	return map[string]types.AttributeValue{"phone_hash": &types.AttributeValueMemberS{Value: phoneHash}}
}
