package main

import (
	"context"
	"strings"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/service/s3"
	"github.com/aws/aws-sdk-go-v2/service/sqs"
)

// keep puts a change into the failures bucket.
func (b *bench) keep(key string) {
	b.t.Helper()
	if _, err := b.Bucket.PutObject(context.Background(), &s3.PutObjectInput{Bucket: &b.FailuresBucket, Key: &key, Body: strings.NewReader("{}")}); err != nil {
		b.t.Fatal(err)
	}
}

func TestTellKept(t *testing.T) {
	ctx := context.Background()
	t.Run("NothingWhileNothingIsKept", func(t *testing.T) {
		b := newBench(t)
		b.keep("replayed/poison/1.json")
		if told := b.minutes(21); len(told) != 0 {
			t.Errorf("told %q", told)
		}
	})
	t.Run("OfChangesAndDeadLettersEverySixHours", func(t *testing.T) {
		b := newBench(t)
		b.keep("poison/2026/06/01/1.json")
		b.keep("poison/2026/06/01/2.json")
		b.keep("aws/lambda/x")
		body := "secret"
		if _, err := b.Queues.SendMessage(ctx, &sqs.SendMessageInput{QueueUrl: &b.DeadLetters[0], MessageBody: &body}); err != nil {
			t.Fatal(err)
		}
		told := b.minutes(30)
		if len(told) != 1 {
			t.Fatalf("told %q", told)
		}
		for _, part := range []string{"2 changes of custody records in the failures bucket, under poison/", "1 changes", "1 messages in the queue dead", "voicectl replay"} {
			if !strings.Contains(told[0], part) {
				t.Errorf("%q lacks %q", told[0], part)
			}
		}
		if strings.Contains(told[0], body) {
			t.Error("it says what is in it")
		}
		b.now = b.now.Add(6*time.Hour - 10*time.Minute)
		if told := b.minutes(11); len(told) != 1 {
			t.Errorf("six hours later told %q", told)
		}
	})
	t.Run("WhoCannotBeReachedIsToldTheNextTime", func(t *testing.T) {
		b := newBench(t)
		b.keep("unpublished/1.json")
		reachable := b.Staff
		b.Staff = deaf{}
		if err := b.Handle(ctx); err == nil {
			t.Error("no error")
		}
		b.Staff, b.now = reachable, b.now.Add(10*time.Minute)
		if told := b.minutes(1); len(told) != 1 {
			t.Errorf("told %q", told)
		}
	})
}
