// Package deadletter writes into the queue of what functions on streams give up. Lambda writes there which records it gives up
// after its last try; what a function knows that no try can read is written at once, in the same shape, so that it does not
// keep back what is behind it. Staff are told by mail of what is in the queue (functions/escalate).
package deadletter

import (
	"context"
	"encoding/json"
	"fmt"
	"time"

	sdk "github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/sqs"
)

// Queue is the queue.
type Queue struct {
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

// Send writes down that a record of a stream, by its sequence number, cannot be read.
func (q *Queue) Send(ctx context.Context, streamARN, sequence string) error {
	l := letter{Version: "1.0", Timestamp: q.Now().UTC().Format(time.RFC3339Nano)}
	l.RequestContext.Condition = "poison"
	l.Batch.Start, l.Batch.End, l.Batch.Size, l.Batch.Stream = sequence, sequence, 1, streamARN
	body, err := json.Marshal(l)
	if err != nil {
		return fmt.Errorf("deadletter: telling of a record: %w", err)
	}
	if _, err := q.Client.SendMessage(ctx, &sqs.SendMessageInput{QueueUrl: &q.URL, MessageBody: sdk.String(string(body))}); err != nil {
		return fmt.Errorf("deadletter: telling of a record: %w", err)
	}
	return nil
}
