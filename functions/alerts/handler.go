package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"time"

	sdk "github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
	"github.com/aws/aws-sdk-go-v2/service/sns"
	"golang.org/x/sync/errgroup"

	"voice.example/shared/alert"
	"voice.example/shared/aws"
	"voice.example/shared/custody"
	"voice.example/shared/secret"
	"voice.example/shared/subscription"
)

// width is how many ledger writes are under way at once for one event.
const width = 16

type handler struct {
	Subscriptions *subscription.Store
	Ledger        *alert.Ledger
	Topic         *alert.Topic
	Keys          *secret.Keys
	Now           func() time.Time
}

func newHandler(cfg sdk.Config, env *aws.Variables) (*handler, error) {
	keys, err := secret.New(env.Text("DATA_KEY"))
	db := dynamodb.NewFromConfig(cfg)
	return &handler{
		Subscriptions: &subscription.Store{Client: db, Table: env.Text("SUBSCRIPTIONS_TABLE"), Keys: keys, Now: time.Now},
		Ledger:        &alert.Ledger{Client: db, Table: env.Text("ALERTS_TABLE"), Retention: env.Days("ALERT_RETENTION_DAYS"), Now: time.Now},
		Topic:         &alert.Topic{Client: sns.NewFromConfig(cfg), ARN: env.Text("ALERTS_TOPIC_ARN")},
		Keys:          keys,
		Now:           time.Now,
	}, err
}

// batch is the part of Lambda's DynamoDB stream event that is used. The images stay JSON until custody reads them,
// so that one unreadable image fails its own record and not the whole batch.
type batch struct {
	Records []record `json:"Records"`
}

type record struct {
	Change struct {
		SequenceNumber string          `json:"SequenceNumber"`
		OldImage       json.RawMessage `json:"OldImage"`
		NewImage       json.RawMessage `json:"NewImage"`
	} `json:"dynamodb"`
}

// answer is Lambda's partial batch response. The item identifier of a stream is the sequence number.
type answer struct {
	BatchItemFailures []failure `json:"batchItemFailures"`
}

type failure struct {
	ItemIdentifier string `json:"itemIdentifier"`
}

// Handle works through a batch of changes. It plans every record's alerts in the ledger, then publishes them together,
// and reports the records that failed; Lambda comes again from the first of them. Coming again is harmless at every
// step: planning twice changes nothing, and a job published twice is claimed once.
func (h *handler) Handle(ctx context.Context, b batch) (answer, error) {
	started := h.Now()
	var messages []alert.Message
	var owner []int // messages[i] is of b.Records[owner[i]]
	failed := map[int]error{}
	events, alerts := 0, 0
	for i, r := range b.Records {
		planned, err := h.plan(ctx, r)
		if err != nil {
			failed[i] = err
			continue
		}
		for _, m := range planned {
			messages, owner = append(messages, m), append(owner, i)
		}
		if len(planned) > 0 {
			events, alerts = events+1, alerts+len(planned)-1
		}
	}
	refused, err := h.Topic.Publish(ctx, messages)
	for _, i := range refused {
		failed[owner[i]] = err
	}
	out := answer{BatchItemFailures: []failure{}}
	for i, r := range b.Records {
		if err, ok := failed[i]; ok {
			out.BatchItemFailures = append(out.BatchItemFailures, failure{ItemIdentifier: r.Change.SequenceNumber})
			slog.ErrorContext(ctx, "change not told", "sequence_number", r.Change.SequenceNumber, "error", err)
		}
	}
	slog.InfoContext(ctx, "batch", "records", len(b.Records), "events", events, "alerts", alerts,
		"failed", len(out.BatchItemFailures), "ms", h.Now().Sub(started).Milliseconds())
	return out, nil
}

// plan writes the alerts of one change into the ledger and returns the messages to publish: the event for partner
// agencies first, then a job per alert. None, when the change matters to nobody or may be told to nobody.
func (h *handler) plan(ctx context.Context, r record) ([]alert.Message, error) {
	old, err := custody.FromImage(r.Change.OldImage)
	if err != nil {
		return nil, fmt.Errorf("old image: %w", err)
	}
	new, err := custody.FromImage(r.Change.NewImage)
	if err != nil {
		return nil, fmt.Errorf("new image: %w", err)
	}
	event := custody.Change(old, new, h.Now())
	switch {
	case event == custody.NoEvent:
		return nil, nil
	case new.TakesBack(old):
		return h.planCorrections(ctx, *new)
	case !custody.Disclosable(*new, h.Now()):
		return nil, nil
	}
	eventID := alert.EventID(h.Keys, *new)
	notice, err := alert.NewNotice(eventID, event, *new).Message()
	if err != nil {
		return nil, err
	}
	messages := []alert.Message{notice}
	group, groupCtx := errgroup.WithContext(ctx)
	group.SetLimit(width)
	for sub, err := range h.Subscriptions.Subscribers(ctx, new.ANumber) {
		if errors.Is(err, subscription.ErrUnreadable) {
			slog.ErrorContext(ctx, "subscriber not told", "event_id", eventID, "error", err)
			continue // must not keep the others waiting
		}
		if err != nil {
			return nil, errors.Join(err, group.Wait())
		}
		if !sub.Wants(event) || sub.CountryOfBirth != new.CountryOfBirth {
			continue
		}
		a := alert.New(eventID, event, *new, sub.ID)
		a.Relisted = event == custody.Returned && old != nil && old.Status == custody.InCustody
		messages = append(messages, alert.JobMessage(a))
		group.Go(func() error { return h.Ledger.Plan(groupCtx, a) })
	}
	if err := group.Wait(); err != nil {
		return nil, err
	}
	return messages, nil
}
