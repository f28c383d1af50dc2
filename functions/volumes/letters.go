package main

import (
	"context"
	"encoding/json"
	"fmt"
	"time"

	sdk "github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/sqs"
)

// deadLetters is the queue into which Lambda writes which records it gives up; here is what we give up at once, in the same
// shape. Staff are told of what is in it.
type deadLetters struct {
	Client *sqs.Client
	URL    string
	Now    func() time.Time
}

// letter is a message of the queue. It has no image: for a day, the record is still in the stream. Source: AWS Lambda
// developer guide, "Retaining discarded batches for a DynamoDB event source": of what Lambda writes, the parts that find
// the record.
type letter struct {
	RequestContext struct {
		Condition string `json:"condition"`
	} `json:"requestContext"`
	Version   string `json:"version"`
	Timestamp string `json:"timestamp"`
	Batch     struct {
		Start  string `json:"startSequenceNumber"`
		End    string `json:"endSequenceNumber"`
		Size   int    `json:"batchSize"`
		Stream string `json:"streamArn"`
	} `json:"DDBStreamBatchInfo"`
}

// send writes down that a record cannot be read.
func (d *deadLetters) send(ctx context.Context, r record) error {
	l := letter{Version: "1.0", Timestamp: d.Now().UTC().Format(time.RFC3339Nano)}
	l.RequestContext.Condition = "poison"
	l.Batch.Start, l.Batch.End, l.Batch.Size, l.Batch.Stream = r.Change.Sequence, r.Change.Sequence, 1, r.Stream
	body, err := json.Marshal(l)
	if err != nil {
		return fmt.Errorf("telling of a record: %w", err)
	}
	if _, err := d.Client.SendMessage(ctx, &sqs.SendMessageInput{QueueUrl: &d.URL, MessageBody: sdk.String(string(body))}); err != nil {
		return fmt.Errorf("telling of a record: %w", err)
	}
	return nil
}
