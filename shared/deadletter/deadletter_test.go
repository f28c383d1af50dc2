package deadletter

import (
	"context"
	"encoding/json"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/service/sqs"

	"voice.example/infra/local/localtest"
)

func TestSend(t *testing.T) {
	cloud, ctx := localtest.New(t, "letters"), context.Background()
	q := &Queue{Client: cloud.SQS(), URL: cloud.URLOf("letters"), Now: func() time.Time { return time.Date(2026, 6, 1, 12, 0, 0, 0, time.UTC) }}
	t.Run("OK", func(t *testing.T) {
		if err := q.Send(ctx, "arn:stream", "900000001"); err != nil {
			t.Fatal(err)
		}
		out, err := q.Client.ReceiveMessage(ctx, &sqs.ReceiveMessageInput{QueueUrl: &q.URL, MaxNumberOfMessages: 10})
		if err != nil || len(out.Messages) != 1 {
			t.Fatalf("%d messages, %v", len(out.Messages), err)
		}
		want := `{"requestContext":{"condition":"poison"},"version":"1.0","timestamp":"2026-06-01T12:00:00Z","DDBStreamBatchInfo":` +
			`{"startSequenceNumber":"900000001","endSequenceNumber":"900000001","batchSize":1,"streamArn":"arn:stream"}}`
		if got := *out.Messages[0].Body; got != want || !json.Valid([]byte(got)) {
			t.Errorf("got %s", got)
		}
	})
	t.Run("ErrQueueGone", func(t *testing.T) {
		gone := *q
		gone.URL += "-gone"
		if err := gone.Send(ctx, "arn:stream", "1"); err == nil {
			t.Error("nobody would know")
		}
	})
}
