package main

import (
	"context"
	"encoding/json"
	"log/slog"
	"time"

	sdk "github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
	"github.com/aws/aws-sdk-go-v2/service/s3"
	"github.com/aws/aws-sdk-go-v2/service/sns"
	"golang.org/x/sync/errgroup"

	"voice.example/shared/alert"
	"voice.example/shared/aws"
	"voice.example/shared/custody"
	"voice.example/shared/secret"
	"voice.example/shared/subscription"
)

const (
	// width is how many changes are worked through at once.
	width = 8
	// patience is how old a change may be that the topic does not take: Lambda brings it again within seconds. An older one
	// goes to the failures, so that it does not keep back those behind it.
	patience = 2 * time.Minute
)

type handler struct {
	Custody       *custody.Table
	Subscriptions *subscription.Store
	Ledger        *alert.Ledger
	Topic         *alert.Topic
	Failures      *failures
	Keys          *secret.Keys
	Transfers     time.Duration // how long a transfer waits for others that may follow
	Now           func() time.Time
}

func newHandler(cfg sdk.Config, env *aws.Variables) (*handler, error) {
	keys, err := secret.New(env.Text("DATA_KEY"))
	db := dynamodb.NewFromConfig(cfg)
	return &handler{
		Custody:       custody.NewTable(db, env.Text("CUSTODY_TABLE")),
		Subscriptions: &subscription.Store{Client: db, Table: env.Text("SUBSCRIPTIONS_TABLE"), Keys: keys, Now: aws.Now},
		Ledger:        &alert.Ledger{Client: db, Table: env.Text("ALERTS_TABLE"), Retention: env.Days("ALERT_RETENTION_DAYS"), Now: aws.Now},
		Topic:         &alert.Topic{Client: sns.NewFromConfig(cfg), ARN: env.Text("ALERTS_TOPIC_ARN")},
		Failures:      &failures{Client: s3.NewFromConfig(cfg), Bucket: env.Text("FAILURES_BUCKET"), Now: aws.Now},
		Keys:          keys,
		Transfers:     env.Minutes("TRANSFER_HOLD_MINUTES"),
		Now:           aws.Now,
	}, err
}

// batch is the part of Lambda's DynamoDB stream event that is used. Its records stay JSON until each is worked through, so
// that one unreadable record fails by itself and not the whole batch.
type batch struct {
	Records []json.RawMessage `json:"Records"`
}

// answer is Lambda's partial batch response. The item identifier of a stream is the sequence number.
type answer struct {
	BatchItemFailures []failure `json:"batchItemFailures"`
}

type failure struct {
	ItemIdentifier string `json:"itemIdentifier"`
}

// Handle works through a batch of changes side by side: each one's alerts are planned in the ledger, and their jobs
// published. It reports the changes of which that failed; Lambda comes again from the first of them. Coming again is
// harmless at every step: planning twice changes nothing, and a job published twice is claimed once.
//
// What Lambda could bring again for ever in vain, and what would keep back those behind it for long, goes to the failures
// instead, whole, to be replayed: a change, or a subscriber of it, that cannot be read, and a change that the topic has
// not taken for a while. In the last case its alerts are planned, and escalate publishes them as soon as the topic is back.
func (h *handler) Handle(ctx context.Context, b batch) (answer, error) {
	out := answer{BatchItemFailures: []failure{}}
	fan := &fanout{ledger: h.Ledger, topic: h.Topic, unplanned: map[int]error{}, unpublished: map[int]error{}}
	records, told := h.work(ctx, b.Records, fan)
	kept := 0
	for i, r := range records {
		why, err := h.outcome(r, told[i], fan.unplanned[i], fan.unpublished[i])
		if err != nil && why != "" {
			if keepErr := h.Failures.keep(ctx, why, r, b.Records[i]); keepErr == nil {
				kept++
				slog.ErrorContext(ctx, "change kept for replay", "sequence_number", r.sequence, "why", why, "error", err)
				continue
			} else {
				err = keepErr
			}
		}
		if err != nil {
			out.BatchItemFailures = append(out.BatchItemFailures, failure{ItemIdentifier: r.sequence})
			slog.ErrorContext(ctx, "change not told", "sequence_number", r.sequence, "error", err)
		}
	}
	line := aws.LineOf(ctx)
	line.Add("records", len(b.Records))
	line.Add("events", fan.events)
	line.Add("alerts", fan.alerts)
	line.Add("held", fan.held)
	line.Add("kept", kept)
	line.Again(len(out.BatchItemFailures))
	line.Count(aws.ChangesKept, kept)
	return out, nil
}

// work tells the changes of a batch: those of one person in their order, since one may take back another, and those of
// different people side by side; people of whom something urgent is to be told before all others. It returns what was
// read of each, and why one could not be told.
func (h *handler) work(ctx context.Context, raws []json.RawMessage, fan *fanout) ([]record, []error) {
	records, told := make([]record, len(raws)), make([]error, len(raws))
	people, urgent := map[custody.ANumber][]int{}, map[custody.ANumber]bool{}
	for i, raw := range raws {
		if records[i], told[i] = read(raw); told[i] == nil {
			who := records[i].aNumber()
			people[who] = append(people[who], i)
			urgent[who] = urgent[who] || h.urgent(records[i])
		}
	}
	for _, first := range []bool{true, false} {
		var group errgroup.Group
		group.SetLimit(width)
		for who, changes := range people {
			if urgent[who] != first {
				continue
			}
			group.Go(func() error {
				for _, i := range changes {
					told[i] = h.tell(ctx, records[i], fan.of(i))
				}
				return nil
			})
		}
		_ = group.Wait() // no error: each is told[i]
		fan.flush(ctx)
	}
	return records, told
}

// urgent reports whether a change has something urgent to tell. A fault of ours that it brings out is tell's to see to.
func (h *handler) urgent(r record) (is bool) {
	defer func() { _ = recover() }()
	return custody.Change(r.old, r.new, h.Now()).Urgent()
}
