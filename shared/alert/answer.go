package alert

import (
	"context"
	"fmt"
	"slices"
	"time"

	sdk "github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/feature/dynamodb/attributevalue"
	"github.com/aws/aws-sdk-go-v2/feature/dynamodb/expression"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb"

	"voice.example/shared/aws"
)

// What carriers and subscribers say of a text comes by its phone: a receipt names the phone and the message, a reply
// only the phone. So one sparse index, by the phone's hash and the message id, serves both. It costs one write unit for
// each text, as much as an item for each message id would, which would answer receipts only, could be lost in a crash
// between two writes and would need to expire; two indexes would cost two.
const byPhone = "by_phone"

// Receipt records what a carrier said of a text: Delivered, or Failed or OptedOut with a word that says why. It is false
// when that changes nothing: the first final state stays, unless the text turns out to have arrived, and an
// acknowledged one has. A text that did not arrive by our own fault, as when the account's quota is spent, is planned again.
// An urgent text that says no further one would arrive has the second contact's turn come at once.
// ErrNotFound: no alert was sent to that phone under that message id, or the index does not have
// it yet.
func (l *Ledger) Receipt(ctx context.Context, phoneHash, messageID string, became State, outcome string) (changed bool, err error) {
	found, err := l.sentTo(ctx, expression.Key("phone_hash").Equal(expression.Value(phoneHash)).
		And(expression.Key("message_id").Equal(expression.Value(messageID))))
	if err != nil {
		return false, err
	}
	if len(found) == 0 {
		return false, ErrNotFound
	}
	state := expression.Name("state")
	update := expression.Set(state, expression.Value(became))
	open := state.Equal(expression.Value(Sent))
	if became == Delivered {
		update = update.Set(expression.Name("delivered_at"), expression.Value(l.Now().UTC())).Remove(expression.Name("outcome"))
		open = state.In(expression.Value(Sent), expression.Value(Failed), expression.Value(OptedOut))
	} else {
		update = update.Set(expression.Name("outcome"), expression.Value(outcome))
	}
	if became == OptedOut {
		update = rest(update) // who said STOP is asked nothing more
	}
	for _, a := range found {
		if became == Failed && ours(outcome) {
			again, err := l.sendAgain(ctx, a.ID, messageID, outcome)
			if err != nil {
				return false, err
			}
			if changed = changed || again; again {
				continue
			}
		}
		is, err := l.amend(ctx, a.ID, update, open.And(expression.Name("message_id").Equal(expression.Value(messageID))))
		if err != nil {
			return false, err
		}
		changed = changed || is
		if became == Failed && Useless(outcome) { // also if it was recorded before, by somebody who died then
			if err := l.lost(ctx, a.ID, outcome); err != nil {
				return false, err
			}
		}
	}
	return changed, nil
}

const (
	// againAfter is when a text is sent again that did not arrive by our own fault, which somebody has to mend, and
	// mostAttempts how often at most.
	againAfter   = time.Hour
	mostAttempts = 12
)

// ours reports whether an outcome is our own fault, and nothing that the phone or its carrier could help.
func ours(outcome string) bool { return outcome == "quota" || outcome == "price" }

// sendAgain plans a text again that a receipt says was never sent on. It is false for one that was tried often enough, or
// that has gone on since.
func (l *Ledger) sendAgain(ctx context.Context, id, messageID, outcome string) (bool, error) {
	update := expression.Set(expression.Name("state"), expression.Value(Planned)).
		Set(expression.Name("outcome"), expression.Value(outcome)).
		Set(expression.Name("due_at"), expression.Value(stamp(l.Now().Add(againAfter)))).
		Set(expression.Name("due_shard"), expression.Value(shard(id))).
		Add(expression.Name("unsent"), expression.Value(1)).
		Remove(expression.Name("message_id")).Remove(expression.Name("step"))
	return l.amend(ctx, id, update, expression.Name("state").Equal(expression.Value(Sent)).
		And(expression.Name("message_id").Equal(expression.Value(messageID))).
		And(expression.Name("attempts").LessThan(expression.Value(mostAttempts))))
}

// AcknowledgedWithin is how old a text may be that a reply acknowledges.
const AcknowledgedWithin = 7 * 24 * time.Hour

// Acknowledge records that whoever has the phone has read all that was sent to it up to the moment at, and returns how
// many alerts that concerns, those acknowledged before among them.
func (l *Ledger) Acknowledge(ctx context.Context, phoneHash string, at time.Time) (int, error) {
	found, err := l.sentTo(ctx, expression.Key("phone_hash").Equal(expression.Value(phoneHash)))
	if err != nil {
		return 0, err
	}
	n := 0
	for _, a := range found {
		if a.SentAt.After(at) || at.Sub(a.SentAt) > AcknowledgedWithin {
			continue
		}
		n++
		for _, id := range slices.Compact([]string{a.ID, a.FirstID()}) {
			if err := l.acknowledge(ctx, id, at); err != nil {
				return n, err
			}
		}
	}
	return n, nil
}

// acknowledge ends what waits for an answer: whoever answers to a repeat, or as the second contact, answers to the first
// text.
func (l *Ledger) acknowledge(ctx context.Context, id string, at time.Time) error {
	state := expression.Name("state")
	update := rest(expression.Set(state, expression.Value(Acknowledged)).Set(expression.Name("acknowledged_at"), expression.Value(at.UTC())))
	told := state.In(expression.Value(Sent), expression.Value(Delivered), expression.Value(Failed), expression.Value(OptedOut))
	_, err := l.amend(ctx, id, update, told)
	return err
}

// sentTo reads the index by_phone: of each alert its id and when it was sent.
func (l *Ledger) sentTo(ctx context.Context, which expression.KeyConditionBuilder) (found []Alert, err error) {
	expr, err := expression.NewBuilder().WithKeyCondition(which).Build()
	if err != nil {
		return nil, err
	}
	pages := dynamodb.NewQueryPaginator(l.Client, &dynamodb.QueryInput{
		TableName: &l.Table, IndexName: sdk.String(byPhone), KeyConditionExpression: expr.KeyCondition(),
		ExpressionAttributeNames: expr.Names(), ExpressionAttributeValues: expr.Values(),
	})
	for pages.HasMorePages() {
		page, err := pages.NextPage(ctx)
		if err != nil {
			return nil, fmt.Errorf("alert: reading what was sent to a phone: %w", err)
		}
		for _, item := range page.Items {
			var a Alert
			if err := attributevalue.UnmarshalMap(item, &a); err != nil {
				return nil, ErrUnreadable
			}
			found = append(found, a)
		}
	}
	return found, nil
}

// amend changes an alert on a condition, and reports whether it held.
func (l *Ledger) amend(ctx context.Context, id string, update expression.UpdateBuilder, condition expression.ConditionBuilder) (bool, error) {
	expr, err := expression.NewBuilder().WithUpdate(update).WithCondition(condition).Build()
	if err != nil {
		return false, err
	}
	_, err = l.Client.UpdateItem(ctx, &dynamodb.UpdateItemInput{
		TableName: &l.Table, Key: key(id), UpdateExpression: expr.Update(), ConditionExpression: expr.Condition(),
		ExpressionAttributeNames: expr.Names(), ExpressionAttributeValues: expr.Values(),
	})
	if aws.ConditionFailed(err) {
		return false, nil
	}
	if err != nil {
		return false, fmt.Errorf("alert: recording an answer: %w", err)
	}
	return true, nil
}
