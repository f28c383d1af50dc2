package main

import (
	"context"
	"errors"

	"voice.example/shared/alert"
	"voice.example/shared/custody"
	"voice.example/shared/subscription"
)

// correct delivers a claimed correction: to whoever got the wrong text, or may have, it says so and where the person
// stands now. To somebody who may not be told that, it says only that the text was wrong.
func (h *handler) correct(ctx context.Context, a alert.Alert, sub subscription.Subscription, r custody.Record, mayTell bool) (result, error) {
	wrong, err := h.Ledger.TakeBack(ctx, a.Corrects)
	switch {
	case errors.Is(err, alert.ErrPending): // its text may be on its way at this moment
		return later, h.Ledger.Release(ctx, a)
	case errors.Is(err, alert.ErrNotFound): // forgotten after its retention
		return h.settleUnsent(ctx, a, alert.Failed, "nothing_to_correct", withheld)
	case err != nil:
		return h.giveBack(ctx, a, err)
	}
	told := a
	switch now := wrong.EventSince(r); {
	case wrong.MayArrive() && mayTell:
		told.Tell(custody.Corrected, r)
		h.date(&told, r)
		return h.send(ctx, a, sub, alert.ComposeCorrection(told, wrong.ToldAt(), h.wording(sub), h.Now()))
	case wrong.MayArrive():
		return h.send(ctx, a, sub, alert.ComposeDisregard(a, wrong.ToldAt(), h.wording(sub)))
	case mayTell && atLarge(r) && r.Contradicts(wrong.Said()) && sub.Wants(now):
		// The wrong alert never went; but one before it, which said that the person is not held, may have been left unsent
		// because of it. Once too often is better than never.
		told.Tell(now, r)
		return h.send(ctx, a, sub, alert.Compose(told, h.wording(sub), h.Now()))
	}
	return h.settleUnsent(ctx, a, alert.Failed, "nothing_to_correct", withheld)
}

// atLarge is true of whoever is not held by the agency, or may not be.
func atLarge(r custody.Record) bool { return r.Status != custody.InCustody || r.Unlisted() }
