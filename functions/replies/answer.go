package main

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"time"

	"voice.example/shared/alert"
	"voice.example/shared/custody"
	"voice.example/shared/feed"
	"voice.example/shared/i18n"
	"voice.example/shared/inquiry"
	"voice.example/shared/limit"
	"voice.example/shared/optout"
	"voice.example/shared/sms"
	"voice.example/shared/staff"
	"voice.example/shared/subscription"
)

// bound is how many answers of a kind a phone gets in an hour.
type bound struct {
	kind string
	most int
}

var (
	unbounded bound
	// asked bounds what one phone can make us send by asking, two machines that answer each other among them.
	asked = bound{"asked", 20}
	// misunderstood is for what is no word of ours.
	misunderstood = bound{"other", 1}
)

const (
	// mostStatuses is of how many people one STATUS tells.
	mostStatuses = 3
	// only is the one answer to a word that gets one, whatever that says: delivered again, the word may find the phone's
	// subscriptions and what was sent to it changed.
	only = "answer"
	// remembered is how long a message's id is: longer than the queue and its dead letters could bring it again.
	remembered = 30 * 24 * time.Hour
)

// reply is a text that is being answered.
type reply struct {
	message
	hash     string        // of the phone
	language i18n.Language // of the word, if it shows
}

// stop puts the phone on the list first; all else may fail. Of many STOPs the one that did it is confirmed, and no other:
// the FCC allows one text.
func (h *handler) stop(ctx context.Context, r reply) error {
	entry, err := h.OptOuts.Stop(ctx, r.hash, r.At, r.ID, optout.Replied)
	if err != nil || !entry.Stopped || entry.By != r.ID {
		return err
	}
	return h.say(ctx, r, "sms_stopped", unbounded)
}

// start takes the phone off the list, unless a STOP came after it. The phone's subscriptions were kept.
func (h *handler) start(ctx context.Context, r reply) error {
	entry, err := h.OptOuts.Start(ctx, r.hash, r.At, r.ID)
	if err != nil || entry.Stopped || entry.By != r.ID {
		return err
	}
	subs, _, err := h.Subscriptions.OfPhone(ctx, r.hash, 1)
	if err != nil {
		return err
	}
	id := "sms_started"
	if len(subs) == 0 {
		id = "sms_started_none"
	}
	return h.text(ctx, r, only, alert.ComposeAnswer(h.wording(r, subs), id), unbounded)
}

func (h *handler) help(ctx context.Context, r reply) error {
	return h.say(ctx, r, "sms_help", asked)
}

// callMe opens an inquiry: somebody is to call. However often a phone asks on one day, it is one inquiry, unless that has
// been seen to meanwhile.
func (h *handler) callMe(ctx context.Context, r reply) error {
	subs, _, err := h.Subscriptions.OfPhone(ctx, r.hash, 1)
	if err != nil {
		return err
	}
	w := h.wording(r, subs)
	i := inquiry.Inquiry{Reason: inquiry.CallMe, Channel: inquiry.Text, Language: w.Language}
	if len(subs) > 0 {
		i.ANumber, i.SubscriptionID = subs[0].ANumber, subs[0].ID
	}
	// Whoever texts us may be texted.
	if err := h.Inquiries.Reach(ctx, &i, inquiry.Contact{Phone: r.From, MayText: true}); err != nil {
		return err
	}
	opened, _, err := h.Inquiries.Open(ctx, r.hash+"/"+r.At.UTC().Format(time.DateOnly), i, staff.Identity{})
	if err != nil {
		return err
	}
	return h.text(ctx, r, "call", alert.ComposeCallNoted(w, opened.Reference), asked)
}

// received acknowledges what was sent to the phone.
func (h *handler) received(ctx context.Context, r reply) error {
	n, err := h.Ledger.Acknowledge(ctx, r.hash, r.At)
	if err != nil {
		return err
	}
	if n == 0 {
		return h.otherwise(ctx, r)
	}
	return h.say(ctx, r, "sms_received", asked)
}

// otherwise answers what is not understood, once in an hour.
func (h *handler) otherwise(ctx context.Context, r reply) error {
	return h.say(ctx, r, "sms_not_understood", misunderstood)
}

// status tells of each of the phone's subscriptions where the person stands, by the rules of look-ups: who is not there,
// may not be shown or was born elsewhere is answered alike.
func (h *handler) status(ctx context.Context, r reply) error {
	feeds := h.Feeds.Read()
	subs, more, err := h.Subscriptions.OfPhone(ctx, r.hash, mostStatuses)
	if err != nil {
		return err
	}
	if len(subs) == 0 {
		w := h.wording(r, nil)
		return h.text(ctx, r, "none", alert.ComposeUndated(w, w.Language.Text("sms_status_none", nil)), asked)
	}
	for _, sub := range subs {
		w := h.wording(r, []subscription.Subscription{sub})
		record, err := h.Custody.Find(ctx, sub.ANumber, sub.CountryOfBirth, h.Now())
		if err != nil && !errors.Is(err, custody.ErrNotFound) {
			return err
		}
		var text string
		switch {
		case w.Discreet: // whether or not there is something to tell
			text = alert.ComposeUndated(w, w.Language.Text("sms_status_discreet", nil))
		case err != nil:
			text = alert.ComposeUndated(w, w.Language.Text("sms_status_nothing", nil))
		default:
			text = alert.ComposeStatus(standing(record, feeds()), w, h.Now())
		}
		if err := h.text(ctx, r, sub.ID, text, asked); err != nil {
			return err
		}
	}
	if !more {
		return nil
	}
	w := h.wording(r, subs)
	return h.text(ctx, r, "more", alert.ComposeUndated(w, w.Language.Text("sms_status_more", nil)), asked)
}

// standing is what there is to tell of a record now, as of when that is known: a roster which has the person is later news
// than the row that the record was made of.
func standing(record custody.Record, feeds feed.Known) (a alert.Alert) {
	a.Tell(custody.NoEvent, record)
	if record.Status == custody.InCustody && !record.Unlisted() {
		if asOf := feeds.AsOf(record); asOf.After(a.AsOf) {
			a.AsOf = asOf
		}
	}
	return a
}

// say answers with a message that names nobody.
func (h *handler) say(ctx context.Context, r reply, id string, b bound) error {
	subs, _, err := h.Subscriptions.OfPhone(ctx, r.hash, 1)
	if err != nil {
		return err
	}
	return h.text(ctx, r, only, alert.ComposeAnswer(h.wording(r, subs), id), b)
}

// wording is the subscriber's own: their language, and their code word against phishing. A stranger gets the language of
// the word.
func (h *handler) wording(r reply, subs []subscription.Subscription) alert.Wording {
	w := alert.Wording{Agency: h.Agency, Hotline: h.Hotline, Zone: h.Zone, Language: i18n.English}
	if l, ok := i18n.Parse(string(r.language)); ok {
		w.Language = l
	}
	if len(subs) > 0 {
		w.Language, w.Discreet, w.CodeWord = subs[0].Language, subs[0].Discreet, subs[0].CodeWord
	}
	return w
}

// text sends an answer at most once for each message, however often that is delivered: it is noted before it is sent. A
// crash in between loses the answer, and never what the message asked for. Only what certainly did not go is tried again.
func (h *handler) text(ctx context.Context, r reply, which, text string, b bound) error {
	key := "replies/" + r.ID + "/" + which
	if first, err := h.Limits.Once(ctx, key, remembered); !first {
		return err
	}
	if ok, err := h.within(ctx, r, b); !ok {
		return errors.Join(err, h.forgetIf(ctx, key, err != nil))
	}
	_, err := h.Sender.Send(ctx, r.From, text)
	var failed *sms.Error
	if errors.As(err, &failed) && failed.Outcome == sms.Retryable {
		return errors.Join(fmt.Errorf("answer: %w", err), h.Limits.Forget(ctx, key))
	}
	if err != nil {
		slog.WarnContext(ctx, "answer not sent", "error", err)
	}
	return nil
}

// within counts an answer, and reports whether it may be sent. One that is sent a second time, because the first
// certainly did not go, counts twice.
func (h *handler) within(ctx context.Context, r reply, b bound) (bool, error) {
	if b == unbounded {
		return true, nil
	}
	err := h.Limits.Take(ctx, "replies/"+b.kind+"/"+r.hash, b.most, time.Hour)
	var throttled *limit.ThrottledError
	if errors.As(err, &throttled) {
		return false, nil
	}
	return err == nil, err
}

func (h *handler) forgetIf(ctx context.Context, key string, failed bool) error {
	if !failed {
		return nil
	}
	return h.Limits.Forget(ctx, key)
}
