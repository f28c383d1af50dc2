package subscription

import (
	"context"
	"errors"
	"fmt"
	"iter"

	"github.com/aws/aws-sdk-go-v2/feature/dynamodb/attributevalue"
	"github.com/aws/aws-sdk-go-v2/feature/dynamodb/expression"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"
)

// FindOfPhone returns a subscription by either of its ids if it is this phone's. Any other id is ErrNotFound.
func (s *Store) FindOfPhone(ctx context.Context, phoneHash, id string) (Subscription, error) {
	for sub, err := range s.EachOfPhone(ctx, phoneHash) {
		if errors.Is(err, ErrUnreadable) {
			continue
		}
		if err != nil {
			return Subscription{}, err
		}
		if sub.ID == id || sub.RequestID == id {
			return sub, nil
		}
	}
	return Subscription{}, ErrNotFound
}

// ChangeOfPhone is Change for whoever holds the phone; instead of ErrManageToken it gives ErrNotFound.
func (s *Store) ChangeOfPhone(ctx context.Context, phoneHash, id string, c Changes) (Subscription, error) {
	sub, err := s.FindOfPhone(ctx, phoneHash, id)
	if err != nil {
		return Subscription{}, err
	}
	sub, err = s.change(ctx, sub, c)
	return sub, goneError(err)
}

// StopOfPhone is Stop for whoever holds the phone; instead of ErrManageToken it gives ErrNotFound.
func (s *Store) StopOfPhone(ctx context.Context, phoneHash, id string) error {
	sub, err := s.FindOfPhone(ctx, phoneHash, id)
	if err != nil {
		return err
	}
	return goneError(s.stop(ctx, sub))
}

// goneError tells a holder of the phone that the subscription was ended or replaced at the same moment.
func goneError(err error) error {
	if errors.Is(err, ErrManageToken) {
		return ErrNotFound
	}
	return err
}

// ForgetPhone ends all subscriptions of a phone, those that cannot be read among them, and the wait for their contacts' codes.
// It returns how many there were. Doing it again is safe.
//
// What is left has no phone in it that can be read: the ledger's alerts and the word STOP or START, under keyed hashes. A
// request to subscribe that waits for its code cannot be found by its phone; it is deleted when its code is too old. Neither
// can the subscriptions of others that name the phone as their second contact.
func (s *Store) ForgetPhone(ctx context.Context, phoneHash string) (int, error) {
	ended := 0
	for sub, err := range s.EachOfPhone(ctx, phoneHash) {
		if err != nil && !errors.Is(err, ErrUnreadable) {
			return ended, err
		}
		if sub.RequestID != "" {
			for _, kind := range contacts {
				if err := s.forget(ctx, sub.RequestID, kind); err != nil {
					return ended, err
				}
			}
		}
		if _, err := s.Client.DeleteItem(ctx, &dynamodb.DeleteItemInput{TableName: &s.Table, Key: key(sub.ANumber, sub.ID)}); err != nil {
			return ended, fmt.Errorf("subscription: ending a subscription: %w", err)
		}
		ended++
	}
	return ended, nil
}

// EachOfPhone returns all subscriptions of a phone. The index, which follows the table, says which; each is read from the table,
// strongly consistent. One that cannot be read is ErrUnreadable with its key in the subscription; any other error is the last
// thing returned.
func (s *Store) EachOfPhone(ctx context.Context, phoneHash string) iter.Seq2[Subscription, error] {
	return func(yield func(Subscription, error) bool) {
		expr, err := expression.NewBuilder().WithKeyCondition(expression.Key("phone_hash").Equal(expression.Value(phoneHash))).Build()
		if err != nil {
			yield(Subscription{}, err)
			return
		}
		index := "by_phone"
		pages := dynamodb.NewQueryPaginator(s.Client, &dynamodb.QueryInput{
			TableName: &s.Table, IndexName: &index, KeyConditionExpression: expr.KeyCondition(),
			ExpressionAttributeNames: expr.Names(), ExpressionAttributeValues: expr.Values(),
		})
		for pages.HasMorePages() {
			page, err := pages.NextPage(ctx)
			if err != nil {
				yield(Subscription{}, fmt.Errorf("subscription: reading a phone's subscriptions: %w", err))
				return
			}
			for _, item := range page.Items {
				sub, err := s.fromIndex(ctx, item)
				if errors.Is(err, ErrNotFound) {
					continue // ended since
				}
				if !yield(sub, err) || err != nil && !errors.Is(err, ErrUnreadable) {
					return
				}
			}
		}
	}
}

func (s *Store) fromIndex(ctx context.Context, item map[string]types.AttributeValue) (Subscription, error) {
	var found Subscription
	if err := attributevalue.UnmarshalMap(item, &found); err != nil {
		return Subscription{}, errors.New("subscription: an item of the index is none") // and not what is in it
	}
	sub, err := s.Get(ctx, found.ANumber, found.ID)
	if errors.Is(err, ErrUnreadable) {
		return Subscription{ANumber: found.ANumber, ID: found.ID}, err
	}
	return sub, err
}
