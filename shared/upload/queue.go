package upload

import (
	"context"
	"encoding/json"
	"fmt"

	"github.com/aws/aws-sdk-go-v2/service/sqs"
)

// Queue is the queue of uploads, from which ingest takes its work.
type Queue struct {
	Client *sqs.Client
	URL    string
}

// Announce asks ingest to go on with an upload. Asking twice does no harm.
func (q *Queue) Announce(ctx context.Context, uploadID string) error {
	body, _ := json.Marshal(map[string]string{"upload_id": uploadID}) // strings: it cannot fail
	if _, err := q.Client.SendMessage(ctx, &sqs.SendMessageInput{QueueUrl: &q.URL, MessageBody: ptr(string(body))}); err != nil {
		return fmt.Errorf("upload: announcing: %w", err)
	}
	return nil
}
