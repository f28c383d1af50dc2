package subscription

import (
	"context"
	"crypto/rand"
	"encoding/json"
	"errors"
	"fmt"
	"math/big"
	"time"

	"github.com/aws/aws-sdk-go-v2/feature/dynamodb/attributevalue"
	"github.com/aws/aws-sdk-go-v2/feature/dynamodb/expression"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"

	"voice.example/shared/aws"
	"voice.example/shared/i18n"
	"voice.example/shared/phone"
	"voice.example/shared/secret"
	"voice.example/shared/sms"
)

// CodeLife is how long a one-time code is good for, and MaxTries how often it may be entered.
const (
	CodeLife = 10 * time.Minute
	MaxTries = 5
)

// Pending is a request that waits for its code.
type Pending struct {
	ID        string
	ExpiresAt time.Time
}

// waiting is what all items of the limits table have in common that wait for a code.
type waiting struct {
	Key       string    `dynamodbav:"key"`
	CodeHash  string    `dynamodbav:"code_hash"`
	Until     time.Time `dynamodbav:"until"`
	Tries     int       `dynamodbav:"tries"`
	Sent      bool      `dynamodbav:"sent"`
	ExpiresAt int64     `dynamodbav:"expires_at"` // for TTL, which is late: Until decides
}

// request is the item in which a request waits.
type request struct {
	waiting
	Application string `dynamodbav:"application"` // sealed JSON
	Sending     int64  `dynamodbav:"sending"`     // until when (Unix milliseconds) somebody is about to send it
}

const (
	requestPrefix = "request#"
	requestSeal   = "subscription/request"
)

// Request texts a one-time code to the phone and keeps the application until the code is confirmed. It answers
// alike for everybody, subscribed or not, known to us or not, and for a phone that said STOP, which gets no text. (Who
// measures how long the answer takes may see that there was no text to send.)
//
// With an idempotency key, asking again for the very same thing within CodeLife gives the same request and no
// second text. Errors: *InvalidError, *limit.ThrottledError, *sms.Error (nothing was texted, or perhaps; asking
// again is safe), or something unknown.
func (s *Store) Request(ctx context.Context, app Application, idempotencyKey string) (Pending, error) {
	if err := s.check(&app); err != nil {
		return Pending{}, err
	}
	plain, err := json.Marshal(wire(app))
	if err != nil {
		return Pending{}, err
	}
	id := secret.NewID()
	if idempotencyKey != "" {
		id = s.Keys.Hash("idempotency", idempotencyKey, string(plain))
		var earlier request
		err := s.pending(ctx, requestPrefix+id, &earlier)
		switch {
		case err == nil && earlier.stands(s.Now()):
			return Pending{ID: id, ExpiresAt: earlier.Until}, nil
		case err != nil && !errors.Is(err, ErrNotFound):
			return Pending{}, err
		}
	}
	if err := s.Limits.TakeEach(ctx, s.codeUses(s.phoneCodes(app.Phone), app.Phone)...); err != nil {
		return Pending{}, err
	}
	code, err := newCode()
	if err != nil {
		return Pending{}, err
	}
	sealed, err := s.Keys.SealField(ctx, requestSeal, string(plain), requestPrefix+id)
	if err != nil {
		return Pending{}, fmt.Errorf("subscription: keeping a request: %w", err)
	}
	r := request{
		waiting:     s.newWaiting(requestPrefix+id, s.Keys.Hash("code", id, code), CodeLife),
		Application: sealed,
		Sending:     s.Now().Add(sending).UnixMilli(),
	}
	pending := Pending{ID: id, ExpiresAt: r.Until}
	if first, err := s.putRequest(ctx, r); err != nil || !first {
		return pending, err
	}
	sendErr := s.text(ctx, app.Phone, app.Language, "sms_code", code)
	if err := s.markSent(ctx, r.Key, sendErr == nil); err != nil || sendErr != nil {
		return Pending{}, errors.Join(sendErr, err)
	}
	return pending, nil
}

func (s *Store) newWaiting(key, codeHash string, life time.Duration) waiting {
	return waiting{Key: key, CodeHash: codeHash, Until: s.Now().Add(life).UTC(), ExpiresAt: s.Now().Add(life + time.Hour).Unix()}
}

// text texts a code in a message of its own, unless the phone wants no texts.
func (s *Store) text(ctx context.Context, to phone.Number, l i18n.Language, message, code string) error {
	if stopped, err := s.stopped(ctx, s.phoneHash(to)); stopped || err != nil {
		return err
	}
	_, err := s.Sender.Send(ctx, to, sms.Write(l, l.Text(message, map[string]any{"Agency": s.Agency, "Code": code})))
	return err
}

// stopped reports whether a phone wants no texts.
func (s *Store) stopped(ctx context.Context, phoneHash string) (bool, error) {
	if s.OptOuts == nil {
		return false, nil
	}
	return s.OptOuts.Stopped(ctx, phoneHash)
}

// sending is how long a send may be under way before a repeat of the request no longer waits for it.
const sending = 2 * sms.Timeout

// stands reports whether a repeat of the request is answered with it.
func (r request) stands(now time.Time) bool {
	return now.Before(r.Until) && (r.Sent || now.UnixMilli() < r.Sending)
}

// newCode returns six random digits.
func newCode() (string, error) {
	n, err := rand.Int(rand.Reader, big.NewInt(1_000_000))
	if err != nil {
		return "", err
	}
	return fmt.Sprintf("%06d", n), nil
}

// putRequest keeps a request, unless one of its id stands: then it is false, and the other's code is the one.
func (s *Store) putRequest(ctx context.Context, r request) (bool, error) {
	item, err := attributevalue.MarshalMap(r)
	if err != nil {
		return false, err
	}
	now := s.Now()
	expr, err := expression.NewBuilder().WithCondition(expression.Name("code_hash").AttributeNotExists().
		Or(expression.Name("expires_at").LessThanEqual(expression.Value(now.Add(time.Hour).Unix()))).
		Or(expression.Name("sent").Equal(expression.Value(false)).
			And(expression.Name("sending").LessThanEqual(expression.Value(now.UnixMilli()))))).Build()
	if err != nil {
		return false, err
	}
	_, err = s.Client.PutItem(ctx, &dynamodb.PutItemInput{
		TableName: &s.Limits.Name, Item: item, ConditionExpression: expr.Condition(),
		ExpressionAttributeNames: expr.Names(), ExpressionAttributeValues: expr.Values(),
	})
	if aws.ConditionFailed(err) {
		return false, nil
	}
	if err != nil {
		return false, fmt.Errorf("subscription: keeping a request: %w", err)
	}
	return true, nil
}

// markSent records whether the code went out, for repeats of the request.
func (s *Store) markSent(ctx context.Context, key string, sent bool) error {
	return s.mark(ctx, key, expression.Set(expression.Name("sent"), expression.Value(sent)).
		Set(expression.Name("sending"), expression.Value(0)))
}

// mark changes what waits for a code, if it still does.
func (s *Store) mark(ctx context.Context, key string, update expression.UpdateBuilder) error {
	expr, err := expression.NewBuilder().WithUpdate(update).WithCondition(expression.Name("code_hash").AttributeExists()).Build()
	if err != nil {
		return err
	}
	_, err = s.Client.UpdateItem(ctx, &dynamodb.UpdateItemInput{
		TableName: &s.Limits.Name, Key: limitsKey(key), UpdateExpression: expr.Update(), ConditionExpression: expr.Condition(),
		ExpressionAttributeNames: expr.Names(), ExpressionAttributeValues: expr.Values(),
	})
	if err != nil && !aws.ConditionFailed(err) {
		return fmt.Errorf("subscription: keeping a request: %w", err)
	}
	return nil
}

// pending reads what waits for a code, expired or not, into a request or an asked.
func (s *Store) pending(ctx context.Context, key string, into any) error {
	consistent := true
	out, err := s.Client.GetItem(ctx, &dynamodb.GetItemInput{TableName: &s.Limits.Name, Key: limitsKey(key), ConsistentRead: &consistent})
	if err != nil {
		return fmt.Errorf("subscription: reading a request: %w", err)
	}
	if len(out.Item) == 0 {
		return ErrNotFound
	}
	if err := attributevalue.UnmarshalMap(out.Item, into); err != nil {
		return errors.New("subscription: an item is no request") // and not what is in it
	}
	return nil
}

func limitsKey(key string) map[string]types.AttributeValue {
	return map[string]types.AttributeValue{"key": &types.AttributeValueMemberS{Value: key}}
}
