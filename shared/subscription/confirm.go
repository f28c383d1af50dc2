package subscription

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"strings"

	"github.com/aws/aws-sdk-go-v2/feature/dynamodb/attributevalue"
	"github.com/aws/aws-sdk-go-v2/feature/dynamodb/expression"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"

	"voice.example/shared/secret"
)

// WrongCodeError says that a code was wrong and how often another may be tried.
type WrongCodeError struct{ TriesLeft int }

func (e *WrongCodeError) Error() string {
	return fmt.Sprintf("subscription: wrong code, %d tries left", e.TriesLeft)
}

// Confirmed is a subscription and the token that manages it. The token is not kept; only its hash is.
type Confirmed struct {
	Subscription Subscription
	ManageToken  string
}

// Confirm makes a request into a subscription when the code is right. A subscription of the same phone to the same
// person is replaced, with its token. The right code may be confirmed again while it lasts, which gives a new
// token; every try, right or wrong, counts towards MaxTries.
// Errors: ErrNotFound, ErrCodeExpired, ErrTooManyTries, *WrongCodeError.
func (s *Store) Confirm(ctx context.Context, id, code string) (Confirmed, error) {
	if !secret.ValidID(id) {
		return Confirmed{}, ErrNotFound
	}
	r, err := s.try(ctx, id)
	if err != nil {
		return Confirmed{}, err
	}
	if !secret.Equal(s.Keys.Hash("code", id, tidyCode(code)), r.CodeHash) {
		return Confirmed{}, &WrongCodeError{TriesLeft: MaxTries - r.Tries}
	}
	app, err := s.open(r)
	if err != nil {
		return Confirmed{}, err
	}
	sub := Subscription{
		ANumber: app.ANumber, ID: s.idOf(app.Phone, app.ANumber), RequestID: id,
		PhoneHash: s.phoneHash(app.Phone), SealedPhone: s.Keys.Seal(phoneSeal, app.Phone.E164()),
		CountryOfBirth: app.CountryOfBirth, Language: app.Language, Events: app.Events,
		Discreet: app.Discreet, CodeWord: app.CodeWord, CreatedAt: s.Now().UTC(),
	}
	token, hash := s.newToken(sub)
	sub.TokenHash = hash
	item, err := attributevalue.MarshalMap(sub)
	if err != nil {
		return Confirmed{}, err
	}
	if _, err := s.Client.PutItem(ctx, &dynamodb.PutItemInput{TableName: &s.Table, Item: item}); err != nil {
		return Confirmed{}, fmt.Errorf("subscription: writing a subscription: %w", err)
	}
	return Confirmed{Subscription: sub, ManageToken: token}, nil
}

// try counts one try of a request's code, unless it is expired or used up, and returns the request.
func (s *Store) try(ctx context.Context, id string) (request, error) {
	expr, err := expression.NewBuilder().
		WithUpdate(expression.Add(expression.Name("tries"), expression.Value(1))).
		WithCondition(expression.Name("code_hash").AttributeExists().
			And(expression.Name("tries").LessThan(expression.Value(MaxTries))).
			And(expression.Name("expires_at").GreaterThan(expression.Value(s.Now().Unix())))).
		Build()
	if err != nil {
		return request{}, err
	}
	out, err := s.Client.UpdateItem(ctx, &dynamodb.UpdateItemInput{
		TableName: &s.Limits.Name, Key: requestKey(id), ReturnValues: types.ReturnValueAllNew,
		UpdateExpression: expr.Update(), ConditionExpression: expr.Condition(),
		ExpressionAttributeNames: expr.Names(), ExpressionAttributeValues: expr.Values(),
	})
	var refused *types.ConditionalCheckFailedException
	if errors.As(err, &refused) {
		return request{}, s.whyRefused(ctx, id)
	}
	if err != nil {
		return request{}, fmt.Errorf("subscription: counting a try: %w", err)
	}
	var r request
	if err := attributevalue.UnmarshalMap(out.Attributes, &r); err != nil {
		return request{}, fmt.Errorf("subscription: an item is no request: %w", err)
	}
	if !s.Now().Before(r.Until) {
		return request{}, ErrCodeExpired
	}
	return r, nil
}

func (s *Store) whyRefused(ctx context.Context, id string) error {
	r, err := s.pending(ctx, id)
	switch {
	case err != nil:
		return err
	case !s.Now().Before(r.Until):
		return ErrCodeExpired
	}
	return ErrTooManyTries
}

func (s *Store) open(r request) (Application, error) {
	plain, err := s.Keys.Open(requestSeal, r.Application)
	if err != nil {
		return Application{}, fmt.Errorf("subscription: a request cannot be opened: %w", err)
	}
	var w sealedApplication
	if err := json.Unmarshal([]byte(plain), &w); err != nil {
		return Application{}, fmt.Errorf("subscription: a request is not JSON: %w", err)
	}
	return w.application(), nil
}

// tidyCode drops what people type around and between the digits.
func tidyCode(code string) string {
	return strings.Map(func(r rune) rune {
		if r == ' ' || r == '-' || r == '\u00a0' {
			return -1
		}
		return r
	}, code)
}
