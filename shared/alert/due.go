package alert

import (
	"context"
	"fmt"
	"hash/fnv"
	"strconv"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/feature/dynamodb/attributevalue"
	"github.com/aws/aws-sdk-go-v2/feature/dynamodb/expression"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"

	"voice.example/shared/custody"
	"voice.example/shared/subscription"
)

// What waits is in the sparse index by_due, in one of a few shards so that many alerts that are due at one time, as when
// the night is over, are not one key's:
//
//	planned, held  until its quiet hours, or its hour of transfers, are over
//	planned        until its job must have been worked off; then the job is published once more. So no alert is lost with
//	               its job, wherever that goes
//	sent, urgent   until the subscriber should have acknowledged it (see Schedule)
const (
	byDue     = "by_due"
	dueShards = 8
)

const (
	// chaseAfter is when a job is published once more, if nobody has begun to work it off. Each further time takes twice as
	// long, up to chaseAtMost: an outage that lasts must not pile up jobs.
	chaseAfter  = 2 * time.Minute
	chaseAtMost = time.Hour
)

// HeldUntil is the moment up to which a text about an event waits; false when it goes at once. Urgent ones always do.
// A transfer waits, for the time transfers, for others that may follow and then are told instead; whatever is due in the
// subscriber's quiet hours waits for their end.
func HeldUntil(e custody.Event, sub subscription.Subscription, transfers time.Duration, now time.Time) (time.Time, bool) {
	if e.Urgent() {
		return time.Time{}, false
	}
	until := now
	if e == custody.Transferred {
		until = now.Add(transfers)
	}
	if end, quiet := sub.Quiet.Until(until); quiet {
		until = end
	}
	return until, until.After(now)
}

// Hold makes an alert that is planned next due at that moment, and no job of it is published before.
func (a *Alert) Hold(until time.Time) { a.due(until) }

func (a *Alert) due(at time.Time) { a.DueAt, a.DueShard = stamp(at), shard(a.ID) }

// DueBy reports whether the alert waits for something that is due.
func (a Alert) DueBy(now time.Time) bool { return a.DueAt != "" && a.DueAt <= stamp(now) }

// stamp writes whole seconds, which sort as texts do.
func stamp(at time.Time) string { return at.UTC().Truncate(time.Second).Format(time.RFC3339) }

func shard(id string) string {
	h := fnv.New32a()
	_, _ = h.Write([]byte(id)) // never fails
	return strconv.Itoa(int(h.Sum32() % dueShards))
}

// Sweep goes through the alerts that are due at one moment, page by page, those of each shard oldest first. It goes on
// from where it was, and not from what the index still has: the index follows the table, and an alert that cannot be gone
// on with stays in it.
type Sweep struct {
	ledger *Ledger
	until  string
	from   [dueShards]map[string]types.AttributeValue
	ended  [dueShards]bool
}

// Due begins a sweep through what is due now.
func (l *Ledger) Due() *Sweep { return &Sweep{ledger: l, until: stamp(l.Now())} }

// Next returns the ids of about the next so many alerts, and none at the end. The index follows the table, so each has to
// be read.
func (s *Sweep) Next(ctx context.Context, most int) ([]string, error) {
	var ids []string
	for n := range dueShards {
		if s.ended[n] {
			continue
		}
		expr, err := expression.NewBuilder().WithKeyCondition(expression.Key("due_shard").Equal(expression.Value(strconv.Itoa(n))).
			And(expression.Key("due_at").LessThanEqual(expression.Value(s.until)))).Build()
		if err != nil {
			return nil, err
		}
		out, err := s.ledger.Client.Query(ctx, &dynamodb.QueryInput{
			TableName: &s.ledger.Table, IndexName: aws.String(byDue), KeyConditionExpression: expr.KeyCondition(),
			ExpressionAttributeNames: expr.Names(), ExpressionAttributeValues: expr.Values(),
			Limit: aws.Int32(int32((most + dueShards - 1) / dueShards)), ExclusiveStartKey: s.from[n],
		})
		if err != nil {
			return nil, fmt.Errorf("alert: reading what is due: %w", err)
		}
		s.from[n], s.ended[n] = out.LastEvaluatedKey, len(out.LastEvaluatedKey) == 0
		for _, item := range out.Items {
			var a Alert
			if err := attributevalue.UnmarshalMap(item, &a); err != nil {
				return nil, ErrUnreadable
			}
			ids = append(ids, a.ID)
		}
	}
	return ids, nil
}

// Chase records that the job of a planned alert was published once more, and when to look again. It is false when the
// alert has gone on since it was read.
func (l *Ledger) Chase(ctx context.Context, a Alert) (bool, error) {
	wait := min(chaseAfter<<min(a.Chased, 10), chaseAtMost)
	state := expression.Name("state")
	return l.amend(ctx, a.ID, expression.Set(expression.Name("due_at"), expression.Value(stamp(l.Now().Add(wait)))).
		Add(expression.Name("chased"), expression.Value(1)),
		expression.Name("due_at").Equal(expression.Value(a.DueAt)).
			And(state.In(expression.Value(Planned), expression.Value(Claimed))))
}

// Rest lets an alert wait for nothing more. It is false when it has gone on since it was read.
func (l *Ledger) Rest(ctx context.Context, a Alert) (bool, error) {
	return l.amend(ctx, a.ID, rest(expression.UpdateBuilder{}), expression.Name("due_at").Equal(expression.Value(a.DueAt)))
}

// rest is what takes an alert out of the index.
func rest(u expression.UpdateBuilder) expression.UpdateBuilder {
	return u.Remove(expression.Name("due_at")).Remove(expression.Name("due_shard")).Remove(expression.Name("step"))
}

// Postpone gives back a claim on an alert that has to wait until that moment: its text certainly did not go.
func (l *Ledger) Postpone(ctx context.Context, a Alert, until time.Time) error {
	return l.settle(ctx, a, l.postpone(a, until).Add(expression.Name("unsent"), expression.Value(1)))
}

// PostponeUnknown does the same with one of which nobody knows whether its text went.
func (l *Ledger) PostponeUnknown(ctx context.Context, a Alert, until time.Time) error {
	return l.settle(ctx, a, l.checkable(l.postpone(a, until), a))
}

func (l *Ledger) postpone(a Alert, until time.Time) expression.UpdateBuilder {
	return expression.Set(expression.Name("state"), expression.Value(Planned)).
		Set(expression.Name("due_at"), expression.Value(stamp(until))).
		Set(expression.Name("due_shard"), expression.Value(shard(a.ID))).
		Remove(expression.Name("claimed_until"))
}
