package subscription

import (
	"context"
	"errors"
	"fmt"
	"strings"

	"github.com/aws/aws-sdk-go-v2/feature/dynamodb/expression"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"

	"voice.example/shared/aws"
	"voice.example/shared/custody"
	"voice.example/shared/secret"
)

const tokenSeal = "subscription/token"

// newToken returns a manage token and the hash to keep. The token is sealed and carries the subscription's key, so
// that it is found without an index and means nothing to anybody else.
func (s *Store) newToken(sub Subscription) (token, hash string) {
	token = s.Keys.Seal(tokenSeal, string(sub.ANumber)+"|"+sub.ID+"|"+secret.NewID())
	return token, s.Keys.Hash("token", token)
}

// Find returns the subscription that a manage token belongs to, when id is one of its two ids. Any other token is
// ErrManageToken, whether or not there is a subscription of that id.
func (s *Store) Find(ctx context.Context, id, manageToken string) (Subscription, error) {
	plain, err := s.Keys.Open(tokenSeal, manageToken)
	if err != nil {
		return Subscription{}, ErrManageToken
	}
	parts := strings.Split(plain, "|")
	if len(parts) != 3 {
		return Subscription{}, ErrManageToken
	}
	sub, err := s.Get(ctx, custody.ANumber(parts[0]), parts[1])
	if errors.Is(err, ErrNotFound) {
		return Subscription{}, ErrManageToken // it was ended, or moved to another request's token
	}
	if err != nil {
		return Subscription{}, err
	}
	if !secret.Equal(s.Keys.Hash("token", manageToken), sub.TokenHash) || (id != sub.ID && id != sub.RequestID) {
		return Subscription{}, ErrManageToken
	}
	return sub, nil
}

// Stop ends a subscription, and the wait for its contacts' codes. Alerts that are on their way to it are not sent any more.
func (s *Store) Stop(ctx context.Context, id, manageToken string) error {
	sub, err := s.Find(ctx, id, manageToken)
	if err != nil {
		return err
	}
	return s.stop(ctx, sub)
}

// stop is Stop for one who may.
func (s *Store) stop(ctx context.Context, sub Subscription) error {
	expr, err := expression.NewBuilder().WithCondition(owned(sub)).Build()
	if err != nil {
		return err
	}
	for _, kind := range contacts {
		if err := s.forget(ctx, sub.RequestID, kind); err != nil {
			return err
		}
	}
	_, err = s.Client.DeleteItem(ctx, &dynamodb.DeleteItemInput{
		TableName: &s.Table, Key: key(sub.ANumber, sub.ID), ConditionExpression: expr.Condition(),
		ExpressionAttributeNames: expr.Names(), ExpressionAttributeValues: expr.Values(),
	})
	return tokenError(err, "ending")
}

// owned is the condition that the subscription still has the token it was read with.
func owned(sub Subscription) expression.ConditionBuilder {
	return expression.Name("token_hash").Equal(expression.Value(sub.TokenHash))
}

func tokenError(err error, doing string) error {
	if aws.ConditionFailed(err) {
		return ErrManageToken
	}
	if err != nil {
		return fmt.Errorf("subscription: %s a subscription: %w", doing, err)
	}
	return nil
}

func key(a custody.ANumber, id string) map[string]types.AttributeValue {
	return map[string]types.AttributeValue{
		"a_number":        &types.AttributeValueMemberS{Value: string(a)},
		"subscription_id": &types.AttributeValueMemberS{Value: id},
	}
}
