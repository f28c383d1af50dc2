package main

import (
	"fmt"
	"net/http"

	"github.com/aws/aws-sdk-go-v2/service/s3"

	"voice.example/shared/staff"
	"voice.example/shared/web"
)

// aborting is an upload that was begun.
type aborting struct {
	Key        string `json:"key" jsonschema:"required"`
	S3UploadID string `json:"s3_upload_id" jsonschema:"required"`
}

// abort answers POST /v1/staff/uploads/abort: it gives up an upload that was begun. Its parts are dropped; without this
// the bucket drops them after two days.
func (h *handler) abort(w http.ResponseWriter, r *http.Request, _ staff.Identity) error {
	var in aborting
	if err := web.DecodeJSON(r, &in); err != nil {
		return err
	}
	if err := checkBegun(in.Key, in.S3UploadID).Err(); err != nil {
		return err
	}
	_, err := h.s3.AbortMultipartUpload(r.Context(), &s3.AbortMultipartUploadInput{Bucket: &h.bucket, Key: &in.Key, UploadId: &in.S3UploadID})
	if err != nil && !isCode(err, "NoSuchUpload") {
		return fmt.Errorf("abort a multipart upload: %w", err)
	}
	web.Outcome(r.Context(), "aborted")
	w.WriteHeader(http.StatusNoContent)
	return nil
}
