package main

import (
	"context"
	"errors"

	"voice.example/shared/alert"
	"voice.example/shared/custody"
	"voice.example/shared/subscription"
)

// deliverAlert claims an alert, asks everything that may have changed since it was planned, and sends it, or settles it
// without a message.
func (h *handler) deliverAlert(ctx context.Context, id string) (result, error) {
	a, err := h.Ledger.Claim(ctx, id)
	switch {
	case errors.Is(err, alert.ErrSettled):
		return repeated, nil
	case errors.Is(err, alert.ErrClaimed):
		return later, nil
	case err != nil:
		return later, err
	}
	sub, err := h.Subscriptions.Get(ctx, a.ANumber, a.SubscriptionID)
	if errors.Is(err, subscription.ErrNotFound) {
		return h.settleUnsent(ctx, a, alert.OptedOut, "ended", withheld)
	}
	if err != nil {
		return h.giveBack(ctx, a, err)
	}
	if !h.reaches(sub, a.To) {
		return h.settleUnsent(ctx, a, alert.OptedOut, "ended", withheld)
	}
	if why, err := h.answered(ctx, a, sub); err != nil {
		return h.giveBack(ctx, a, err)
	} else if why != "" {
		return h.settleUnsent(ctx, a, alert.Failed, why, withheld)
	}
	// The record may have become protected, or another's, since the alert was planned.
	record, err := h.Custody.Get(ctx, a.ANumber, true)
	if err != nil && !errors.Is(err, custody.ErrNotFound) {
		return h.giveBack(ctx, a, err)
	}
	mayTell := custody.Disclosable(record, h.Now()) && record.CountryOfBirth == sub.CountryOfBirth
	switch {
	case a.Corrects != "":
		return h.correct(ctx, a, sub, record, mayTell)
	case a.TakenBack(h.Keys, record):
		return h.settleUnsent(ctx, a, alert.Failed, alert.Retracted, withheld)
	case !mayTell:
		return h.settleUnsent(ctx, a, alert.Failed, "withheld", withheld)
	}
	if became, done, err := h.collapse(ctx, a, sub, record); done {
		return became, err
	}
	if a.Overtaken(record) {
		return h.overtaken(ctx, a, sub, record)
	}
	if until, quiet := sub.Quiet.Until(h.Now()); quiet && !a.Event.Urgent() {
		if err := h.Ledger.Postpone(ctx, a, until); err != nil {
			return later, err
		}
		return held, nil
	}
	told := a
	h.date(&told, record)
	return h.send(ctx, a, sub, message{alert: told})
}

// reaches reports whether a subscription has that recipient still, and this deployment the means.
func (h *handler) reaches(sub subscription.Subscription, to alert.Recipient) bool {
	return to == alert.Subscriber || to == alert.Second && sub.Second != nil || to == alert.Email && sub.Email != nil && h.Mail != nil
}

// answered says why a repeat, or an alert to the second contact, is not needed any more: the first one was acknowledged, or
// its phone has said STOP meanwhile.
func (h *handler) answered(ctx context.Context, a alert.Alert, sub subscription.Subscription) (why string, err error) {
	if a.Repeat == 0 && a.To != alert.Second || a.Corrects != "" {
		return "", nil
	}
	first, err := h.Ledger.Get(ctx, a.FirstID())
	if err != nil && !errors.Is(err, alert.ErrNotFound) {
		return "", err
	}
	if first.State == alert.Acknowledged {
		return "acknowledged", nil
	}
	if stopped, err := h.OptOuts.Stopped(ctx, sub.PhoneHash); stopped || err != nil {
		return "stopped", err
	}
	return "", nil
}
