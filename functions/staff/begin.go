package main

import (
	"context"
	"fmt"
	"net/http"
	"strings"
	"time"

	"github.com/aws/aws-sdk-go-v2/service/s3"

	"voice.example/shared/staff"
	"voice.example/shared/upload"
	"voice.example/shared/web"
)

const (
	maxSize     = 64 << 30 // bytes of a file
	maxParts    = 1000     // so that the answer with all addresses stays within what a function may answer
	smallPart   = 8 << 20  // a part has this many bytes, or more for a large file; S3's own minimum is 5 MiB
	partsWithin = time.Hour
)

// begun answers a begun upload.
type begun struct {
	Key        string    `json:"key"`
	S3UploadID string    `json:"s3_upload_id"`
	PartSize   int64     `json:"part_size"` // of every part but the last
	ExpiresAt  time.Time `json:"expires_at"`
	Parts      []part    `json:"parts"`
}

// part is where to PUT one part of a file. Its length is signed, and no header beside it is needed.
type part struct {
	Number int32  `json:"number"`
	Size   int64  `json:"size"`
	URL    string `json:"url"`
}

// beginning is the file that somebody is about to upload. Feed, if it is not empty, is the source of it.
type beginning struct {
	Name   string      `json:"name" jsonschema:"required"`
	Size   int64       `json:"size" jsonschema:"required"`
	Mode   upload.Mode `json:"mode" jsonschema:"required"`
	Feed   string      `json:"feed"`
	DryRun bool        `json:"dry_run"`
}

// begin answers POST /v1/staff/uploads: it begins a multipart upload that says who uploads, and signs the address of
// each part. The addresses hold for an hour, or as long as the function's own credentials do if that is less.
func (h *handler) begin(w http.ResponseWriter, r *http.Request, who staff.Identity) error {
	var in beginning
	if err := web.DecodeJSON(r, &in); err != nil {
		return err
	}
	var check web.Check
	if strings.TrimSpace(in.Name) == "" {
		check.Add("name", "name.missing")
	}
	if in.Size < 1 || in.Size > maxSize {
		check.Add("size", "size.range")
	}
	if in.Mode != upload.Updates && in.Mode != upload.Roster {
		check.Add("mode", "mode.unknown")
	}
	if in.Feed != "" && !feedShape.MatchString(in.Feed) {
		check.Add("feed", "feed.shape")
	}
	if err := check.Err(); err != nil {
		return err
	}
	key, kind := objectKey(in.Mode, in.Feed, in.DryRun, in.Name, h.now()), "application/octet-stream"
	made, err := h.s3.CreateMultipartUpload(r.Context(), &s3.CreateMultipartUploadInput{Bucket: &h.bucket, Key: &key, ContentType: &kind,
		Metadata: upload.Sender(who)})
	if err != nil {
		return fmt.Errorf("begin a multipart upload: %w", err)
	}
	size := partSize(in.Size)
	parts, err := h.sign(r.Context(), key, *made.UploadId, in.Size, size)
	if err != nil {
		return err
	}
	web.Outcome(r.Context(), "begun")
	return web.WriteJSON(w, http.StatusCreated, begun{key, *made.UploadId, size, h.now().UTC().Add(partsWithin), parts})
}

// partSize is how long parts are, a whole number of mebibytes, for a file to have maxParts at most.
func partSize(size int64) int64 {
	const mebibyte = 1 << 20
	least := (size + maxParts - 1) / maxParts
	return max(smallPart, (least+mebibyte-1)/mebibyte*mebibyte)
}

func (h *handler) sign(ctx context.Context, key, id string, size, each int64) ([]part, error) {
	signer := s3.NewPresignClient(h.s3, s3.WithPresignExpires(partsWithin))
	parts := make([]part, 0, (size+each-1)/each)
	for from := int64(0); from < size; from += each {
		p := part{Number: int32(len(parts) + 1), Size: min(each, size-from)}
		signed, err := signer.PresignUploadPart(ctx, &s3.UploadPartInput{Bucket: &h.bucket, Key: &key, UploadId: &id,
			PartNumber: &p.Number, ContentLength: &p.Size})
		if err != nil {
			return nil, fmt.Errorf("sign a part: %w", err)
		}
		p.URL = signed.URL
		parts = append(parts, p)
	}
	return parts, nil
}
