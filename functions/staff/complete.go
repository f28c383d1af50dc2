package main

import (
	"context"
	"fmt"
	"net/http"

	"github.com/aws/aws-sdk-go-v2/service/s3"
	"github.com/aws/aws-sdk-go-v2/service/s3/types"

	"voice.example/shared/audit"
	"voice.example/shared/staff"
	"voice.example/shared/upload"
	"voice.example/shared/web"
)

// completed answers a completed upload.
type completed struct {
	UploadID string `json:"upload_id"`
}

// sent is a part that has arrived, with the ETag that S3 answered.
type sent struct {
	Number int32  `json:"number" jsonschema:"required"`
	ETag   string `json:"etag" jsonschema:"required"`
}

// completing is what has arrived of a file, in the order of its parts.
type completing struct {
	Key        string `json:"key" jsonschema:"required"`
	S3UploadID string `json:"s3_upload_id" jsonschema:"required"`
	Parts      []sent `json:"parts" jsonschema:"required"`
}

// complete answers POST /v1/staff/uploads/complete: it makes the parts one object, of which S3 tells ingest. Asked
// again, it answers the same.
func (h *handler) complete(w http.ResponseWriter, r *http.Request, who staff.Identity) error {
	var in completing
	if err := web.DecodeLongJSON(r, &in); err != nil {
		return err
	}
	check := checkBegun(in.Key, in.S3UploadID)
	switch {
	case len(in.Parts) == 0:
		check.Add("parts", "parts.missing")
	case len(in.Parts) > maxParts:
		check.Add("parts", "parts.many")
	}
	parts := make([]types.CompletedPart, 0, len(in.Parts))
	for i := range in.Parts {
		p := &in.Parts[i]
		if p.ETag == "" || p.Number < 1 || i > 0 && p.Number <= in.Parts[i-1].Number {
			check.Add("parts", "parts.order")
			break
		}
		parts = append(parts, types.CompletedPart{ETag: &p.ETag, PartNumber: &p.Number})
	}
	if err := check.Err(); err != nil {
		return err
	}
	version, err := h.join(r.Context(), in.Key, in.S3UploadID, parts)
	if err != nil {
		return err
	}
	o := upload.Object{Bucket: h.bucket, Key: in.Key, Version: version, Versioned: true}
	// What was begun is in the audit already. What it has become has only now a name: asked again, it is written again.
	if err := h.note(r.Context(), who, audit.Entry{Subject: audit.Upload(o.ID()), Action: audit.Changed, What: "complete an upload"}, ""); err != nil {
		return err
	}
	web.Outcome(r.Context(), "uploaded")
	return web.WriteJSON(w, http.StatusOK, completed{o.ID()})
}

// join completes the multipart upload and gives the version that it made.
func (h *handler) join(ctx context.Context, key, id string, parts []types.CompletedPart) (string, error) {
	out, err := h.s3.CompleteMultipartUpload(ctx, &s3.CompleteMultipartUploadInput{Bucket: &h.bucket, Key: &key, UploadId: &id,
		MultipartUpload: &types.CompletedMultipartUpload{Parts: parts}})
	switch {
	case isCode(err, "NoSuchUpload"):
		return h.version(ctx, key)
	case isCode(err, "InvalidPart", "EntityTooSmall"):
		return "", invalid("parts", "parts.wrong")
	case isCode(err, "InvalidPartOrder"):
		return "", invalid("parts", "parts.order")
	case err != nil:
		return "", fmt.Errorf("complete a multipart upload: %w", err)
	case out.VersionId == nil || *out.VersionId == "":
		return "", fmt.Errorf("the bucket has no versions")
	}
	return *out.VersionId, nil
}

// version is the first version of a key: what an earlier request completed, whose answer was lost. A list, because it
// takes no permission to read the files.
func (h *handler) version(ctx context.Context, key string) (string, error) {
	out, err := h.s3.ListObjectVersions(ctx, &s3.ListObjectVersionsInput{Bucket: &h.bucket, Prefix: &key})
	if err != nil {
		return "", fmt.Errorf("list the versions of an upload: %w", err)
	}
	for i := len(out.Versions) - 1; i >= 0; i-- { // the latest is listed first
		if v := out.Versions[i]; v.Key != nil && *v.Key == key && v.VersionId != nil {
			return *v.VersionId, nil
		}
	}
	return "", invalid("s3_upload_id", "s3_upload_id.unknown")
}

// checkBegun refuses what begin cannot have answered.
func checkBegun(key, id string) web.Check {
	var check web.Check
	if !isObjectKey(key) {
		check.Add("key", "key.unknown")
	}
	if id == "" {
		check.Add("s3_upload_id", "s3_upload_id.missing")
	}
	return check
}
