package main

import (
	"context"
	"encoding/json"
	"log/slog"
	"maps"
	"slices"
	"time"

	sdk "github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
	"github.com/aws/aws-sdk-go-v2/service/sqs"

	"voice.example/shared/aws"
	"voice.example/shared/deadletter"
	"voice.example/shared/volume"
)

// counter counts changes exactly once; volume.Table does.
type counter interface {
	Count(ctx context.Context, changes []volume.Change) (done int, err error)
}

type handler struct {
	Volumes counter
	Letters *deadletter.Queue
	Zone    *time.Location // whose days are counted
	Now     func() time.Time
}

func newHandler(cfg sdk.Config, env *aws.Variables) *handler {
	return &handler{
		Volumes: &volume.Table{Client: dynamodb.NewFromConfig(cfg), Name: env.Text("VOLUMES_TABLE"), Now: aws.Now},
		Letters: &deadletter.Queue{Client: sqs.NewFromConfig(cfg), URL: env.Text("DEAD_LETTERS_URL"), Now: aws.Now},
		Zone:    env.Zone("FEED_TIME_ZONE"),
		Now:     aws.Now,
	}
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

// Handle counts a batch of one of the two streams.
func (h *handler) Handle(ctx context.Context, b batch) (answer, error) {
	records := make([]record, len(b.Records))
	for i, raw := range b.Records {
		records[i] = read(raw)
	}
	for _, r := range records {
		if r.keys.AlertID.S != "" {
			return answer{BatchItemFailures: []failure{}}, h.countAlerts(ctx, records)
		}
	}
	return h.countInquiries(ctx, records), nil
}

// countInquiries counts changes of inquiries, each exactly once and in their order. It reports the first that could not be
// counted; Lambda comes again from it. What cannot be read is never going to be: it is told to staff through the dead
// letters, and those behind it are counted.
//
// A change that comes alone is one call of 8 write units: $5 for a million changes. Those that come with it add 2 each.
func (h *handler) countInquiries(ctx context.Context, records []record) answer {
	out := answer{BatchItemFailures: []failure{}}
	changes, from := []volume.Change{}, []int{} // from: the record of each change
	unreadable := map[int]error{}
	for i, r := range records {
		adds, err := h.ofInquiry(r)
		if err != nil {
			unreadable[i] = err
			continue
		}
		changes, from = append(changes, volume.Change{ID: r.ID, Adds: adds}), append(from, i)
	}
	stop := len(records)
	done, err := h.Volumes.Count(ctx, changes)
	if err != nil {
		stop = from[done]
		slog.ErrorContext(ctx, "not counted", "sequence_number", records[stop].Change.Sequence, "error", err)
	}
	for _, i := range slices.Sorted(maps.Keys(unreadable)) {
		if i > stop {
			break // it comes again
		}
		slog.ErrorContext(ctx, "a change of an inquiry cannot be read", "sequence_number", records[i].Change.Sequence, "error", unreadable[i])
		if err := h.Letters.Send(ctx, records[i].Stream, records[i].Change.Sequence); err != nil {
			slog.ErrorContext(ctx, "and that cannot be told", "sequence_number", records[i].Change.Sequence, "error", err)
			stop = i
		}
	}
	if stop < len(records) {
		out.BatchItemFailures = append(out.BatchItemFailures, failure{ItemIdentifier: records[stop].Change.Sequence})
	}
	line := aws.LineOf(ctx)
	line.Set("series", volume.Inquiries)
	line.Add("records", len(records))
	line.Add("counted", done)
	line.Add("unreadable", len(unreadable))
	line.Again(len(out.BatchItemFailures))
	return out
}

// countAlerts counts what became of alerts, all of the batch in one write. There are too many of them to remember each, so
// what is remembered is the batch: when Lambda comes again with the same records, nothing is counted twice. When it comes
// with some of them and others, as after its own checkpoint was lost, some are: these counters are near the truth, and
// the ledger has it. A record that cannot be read is left out.
//
// A batch is one call of 6 write units, whatever its size. An alert comes three times: planned, sent, delivered. So a million
// alerts cost $11.25 of DynamoDB if each change comes alone, as through a quiet day, and $0.01 in batches of 1000, as after
// an upload, when it is many (measured by TestAlertsCost, at aws.DollarsPerWRU).
func (h *handler) countAlerts(ctx context.Context, records []record) error {
	adds, unreadable := volume.Adds{}, 0
	for _, r := range records {
		one, err := h.ofAlert(r)
		if err != nil {
			unreadable++
			slog.ErrorContext(ctx, "a change of an alert cannot be read", "sequence_number", r.Change.Sequence, "error", err)
			continue
		}
		adds.Merge(one)
	}
	_, err := h.Volumes.Count(ctx, []volume.Change{{ID: batchID(records), Adds: adds}})
	line := aws.LineOf(ctx)
	line.Set("series", volume.Alerts)
	line.Add("records", len(records))
	line.Add("unreadable", unreadable)
	return err
}
