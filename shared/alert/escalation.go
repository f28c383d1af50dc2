package alert

import (
	"context"
	"strconv"
	"strings"
	"time"

	"github.com/aws/aws-sdk-go-v2/feature/dynamodb/expression"
	"voice.example/shared/aws"
)

// Step is what happens to an urgent alert that nobody acknowledges.
type Step string

const (
	NoStep    Step = ""
	StepAgain Step = "again"   // the same text to the subscriber
	StepOther Step = "second"  // a text to the second contact, or else once more to the subscriber
	StepHuman Step = "officer" // an inquiry for an officer, who calls
)

// Schedule is how long after its first text an urgent alert that nobody acknowledges takes each step. The zero Schedule
// takes none.
type Schedule struct{ Again, Other, Human time.Duration }

// ScheduleOf reads the schedule from the environment that template.yaml sets.
func ScheduleOf(env *aws.Variables) Schedule {
	return Schedule{env.Minutes("REPEAT_AFTER_MINUTES"), env.Minutes("SECOND_CONTACT_AFTER_MINUTES"), env.Minutes("OFFICER_AFTER_MINUTES")}
}

// first is the step that follows a text. Only the first text to the subscriber is followed: repeats, and what goes to
// others, are themselves steps of it.
func (s Schedule) first(a Alert) Step {
	if s == (Schedule{}) || !a.Event.Urgent() || a.To != Subscriber || a.Repeat > 0 {
		return NoStep
	}
	return StepAgain
}

// Follows reports whether something follows an alert that is sent, or that cannot be: somebody else is told then.
func (s Schedule) Follows(a Alert) bool { return s.first(a) != NoStep }

// after is the step after another, and how much later it is.
func (s Schedule) after(step Step) (Step, time.Duration) {
	switch step {
	case StepAgain:
		return StepOther, max(0, s.Other-s.Again)
	case StepOther:
		return StepHuman, max(0, s.Human-s.Other)
	}
	return NoStep, 0
}

// FirstID is the id of the alert that this one repeats or copies, or its own.
func (a Alert) FirstID() string { return firstID(a.ID) }

func firstID(id string) string {
	event, rest, _ := strings.Cut(id, ".")
	subscription, _, _ := strings.Cut(rest, ".")
	return event + "." + subscription
}

// Again is the alert that tells the subscriber the same for the n-th time more.
func (a Alert) Again(n int) Alert { return a.copy(".again"+strconv.Itoa(n), Subscriber, n) }

// For is the alert that tells the same to somebody else.
func (a Alert) For(to Recipient) Alert { return a.copy("."+string(to), to, 0) }

// copy leaves out what is only the first's: how far it has come.
func (a Alert) copy(suffix string, to Recipient, repeat int) Alert {
	return Alert{ID: a.FirstID() + suffix, EventID: a.EventID, SubscriptionID: a.SubscriptionID, ANumber: a.ANumber,
		Event: a.Event, Initials: a.Initials, Version: a.Version, Status: a.Status, Facility: a.Facility, FacilityCode: a.FacilityCode, InTransit: a.InTransit,
		Since: a.Since, UnlistedSince: a.UnlistedSince, Relisted: a.Relisted, AsOf: a.AsOf, Corrects: a.Corrects, To: to, Repeat: repeat}
}

// Advance records that a step was taken, and has the next one wait. It is false when the alert has gone on since it was
// read: somebody acknowledged it, or another run took the step.
func (l *Ledger) Advance(ctx context.Context, a Alert) (bool, error) {
	next, later := l.Schedule.after(a.Step)
	state := expression.Name("state")
	return l.amend(ctx, a.ID, expression.Set(expression.Name("step"), expression.Value(next)).
		Set(expression.Name("due_at"), expression.Value(stamp(l.Now().Add(later)))), stillDue(a).
		And(state.NotEqual(expression.Value(Acknowledged))))
}

// Handed records the reference of the inquiry by which an officer learns of an alert; nothing follows.
func (l *Ledger) Handed(ctx context.Context, a Alert, reference string) (bool, error) {
	return l.amend(ctx, a.ID, rest(expression.Set(expression.Name("inquiry"), expression.Value(reference))), stillDue(a))
}

// hurry has the second contact's turn come now: the subscriber's phone cannot be reached.
func (l *Ledger) hurry(u expression.UpdateBuilder, a Alert) expression.UpdateBuilder {
	if l.Schedule.first(a) == NoStep {
		return rest(u)
	}
	return l.wait(u, a, StepOther, l.Now())
}

// Useless reports whether an outcome says that no further text of ours would get to the phone. Of a phone that is switched
// off, say, it does not.
func Useless(outcome string) bool {
	switch outcome {
	case Unreachable, "invalid", "blocked", "spam", "not_allowed", "text_invalid": // the last five as receipts has them
		return true
	}
	return false
}

// lost has the second contact's turn come now, if an alert that a carrier says did not arrive waits to be told again.
func (l *Ledger) lost(ctx context.Context, id, outcome string) error {
	_, err := l.amend(ctx, id, expression.Set(expression.Name("step"), expression.Value(StepOther)).
		Set(expression.Name("due_at"), expression.Value(stamp(l.Now()))),
		expression.Name("state").Equal(expression.Value(Failed)).And(expression.Name("outcome").Equal(expression.Value(outcome))).
			And(expression.Name("step").In(expression.Value(StepAgain), expression.Value(StepOther))))
	return err
}

func (l *Ledger) wait(u expression.UpdateBuilder, a Alert, step Step, until time.Time) expression.UpdateBuilder {
	return u.Set(expression.Name("step"), expression.Value(step)).
		Set(expression.Name("due_at"), expression.Value(stamp(until))).
		Set(expression.Name("due_shard"), expression.Value(shard(a.ID)))
}

func stillDue(a Alert) expression.ConditionBuilder {
	return expression.Name("due_at").Equal(expression.Value(a.DueAt)).And(expression.Name("step").Equal(expression.Value(a.Step)))
}
