package main

import (
	"context"
	"errors"
	"fmt"
	"log/slog"

	"golang.org/x/sync/errgroup"

	"voice.example/shared/alert"
	"voice.example/shared/custody"
	"voice.example/shared/subscription"
)

// page is how many subscribers' alerts are looked up at a time.
const page = 100

// planCorrections plans a correction for each subscriber to whom the alert of a version that the record takes back went,
// or may yet go; whoever was not told has nothing to be corrected. It is planned also when the record, as it is now, may
// not be disclosed: deliver then says that the alert was wrong, and nothing of the person.
func (h *handler) planCorrections(ctx context.Context, r custody.Record) ([]alert.Message, error) {
	eventID, wrongID := alert.EventID(h.Keys, r), alert.RetractedEventID(h.Keys, r)
	notice := alert.Notice{EventID: eventID, Event: custody.Corrected}
	if custody.Disclosable(r, h.Now()) {
		notice = alert.NewNotice(eventID, custody.Corrected, r)
	}
	notice.RetractsEventID = wrongID
	first, err := notice.Message()
	if err != nil {
		return nil, err
	}
	messages := []alert.Message{first}
	var ids []string
	some := func() error {
		planned, err := h.planSome(ctx, eventID, r, ids)
		messages, ids = append(messages, planned...), ids[:0]
		return err
	}
	for sub, err := range h.Subscriptions.Subscribers(ctx, r.ANumber) {
		if errors.Is(err, subscription.ErrUnreadable) {
			slog.ErrorContext(ctx, "subscriber not told", "event_id", eventID, "error", err)
			continue // must not keep the others waiting
		}
		if err != nil {
			return nil, err
		}
		if ids = append(ids, wrongID+"."+sub.ID); len(ids) == page {
			if err := some(); err != nil {
				return nil, err
			}
		}
	}
	return messages, some()
}

// planSome plans corrections of those of some alerts that went, or may yet go.
func (h *handler) planSome(ctx context.Context, eventID string, r custody.Record, ids []string) ([]alert.Message, error) {
	wrong, err := h.Ledger.GetMany(ctx, ids)
	if err != nil {
		return nil, fmt.Errorf("what was told: %w", err)
	}
	var messages []alert.Message
	group, ctx := errgroup.WithContext(ctx)
	group.SetLimit(width)
	for _, id := range ids {
		told, ok := wrong[id]
		if !ok || !told.MayArrive() {
			continue
		}
		a := alert.NewCorrection(eventID, r, told)
		messages = append(messages, alert.JobMessage(a))
		group.Go(func() error { return h.Ledger.Plan(ctx, a) })
	}
	return messages, group.Wait()
}
