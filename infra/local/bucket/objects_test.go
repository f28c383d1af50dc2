package bucket

import (
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/service/s3"
)

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
