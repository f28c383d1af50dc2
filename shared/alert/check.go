package alert

import (
	"context"
	"fmt"
	"strings"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/feature/dynamodb/attributevalue"
	"github.com/aws/aws-sdk-go-v2/feature/dynamodb/expression"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb"

	"voice.example/shared/secret"
)

// byCheck is the sparse index of what was sent, by the code that it ends in. It costs one write unit for each alert that is
// sent: an item of its own would cost as much, and could be lost in a crash between two writes.
const byCheck = "by_check"

// CheckOf is the code that an alert's text and mail end in, by which anybody can ask whether they are ours. It tells
// nothing, so a discreet text has it too. A repeat, or what goes to somebody else, has another one.
func CheckOf(keys *secret.Keys, id string) string { return keys.Reference("check", id) }

// ParseCheck reads a code as people type it, or copy it with the word before it.
func ParseCheck(text string) (check string, ok bool) {
	text = strings.TrimSpace(text)
	if check, ok := secret.ParseReference(text); ok {
		return check, true
	}
	const word = "ref"
	if len(text) < len(word) || !strings.EqualFold(text[:len(word)], word) {
		return "", false
	}
	return secret.ParseReference(strings.TrimLeft(text[len(word):], ".:"))
}

// Told returns when the alert with this code was sent, and nothing else of it. ErrNotFound: none was, or it is
// forgotten. Of two alerts that happen to have one code it is the later one.
func (l *Ledger) Told(ctx context.Context, check string) (at time.Time, err error) {
	expr, err := expression.NewBuilder().WithKeyCondition(expression.Key("check").Equal(expression.Value(check))).Build()
	if err != nil {
		return time.Time{}, err
	}
	out, err := l.Client.Query(ctx, &dynamodb.QueryInput{
		TableName: &l.Table, IndexName: aws.String(byCheck), KeyConditionExpression: expr.KeyCondition(),
		ExpressionAttributeNames: expr.Names(), ExpressionAttributeValues: expr.Values(),
	})
	if err != nil {
		return time.Time{}, fmt.Errorf("alert: reading what was sent: %w", err)
	}
	for _, item := range out.Items {
		var a Alert
		if err := attributevalue.UnmarshalMap(item, &a); err != nil {
			return time.Time{}, ErrUnreadable
		}
		if a.ExpiresAt > l.Now().Unix() && a.SentAt.After(at) { // DynamoDB deletes what has expired late
			at = a.SentAt
		}
	}
	if at.IsZero() {
		return time.Time{}, ErrNotFound
	}
	return at, nil
}

// checkable lets a text be found by its code: one that was sent, or that may have been. Whoever has its code has got it.
func (l *Ledger) checkable(u expression.UpdateBuilder, a Alert) expression.UpdateBuilder {
	if a.Check != "" {
		u = u.Set(expression.Name("check"), expression.Value(a.Check))
	}
	return u.Set(expression.Name("sent_at"), expression.Value(l.Now().UTC()))
}
