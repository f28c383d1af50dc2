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
	Ledger          *alert.Ledger
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
		Ledger:        &alert.Ledger{Client: db, Table: env.Text("ALERTS_TABLE"), Now: time.Now},
		Keys:          keys,
		Sender:        sms.NewSNS(cfg),
		Agency:        env.Text("AGENCY_NAME"), Hotline: env.Text("HOTLINE_NUMBER"), Zone: env.Zone("FEED_TIME_ZONE"),
		Now: time.Now,
	}, err
}

// result is what became of one job.
type result string

const (
	sent     result = "sent"
	withheld result = "withheld" // settled without a text: ended, overtaken, taken back, or not to be disclosed any more
	refused  result = "refused"  // settled without a text: the phone cannot be texted
	repeated result = "repeated" // there was nothing left to do
	later    result = "later"    // comes again after the queue's visibility timeout
)

// Handle delivers the jobs of a batch side by side and reports those that must come again.
func (h *handler) Handle(ctx context.Context, batch events.SQSEvent) (events.SQSEventResponse, error) {
	started := h.Now()
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
	a, err := h.Ledger.Claim(ctx, job.AlertID)
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
	// A text that waited, or took the slower queue, must not say what a later one has made wrong. The later event has an
	// alert of its own, if the subscriber wants that kind; else this one tells where the person stands now.
	told := a
	if a.Overtaken(record) {
		now := a.EventSince(record)
		if sub.Wants(now) {
			return h.settleUnsent(ctx, a, alert.Failed, "overtaken", withheld)
		}
		told.Tell(now, record)
		told.Relisted = now == custody.Returned && a.Status == custody.InCustody
	}
	return h.send(ctx, a, sub, alert.Compose(told, h.wording(sub), h.Now()))
}

func (h *handler) wording(sub subscription.Subscription) alert.Wording {
	return alert.Wording{Agency: h.Agency, Hotline: h.Hotline, Zone: h.Zone, Language: sub.Language, Discreet: sub.Discreet, CodeWord: sub.CodeWord}
}

// send texts the subscriber and settles the alert by the outcome.
func (h *handler) send(ctx context.Context, a alert.Alert, sub subscription.Subscription, text string) (result, error) {
	to, err := h.Subscriptions.Phone(sub)
	if err != nil {
		return h.giveBack(ctx, a, err)
	}
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
