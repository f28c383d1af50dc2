package main

import (
	"context"
	"errors"
	"fmt"
	"time"

	"voice.example/shared/alert"
	"voice.example/shared/aws"
	"voice.example/shared/custody"
	"voice.example/shared/email"
	"voice.example/shared/optout"
	"voice.example/shared/outcome"
	"voice.example/shared/sms"
	"voice.example/shared/subscription"
)

// soonUnknown is how often an alert is sent, a minute apart, while nobody knows whether it arrives; laterUnknown are the
// pauses before it is sent yet again. An urgent alert does not wait for these: it has failed then, and the second contact's
// turn comes, or the subscriber's once more.
const soonUnknown = 3

func laterUnknown() []time.Duration {
	return []time.Duration{15 * time.Minute, time.Hour, 4 * time.Hour}
}

// message is what an alert tells.
type message struct {
	alert alert.Alert // as of now
	// wrongAt is when a correction's wrong text went; if the alert may not be told, only that it was wrong is said.
	wrongAt  time.Time
	withhold bool
}

// date makes the alert say as of when it is known, by the rule that pages have: a roster which has the person is later
// news than the row that the record was made of.
func (h *handler) date(a *alert.Alert, r custody.Record) {
	if held := a.Status == custody.InCustody && a.UnlistedSince.IsZero(); !held {
		return
	}
	if asOf := h.Feeds.Read()().AsOf(r); asOf.After(a.AsOf) {
		a.AsOf = asOf
	}
}

func (h *handler) wording(sub subscription.Subscription) alert.Wording {
	return alert.Wording{Agency: h.Agency, Hotline: h.Hotline, Zone: h.Zone, Language: sub.Language, Discreet: sub.Discreet, CodeWord: sub.CodeWord}
}

// send tells the alert's recipient, unless that phone has said STOP by this moment, and settles the alert by the outcome.
func (h *handler) send(ctx context.Context, a alert.Alert, sub subscription.Subscription, m message) (result, error) {
	deliver, hash, err := h.recipient(ctx, sub, a.To)
	if err != nil {
		return h.giveBack(ctx, a, err)
	}
	stopped, err := h.OptOuts.Stopped(ctx, hash)
	if err != nil {
		return h.giveBack(ctx, a, err)
	}
	if stopped {
		return h.settleUnsent(ctx, a, alert.OptedOut, "stopped", withheld)
	}
	a.PhoneHash, a.Check = hash, alert.CheckOf(h.Keys, a.ID)
	m.alert.Check = a.Check
	messageID, err := deliver(ctx, m, h.wording(sub))
	if err == nil {
		h.measure(ctx, a)
		// A crash before this line is written leaves the claim to run out, and the text goes once more.
		return sent, h.Ledger.SettleSent(ctx, a, messageID)
	}
	switch outcomeOf(err) {
	case outcome.Unknown:
		return h.unknown(ctx, a, err)
	case outcome.Retryable:
		return h.giveBack(ctx, a, err)
	case outcome.OptedOut: // which the sender knows of and we did not
		if _, err := h.OptOuts.Stop(ctx, hash, h.Now(), a.ID, optout.Receipt); err != nil {
			return h.giveBack(ctx, a, err)
		}
		r, settleErr := h.settleUnsent(ctx, a, alert.OptedOut, "phone", refused)
		return r, errors.Join(fmt.Errorf("alert %s: %w", a.ID, err), settleErr)
	}
	return h.settleFailed(ctx, a, alert.Unreachable, err)
}

// measure notes how long it took from the change of the record to the gateway. A repeat is no news.
func (h *handler) measure(ctx context.Context, a alert.Alert) {
	if a.Repeat > 0 {
		return
	}
	age := aws.RoutineAlertAge
	if a.Event.Urgent() {
		age = aws.UrgentAlertAge
	}
	aws.LineOf(ctx).Sample(age, h.Now().Sub(a.PlannedAt).Seconds())
}

// outcomeOf is what is known of a send that gave an error: Unknown, if nothing is.
func outcomeOf(err error) outcome.Outcome {
	var text *sms.Error
	var mail *email.Error
	switch {
	case errors.As(err, &text):
		return text.Outcome
	case errors.As(err, &mail):
		return mail.Outcome
	}
	return outcome.Unknown
}

// unknown goes on with an alert that may have been sent: it is tried again rather than lost, but not for ever.
func (h *handler) unknown(ctx context.Context, a alert.Alert, cause error) (result, error) {
	n, pauses := a.Attempts-a.Unsent-soonUnknown, laterUnknown()
	switch {
	case n < 0:
		return later, cause // the claim runs out
	case n < len(pauses) && !h.Ledger.Schedule.Follows(a):
		cause = fmt.Errorf("alert %s: %w", a.ID, cause)
		if err := h.Ledger.PostponeUnknown(ctx, a, h.Now().Add(pauses[n])); err != nil {
			return later, errors.Join(cause, err)
		}
		return held, cause
	}
	return h.settleFailed(ctx, a, alert.Unknown, cause)
}

// recipient gives how to reach a recipient of a subscription, and the keyed hash under which it may have said STOP.
func (h *handler) recipient(ctx context.Context, sub subscription.Subscription, to alert.Recipient) (func(context.Context, message, alert.Wording) (string, error), string, error) {
	switch to {
	case alert.Email:
		address, err := h.Subscriptions.EmailAddress(ctx, sub)
		return func(ctx context.Context, m message, w alert.Wording) (string, error) {
			subject, body := m.mail(w, h.Now())
			return h.Mail.Send(ctx, address, subject, body)
		}, sub.Email.Hash, err
	case alert.Second:
		number, err := h.Subscriptions.SecondPhone(ctx, sub)
		return func(ctx context.Context, m message, w alert.Wording) (string, error) {
			return h.Sender.Send(ctx, number, m.text(w, h.Now()))
		}, sub.Second.Hash, err
	}
	number, err := h.Subscriptions.Phone(ctx, sub)
	return func(ctx context.Context, m message, w alert.Wording) (string, error) {
		return h.Sender.Send(ctx, number, m.text(w, h.Now()))
	}, sub.PhoneHash, err
}

func (h *handler) giveBack(ctx context.Context, a alert.Alert, cause error) (result, error) {
	return later, errors.Join(fmt.Errorf("alert %s: %w", a.ID, cause), h.Ledger.Release(ctx, a))
}

func (h *handler) settleUnsent(ctx context.Context, a alert.Alert, state alert.State, outcome string, r result) (result, error) {
	if err := h.Ledger.SettleUnsent(ctx, a, state, outcome); err != nil {
		return later, fmt.Errorf("alert %s: %w", a.ID, err)
	}
	return r, nil
}

func (h *handler) settleFailed(ctx context.Context, a alert.Alert, outcome string, cause error) (result, error) {
	cause = fmt.Errorf("alert %s: %w", a.ID, cause)
	if err := h.Ledger.SettleFailed(ctx, a, outcome); err != nil {
		return later, errors.Join(cause, err)
	}
	return refused, cause
}
