package main

import (
	"bytes"
	"context"
	"encoding/json"
	"io"
	"os"
	"strings"
	"testing"
	"time"

	"github.com/aws/aws-lambda-go/events"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
	"github.com/aws/aws-sdk-go-v2/service/s3"

	"voice.example/infra/local/dynamodb/dynamodbtest"
	"voice.example/infra/local/localtest"
	"voice.example/shared/aws"
	"voice.example/shared/custody"
	"voice.example/shared/feed"
	"voice.example/shared/staff"
	"voice.example/shared/subscription"
	"voice.example/shared/upload"
)

const file = "a_number,status,as_of\n1234567,released,2026-05-28\n"

// bench is a handler with everything real behind it.
type bench struct {
	*handler
	t     *testing.T
	cloud *localtest.Cloud
}

func newBench(t *testing.T) *bench {
	db, cloud, meter := dynamodbtest.New(t), localtest.New(t), new(aws.Meter)
	client := dynamodb.New(db.Client.Options(), meter.Attach)
	return &bench{t: t, cloud: cloud, handler: &handler{
		Queue: &upload.Queue{Client: cloud.SQS(), URL: cloud.QueueURL()},
		Uploads: &upload.Pipeline{
			S3: cloud.S3(), DynamoDB: client, Table: db.Table("uploads"), Custody: custody.NewTable(client, db.Table("custody")),
			Feeds:       &feed.Table{Client: client, Name: db.Table("feeds")},
			Subscribers: &subscription.Store{Client: client, Table: db.Table("subscriptions")},
			Limits:      upload.DefaultLimits(),
			Meter:       meter, Zone: time.UTC, Future: 24 * time.Hour, Now: time.Now,
		}}}
}

func (b *bench) put(key, text string) (version string) {
	b.t.Helper()
	bucket := localtest.Bucket
	out, err := b.cloud.S3().PutObject(context.Background(), &s3.PutObjectInput{Bucket: &bucket, Key: &key, Body: strings.NewReader(text)})
	if err != nil {
		b.t.Fatal(err)
	}
	return *out.VersionId
}

// summaries returns every report's summary.
func (b *bench) summaries() (found []upload.Summary) {
	b.t.Helper()
	bucket, prefix := localtest.Bucket, "reports/"
	list, err := b.cloud.S3().ListObjectsV2(context.Background(), &s3.ListObjectsV2Input{Bucket: &bucket, Prefix: &prefix})
	if err != nil {
		b.t.Fatal(err)
	}
	for _, object := range list.Contents {
		if !strings.HasSuffix(*object.Key, "summary.json") {
			continue
		}
		out, err := b.cloud.S3().GetObject(context.Background(), &s3.GetObjectInput{Bucket: &bucket, Key: object.Key})
		if err != nil {
			b.t.Fatal(err)
		}
		body, err := io.ReadAll(out.Body)
		if err != nil {
			b.t.Fatal(err)
		}
		var s upload.Summary
		if err := json.Unmarshal(body, &s); err != nil {
			b.t.Fatal(err)
		}
		found = append(found, s)
	}
	return found
}

// handle gives the handler messages, and returns how many must come again.
func (b *bench) handle(bodies ...string) int {
	b.t.Helper()
	var batch events.SQSEvent
	for i, body := range bodies {
		batch.Records = append(batch.Records, events.SQSMessage{MessageId: string(rune('a' + i)), Body: body})
	}
	out, err := b.Handle(context.Background(), batch)
	if err != nil {
		b.t.Fatal(err)
	}
	return len(out.BatchItemFailures)
}

// outOfTime gives the handler a message and no time, and returns the upload's id.
func (b *bench) outOfTime(body string) string {
	b.t.Helper()
	ctx, cancel := context.WithDeadline(context.Background(), time.Now().Add(4*time.Second))
	defer cancel()
	out, err := b.Handle(ctx, events.SQSEvent{Records: []events.SQSMessage{{MessageId: "a", Body: body}}})
	if err != nil || len(out.BatchItemFailures) != 0 {
		b.t.Fatalf("got %+v, %v", out, err)
	}
	var n events.S3Event
	if err := json.Unmarshal([]byte(body), &n); err != nil {
		b.t.Fatal(err)
	}
	object, err := objectOf(n.Records[0])
	if err != nil {
		b.t.Fatal(err)
	}
	return object.ID()
}

func notification(t *testing.T, edits ...string) string {
	t.Helper()
	body, err := os.ReadFile("testdata/notification.json")
	if err != nil {
		t.Fatal(err)
	}
	return strings.NewReplacer(edits...).Replace(string(bytes.TrimSpace(body)))
}

func TestHandle(t *testing.T) {
	t.Run("KeyIsDecoded", func(t *testing.T) {
		b := newBench(t)
		version := b.put("uploads/June 1, morning.csv", file)
		if again := b.handle(notification(t, "VERSION", version)); again != 0 {
			t.Fatalf("%d come again", again)
		}
		if s := b.summaries(); len(s) != 1 || s[0].State != upload.Done || s[0].Applied != 1 || s[0].Key != "uploads/June 1, morning.csv" {
			t.Errorf("got %+v", s)
		}
	})
	t.Run("AnnouncedTwiceAndOutOfOrderIsOneReportEach", func(t *testing.T) {
		b := newBench(t)
		old := notification(t, "VERSION", b.put("uploads/June 1, morning.csv", file))
		new := notification(t, "VERSION", b.put("uploads/June 1, morning.csv", strings.Replace(file, "05-28", "05-29", 1)))
		if again := b.handle(new, old, new, old); again != 0 {
			t.Fatalf("%d come again", again)
		}
		if s := b.summaries(); len(s) != 2 {
			t.Errorf("%d reports", len(s))
		}
	})
	t.Run("ReadsTheVersionThatWasAnnounced", func(t *testing.T) {
		b := newBench(t)
		first := b.put("uploads/June 1, morning.csv", file)
		b.put("uploads/June 1, morning.csv", "")
		b.handle(notification(t, "VERSION", first))
		if s := b.summaries(); len(s) != 1 || s[0].Applied != 1 {
			t.Errorf("got %+v", s)
		}
	})
	t.Run("BucketWithoutVersions", func(t *testing.T) {
		b := newBench(t)
		b.put("uploads/June 1, morning.csv", file)
		if again := b.handle(notification(t, `"versionId": "VERSION", `, ``)); again != 0 || len(b.summaries()) != 1 {
			t.Errorf("%d come again, %d reports", again, len(b.summaries()))
		}
	})
	t.Run("TestMessageOfS3IsDone", func(t *testing.T) {
		b := newBench(t)
		if again := b.handle(`{"Service":"Amazon S3","Event":"s3:TestEvent","Time":"2026-06-01T12:00:00.000Z","Bucket":"voice-uploads","RequestId":"5582815E1AEA5ADF","HostId":"x"}`); again != 0 {
			t.Errorf("%d come again", again)
		}
	})
	t.Run("WhatIsNoNotificationComesAgain", func(t *testing.T) {
		b := newBench(t)
		if again := b.handle("", "{", `{"Records":[{}]}`, notification(t, "June+1", "%zz")); again != 4 {
			t.Errorf("%d come again", again)
		}
	})
	t.Run("HeldUploadGoesOnWhenItsIdIsAnnounced", func(t *testing.T) {
		b := newBench(t)
		b.Uploads.Limits.RejectsAllowed, b.Uploads.Limits.RejectPercent = 0, 1
		body := notification(t, "VERSION", b.put("uploads/June 1, morning.csv", file+"x,released,2026-05-28\n"))
		if again := b.handle(body); again != 0 {
			t.Fatalf("%d come again", again)
		}
		held := b.summaries()
		if len(held) != 1 || held[0].State != upload.Held || held[0].Applied != 0 {
			t.Fatalf("got %+v", held)
		}
		desk := upload.Desk{S3: b.Uploads.S3, DynamoDB: b.Uploads.DynamoDB, Table: b.Uploads.Table, Now: time.Now}
		for _, by := range []string{"ann", "ben"} {
			if _, err := desk.Approve(context.Background(), held[0].UploadID, held[0].PlanHash, staff.Identity{Subject: by}); err != nil {
				t.Fatal(err)
			}
		}
		if again := b.handle(`{"upload_id": "`+held[0].UploadID+`"}`, body); again != 0 {
			t.Fatalf("%d come again", again)
		}
		if s := b.summaries(); len(s) != 1 || s[0].State != upload.Done || s[0].Applied != 1 {
			t.Errorf("got %+v", s)
		}
	})
	t.Run("WhatRanOutOfTimeIsAnnouncedAnew", func(t *testing.T) {
		b := newBench(t)
		id := b.outOfTime(notification(t, "VERSION", b.put("uploads/June 1, morning.csv", file)))
		if sent := b.cloud.Published(); len(sent) != 1 || sent[0].Body != `{"upload_id":"`+id+`"}` {
			t.Errorf("got %+v", sent)
		}
	})
	t.Run("AnIdThatIsNoneComesAgain", func(t *testing.T) {
		if again := newBench(t).handle(`{"upload_id": "none"}`); again != 1 {
			t.Errorf("%d come again", again)
		}
	})
	t.Run("AFaultInTheMiddleComesAgain", func(t *testing.T) {
		b := newBench(t)
		body := notification(t, "VERSION", b.put("uploads/June 1, morning.csv", file))
		b.Uploads.Custody = custody.NewTable(b.Uploads.DynamoDB, "gone") // a fault in the middle
		if again := b.handle(body); again != 1 {
			t.Fatalf("%d come again", again)
		}
		if len(b.summaries()) != 0 {
			t.Error("it was reported")
		}
	})
}
