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
	ExpiresAt   int64     `dynamodbav:"expires_at"` // for TTL, which is late: Until decides
}

const (
	requestPrefix = "request#"
	requestSeal   = "subscription/request"
)

// Request texts a one-time code to the phone and keeps the application until the code is confirmed. It answers
// alike for everybody, subscribed or not, known to us or not.
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
		case err == nil && earlier.Sent && s.Now().Before(earlier.Until):
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
		ExpiresAt:   s.Now().Add(CodeLife + time.Hour).Unix(),
	}
	if err := s.putRequest(ctx, r); err != nil {
		return Pending{}, err
	}
	text := sms.Fold(app.Language.Text("sms_code", map[string]any{"Agency": s.Agency, "Code": code}))
	if _, err := s.Sender.Send(ctx, app.Phone, text); err != nil {
		return Pending{}, err
	}
	if idempotencyKey != "" { // a repeat must know that the code went out
		r.Sent = true
		if err := s.putRequest(ctx, r); err != nil {
			return Pending{}, err
		}
	}
	return Pending{ID: id, ExpiresAt: r.Until}, nil
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

func (s *Store) putRequest(ctx context.Context, r request) error {
	item, err := attributevalue.MarshalMap(r)
	if err != nil {
		return err
	}
	if _, err := s.Client.PutItem(ctx, &dynamodb.PutItemInput{TableName: &s.Limits.Name, Item: item}); err != nil {
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
