// Package bucket is the local runner's S3: gofakes3's protocol over a store that survives a kill.
//
// Objects are files, their versions are an index in the state file, and the event that tells a queue of
// a new object is written down together with its index entry, so that an acknowledged object always
// yields its event.
//
// Limits: no signature or checksum check, no policies, encryption, lifecycle or tags; events for object
// creation only; gofakes3 answers a CopyObject with the source's version id.
package bucket

import (
	"context"
	"log/slog"
	"time"

	"voice.example/infra/local/durable"
)

// Bucket describes one bucket.
type Bucket struct {
	Name          string
	Versioned     bool
	Notifications []Notification
}

// Notification says who is told of which new objects.
type Notification struct {
	ID     string   // the configuration's id, told in the event
	Events []string // such as s3:ObjectCreated:* or s3:ObjectCreated:Put
	Prefix string
	Suffix string
	// Send takes the event's JSON, at least once; an error is tried again.
	Send func(ctx context.Context, body []byte) error
}

// Config is what a Store needs.
type Config struct {
	DB      *durable.DB
	Folder  string // where the objects' contents are kept
	Buckets []Bucket
	Region  string           // "" = us-east-1
	Now     func() time.Time // nil = time.Now
	Log     *slog.Logger     // nil = silent
	// MayPut is asked of each form that a browser sends, which nobody else can read: whether who signed it, by the scope
	// KEY/DAY/REGION/s3/aws4_request, may put the object. Nil allows all.
	MayPut func(scope, bucket, key string) bool
}
