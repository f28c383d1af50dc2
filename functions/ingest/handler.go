package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"net/url"
	"time"

	"github.com/aws/aws-lambda-go/events"
	sdk "github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
	"github.com/aws/aws-sdk-go-v2/service/s3"

	"voice.example/shared/aws"
	"voice.example/shared/custody"
	"voice.example/shared/subscription"
	"voice.example/shared/upload"
)

type handler struct {
	Uploads *upload.Pipeline
}

func newHandler(cfg sdk.Config, env *aws.Variables) (*handler, error) {
	meter := new(aws.Meter)
	db := dynamodb.NewFromConfig(cfg, meter.Attach)
	return &handler{Uploads: &upload.Pipeline{
		S3:          s3.NewFromConfig(cfg),
		DynamoDB:    db,
		Table:       env.Text("UPLOADS_TABLE"),
		Custody:     custody.NewTable(db, env.Text("CUSTODY_TABLE")),
		Subscribers: &subscription.Store{Client: db, Table: env.Text("SUBSCRIPTIONS_TABLE")},
		Meter:       meter,
		Zone:        env.Zone("FEED_TIME_ZONE"),
		Future:      env.Days("FUTURE_DAYS"),
		Now:         time.Now,
	}}, nil
}

// Handle runs the uploads that a batch of S3 notifications announces, and reports the messages that must come again:
// those whose upload another worker has, that ran out of time, or that met a fault.
func (h *handler) Handle(ctx context.Context, batch events.SQSEvent) (events.SQSEventResponse, error) {
	out := events.SQSEventResponse{BatchItemFailures: []events.SQSBatchItemFailure{}}
	for _, message := range batch.Records {
		if err := h.announced(ctx, message.Body); err != nil {
			slog.ErrorContext(ctx, "announcement comes again", "message_id", message.MessageId, "error", err)
			out.BatchItemFailures = append(out.BatchItemFailures, events.SQSBatchItemFailure{ItemIdentifier: message.MessageId})
		}
	}
	return out, nil
}

// announced runs the uploads of one S3 notification. The test message that S3 sends when a notification is set up has
// no records, and is done.
func (h *handler) announced(ctx context.Context, body string) error {
	var notification events.S3Event
	if err := json.Unmarshal([]byte(body), &notification); err != nil {
		return errors.New("not an S3 notification")
	}
	var failed error
	for _, record := range notification.Records {
		object, err := objectOf(record)
		if err == nil {
			err = h.run(ctx, object)
		}
		failed = errors.Join(failed, err)
	}
	return failed
}

// objectOf reads which object a notification is about. Its key comes as in a URL's query.
func objectOf(r events.S3EventRecord) (upload.Object, error) {
	key, err := url.QueryUnescape(r.S3.Object.Key)
	if err != nil || key == "" || r.S3.Bucket.Name == "" {
		return upload.Object{}, errors.New("an S3 notification without an object")
	}
	o := upload.Object{Bucket: r.S3.Bucket.Name, Key: key, Version: r.S3.Object.VersionID, Versioned: true, ReceivedAt: r.EventTime}
	if o.Version == "" || o.Version == "null" { // a bucket without versions
		o.Version, o.Versioned = r.S3.Object.ETag+" "+r.S3.Object.Sequencer, false
	}
	return o, nil
}

// run runs one upload. The key stays out of the log: staff may name a file after a person.
func (h *handler) run(ctx context.Context, o upload.Object) error {
	started := h.Uploads.Now()
	s, err := h.Uploads.Run(ctx, o)
	level := slog.LevelInfo
	if err != nil || s.State == upload.Failed {
		level = slog.LevelError
	}
	slog.Log(ctx, level, "upload", "upload_id", o.ID(), "state", s.State, "rows", s.Rows, "applied", s.Applied,
		"unchanged", s.Unchanged, "superseded", s.Superseded, "rejected", s.Rejected, "conflicts", s.Conflicts,
		"events", s.Events, "alerts", s.Alerts, "rru", s.RRU, "wru", s.WRU, "ms", h.Uploads.Now().Sub(started).Milliseconds())
	if err != nil {
		return fmt.Errorf("upload %s: %w", o.ID(), err)
	}
	return nil
}
