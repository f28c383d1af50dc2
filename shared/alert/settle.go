package alert

import (
	"context"
	"fmt"

	"github.com/aws/aws-sdk-go-v2/feature/dynamodb/expression"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb"

	"voice.example/shared/aws"
)

// SettleSent records that the gateway accepted the text of a claimed alert, under its message id, for the phone whose
// hash is a.PhoneHash, and which ended in a.Check. ErrClaimed: the lease ran out and another has taken the alert over.
func (l *Ledger) SettleSent(ctx context.Context, a Alert, messageID string) error {
	if messageID == "" { // which no key of an index may be: the alert would never be settled, and go again and again
		messageID = "none." + a.ID
	}
	update := l.checkable(expression.
		Set(expression.Name("state"), expression.Value(Sent)).
		Set(expression.Name("message_id"), expression.Value(messageID)).
		Remove(expression.Name("claimed_until")), a)
	if a.PhoneHash != "" {
		update = update.Set(expression.Name("phone_hash"), expression.Value(a.PhoneHash))
	}
	if step := l.Schedule.first(a); step != NoStep {
		return l.settle(ctx, a, l.wait(update, a, step, l.Now().Add(l.Schedule.Again)))
	}
	return l.settle(ctx, a, rest(update))
}

// SettleUnsent records that a claimed alert will never be sent, with the state Failed or OptedOut and a word that says
// why. ErrClaimed as for SettleSent.
func (l *Ledger) SettleUnsent(ctx context.Context, a Alert, state State, outcome string) error {
	return l.settle(ctx, a, rest(expression.
		Set(expression.Name("state"), expression.Value(state)).
		Set(expression.Name("outcome"), expression.Value(outcome)).
		Add(expression.Name("unsent"), expression.Value(1)).
		Remove(expression.Name("claimed_until"))))
}

// SettleFailed records that a claimed alert cannot be told to its recipient: the phone or address takes no messages
// (Unreachable), or it is not known of several attempts whether they were sent (Unknown). If it is urgent, the second
// contact's turn comes at once. ErrClaimed as for SettleSent.
func (l *Ledger) SettleFailed(ctx context.Context, a Alert, outcome string) error {
	update := expression.
		Set(expression.Name("state"), expression.Value(Failed)).
		Set(expression.Name("outcome"), expression.Value(outcome)).
		Remove(expression.Name("claimed_until"))
	if outcome == Unknown {
		update = l.checkable(update, a)
	} else {
		update = update.Add(expression.Name("unsent"), expression.Value(1))
	}
	return l.settle(ctx, a, l.hurry(update, a))
}

// Release gives a claim back: the text certainly did not go and may be tried again at once.
func (l *Ledger) Release(ctx context.Context, a Alert) error {
	return l.settle(ctx, a, expression.
		Set(expression.Name("state"), expression.Value(Planned)).
		Add(expression.Name("unsent"), expression.Value(1)).
		Remove(expression.Name("claimed_until")))
}

// settle updates the alert if it is still claimed by the claim that a was read with.
func (l *Ledger) settle(ctx context.Context, a Alert, update expression.UpdateBuilder) error {
	expr, err := expression.NewBuilder().WithUpdate(update).
		WithCondition(expression.Name("state").Equal(expression.Value(Claimed)).
			And(expression.Name("claimed_until").Equal(expression.Value(a.ClaimedUntil)))).
		Build()
	if err != nil {
		return err
	}
	_, err = l.Client.UpdateItem(ctx, &dynamodb.UpdateItemInput{
		TableName: &l.Table, Key: key(a.ID),
		UpdateExpression: expr.Update(), ConditionExpression: expr.Condition(),
		ExpressionAttributeNames: expr.Names(), ExpressionAttributeValues: expr.Values(),
	})
	if aws.ConditionFailed(err) {
		return ErrClaimed
	}
	if err != nil {
		return fmt.Errorf("alert: settling: %w", err)
	}
	return nil
}
