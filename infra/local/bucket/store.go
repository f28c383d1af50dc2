package bucket

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io/fs"
	"log/slog"
	"net/http"
	"os"
	"path/filepath"
	"time"

	"github.com/johannesboyne/gofakes3"
	"go.etcd.io/bbolt"

	"voice.example/infra/local/durable"
)

// Store is every bucket of the stack. It is an http.Handler for the S3 protocol.
type Store struct {
	config Config
	files  files
	events *durable.Outbox
	s3     http.Handler
}

// bucketState is what is kept of a bucket itself.
type bucketState struct {
	Created    time.Time                 `json:"created"`
	Versioning gofakes3.VersioningStatus `json:"versioning,omitempty"`
}

// Open gives the store with the buckets of the configuration made, and removes contents that no index
// entry names: they belong to requests that a crash cut short before they were acknowledged.
func Open(c Config) (*Store, error) {
	if c.DB == nil || c.Folder == "" {
		return nil, errors.New("the buckets need a state file and a folder")
	}
	if c.Region == "" {
		c.Region = "us-east-1"
	}
	if c.Now == nil {
		c.Now = time.Now
	}
	if c.Log == nil {
		c.Log = slog.New(slog.DiscardHandler)
	}
	s := &Store{config: c, files: files{c.Folder}, events: durable.NewOutbox(c.DB, "s3 events", c.Now)}
	if err := os.MkdirAll(c.Folder, 0o700); err != nil {
		return nil, fmt.Errorf("make the objects folder: %w", err)
	}
	for _, b := range c.Buckets {
		if err := s.prepare(b); err != nil {
			return nil, fmt.Errorf("prepare the bucket %s: %w", b.Name, err)
		}
	}
	if err := s.sweep(); err != nil {
		return nil, fmt.Errorf("sweep the objects folder: %w", err)
	}
	s.s3 = gofakes3.New(backend{s}, gofakes3.WithTimeSkewLimit(0), gofakes3.WithLogger(errorLog{c.Log})).Server()
	return s, nil
}

// prepare makes a bucket that is missing and sets its versioning.
func (s *Store) prepare(b Bucket) error {
	if err := gofakes3.ValidateBucketName(b.Name); err != nil {
		return err
	}
	return s.config.DB.Update(func(tx *bbolt.Tx) error {
		all, err := durable.Buckets(tx, "s3 buckets")
		if err != nil {
			return err
		}
		state := bucketState{Created: s.config.Now()}
		if err := durable.Get(all, []byte(b.Name), &state); err != nil && !errors.Is(err, durable.ErrNotFound) {
			return err
		}
		if b.Versioned {
			state.Versioning = gofakes3.VersioningEnabled
		} else if state.Versioning == gofakes3.VersioningEnabled {
			state.Versioning = gofakes3.VersioningSuspended
		}
		return durable.Put(all, []byte(b.Name), state)
	})
}

// sweep removes files that nothing refers to.
func (s *Store) sweep() error {
	used := map[string]bool{}
	err := s.config.DB.View(func(tx *bbolt.Tx) error {
		if err := eachVersion(tx, func(v version) { used[v.File] = true }); err != nil {
			return err
		}
		return eachPart(tx, func(p part) { used[p.File] = true })
	})
	if err != nil {
		return err
	}
	return filepath.WalkDir(s.config.Folder, func(path string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() || used[d.Name()] {
			return err
		}
		return os.Remove(path)
	})
}

// Run sends the events of new objects until ctx ends, first those that an earlier process left.
func (s *Store) Run(ctx context.Context) {
	s.events.Run(ctx, s.sendEvent, func(err error) {
		s.config.Log.Warn("an object's event could not be sent yet", "error", err)
	})
}

// Put writes an object from inside the runner, with its event.
func (s *Store) Put(ctx context.Context, bucket, key, contentType string, body []byte) error {
	if err := ctx.Err(); err != nil {
		return err
	}
	_, err := s.put(creation{
		bucket: bucket, key: key, event: "ObjectCreated:Put", size: int64(len(body)),
		meta: map[string]string{"Content-Type": contentType}, body: bytes.NewReader(body),
	})
	return err
}

// errorLog passes on gofakes3's errors and drops its chatter, which names objects.
type errorLog struct{ log *slog.Logger }

func (l errorLog) Print(level gofakes3.LogLevel, v ...any) {
	if level == gofakes3.LogErr {
		l.log.Error("s3", "error", fmt.Sprint(v...))
	}
}
