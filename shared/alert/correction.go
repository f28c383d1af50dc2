package alert

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"

	"voice.example/shared/custody"
	"voice.example/shared/secret"
)

// Retracted is the outcome of an alert that was taken back before it was sent.
const Retracted = "retracted"

// ErrPending says that another process is about to send an alert, or has just sent it.
var ErrPending = errors.New("alert: not settled yet")

// RetractedEventID is the event of the version that a record takes back; "" when it takes none back.
func RetractedEventID(keys *secret.Keys, r custody.Record) string {
	if r.Retracts == nil {
		return ""
	}
	return EventID(keys, r.Retracted())
}

// TakenBack reports whether the record, as it is now, takes back what the alert would tell.
func (a Alert) TakenBack(keys *secret.Keys, r custody.Record) bool {
	return a.EventID != "" && a.EventID == RetractedEventID(keys, r)
}

// NewCorrection returns the alert that takes another one back, to whom that went, from a record that has been retracted. What it will say
// of the person is decided when it is sent.
func NewCorrection(eventID string, r custody.Record, wrong Alert) Alert {
	a := Alert{ID: eventID + "." + wrong.SubscriptionID, EventID: eventID, SubscriptionID: wrong.SubscriptionID,
		ANumber: r.ANumber, Event: custody.Corrected, Version: r.Version, Status: r.Status, AsOf: r.KnownAsOf(), Corrects: wrong.ID}
	if wrong.To != Subscriber {
		return a.For(wrong.To)
	}
	return a
}

// MayArrive reports whether the alert's text was sent, may have been by somebody who died before they could say so, or
// may still be.
func (a Alert) MayArrive() bool {
	return a.State != Failed && a.State != OptedOut || a.Attempts > a.Unsent
}

// ToldAt is when the alert's text was sent, or else when it was to be.
func (a Alert) ToldAt() time.Time {
	if a.SentAt.IsZero() {
		return a.PlannedAt
	}
	return a.SentAt
}

// TakeBack sees to it that an alert which is not settled yet is never sent, and returns it. Afterwards MayArrive tells
// whether there is something to correct. ErrPending: somebody has it in hand, try later. ErrNotFound: it is forgotten.
func (l *Ledger) TakeBack(ctx context.Context, id string) (Alert, error) {
	a, err := l.Get(ctx, id)
	if err != nil || a.State != Planned && a.State != Claimed {
		return a, err
	}
	a, err = l.Claim(ctx, id)
	if errors.Is(err, ErrClaimed) || errors.Is(err, ErrSettled) {
		return Alert{}, ErrPending
	}
	if err != nil {
		return Alert{}, err
	}
	if err := l.SettleUnsent(ctx, a, Failed, Retracted); err != nil {
		return Alert{}, err
	}
	a.State, a.Outcome, a.Unsent = Failed, Retracted, a.Unsent+1
	return a, nil
}

// maxKeys is the most keys that BatchGetItem takes.
const maxKeys = 100

// GetMany reads alerts, strongly consistent, in batches; one that the ledger does not know is not in the answer. Ids
// must be distinct. With ErrUnreadable the answer has all but those that cannot be read.
func (l *Ledger) GetMany(ctx context.Context, ids []string) (map[string]Alert, error) {
	var broken error
	alerts := make(map[string]Alert, len(ids))
	for start := 0; start < len(ids); start += maxKeys {
		request := map[string]types.KeysAndAttributes{l.Table: {ConsistentRead: ptr(true)}}
		for _, id := range ids[start:min(start+maxKeys, len(ids))] {
			keys := request[l.Table]
			keys.Keys = append(keys.Keys, key(id))
			request[l.Table] = keys
		}
		if err := l.getBatch(ctx, request, alerts); errors.Is(err, ErrUnreadable) {
			broken = err
		} else if err != nil {
			return nil, err
		}
	}
	return alerts, broken
}

// getBatch asks again for what DynamoDB leaves unread for its own limits, until ctx ends.
func (l *Ledger) getBatch(ctx context.Context, request map[string]types.KeysAndAttributes, into map[string]Alert) (broken error) {
	for pause := 20 * time.Millisecond; ; pause = min(2*pause, time.Second) {
		out, err := l.Client.BatchGetItem(ctx, &dynamodb.BatchGetItemInput{RequestItems: request})
		if err != nil {
			return fmt.Errorf("alert: reading a batch: %w", err)
		}
		for _, item := range out.Responses[l.Table] {
			a, err := decode(item)
			if err != nil {
				broken = err
				continue
			}
			into[a.ID] = a
		}
		if request = out.UnprocessedKeys; len(request) == 0 {
			return broken
		}
		select {
		case <-ctx.Done():
			return ctx.Err()
		case <-time.After(pause):
		}
	}
}

func ptr[T any](v T) *T { return &v }
