package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"sync"
	"time"

	"github.com/aws/aws-lambda-go/events"
	sdk "github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb"

	"voice.example/shared/alert"
	"voice.example/shared/aws"
	"voice.example/shared/custody"
	"voice.example/shared/feed"
	"voice.example/shared/optout"
	"voice.example/shared/phone"
	"voice.example/shared/secret"
	"voice.example/shared/sms"
	"voice.example/shared/subscription"
)

// sender texts a phone; sms.SNS does. An error of its is an *sms.Error.
type sender interface {
	Send(ctx context.Context, to phone.Number, text string) (messageID string, err error)
}

type handler struct {
	Custody         *custody.Table
	Subscriptions   *subscription.Store
	OptOuts         *optout.List
	Ledger          *alert.Ledger
	Feeds           *feed.Watch
	Keys            *secret.Keys
	Sender          sender
	Agency, Hotline string
	Zone            *time.Location
	Now             func() time.Time
}

func newHandler(cfg sdk.Config, env *aws.Variables) (*handler, error) {
	keys, err := secret.New(env.Text("DATA_KEY"))
	db := dynamodb.NewFromConfig(cfg)
	return &handler{
		Custody:       custody.NewTable(db, env.Text("CUSTODY_TABLE")),
		Subscriptions: &subscription.Store{Client: db, Table: env.Text("SUBSCRIPTIONS_TABLE"), Keys: keys, Now: time.Now},
		OptOuts:       &optout.List{Client: db, Table: env.Text("OPT_OUTS_TABLE")},
		Ledger:        &alert.Ledger{Client: db, Table: env.Text("ALERTS_TABLE"), Retention: env.Days("ALERT_RETENTION_DAYS"), Now: time.Now},
		Feeds: &feed.Watch{Feeds: &feed.Table{Client: db, Name: env.Text("FEEDS_TABLE")},
			Silent: time.Duration(env.Int("FEED_SILENT_HOURS")) * time.Hour, Now: time.Now},
		Keys:   keys,
		Sender: sms.New(cfg, env),
		Agency: env.Text("AGENCY_NAME"), Hotline: env.Text("HOTLINE_NUMBER"), Zone: env.Zone("FEED_TIME_ZONE"),
		Now: time.Now,
	}, err
}

// result is what became of one job.
type result string

const (
	sent     result = "sent"
	withheld result = "withheld" // settled without a text: ended, stopped, overtaken, taken back, or not to be disclosed any more
	refused  result = "refused"  // settled without a text: the phone cannot be texted
	repeated result = "repeated" // there was nothing left to do
	later    result = "later"    // comes again after the queue's visibility timeout
)

// Handle delivers the jobs of a batch side by side and reports those that must come again.
func (h *handler) Handle(ctx context.Context, batch events.SQSEvent) (events.SQSEventResponse, error) {
	started := h.Now()
	h.Feeds.Read() // begins, if it is due, so that it is done when the first text is worded
	results := make([]result, len(batch.Records))
	var wg sync.WaitGroup
	for i, message := range batch.Records {
		wg.Go(func() {
			var err error
			if results[i], err = h.deliver(ctx, message.Body); err != nil {
				slog.ErrorContext(ctx, "job", "message_id", message.MessageId, "result", results[i], "error", err)
			}
		})
	}
	wg.Wait()
	out := events.SQSEventResponse{BatchItemFailures: []events.SQSBatchItemFailure{}}
	counts := map[result]int{}
	for i, r := range results {
		counts[r]++
		if r == later {
			out.BatchItemFailures = append(out.BatchItemFailures, events.SQSBatchItemFailure{ItemIdentifier: batch.Records[i].MessageId})
		}
	}
	slog.InfoContext(ctx, "batch", "records", len(results), "sent", counts[sent], "withheld", counts[withheld],
		"refused", counts[refused], "repeated", counts[repeated], "later", counts[later], "ms", h.Now().Sub(started).Milliseconds())
	return out, nil
}

// deliver does one job. What cannot be read or found comes again until the queue hands it to its dead letters, where
// somebody sees it.
func (h *handler) deliver(ctx context.Context, body string) (result, error) {
	var job alert.Job
	if err := json.Unmarshal([]byte(body), &job); err != nil || job.AlertID == "" {
		return later, errors.New("not a job")
	}
	return h.deliverAlert(ctx, job.AlertID)
}

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
	if a.Overtaken(record) {
		return h.overtaken(ctx, a, sub, record)
	}
	told := a
	h.date(&told, record)
	return h.send(ctx, a, sub, alert.Compose(told, h.wording(sub), h.Now()))
}

// overtaken settles an alert that waited, or took the slower queue, until a later event made it wrong. That event has an
// alert of its own, if the subscriber wants its kind. If not, it gets one here, so that the subscriber hears where the
// person stands now instead, and hears it corrected should it turn out to be wrong.
func (h *handler) overtaken(ctx context.Context, a alert.Alert, sub subscription.Subscription, r custody.Record) (result, error) {
	now := a.EventSince(r)
	if sub.Wants(now) {
		return h.settleUnsent(ctx, a, alert.Failed, "overtaken", withheld)
	}
	instead := alert.New(alert.EventID(h.Keys, r), now, r, sub.ID)
	instead.Relisted = now == custody.Returned && a.Status == custody.InCustody
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

// send texts the subscriber, unless the phone has said STOP by this moment, and settles the alert by the outcome.
func (h *handler) send(ctx context.Context, a alert.Alert, sub subscription.Subscription, text string) (result, error) {
	to, err := h.Subscriptions.Phone(sub)
	if err != nil {
		return h.giveBack(ctx, a, err)
	}
	stopped, err := h.OptOuts.Stopped(ctx, sub.PhoneHash)
	if err != nil {
		return h.giveBack(ctx, a, err)
	}
	if stopped {
		return h.settleUnsent(ctx, a, alert.OptedOut, "stopped", withheld)
	}
	a.PhoneHash = sub.PhoneHash
	messageID, err := h.Sender.Send(ctx, to, text)
	if err == nil {
		// A crash before this line is written leaves the claim to run out, and the text goes once more.
		return sent, h.Ledger.SettleSent(ctx, a, messageID)
	}
	var failed *sms.Error
	errors.As(err, &failed)
	switch {
	case failed == nil, failed.Outcome == sms.Unknown:
		return later, err // may have gone: the claim runs out, then it is tried again rather than lost
	case failed.Outcome == sms.Retryable:
		return h.giveBack(ctx, a, err)
	case failed.Outcome == sms.OptedOut:
		r, settleErr := h.settleUnsent(ctx, a, alert.OptedOut, "phone", refused)
		return r, errors.Join(fmt.Errorf("alert %s: %w", a.ID, err), settleErr)
	}
	r, settleErr := h.settleUnsent(ctx, a, alert.Failed, "phone", refused)
	return r, errors.Join(fmt.Errorf("alert %s: %w", a.ID, err), settleErr)
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
