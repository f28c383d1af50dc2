package main

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/url"
	"time"

	"github.com/aws/aws-lambda-go/events"
	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/s3"

	"voice.example/shared/custody"
)

// uploads are files of people who are new, each into tables of its own.
type uploads struct {
	scene  *scene
	tables tableSet
	rows   int
	s3     *s3.Client
	file   []byte // of all rows
	small  []byte // of a few, for a process that starts
	files  int
}

// coldRows are the rows of a file that starts a process.
const coldRows = 100

func (b *functionsBench) uploads() task {
	return task{Name: taskIngest, Title: fmt.Sprintf("An upload of %s people who are new", thousands(float64(b.rows))), Request: "file", parts: []string{"ingest"},
		work: func(ctx context.Context, _ contender) (exercise, error) {
			u := &uploads{scene: b.scene, rows: b.rows, s3: s3.NewFromConfig(b.scene.AWS(), func(o *s3.Options) { o.UsePathStyle = true })}
			for rows, into := range map[int]*[]byte{b.rows: &u.file, coldRows: &u.small} {
				var text bytes.Buffer
				if err := (people{rows: rows, seed: 1}).write(&text, first); err != nil {
					return nil, err
				}
				*into = text.Bytes()
			}
			var err error
			u.tables, err = b.scene.freshTables(ctx)
			return u, err
		}}
}

func (u *uploads) env(function string) map[string]string {
	return u.scene.settings(u.scene.functions[function], u.tables)
}

// announce puts a file into the bucket and says what S3 says of it, by the queue.
func (u *uploads) announce(ctx context.Context, file []byte) ([]byte, error) {
	u.files++
	key := fmt.Sprintf("uploads/%s/%d.csv", feedName, u.files)
	put, err := u.s3.PutObject(ctx, &s3.PutObjectInput{Bucket: &u.scene.bucket, Key: &key, Body: bytes.NewReader(file)})
	if err != nil {
		return nil, fmt.Errorf("uploading: %w", err)
	}
	said, err := json.Marshal(events.S3Event{Records: []events.S3EventRecord{{EventTime: time.Now().UTC(), S3: events.S3Entity{Bucket: events.S3Bucket{Name: u.scene.bucket},
		Object: events.S3Object{Key: url.QueryEscape(key), VersionID: aws.ToString(put.VersionId), Size: int64(len(file))}}}}})
	if err != nil {
		return nil, err
	}
	return json.Marshal(events.SQSEvent{Records: []events.SQSMessage{{MessageId: fmt.Sprint(u.files), Body: string(said), EventSource: "aws:sqs"}}})
}

// again empties the tables: everybody of the next file is new.
func (u *uploads) again(ctx context.Context) error {
	names := []string{u.tables["custody"]}
	for _, t := range u.scene.tables {
		if t.ShortName() == "custody" {
			t.Stream = ""
			if err := u.scene.remake(ctx, t, names[0]); err != nil {
				return err
			}
		}
	}
	return nil
}

func (u *uploads) first(ctx context.Context) ([]byte, error) {
	if err := u.again(ctx); err != nil {
		return nil, err
	}
	return u.announce(ctx, u.small)
}

func (u *uploads) request(ctx context.Context, invoke invoker) error {
	if err := u.again(ctx); err != nil {
		return err
	}
	event, err := u.announce(ctx, u.file)
	if err != nil {
		return err
	}
	answer, err := invoke(0, event)
	if err != nil {
		return err
	}
	if again, err := failed(answer); err != nil || len(again) > 0 {
		return errors.Join(err, fmt.Errorf("the announcement is to come again: %s", answer))
	}
	records := custody.NewTable(u.scene.DB.Client, u.tables["custody"])
	held, err := records.CountHeld(ctx, feedName)
	if err == nil && held != u.rows {
		err = fmt.Errorf("the table has %d people in custody; it should be %d", held, u.rows)
	}
	return err
}
