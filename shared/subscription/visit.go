package subscription

import (
	"context"
	"errors"
	"fmt"

	"github.com/aws/aws-sdk-go-v2/feature/dynamodb/attributevalue"
	"github.com/aws/aws-sdk-go-v2/feature/dynamodb/expression"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"

	"voice.example/shared/aws"
	"voice.example/shared/secret"
)

// ErrVisitOver is a visit's token that is too old, or none, and a link that was opened before, is too old, or is none.
var ErrVisitOver = secret.ErrVisitOver

// Visit is a short time in which somebody who has shown that they hold a phone may see, change and end all that is the
// phone's, without a manage token. It is of the phone's hash.
type Visit = secret.Visit

const visitSeal = "subscription/visit"

func (s *Store) begin(phoneHash string) Visit { return secret.BeginVisit(phoneHash, s.Now()) }

// Renew lets a visit last secret.VisitIdle from now, but not longer than secret.MaxVisit in all.
func (s *Store) Renew(v Visit) Visit { return v.Renew(s.Now()) }

// VisitToken seals a visit, to be taken from page to page.
func (s *Store) VisitToken(v Visit) string { return s.Keys.VisitToken(visitSeal, v) }

// OpenVisit reads the token of a visit. Errors: ErrVisitOver.
func (s *Store) OpenVisit(token string) (Visit, error) {
	return s.Keys.OpenVisit(visitSeal, token, s.Now())
}

// VisitByCode begins a visit with the code that was texted for a request of RequestVisit. The code and the link of its text
// work once, whichever is used first. Errors: ErrNotFound, ErrCodeExpired, ErrTooManyTries, *WrongCodeError.
func (s *Store) VisitByCode(ctx context.Context, id, code string) (Visit, error) {
	if !secret.ValidID(id) {
		return Visit{}, ErrNotFound
	}
	var r visitRequest
	if err := s.try(ctx, visitPrefix+id, &r, &r.waiting); err != nil {
		return Visit{}, err
	}
	if !secret.Equal(s.Keys.Hash("visit code", id, tidyCode(code)), r.CodeHash) {
		return Visit{}, &WrongCodeError{TriesLeft: MaxTries - r.Tries}
	}
	if err := s.takeVisit(ctx, r.Key, nil); err != nil {
		return Visit{}, err
	}
	return s.begin(r.PhoneHash), s.dropVisit(ctx, r.Other)
}

// VisitByLink begins a visit with the secret of a link that was texted. Errors: ErrVisitOver.
func (s *Store) VisitByLink(ctx context.Context, link string) (Visit, error) {
	var l visitLink
	err := s.takeVisit(ctx, s.linkKey(link), &l)
	if errors.Is(err, ErrNotFound) || err == nil && !s.Now().Before(l.Until) {
		return Visit{}, ErrVisitOver
	}
	if err != nil {
		return Visit{}, err
	}
	return s.begin(l.PhoneHash), s.dropVisit(ctx, l.Other)
}

// takeVisit takes a code or a link away, and reads it; of many who ask at once it is one who gets it, and ErrNotFound is the
// others'.
func (s *Store) takeVisit(ctx context.Context, key string, into any) error {
	expr, err := expression.NewBuilder().WithCondition(expression.Name("key").AttributeExists()).Build()
	if err != nil {
		return err
	}
	out, err := s.Client.DeleteItem(ctx, &dynamodb.DeleteItemInput{
		TableName: &s.Limits.Name, Key: limitsKey(key), ReturnValues: types.ReturnValueAllOld,
		ConditionExpression: expr.Condition(), ExpressionAttributeNames: expr.Names(), ExpressionAttributeValues: expr.Values(),
	})
	switch {
	case aws.ConditionFailed(err):
		return ErrNotFound
	case err != nil:
		return fmt.Errorf("subscription: beginning a visit: %w", err)
	case into == nil:
		return nil
	}
	if err := attributevalue.UnmarshalMap(out.Attributes, into); err != nil {
		return errors.New("subscription: an item is no link") // and not what is in it
	}
	return nil
}

// dropVisit takes the code away whose link was used, or the link whose code was.
func (s *Store) dropVisit(ctx context.Context, key string) error {
	if err := s.takeVisit(ctx, key, nil); !errors.Is(err, ErrNotFound) {
		return err
	}
	return nil
}
