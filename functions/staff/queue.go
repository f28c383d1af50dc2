package main

import (
	"context"
	"encoding/json"
	"fmt"

	"github.com/aws/aws-sdk-go-v2/service/sqs"
)

// queue is the queue of uploads, which ingest works off.
type queue struct {
	client *sqs.Client
	url    string
}

// Start has ingest go on with an upload. What is sent twice is done once.
func (q queue) Start(ctx context.Context, uploadID string) error {
	body, err := json.Marshal(struct {
		UploadID string `json:"upload_id"`
	}{uploadID})
	if err != nil {
		return err
	}
	text := string(body)
	if _, err := q.client.SendMessage(ctx, &sqs.SendMessageInput{QueueUrl: &q.url, MessageBody: &text}); err != nil {
		return fmt.Errorf("%w: %w", errNotStarted, err)
	}
	return nil
}
