package bucket

import (
	"context"
	"encoding/json"
	"errors"
	"io"
	"io/fs"
	"net/http"
	"net/http/httptest"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/aws/aws-lambda-go/events"
	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/credentials"
	"github.com/aws/aws-sdk-go-v2/service/s3"
	"github.com/aws/smithy-go"

	"voice.example/infra/local/durable"
)

const name = "voice-uploads"

// fixture is a store that can be closed and opened again, with the SDK's client in front.
type fixture struct {
	t      *testing.T
	folder string
	db     *durable.DB
	store  *Store
	server *httptest.Server
	*s3.Client

	mu      sync.Mutex
	refuses int // how often the queue refuses an event first
	events  []events.S3EventRecord
}

func start(t *testing.T) *fixture {
	t.Helper()
	f := &fixture{t: t, folder: t.TempDir()}
	f.open()
	f.server = httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) { f.store.ServeHTTP(w, r) }))
	t.Cleanup(func() { f.server.Close(); f.db.Close() })
	f.Client = s3.New(s3.Options{Region: "us-east-1", BaseEndpoint: &f.server.URL, UsePathStyle: true, RetryMaxAttempts: 1,
		ResponseChecksumValidation: aws.ResponseChecksumValidationWhenRequired,
		Credentials:                credentials.NewStaticCredentialsProvider("local", "local-secret", "")})
	return f
}

func (f *fixture) open() {
	f.t.Helper()
	if f.db != nil {
		f.db.Close()
	}
	var err error
	if f.db, err = durable.Open(filepath.Join(f.folder, "db")); err != nil {
		f.t.Fatal(err)
	}
	f.store, err = Open(Config{DB: f.db, Folder: filepath.Join(f.folder, "objects"), Buckets: []Bucket{
		{Name: name, Versioned: true, Notifications: []Notification{{ID: "uploads", Events: []string{"s3:ObjectCreated:*"}, Prefix: "uploads/", Send: f.take}}},
		{Name: "plain"},
	}})
	if err != nil {
		f.t.Fatal(err)
	}
}

func (f *fixture) take(_ context.Context, body []byte) error {
	f.mu.Lock()
	defer f.mu.Unlock()
	if f.refuses > 0 {
		f.refuses--
		return errors.New("not now")
	}
	var e events.S3Event
	if err := json.Unmarshal(body, &e); err != nil {
		return err
	}
	f.events = append(f.events, e.Records...)
	return nil
}

// sent runs the store until n events were sent.
func (f *fixture) sent(n int) []events.S3EventRecord {
	f.t.Helper()
	ctx, stop := context.WithCancel(f.t.Context())
	done := make(chan struct{})
	go func() {
		defer close(done)
		f.store.Run(ctx)
	}()
	defer func() { stop(); <-done }()
	for deadline := time.Now().Add(5 * time.Second); ; time.Sleep(time.Millisecond) {
		f.mu.Lock()
		got := len(f.events)
		f.mu.Unlock()
		if got >= n {
			return f.events
		}
		if time.Now().After(deadline) {
			f.t.Fatalf("%d events, want %d", got, n)
		}
	}
}

func (f *fixture) put(bucket, key, body string) *s3.PutObjectOutput {
	f.t.Helper()
	out, err := f.PutObject(f.t.Context(), &s3.PutObjectInput{Bucket: &bucket, Key: &key, Body: strings.NewReader(body)})
	if err != nil {
		f.t.Fatal(err)
	}
	return out
}

// get reads an object, or with a version that version, or a range of it.
func (f *fixture) get(in s3.GetObjectInput) (string, *s3.GetObjectOutput) {
	f.t.Helper()
	out, err := f.GetObject(f.t.Context(), &in)
	if err != nil {
		f.t.Fatal(err)
	}
	defer out.Body.Close()
	body, err := io.ReadAll(out.Body)
	if err != nil {
		f.t.Fatal(err)
	}
	return string(body), out
}

// files counts the contents on disk.
func (f *fixture) files() int {
	n := 0
	filepath.WalkDir(filepath.Join(f.folder, "objects"), func(_ string, d fs.DirEntry, err error) error {
		if err == nil && !d.IsDir() {
			n++
		}
		return err
	})
	return n
}

// code is the error code that the SDK sees.
func code(err error) string {
	var api smithy.APIError
	if errors.As(err, &api) {
		return api.ErrorCode()
	}
	return "none"
}

func key(s string) *string { return &s }
