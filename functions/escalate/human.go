package main

import (
	"context"
	"errors"

	"voice.example/shared/alert"
	"voice.example/shared/custody"
	"voice.example/shared/inquiry"
	"voice.example/shared/secret"
	"voice.example/shared/staff"
	"voice.example/shared/subscription"
)

// ended reports whether nobody needs to hear of an alert any more: the subscription has ended, its phone said STOP, or the
// alert is no longer true or may no longer be told. Then another alert says so, where there is something to say.
func (h *handler) ended(ctx context.Context, a alert.Alert) (sub subscription.Subscription, r custody.Record, is bool, err error) {
	sub, err = h.Subscriptions.Get(ctx, a.ANumber, a.SubscriptionID)
	if errors.Is(err, subscription.ErrNotFound) || a.State == alert.Acknowledged || a.State == alert.OptedOut {
		return sub, r, true, nil
	}
	if err != nil {
		return sub, r, false, err
	}
	if stopped, err := h.OptOuts.Stopped(ctx, sub.PhoneHash); stopped || err != nil {
		return sub, r, stopped, err
	}
	r, err = h.Custody.Get(ctx, a.ANumber, true)
	if err != nil && !errors.Is(err, custody.ErrNotFound) {
		return sub, r, false, err
	}
	if a.Corrects != "" {
		return sub, r, false, nil // that something wrong was said stays true, whatever the record says
	}
	gone := a.TakenBack(h.Keys, r) || a.Overtaken(r) || !custody.Disclosable(r, h.Now()) || r.CountryOfBirth != sub.CountryOfBirth
	return sub, r, gone, nil
}

// hand opens an inquiry in the queue of the office whose record it is: an officer is to call the subscriber. One alert opens one inquiry, however often that is tried.
func (h *handler) hand(ctx context.Context, a alert.Alert, sub subscription.Subscription, r custody.Record) error {
	i := inquiry.Inquiry{Reason: inquiry.Unanswered, Channel: inquiry.Alert, Office: r.FieldOffice, Language: sub.Language,
		PhoneHash: sub.PhoneHash, ANumber: a.ANumber, SubscriptionID: a.SubscriptionID, AlertID: a.ID}
	// How to reach them is kept with the inquiry, so that whoever calls needs nothing else. A phone that never opens is no reason
	// to ask nobody; one that does not now is tried in the next minute.
	number, err := h.Subscriptions.Phone(ctx, sub)
	if err != nil && !errors.Is(err, secret.ErrSealed) {
		return err
	}
	if err == nil {
		if err := h.Inquiries.Reach(ctx, &i, inquiry.Contact{Phone: number, Note: discretion(sub)}); err != nil {
			return err
		}
	}
	opened, _, err := h.Inquiries.Open(ctx, a.ID, i, staff.Identity{})
	if err != nil {
		return err
	}
	_, err = h.Ledger.Handed(ctx, a, opened.Reference)
	return err
}

// discretion is what whoever calls a subscriber must know.
func discretion(sub subscription.Subscription) string {
	if sub.Discreet {
		return "They asked for discreet texts: say nothing of why you call to anybody else who answers."
	}
	return ""
}
