package main

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"time"

	sdk "github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/s3"
)

// Why a change is kept, which is also the folder that it is kept in.
const (
	poison         = "poison"      // it cannot be read, or a subscriber of it
	unpublishedFor = "unpublished" // the topic has not taken it for a while; its alerts are planned
)

// failures is the bucket to which Lambda writes what it gives up; here is what we give up at once, in the same shape.
type failures struct {
	Client *s3.Client
	Bucket string
	Now    func() time.Time
}

// kept is an object of the bucket. Source: AWS Lambda developer guide, "Retaining discarded batches for a DynamoDB event
// source": of what Lambda writes, the parts that a replay needs and a reader asks for.
type kept struct {
	RequestContext struct {
		Condition string `json:"condition"`
	} `json:"requestContext"`
	Version   string `json:"version"`
	Timestamp string `json:"timestamp"`
	Payload   string `json:"payload"` // the event, whole
}

// keep writes a record, under a name that is the same however often it is kept.
func (f *failures) keep(ctx context.Context, why string, r record, raw json.RawMessage) error {
	event, err := json.Marshal(batch{Records: []json.RawMessage{raw}})
	if err != nil {
		return fmt.Errorf("keeping a change: %w", err)
	}
	object := kept{Version: "1.0", Timestamp: f.Now().UTC().Format(time.RFC3339Nano), Payload: string(event)}
	object.RequestContext.Condition = why
	body, err := json.Marshal(object)
	if err != nil {
		return fmt.Errorf("keeping a change: %w", err)
	}
	day := r.at
	if day.IsZero() {
		day = f.Now()
	}
	key := fmt.Sprintf("%s/%s/%s.json", why, day.UTC().Format("2006/01/02"), r.sequence)
	if _, err := f.Client.PutObject(ctx, &s3.PutObjectInput{Bucket: &f.Bucket, Key: &key, Body: bytes.NewReader(body),
		ContentType: sdk.String("application/json")}); err != nil {
		return fmt.Errorf("keeping a change: %w", err)
	}
	return nil
}
