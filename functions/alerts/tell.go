package main

import (
	"context"
	"errors"
	"fmt"

	"voice.example/shared/alert"
	"voice.example/shared/custody"
	"voice.example/shared/subscription"
)

// errPanic is a fault of ours that a record brought out.
var errPanic = errors.New("a fault of ours")

// tell hands the alerts of one change to an outlet: the event for partner agencies first, then one alert for each
// subscriber. None, when the change matters to nobody or may be told to nobody. A subscriber who cannot be read does not
// keep the others waiting, and is an unreadable error in the end.
func (h *handler) tell(ctx context.Context, r record, out outlet) (err error) {
	defer func() {
		// A fault that this record brings out must not end the process, which would keep back the others until Lambda gives up.
		if fault := recover(); fault != nil {
			err = unreadable{fmt.Errorf("%w (%T)", errPanic, fault)} // not what it says, which may be of a person
		}
	}()
	event := custody.Change(r.old, r.new, h.Now())
	switch {
	case event == custody.NoEvent:
		return nil
	case r.new.TakesBack(r.old):
		return h.correct(ctx, r, out)
	case !custody.Disclosable(*r.new, h.Now()):
		return nil
	}
	eventID := alert.EventID(h.Keys, *r.new)
	if tell, err := h.partnersMayKnow(ctx, r); err != nil {
		return err
	} else if tell {
		if err := out.event(ctx, alert.NewNotice(eventID, event, *r.new)); err != nil {
			return err
		}
	}
	var broken error
	for sub, err := range h.Subscriptions.Subscribers(ctx, r.new.ANumber) {
		if errors.Is(err, subscription.ErrUnreadable) {
			broken = unreadable{subscription.ErrUnreadable} // not why: that can repeat what the item says
			continue
		}
		if err != nil {
			return err
		}
		if !sub.Wants(event) || sub.CountryOfBirth != r.new.CountryOfBirth {
			continue
		}
		a := alert.New(eventID, event, *r.new, sub.ID)
		a.Relisted = event == custody.Returned && r.old != nil && r.old.Status == custody.InCustody
		until, held := alert.HeldUntil(event, sub, h.Transfers, h.Now())
		if held {
			a.Hold(until)
		}
		out.alert(ctx, a, held)
		if sub.Email != nil {
			mail := a.For(alert.Email)
			mail.DueAt, mail.DueShard = a.DueAt, a.DueShard
			out.alert(ctx, mail, held)
		}
	}
	return broken
}

// partnersMayKnow reports whether partner agencies may be told of a change. One that comes late, after an outage or from a
// replay, may be of somebody who has become protected since: the record is asked once more, as deliver does for each alert.
func (h *handler) partnersMayKnow(ctx context.Context, r record) (bool, error) {
	if r.at.IsZero() || h.Now().Sub(r.at) < patience {
		return true, nil
	}
	now, err := h.Custody.Get(ctx, r.new.ANumber, true)
	if errors.Is(err, custody.ErrNotFound) {
		return false, nil
	}
	return custody.Disclosable(now, h.Now()), err
}

// outcome says why a change has to be kept for replay, "" if Lambda is to bring it again, and what went wrong, if anything.
func (h *handler) outcome(r record, told, unplanned, unpublished error) (why string, err error) {
	var never unreadable
	switch {
	case told != nil && !errors.As(told, &never):
		return "", told
	case unplanned != nil:
		return "", unplanned
	case told != nil:
		return poison, told
	case unpublished != nil && !r.at.IsZero() && h.Now().Sub(r.at) > patience:
		return unpublishedFor, unpublished
	}
	return "", unpublished
}
