package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"net/url"

	"github.com/aws/aws-lambda-go/events"
	sdk "github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/sqs"

	"voice.example/shared/aws"
	"voice.example/shared/upload"
)

type handler struct {
	Uploads *upload.Pipeline
	Queue   *upload.Queue
}

func newHandler(cfg sdk.Config, env *aws.Variables) *handler {
	h := &handler{
		Uploads: upload.New(cfg, env),
		Queue:   &upload.Queue{Client: sqs.NewFromConfig(cfg), URL: env.Text("UPLOADS_QUEUE_URL")},
	}
	h.Uploads.Machine = upload.NewMachine(cfg, env)
	return h
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
	line := aws.LineOf(ctx)
	line.Add("records", len(batch.Records))
	line.Again(len(out.BatchItemFailures))
	return out, nil
}

// errUploadFailed is the reason of an invocation's line; the upload itself says more.
var errUploadFailed = errors.New("the upload failed")

// message is what the queue of uploads carries: a notification of S3, or the id of an upload that is to go on.
type message struct {
	events.S3Event
	UploadID string `json:"upload_id"`
}

// announced runs the uploads of one message. The test message that S3 sends when a notification is set up has no records,
// and is done.
func (h *handler) announced(ctx context.Context, body string) error {
	var m message
	if err := json.Unmarshal([]byte(body), &m); err != nil {
		return errors.New("not an S3 notification")
	}
	if m.UploadID != "" {
		return h.run(ctx, m.UploadID, nil)
	}
	var failed error
	for _, record := range m.Records {
		object, err := objectOf(record)
		if err == nil {
			err = h.run(ctx, object.ID(), &object)
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
	o := upload.Object{Bucket: r.S3.Bucket.Name, Key: key, Version: r.S3.Object.VersionID, Versioned: true,
		ReceivedAt: r.EventTime, By: r.PrincipalID.PrincipalID}
	if o.Version == "" || o.Version == "null" { // a bucket without versions
		o.Version, o.Versioned = r.S3.Object.ETag+" "+r.S3.Object.Sequencer, false
	}
	return o, nil
}

// run runs one upload; an object is given with the first announcement. The key stays out of the log: staff may name a
// file after a person. An upload that ran out of time is announced anew, so that it goes on at once.
func (h *handler) run(ctx context.Context, uploadID string, o *upload.Object) error {
	var s upload.Summary
	var err error
	if o != nil {
		s, err = h.Uploads.Run(ctx, *o)
	} else {
		s, err = h.Uploads.Continue(ctx, uploadID)
	}
	line := aws.LineOf(ctx)
	line.Set("upload_id", uploadID)
	line.Set("kind", s.Kind)
	line.Set("state", s.State)
	if s.State == upload.Failed {
		line.Fail(errUploadFailed)
		line.Count(aws.UploadsFailed, 1)
	}
	for _, c := range []struct {
		name string
		n    int
	}{{"rows", s.Rows}, {"applied", s.Applied}, {"unchanged", s.Unchanged}, {"superseded", s.Superseded}, {"rejected", s.Rejected},
		{"conflicts", s.Conflicts}, {"events", s.Events}, {"alerts", s.Alerts}} {
		line.Add(c.name, c.n)
	}
	if errors.Is(err, upload.ErrOutOfTime) {
		err = h.Queue.Announce(ctx, uploadID)
	}
	if err != nil {
		return fmt.Errorf("upload %s: %w", uploadID, err)
	}
	return nil
}
