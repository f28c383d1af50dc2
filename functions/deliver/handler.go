package main

import (
	"context"
	"encoding/json"
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
	"voice.example/shared/email"
	"voice.example/shared/feed"
	"voice.example/shared/keyring"
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

// mailer sends e-mail; email.SES does. An error of its is as a sender's.
type mailer interface {
	Send(ctx context.Context, to, subject, body string) (messageID string, err error)
}

type handler struct {
	Mail            mailer
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
	keys, err := keyring.New(cfg, env)
	db := dynamodb.NewFromConfig(cfg)
	return &handler{
		Custody:       custody.NewTable(db, env.Text("CUSTODY_TABLE")),
		Subscriptions: &subscription.Store{Client: db, Table: env.Text("SUBSCRIPTIONS_TABLE"), Keys: keys.Fields, Now: aws.Now},
		OptOuts:       &optout.List{Client: db, Table: env.Text("OPT_OUTS_TABLE")},
		Ledger: &alert.Ledger{Client: db, Table: env.Text("ALERTS_TABLE"), Retention: env.Days("ALERT_RETENTION_DAYS"),
			Schedule: alert.ScheduleOf(env), Now: aws.Now},
		Feeds: &feed.Watch{List: (&feed.Table{Client: db, Name: env.Text("FEEDS_TABLE")}).List,
			Silent: time.Duration(env.Int("FEED_SILENT_HOURS")) * time.Hour, Now: aws.Now},
		Keys:   keys.Fields,
		Sender: sms.New(cfg, env),
		Mail:   email.New(cfg, env),
		Agency: env.Text("AGENCY_NAME"), Hotline: env.Text("HOTLINE_NUMBER"), Zone: env.Zone("FEED_TIME_ZONE"),
		Now: aws.Now,
	}, err
}

// result is what became of one job.
type result string

const (
	sent     result = "sent"
	withheld result = "withheld" // settled without a text: ended, stopped, overtaken, taken back, or not to be disclosed any more
	refused  result = "refused"  // settled without a text: the phone cannot be texted
	repeated result = "repeated" // there was nothing left to do
	held     result = "held"     // waits for the end of quiet hours, and comes again then
	later    result = "later"    // comes again after the queue's visibility timeout
)

// Handle delivers the jobs of a batch side by side and reports those that must come again.
func (h *handler) Handle(ctx context.Context, batch events.SQSEvent) (events.SQSEventResponse, error) {
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
	line := aws.LineOf(ctx)
	line.Add("records", len(results))
	for _, r := range []result{sent, withheld, refused, repeated, held} {
		line.Add(string(r), counts[r])
	}
	line.Again(counts[later])
	line.Count(aws.AlertsRefused, counts[refused])
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
