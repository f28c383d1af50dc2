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

// request is the item of the limits table in which a request waits.
type request struct {
	Key         string    `dynamodbav:"key"`
	Application string    `dynamodbav:"application"` // sealed JSON
	CodeHash    string    `dynamodbav:"code_hash"`
	Until       time.Time `dynamodbav:"until"`
	Tries       int       `dynamodbav:"tries"`
	Sent        bool      `dynamodbav:"sent"`
	Sending     int64     `dynamodbav:"sending"`    // until when (Unix milliseconds) somebody is about to send it
	ExpiresAt   int64     `dynamodbav:"expires_at"` // for TTL, which is late: Until decides
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
	if err := app.check(); err != nil {
		return Pending{}, err
	}
	plain, err := json.Marshal(wire(app))
	if err != nil {
		return Pending{}, err
	}
	id := secret.NewID()
	if idempotencyKey != "" {
		id = s.Keys.Hash("idempotency", idempotencyKey, string(plain))
		earlier, err := s.pending(ctx, id)
		switch {
		case err == nil && earlier.stands(s.Now()):
			return Pending{ID: id, ExpiresAt: earlier.Until}, nil
		case err != nil && !errors.Is(err, ErrNotFound):
			return Pending{}, err
		}
	}
	if err := s.throttle(ctx, app); err != nil {
		return Pending{}, err
	}
	code, err := newCode()
	if err != nil {
		return Pending{}, err
	}
	r := request{
		Key:         requestPrefix + id,
		Application: s.Keys.Seal(requestSeal, string(plain)),
		CodeHash:    s.Keys.Hash("code", id, code),
		Until:       s.Now().Add(CodeLife).UTC(),
		Sending:     s.Now().Add(sending).UnixMilli(),
		ExpiresAt:   s.Now().Add(CodeLife + time.Hour).Unix(),
	}
	pending := Pending{ID: id, ExpiresAt: r.Until}
	if first, err := s.putRequest(ctx, r); err != nil || !first {
		return pending, err
	}
	sendErr := s.sendCode(ctx, app, code)
	if err := s.markSent(ctx, id, sendErr == nil); err != nil || sendErr != nil {
		return Pending{}, errors.Join(sendErr, err)
	}
	return pending, nil
}

// sendCode texts the code, unless the phone wants no texts.
func (s *Store) sendCode(ctx context.Context, app Application, code string) error {
	if s.OptOuts != nil {
		if stopped, err := s.OptOuts.Stopped(ctx, s.phoneHash(app.Phone)); stopped || err != nil {
			return err
		}
	}
	text := sms.Write(app.Language, app.Language.Text("sms_code", map[string]any{"Agency": s.Agency, "Code": code}))
	_, err := s.Sender.Send(ctx, app.Phone, text)
	return err
}

// sending is how long a send may be under way before a repeat of the request no longer waits for it.
const sending = 2 * sms.Timeout

// stands reports whether a repeat of the request is answered with it.
func (r request) stands(now time.Time) bool {
	return now.Before(r.Until) && (r.Sent || now.UnixMilli() < r.Sending)
}

// throttle counts one code for the phone and one for all phones.
func (s *Store) throttle(ctx context.Context, app Application) error {
	if err := s.Limits.Take(ctx, "codes/phone/"+s.phoneHash(app.Phone), s.CodesPerPhonePerHour, time.Hour); err != nil {
		return err
	}
	return s.Limits.Take(ctx, "codes/all", s.CodesPerHour, time.Hour)
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
	var refused *types.ConditionalCheckFailedException
	if errors.As(err, &refused) {
		return false, nil
	}
	if err != nil {
		return false, fmt.Errorf("subscription: keeping a request: %w", err)
	}
	return true, nil
}

// markSent records whether the code went out, for repeats of the request.
func (s *Store) markSent(ctx context.Context, id string, sent bool) error {
	expr, err := expression.NewBuilder().WithUpdate(expression.Set(expression.Name("sent"), expression.Value(sent)).
		Set(expression.Name("sending"), expression.Value(0))).Build()
	if err != nil {
		return err
	}
	_, err = s.Client.UpdateItem(ctx, &dynamodb.UpdateItemInput{
		TableName: &s.Limits.Name, Key: requestKey(id), UpdateExpression: expr.Update(),
		ExpressionAttributeNames: expr.Names(), ExpressionAttributeValues: expr.Values(),
	})
	if err != nil {
		return fmt.Errorf("subscription: keeping a request: %w", err)
	}
	return nil
}

// pending reads a request, expired or not.
func (s *Store) pending(ctx context.Context, id string) (request, error) {
	consistent := true
	out, err := s.Client.GetItem(ctx, &dynamodb.GetItemInput{TableName: &s.Limits.Name, Key: requestKey(id), ConsistentRead: &consistent})
	if err != nil {
		return request{}, fmt.Errorf("subscription: reading a request: %w", err)
	}
	if len(out.Item) == 0 {
		return request{}, ErrNotFound
	}
	var r request
	if err := attributevalue.UnmarshalMap(out.Item, &r); err != nil {
		return request{}, fmt.Errorf("subscription: an item is no request: %w", err)
	}
	return r, nil
}

func requestKey(id string) map[string]types.AttributeValue {
	return map[string]types.AttributeValue{"key": &types.AttributeValueMemberS{Value: requestPrefix + id}}
}
