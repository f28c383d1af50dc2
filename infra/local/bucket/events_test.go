package bucket

import (
	"bytes"
	"strings"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/s3"
	"github.com/aws/aws-sdk-go-v2/service/s3/types"
)

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
	t.Run("MultipartFromPartsOfAnObject", func(t *testing.T) {
		f := start(t)
		f.put("plain", "from here", "0123456789")
		begun, err := f.CreateMultipartUpload(t.Context(), &s3.CreateMultipartUploadInput{Bucket: key(name), Key: key("uploads/to")})
		if err != nil {
			t.Fatal(err)
		}
		var parts []types.CompletedPart
		for i, r := range []string{"bytes=5-9", "bytes=0-4"} {
			p, err := f.UploadPartCopy(t.Context(), &s3.UploadPartCopyInput{Bucket: key(name), Key: key("uploads/to"), UploadId: begun.UploadId,
				PartNumber: aws.Int32(int32(i + 1)), CopySource: key("plain/from%20here"), CopySourceRange: &r})
			if err != nil {
				t.Fatal(err)
			}
			parts = append(parts, types.CompletedPart{ETag: p.CopyPartResult.ETag, PartNumber: aws.Int32(int32(i + 1))})
		}
		_, err = f.UploadPartCopy(t.Context(), &s3.UploadPartCopyInput{Bucket: key(name), Key: key("uploads/to"), UploadId: begun.UploadId,
			PartNumber: aws.Int32(3), CopySource: key("plain/nothing")})
		if code(err) != "NoSuchKey" {
			t.Errorf("a part of nothing: %v", err)
		}
		if _, err := f.CompleteMultipartUpload(t.Context(), &s3.CompleteMultipartUploadInput{Bucket: key(name), Key: key("uploads/to"), UploadId: begun.UploadId,
			MultipartUpload: &types.CompletedMultipartUpload{Parts: parts}}); err != nil {
			t.Fatal(err)
		}
		if body, _ := f.get(s3.GetObjectInput{Bucket: key(name), Key: key("uploads/to")}); body != "5678901234" {
			t.Errorf("got %q", body)
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
