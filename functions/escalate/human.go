package main

import (
	"context"
	"errors"

	"voice.example/shared/alert"
	"voice.example/shared/custody"
	"voice.example/shared/inquiry"
	"voice.example/shared/subscription"
)

// ended reports whether nobody needs to hear of an alert any more: the subscription has ended, its phone said STOP, or the
// alert is no longer true or may no longer be told. Then another alert says so, where there is something to say.
func (h *handler) ended(ctx context.Context, a alert.Alert) (subscription.Subscription, bool, error) {
	sub, err := h.Subscriptions.Get(ctx, a.ANumber, a.SubscriptionID)
	if errors.Is(err, subscription.ErrNotFound) || a.State == alert.Acknowledged || a.State == alert.OptedOut {
		return sub, true, nil
	}
	if err != nil {
		return sub, false, err
	}
	if stopped, err := h.OptOuts.Stopped(ctx, sub.PhoneHash); stopped || err != nil {
		return sub, stopped, err
	}
	if a.Corrects != "" {
		return sub, false, nil // that something wrong was said stays true, whatever the record says
	}
	r, err := h.Custody.Get(ctx, a.ANumber, true)
	if err != nil && !errors.Is(err, custody.ErrNotFound) {
		return sub, false, err
	}
	gone := a.TakenBack(h.Keys, r) || a.Overtaken(r) || !custody.Disclosable(r, h.Now()) || r.CountryOfBirth != sub.CountryOfBirth
	return sub, gone, nil
}

// hand opens an inquiry: an officer is to call the subscriber. One alert opens one inquiry, however often that is tried.
func (h *handler) hand(ctx context.Context, a alert.Alert, sub subscription.Subscription) error {
	opened, _, err := h.Inquiries.Open(ctx, a.ID, inquiry.Inquiry{Reason: inquiry.Unanswered, Language: sub.Language,
		PhoneHash: sub.PhoneHash, ANumber: a.ANumber, SubscriptionID: a.SubscriptionID, AlertID: a.ID})
	if err != nil {
		return err
	}
	_, err = h.Ledger.Handed(ctx, a, opened.Reference)
	return err
}
