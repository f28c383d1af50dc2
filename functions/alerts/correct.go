package main

import (
	"context"
	"errors"
	"fmt"

	"voice.example/shared/alert"
	"voice.example/shared/custody"
	"voice.example/shared/subscription"
)

// page is how many subscribers' alerts are looked up at a time.
const page = 100

// correct hands an outlet a correction for each to whom the alert of a version that the record takes back went, or may yet
// go, or was to go until the record took it back: it may have kept from them the news before it, and deliver sees to that.
// Whoever was not to be told has nothing to be corrected. It is planned also when the record, as it is now, may not be
// disclosed: deliver then says that the alert was wrong, and nothing of the person.
func (h *handler) correct(ctx context.Context, change record, out outlet) error {
	r := *change.new
	eventID, wrongID := alert.EventID(h.Keys, r), alert.RetractedEventID(h.Keys, r)
	notice := alert.Notice{EventID: eventID, Event: custody.Corrected}
	mayKnow, err := h.partnersMayKnow(ctx, change)
	if err != nil {
		return err
	}
	if mayKnow && custody.Disclosable(r, h.Now()) {
		notice = alert.NewNotice(eventID, custody.Corrected, r)
	}
	notice.RetractsEventID = wrongID
	if err := out.event(ctx, notice); err != nil {
		return err
	}
	out.fan.flush(ctx) // the alerts of the wrong version may be of this batch
	var broken error
	var ids []string
	for sub, err := range h.Subscriptions.Subscribers(ctx, r.ANumber) {
		if errors.Is(err, subscription.ErrUnreadable) {
			broken = unreadable{subscription.ErrUnreadable}
			continue
		}
		if err != nil {
			return err
		}
		first := alert.Alert{ID: wrongID + "." + sub.ID}
		ids = append(ids, first.ID)
		if sub.Second != nil {
			ids = append(ids, first.For(alert.Second).ID)
		}
		if sub.Email != nil {
			ids = append(ids, first.For(alert.Email).ID)
		}
		if len(ids) >= page {
			if err := h.correctSome(ctx, eventID, r, ids, out); errors.Is(err, alert.ErrUnreadable) {
				broken = err
			} else if err != nil {
				return err
			}
			ids = ids[:0]
		}
	}
	if err := h.correctSome(ctx, eventID, r, ids, out); err != nil {
		return err
	}
	return broken
}

// correctSome hands on corrections of those of some alerts that went, may yet go, or were taken back. Of one that cannot be
// read, the error is unreadable, after the others.
func (h *handler) correctSome(ctx context.Context, eventID string, r custody.Record, ids []string, out outlet) error {
	wrong, err := h.Ledger.GetMany(ctx, ids)
	var broken error
	if errors.Is(err, alert.ErrUnreadable) {
		broken = unreadable{err}
	} else if err != nil {
		return fmt.Errorf("what was told: %w", err)
	}
	for _, id := range ids {
		if told, ok := wrong[id]; ok && (told.MayArrive() || told.Outcome == alert.Retracted) {
			out.alert(ctx, alert.NewCorrection(eventID, r, told), false)
		}
	}
	return broken
}
