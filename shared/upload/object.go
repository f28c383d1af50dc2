package upload

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"

	"github.com/aws/aws-sdk-go-v2/service/s3"
	"github.com/aws/aws-sdk-go-v2/service/s3/types"
)

// errGone says that the object's version is not in the bucket any more.
var errGone = errors.New("upload: the object is gone")

func (p *Pipeline) open(ctx context.Context, o Object) (io.ReadCloser, error) {
	in := &s3.GetObjectInput{Bucket: &o.Bucket, Key: &o.Key}
	if o.Versioned {
		in.VersionId = &o.Version
	}
	out, err := p.S3.GetObject(ctx, in)
	var noKey *types.NoSuchKey
	var coded interface{ ErrorCode() string }
	switch {
	case errors.As(err, &noKey), errors.As(err, &coded) && coded.ErrorCode() == "NoSuchVersion":
		return nil, errGone
	case err != nil:
		return nil, fmt.Errorf("upload: opening the object: %w", err)
	}
	return out.Body, nil
}

func (p *Pipeline) put(ctx context.Context, bucket, key, contentType string, body []byte) error {
	_, err := p.S3.PutObject(ctx, &s3.PutObjectInput{Bucket: &bucket, Key: &key, ContentType: &contentType, Body: bytes.NewReader(body)})
	if err != nil {
		return fmt.Errorf("upload: writing %s: %w", key, err)
	}
	return nil
}
