package main

import (
	"context"
	"errors"

	"voice.example/shared/alert"
	"voice.example/shared/custody"
	"voice.example/shared/subscription"
)

// collapse settles a transfer's alert that waited while another transfer followed: the last one's alert is delivered now,
// and tells for both. It is not done when nothing followed, or when the record has gone on for another reason; the alert
// then goes its way by itself.
func (h *handler) collapse(ctx context.Context, a alert.Alert, sub subscription.Subscription, r custody.Record) (became result, done bool, err error) {
	if a.Event != custody.Transferred || r.Version <= a.Version || r.Status != custody.InCustody || r.Unlisted() {
		return "", false, nil
	}
	if r.Retracts != nil { // the last version's alert, if any, is a correction, which does not tell of a transfer
		return "", false, nil
	}
	last := alert.New(alert.EventID(h.Keys, r), custody.Transferred, r, sub.ID)
	if a.To != alert.Subscriber {
		last = last.For(a.To)
	}
	became, err = h.deliverAlert(ctx, last.ID)
	switch {
	case errors.Is(err, alert.ErrNotFound): // the last version was no transfer
		return "", false, nil
	case became == later:
		return later, true, errors.Join(err, h.Ledger.Release(ctx, a)) // this one's job brings the other back
	}
	if became == repeated {
		became = withheld // the last one was told already
	}
	became, settleErr := h.settleUnsent(ctx, a, alert.Failed, "collapsed", became)
	return became, true, errors.Join(err, settleErr)
}

// overtaken settles an alert that waited, or took the slower queue, until a later event made it wrong. That event has an
// alert of its own, if the subscriber wants its kind. If not, it gets one here, so that the subscriber hears where the
// person stands now instead, and hears it corrected should it turn out to be wrong.
func (h *handler) overtaken(ctx context.Context, a alert.Alert, sub subscription.Subscription, r custody.Record) (result, error) {
	now := a.EventSince(r)
	if sub.Wants(now) || a.Repeat > 0 || a.To == alert.Second {
		return h.settleUnsent(ctx, a, alert.Failed, "overtaken", withheld)
	}
	instead := alert.New(alert.EventID(h.Keys, r), now, r, sub.ID)
	instead.Relisted = now == custody.Returned && a.Status == custody.InCustody
	if a.To != alert.Subscriber {
		instead = instead.For(a.To)
	}
	if err := h.Ledger.Plan(ctx, instead); err != nil {
		return h.giveBack(ctx, a, err)
	}
	became, err := h.deliverAlert(ctx, instead.ID)
	if became == later {
		return later, errors.Join(err, h.Ledger.Release(ctx, a)) // this one's job brings the other back
	}
	became, settleErr := h.settleUnsent(ctx, a, alert.Failed, "overtaken", became)
	return became, errors.Join(err, settleErr)
}
