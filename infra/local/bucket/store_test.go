package bucket

import (
	"bytes"
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
	"github.com/aws/aws-sdk-go-v2/service/s3/types"
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

func TestObjects(t *testing.T) {
	t.Run("SurvivesAKillWithItsMetadata", func(t *testing.T) {
		f := start(t)
		put, err := f.PutObject(t.Context(), &s3.PutObjectInput{Bucket: key(name), Key: key("a b/ü.csv"), Body: strings.NewReader("hello world"),
			ContentType: key("text/csv"), Metadata: map[string]string{"who": "me"}})
		if err != nil {
			t.Fatal(err)
		}
		f.open()
		body, out := f.get(s3.GetObjectInput{Bucket: key(name), Key: key("a b/ü.csv")})
		if body != "hello world" || *out.ETag != `"5eb63bbbe01eeed093cb22bb8f5acdc3"` || *out.ContentType != "text/csv" || out.Metadata["who"] != "me" || *out.VersionId != *put.VersionId {
			t.Errorf("got %q, %+v", body, out)
		}
	})
	t.Run("Range", func(t *testing.T) {
		f := start(t)
		f.put(name, "k", "0123456789")
		for r, want := range map[string]string{"bytes=2-4": "234", "bytes=7-": "789", "bytes=-2": "89", "bytes=8-100": "89"} {
			if body, out := f.get(s3.GetObjectInput{Bucket: key(name), Key: key("k"), Range: &r}); body != want || *out.ContentLength != int64(len(want)) {
				t.Errorf("%s: %q", r, body)
			}
		}
		if _, err := f.GetObject(t.Context(), &s3.GetObjectInput{Bucket: key(name), Key: key("k"), Range: key("bytes=10-")}); code(err) != "InvalidRange" {
			t.Errorf("beyond the end: %v", err)
		}
	})
	t.Run("EveryVersionIsKept", func(t *testing.T) {
		f := start(t)
		one, two := f.put(name, "k", "one"), f.put(name, "k", "two")
		if _, err := f.DeleteObject(t.Context(), &s3.DeleteObjectInput{Bucket: key(name), Key: key("k")}); err != nil {
			t.Fatal(err)
		}
		if _, err := f.GetObject(t.Context(), &s3.GetObjectInput{Bucket: key(name), Key: key("k")}); code(err) != "NoSuchKey" {
			t.Errorf("a deleted object: %v", err)
		}
		if body, _ := f.get(s3.GetObjectInput{Bucket: key(name), Key: key("k"), VersionId: one.VersionId}); body != "one" {
			t.Errorf("the first version is %q", body)
		}
		head, err := f.HeadObject(t.Context(), &s3.HeadObjectInput{Bucket: key(name), Key: key("k"), VersionId: two.VersionId})
		if err != nil || *head.VersionId != *two.VersionId {
			t.Errorf("head of a version: %+v, %v", head, err)
		}
		list, err := f.ListObjectVersions(t.Context(), &s3.ListObjectVersionsInput{Bucket: key(name)})
		if err != nil || len(list.Versions) != 2 || len(list.DeleteMarkers) != 1 || *list.Versions[0].VersionId != *two.VersionId || !*list.DeleteMarkers[0].IsLatest {
			t.Fatalf("versions %+v, %v", list, err)
		}
		for _, id := range []*string{list.DeleteMarkers[0].VersionId, two.VersionId} {
			if _, err := f.DeleteObject(t.Context(), &s3.DeleteObjectInput{Bucket: key(name), Key: key("k"), VersionId: id}); err != nil {
				t.Fatal(err)
			}
		}
		if body, _ := f.get(s3.GetObjectInput{Bucket: key(name), Key: key("k")}); body != "one" || f.files() != 1 {
			t.Errorf("left is %q in %d files", body, f.files())
		}
	})
	t.Run("WithoutVersionsTheOldIsReplaced", func(t *testing.T) {
		f := start(t)
		f.put("plain", "k", "one")
		if out := f.put("plain", "k", "two"); out.VersionId != nil {
			t.Errorf("version %s", *out.VersionId)
		}
		if body, _ := f.get(s3.GetObjectInput{Bucket: key("plain"), Key: key("k")}); body != "two" || f.files() != 1 {
			t.Errorf("%q in %d files", body, f.files())
		}
		f.DeleteObject(t.Context(), &s3.DeleteObjectInput{Bucket: key("plain"), Key: key("k")})
		if f.files() != 0 {
			t.Errorf("%d files after the deletion", f.files())
		}
	})
	t.Run("ConditionalPut", func(t *testing.T) {
		f := start(t)
		put := func(in s3.PutObjectInput) error {
			in.Bucket, in.Key, in.Body = key(name), key("k"), strings.NewReader("x")
			_, err := f.PutObject(t.Context(), &in)
			return err
		}
		if err := put(s3.PutObjectInput{IfNoneMatch: key("*")}); err != nil {
			t.Fatal(err)
		}
		if err := put(s3.PutObjectInput{IfNoneMatch: key("*")}); code(err) != "PreconditionFailed" {
			t.Errorf("a second time: %v", err)
		}
		if err := put(s3.PutObjectInput{IfMatch: key(`"9dd4e461268c8034f5c8564e155c67a6"`)}); err != nil {
			t.Errorf("with the right ETag: %v", err)
		}
		if err := put(s3.PutObjectInput{IfMatch: key(`"0"`)}); code(err) != "PreconditionFailed" {
			t.Errorf("with a wrong ETag: %v", err)
		}
		if f.files() != 2 {
			t.Errorf("%d files, want those of the two that worked", f.files())
		}
	})
	t.Run("ChunkedBodyWithTrailer", func(t *testing.T) {
		f := start(t)
		body := "5\r\nhello\r\n6\r\n world\r\n0\r\nx-amz-checksum-crc32:DUoRhQ==\r\n\r\n"
		r, _ := http.NewRequest(http.MethodPut, f.server.URL+"/"+name+"/k", strings.NewReader(body))
		r.Header.Set("X-Amz-Content-Sha256", "STREAMING-UNSIGNED-PAYLOAD-TRAILER")
		r.Header.Set("X-Amz-Decoded-Content-Length", "11")
		r.Header.Set("Content-Encoding", "aws-chunked")
		if res, err := http.DefaultClient.Do(r); err != nil || res.StatusCode != 200 {
			t.Fatalf("%v %v", res, err)
		}
		got, out := f.get(s3.GetObjectInput{Bucket: key(name), Key: key("k")})
		if got != "hello world" || out.ContentEncoding != nil {
			t.Errorf("got %q, encoding %v", got, out.ContentEncoding)
		}
	})
	t.Run("PresignedPutUntilItExpires", func(t *testing.T) {
		f := start(t)
		for _, c := range []struct {
			valid time.Duration
			want  int
		}{{time.Minute, 200}, {-time.Minute, 403}} {
			signed, err := s3.NewPresignClient(f.Client).PresignPutObject(t.Context(), &s3.PutObjectInput{Bucket: key(name), Key: key("k")}, s3.WithPresignExpires(time.Minute))
			if err != nil {
				t.Fatal(err)
			}
			f.store.config.Now = func() time.Time { return time.Now().Add(time.Minute - c.valid) }
			r, _ := http.NewRequest(signed.Method, signed.URL, strings.NewReader("x"))
			res, err := http.DefaultClient.Do(r)
			if err != nil || res.StatusCode != c.want {
				t.Errorf("valid for %v: %v, %v", c.valid, res, err)
			}
		}
	})
	t.Run("CutShortPutLeavesNothing", func(t *testing.T) {
		f := start(t)
		f.store.files.write(strings.NewReader("never acknowledged"), -1)
		f.put(name, "k", "kept")
		f.open()
		if f.files() != 1 {
			t.Errorf("%d files, want 1", f.files())
		}
	})
}

func TestList(t *testing.T) {
	f := start(t)
	for _, k := range []string{"a", "b/1", "b/2", "b/c/3", "d", "e/1"} {
		f.put(name, k, k)
	}
	f.put(name, "b/1", "again")
	f.DeleteObject(t.Context(), &s3.DeleteObjectInput{Bucket: key(name), Key: key("d")})
	for title, c := range map[string]struct {
		in   s3.ListObjectsV2Input
		want string
	}{
		"All":              {s3.ListObjectsV2Input{}, "a b/1 b/2 b/c/3 e/1"},
		"Prefix":           {s3.ListObjectsV2Input{Prefix: key("b/")}, "b/1 b/2 b/c/3"},
		"Delimiter":        {s3.ListObjectsV2Input{Delimiter: key("/")}, "a [b/] [e/]"},
		"PrefixDelimiter":  {s3.ListObjectsV2Input{Prefix: key("b/"), Delimiter: key("/")}, "b/1 b/2 [b/c/]"},
		"StartAfter":       {s3.ListObjectsV2Input{StartAfter: key("b/1")}, "b/2 b/c/3 e/1"},
		"PartOfAPathPiece": {s3.ListObjectsV2Input{Prefix: key("b"), Delimiter: key("/")}, "[b/]"},
	} {
		for _, pageSize := range []int32{1, 2, 1000} {
			t.Run(title, func(t *testing.T) {
				in := c.in
				in.Bucket, in.MaxKeys = key(name), &pageSize
				var got []string
				for pages := s3.NewListObjectsV2Paginator(f.Client, &in); pages.HasMorePages(); {
					page, err := pages.NextPage(t.Context())
					if err != nil {
						t.Fatal(err)
					}
					for _, o := range page.Contents {
						got = append(got, *o.Key)
					}
					for _, p := range page.CommonPrefixes {
						got = append(got, "["+*p.Prefix+"]")
					}
				}
				if strings.Join(got, " ") != c.want {
					t.Errorf("pages of %d: %v, want %s", pageSize, got, c.want)
				}
			})
		}
	}
	t.Run("VersionsByPage", func(t *testing.T) {
		var got []string
		for pages := s3.NewListObjectVersionsPaginator(f.Client, &s3.ListObjectVersionsInput{Bucket: key(name), MaxKeys: aws.Int32(2)}); pages.HasMorePages(); {
			page, err := pages.NextPage(t.Context())
			if err != nil {
				t.Fatal(err)
			}
			for _, v := range page.Versions {
				got = append(got, *v.Key)
			}
			for _, v := range page.DeleteMarkers {
				got = append(got, "-"+*v.Key)
			}
		}
		if want := "a b/1 b/1 b/2 b/c/3 -d d e/1"; strings.Join(got, " ") != want && strings.Join(got, " ") != "a b/1 b/1 b/2 b/c/3 d -d e/1" {
			t.Errorf("got %v, want %s", got, want)
		}
	})
}

func TestEvents(t *testing.T) {
	t.Run("PutTellsOfTheNewVersion", func(t *testing.T) {
		f := start(t)
		put := f.put(name, "uploads/a b+ü.csv", "hello")
		f.put(name, "reports/x", "not for anyone")
		f.put(name, "uploads/2", "")
		got := f.sent(2)
		o := got[0].S3.Object
		if len(got) != 2 || got[0].EventName != "ObjectCreated:Put" || got[0].EventSource != "aws:s3" || got[0].EventVersion != "2.1" || got[0].AWSRegion != "us-east-1" ||
			got[0].S3.Bucket.Name != name || got[0].S3.Bucket.Arn != "arn:aws:s3:::"+name || o.Key != "uploads/a+b%2B%C3%BC.csv" || o.Size != 5 ||
			`"`+o.ETag+`"` != *put.ETag || o.VersionID != *put.VersionId || o.Sequencer >= got[1].S3.Object.Sequencer {
			t.Errorf("events %+v", got)
		}
	})
	t.Run("AcknowledgedMeansToldOfEvenAfterAKill", func(t *testing.T) {
		f := start(t)
		f.put(name, "uploads/1", "x") // nobody sends events yet: Run has not been called
		f.open()
		f.refuses = 2
		if got := f.sent(1); got[0].S3.Object.Key != "uploads/1" {
			t.Errorf("events %+v", got)
		}
	})
	t.Run("CopyAndInternalPut", func(t *testing.T) {
		f := start(t)
		f.put("plain", "from", "hello")
		if _, err := f.CopyObject(t.Context(), &s3.CopyObjectInput{Bucket: key(name), Key: key("uploads/to"), CopySource: key("plain/from")}); err != nil {
			t.Fatal(err)
		}
		if err := f.store.Put(t.Context(), name, "uploads/in", "text/plain", []byte("x")); err != nil {
			t.Fatal(err)
		}
		got := f.sent(2)
		if got[0].EventName != "ObjectCreated:Copy" || got[1].EventName != "ObjectCreated:Put" {
			t.Errorf("events %+v", got)
		}
		if body, _ := f.get(s3.GetObjectInput{Bucket: key(name), Key: key("uploads/to")}); body != "hello" {
			t.Errorf("the copy is %q", body)
		}
	})
	t.Run("MultipartTellsOnce", func(t *testing.T) {
		f := start(t)
		first, second := bytes.Repeat([]byte("a"), 5<<20), []byte("end")
		begun, err := f.CreateMultipartUpload(t.Context(), &s3.CreateMultipartUploadInput{Bucket: key(name), Key: key("uploads/big"), ContentType: key("text/csv")})
		if err != nil {
			t.Fatal(err)
		}
		complete := &s3.CompleteMultipartUploadInput{Bucket: key(name), Key: key("uploads/big"), UploadId: begun.UploadId, MultipartUpload: &types.CompletedMultipartUpload{}}
		for i, body := range [][]byte{first, second} {
			p, err := f.UploadPart(t.Context(), &s3.UploadPartInput{Bucket: key(name), Key: key("uploads/big"), UploadId: begun.UploadId, PartNumber: aws.Int32(int32(i + 1)), Body: bytes.NewReader(body)})
			if err != nil {
				t.Fatal(err)
			}
			complete.MultipartUpload.Parts = append(complete.MultipartUpload.Parts, types.CompletedPart{ETag: p.ETag, PartNumber: aws.Int32(int32(i + 1))})
			f.open() // parts survive a kill
		}
		parts, err := f.ListParts(t.Context(), &s3.ListPartsInput{Bucket: key(name), Key: key("uploads/big"), UploadId: begun.UploadId})
		if err != nil || len(parts.Parts) != 2 {
			t.Fatalf("parts %+v, %v", parts, err)
		}
		done, err := f.CompleteMultipartUpload(t.Context(), complete)
		if err != nil {
			t.Fatal(err)
		}
		body, out := f.get(s3.GetObjectInput{Bucket: key(name), Key: key("uploads/big")})
		if body != string(first)+string(second) || *out.ETag != *done.ETag || !strings.HasSuffix(*out.ETag, `-2"`) || *out.ContentType != "text/csv" {
			t.Errorf("%d bytes, ETag %s and %s", len(body), *out.ETag, *done.ETag)
		}
		head, err := f.HeadObject(t.Context(), &s3.HeadObjectInput{Bucket: key(name), Key: key("uploads/big")})
		if err != nil || *head.ETag != *done.ETag {
			t.Errorf("head: %+v, %v", head, err)
		}
		got := f.sent(1)
		if got[0].EventName != "ObjectCreated:CompleteMultipartUpload" || got[0].S3.Object.Size != int64(len(body)) || f.files() != 1 {
			t.Errorf("events %+v, %d files", got, f.files())
		}
		if _, err := f.CompleteMultipartUpload(t.Context(), complete); code(err) != "NoSuchUpload" {
			t.Errorf("a second completion: %v", err)
		}
	})
}
