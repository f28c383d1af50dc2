package main

import (
	"context"
	"errors"
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
	"voice.example/shared/inquiry"
	"voice.example/shared/keyring"
	"voice.example/shared/limit"
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
	OptOuts         *optout.List
	Subscriptions   *subscription.Store
	Custody         *custody.Table
	Ledger          *alert.Ledger
	Feeds           *feed.Watch
	Inquiries       *inquiry.Table
	Limits          *limit.Table
	Keys            *secret.Keys
	Sender          sender
	Agency, Hotline string
	Zone            *time.Location
	Now             func() time.Time
}

func newHandler(cfg sdk.Config, env *aws.Variables) (*handler, error) {
	keys, keysErr := keyring.New(cfg, env)
	terms, termsErr := inquiry.ParseTerms(env.Text("INQUIRY_DUE_MINUTES"))
	db := dynamodb.NewFromConfig(cfg)
	return &handler{
		OptOuts:       &optout.List{Client: db, Table: env.Text("OPT_OUTS_TABLE")},
		Subscriptions: &subscription.Store{Client: db, Table: env.Text("SUBSCRIPTIONS_TABLE"), Keys: keys.Fields, Now: aws.Now},
		Custody:       custody.NewTable(db, env.Text("CUSTODY_TABLE")),
		Ledger:        &alert.Ledger{Client: db, Table: env.Text("ALERTS_TABLE"), Now: aws.Now},
		Feeds: &feed.Watch{List: (&feed.Table{Client: db, Name: env.Text("FEEDS_TABLE")}).List,
			Silent: time.Duration(env.Int("FEED_SILENT_HOURS")) * time.Hour, Now: aws.Now},
		// Without a directory: whoever wants to be called waits for the operators, who take.
		Inquiries: &inquiry.Table{Client: db, Name: env.Text("INQUIRIES_TABLE"), Keys: keys.Fields, Terms: terms,
			Retention: env.Days("INQUIRY_RETENTION_DAYS"), Now: aws.Now},
		Limits: &limit.Table{Client: db, Name: env.Text("LIMITS_TABLE"), Now: aws.Now},
		Keys:   keys.Fields,
		Sender: sms.New(cfg, env),
		Agency: env.Text("AGENCY_NAME"), Hotline: env.Text("HOTLINE_NUMBER"), Zone: env.Zone("FEED_TIME_ZONE"),
		Now: aws.Now,
	}, errors.Join(keysErr, termsErr)
}

// Handle works through a batch of texts, side by side, and reports those that must come again. What cannot be read comes
// again until the queue hands it to its dead letters, where somebody sees it.
func (h *handler) Handle(ctx context.Context, batch events.SQSEvent) (events.SQSEventResponse, error) {
	meanings, errs := make([]meaning, len(batch.Records)), make([]error, len(batch.Records))
	var wg sync.WaitGroup
	for i, record := range batch.Records {
		wg.Go(func() { meanings[i], errs[i] = h.take(ctx, record.Body) })
	}
	wg.Wait()
	out := events.SQSEventResponse{BatchItemFailures: []events.SQSBatchItemFailure{}}
	counts := map[meaning]int{}
	for i, err := range errs {
		counts[meanings[i]]++
		if err != nil {
			out.BatchItemFailures = append(out.BatchItemFailures, events.SQSBatchItemFailure{ItemIdentifier: batch.Records[i].MessageId})
			slog.ErrorContext(ctx, "reply", "message_id", batch.Records[i].MessageId, "meaning", meanings[i], "error", err)
		}
	}
	line := aws.LineOf(ctx)
	line.Add("records", len(errs))
	for _, m := range []meaning{stop, start, help, status, received, callMe, otherwise} {
		line.Add(string(m), counts[m])
	}
	line.Again(len(out.BatchItemFailures))
	return out, nil
}

// take does what one text asks for.
func (h *handler) take(ctx context.Context, body string) (meaning, error) {
	m, err := decode(body)
	if err != nil {
		return "", err
	}
	what, language := read(m.Body)
	r := reply{message: m, hash: optout.Hash(h.Keys, m.From), language: language}
	switch what {
	case stop:
		return what, h.stop(ctx, r)
	case start:
		return what, h.start(ctx, r)
	case help:
		return what, h.help(ctx, r) // carriers want HELP answered whoever asks
	}
	stopped, err := h.OptOuts.Stopped(ctx, r.hash)
	if stopped || err != nil {
		return what, err
	}
	switch what {
	case status:
		err = h.status(ctx, r)
	case received:
		err = h.received(ctx, r)
	case callMe:
		err = h.callMe(ctx, r)
	default:
		err = h.otherwise(ctx, r)
	}
	return what, err
}
