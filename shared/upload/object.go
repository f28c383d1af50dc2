package upload

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/url"
	"strings"

	"github.com/aws/aws-sdk-go-v2/feature/s3/transfermanager"
	"github.com/aws/aws-sdk-go-v2/service/s3"
	"github.com/aws/aws-sdk-go-v2/service/s3/types"

	"voice.example/shared/staff"
)

// errGone says that the object's version is not in the bucket any more.
var errGone = errors.New("upload: the object is gone")

// UploadedBy is the key of an object's metadata that says whose staff identity uploaded it. Who uploads without it is
// not known, and may then approve.
const UploadedBy = "uploaded-by"

// UploadedByName is the key of what they are called, escaped as in a query: metadata is ASCII.
const UploadedByName = "uploaded-by-name"

// nameLength is how much of a name metadata keeps, in characters. S3 takes 2 KB of metadata, and a character that is escaped
// takes 12 bytes at most.
const nameLength = 60

// Sender is the metadata of an object that says who uploads it.
func Sender(who staff.Identity) map[string]string {
	metadata := map[string]string{UploadedBy: who.Subject}
	if name := []rune(who.Name); len(name) > 0 {
		metadata[UploadedByName] = url.QueryEscape(string(name[:min(len(name), nameLength)]))
	}
	return metadata
}

// sender reads what Sender wrote. The letters of keys may have changed their case on the way.
func sender(metadata map[string]string) (who staff.Identity) {
	for key, value := range metadata {
		switch {
		case strings.EqualFold(key, UploadedBy):
			who.Subject = value
		case strings.EqualFold(key, UploadedByName):
			who.Name, _ = url.QueryUnescape(value) // what is not written so is nobody's name
		}
	}
	return who
}

// head says how large an object is, and who uploaded it.
func (p *Pipeline) head(ctx context.Context, o Object) (size int64, by staff.Identity, err error) {
	in := &s3.HeadObjectInput{Bucket: &o.Bucket, Key: &o.Key}
	if o.Versioned {
		in.VersionId = &o.Version
	}
	out, err := p.S3.HeadObject(ctx, in)
	if err != nil {
		return 0, staff.Identity{}, objectError("looking at", err)
	}
	if out.ContentLength != nil {
		size = *out.ContentLength
	}
	return size, sender(out.Metadata), nil
}

// open reads an object from a byte on, to another (not included) or, if that is 0, to its end.
func (p *Pipeline) open(ctx context.Context, o Object, from, to int64) (io.ReadCloser, error) {
	in := &s3.GetObjectInput{Bucket: &o.Bucket, Key: &o.Key}
	if o.Versioned {
		in.VersionId = &o.Version
	}
	switch {
	case to > 0:
		in.Range = ptr(fmt.Sprintf("bytes=%d-%d", from, to-1))
	case from > 0:
		in.Range = ptr(fmt.Sprintf("bytes=%d-", from))
	}
	out, err := p.S3.GetObject(ctx, in)
	if err != nil {
		return nil, objectError("opening", err)
	}
	return out.Body, nil
}

func objectError(doing string, err error) error {
	var noKey *types.NoSuchKey
	var notFound *types.NotFound
	var coded interface{ ErrorCode() string }
	if errors.As(err, &noKey) || errors.As(err, &notFound) || errors.As(err, &coded) && coded.ErrorCode() == "NoSuchVersion" {
		return errGone
	}
	return quiet(fmt.Sprintf("upload: %s an object", doing), err)
}

// quietError is an error of S3 without the address that it is about: staff may name a file after a person, and errors are
// logged.
type quietError struct {
	text string
	err  error
}

func (e *quietError) Error() string { return e.text }
func (e *quietError) Unwrap() error { return e.err }

func quiet(doing string, err error) error {
	why := "the bucket cannot be used"
	var coded interface{ ErrorCode() string }
	var sent *url.Error
	switch {
	case errors.As(err, &coded):
		why = coded.ErrorCode()
	case errors.As(err, &sent):
		why = sent.Err.Error()
	case errors.Is(err, context.DeadlineExceeded), errors.Is(err, context.Canceled):
		why = "out of time"
	}
	return &quietError{text: doing + ": " + why, err: err}
}

// read reads an object of the service's own.
func (p *Pipeline) read(ctx context.Context, bucket, key string, from, to int64) ([]byte, error) {
	body, err := p.open(ctx, Object{Bucket: bucket, Key: key}, from, to)
	if err != nil {
		return nil, err
	}
	defer body.Close()
	data, err := io.ReadAll(body)
	if err != nil {
		return nil, quiet("upload: reading "+key, err)
	}
	return data, nil
}

func (p *Pipeline) write(ctx context.Context, bucket, key, contentType string, body []byte) error {
	_, err := p.S3.PutObject(ctx, &s3.PutObjectInput{Bucket: &bucket, Key: &key, ContentType: &contentType, Body: bytes.NewReader(body)})
	if err != nil {
		return quiet("upload: writing "+key, err)
	}
	return nil
}

// list returns the keys under a prefix, in their order.
func (p *Pipeline) list(ctx context.Context, bucket, prefix string) (keys []string, err error) {
	for pages := s3.NewListObjectsV2Paginator(p.S3, &s3.ListObjectsV2Input{Bucket: &bucket, Prefix: &prefix}); pages.HasMorePages(); {
		page, err := pages.NextPage(ctx)
		if err != nil {
			return nil, quiet("upload: listing", err)
		}
		for _, object := range page.Contents {
			keys = append(keys, *object.Key)
		}
	}
	return keys, nil
}

// stream writes an object of any length, holding 5 MiB of it at a time. What fill returns an error for is not written.
func (p *Pipeline) stream(ctx context.Context, bucket, key, contentType string, fill func(w io.Writer) error) error {
	r, w := io.Pipe()
	go func() { w.CloseWithError(fill(w)) }()
	_, err := transfermanager.New(p.S3, func(o *transfermanager.Options) { o.Concurrency, o.PartSizeBytes = 1, 5<<20 }).
		UploadObject(ctx, &transfermanager.UploadObjectInput{Bucket: &bucket, Key: &key, ContentType: &contentType, Body: r})
	r.CloseWithError(err) // ends fill, if it still runs
	if err != nil {
		return quiet("upload: writing "+key, err)
	}
	return nil
}

// readJSON and writeJSON keep small things in the bucket.
func (p *Pipeline) readJSON(ctx context.Context, bucket, key string, into any) error {
	data, err := p.read(ctx, bucket, key, 0, 0)
	if err != nil {
		return err
	}
	if err := json.Unmarshal(data, into); err != nil {
		return fmt.Errorf("upload: %s is not what was written: %w", key, err)
	}
	return nil
}

func (p *Pipeline) writeJSON(ctx context.Context, bucket, key string, from any) error {
	data, err := json.Marshal(from)
	if err != nil {
		return err
	}
	return p.write(ctx, bucket, key, "application/json", data)
}
