package subscription

import (
	"context"
	"errors"
	"fmt"
	"iter"

	"github.com/aws/aws-sdk-go-v2/feature/dynamodb/attributevalue"
	"github.com/aws/aws-sdk-go-v2/feature/dynamodb/expression"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb"

	"voice.example/shared/custody"
)

// Get reads one subscription by its table key, strongly consistent, since a text must not go to one just ended.
// None is ErrNotFound.
func (s *Store) Get(ctx context.Context, a custody.ANumber, id string) (Subscription, error) {
	consistent := true
	out, err := s.Client.GetItem(ctx, &dynamodb.GetItemInput{TableName: &s.Table, Key: key(a, id), ConsistentRead: &consistent})
	if err != nil {
		return Subscription{}, fmt.Errorf("subscription: reading a subscription: %w", err)
	}
	if len(out.Item) == 0 {
		return Subscription{}, ErrNotFound
	}
	var sub Subscription
	if err := attributevalue.UnmarshalMap(out.Item, &sub); err != nil {
		return Subscription{}, ErrUnreadable // and not what is in it
	}
	return sub, nil
}

// ErrUnreadable is a subscription whose item cannot be read. It is that subscriber's misfortune only: the others of
// the same person follow it.
var ErrUnreadable = errors.New("subscription: an item is no subscription")

// Subscribers returns all subscriptions to a person, page after page. The read is strongly consistent: somebody who
// confirmed a moment before a change must be told of it. Any error but ErrUnreadable is the last thing returned.
func (s *Store) Subscribers(ctx context.Context, a custody.ANumber) iter.Seq2[Subscription, error] {
	return func(yield func(Subscription, error) bool) {
		in, err := s.query(a)
		if err != nil {
			yield(Subscription{}, err)
			return
		}
		consistent := true
		in.ConsistentRead = &consistent
		for pages := dynamodb.NewQueryPaginator(s.Client, in); pages.HasMorePages(); {
			page, err := pages.NextPage(ctx)
			if err != nil {
				yield(Subscription{}, fmt.Errorf("subscription: reading subscribers: %w", err))
				return
			}
			for _, item := range page.Items {
				var sub Subscription
				var failed error
				if err := attributevalue.UnmarshalMap(item, &sub); err != nil {
					failed = fmt.Errorf("%w: %w", ErrUnreadable, err)
				}
				if !yield(sub, failed) {
					return
				}
			}
		}
	}
}

func (s *Store) query(a custody.ANumber) (*dynamodb.QueryInput, error) {
	expr, err := expression.NewBuilder().WithKeyCondition(expression.Key("a_number").Equal(expression.Value(a))).Build()
	if err != nil {
		return nil, err
	}
	return &dynamodb.QueryInput{TableName: &s.Table, KeyConditionExpression: expr.KeyCondition(),
		ExpressionAttributeNames: expr.Names(), ExpressionAttributeValues: expr.Values()}, nil
}

// OfPhone returns up to most of a phone's subscriptions, given the phone's hash, and whether there are more. One that was
// made a moment ago may be missing: the index follows the table.
func (s *Store) OfPhone(ctx context.Context, phoneHash string, most int) (subs []Subscription, more bool, err error) {
	expr, err := expression.NewBuilder().WithKeyCondition(expression.Key("phone_hash").Equal(expression.Value(phoneHash))).Build()
	if err != nil {
		return nil, false, err
	}
	index, limit := "by_phone", int32(most+1)
	out, err := s.Client.Query(ctx, &dynamodb.QueryInput{
		TableName: &s.Table, IndexName: &index, Limit: &limit, KeyConditionExpression: expr.KeyCondition(),
		ExpressionAttributeNames: expr.Names(), ExpressionAttributeValues: expr.Values(),
	})
	if err != nil {
		return nil, false, fmt.Errorf("subscription: reading a phone's subscriptions: %w", err)
	}
	for i, item := range out.Items {
		if i == most {
			return subs, true, nil
		}
		var found Subscription
		if err := attributevalue.UnmarshalMap(item, &found); err != nil {
			return nil, false, fmt.Errorf("%w: %w", ErrUnreadable, err)
		}
		sub, err := s.Get(ctx, found.ANumber, found.ID)
		if errors.Is(err, ErrNotFound) {
			continue // ended since
		}
		if err != nil {
			return nil, false, err
		}
		subs = append(subs, sub)
	}
	return subs, false, nil
}
