package rig

import (
	"bytes"
	"context"
	"encoding/json"
	"net/url"
	"strings"

	"github.com/aws/aws-sdk-go-v2/service/s3"

	"voice.example/infra/local/queue"
	"voice.example/infra/local/template"
)

// Upload puts a file into the bucket of uploads, and its notification into the queue Uploads, as S3 does. It gives the
// version of the object.
func (r *Rig) Upload(key string, body []byte) (version string) {
	r.t.Helper()
	bucket := r.UploadsBucket()
	out, err := r.S3().PutObject(context.Background(), &s3.PutObjectInput{Bucket: &bucket, Key: &key, Body: bytes.NewReader(body)})
	if err != nil {
		r.t.Fatal(err)
	}
	notification, err := json.Marshal(map[string]any{"Records": []any{map[string]any{
		"eventVersion": "2.1", "eventSource": "aws:s3", "awsRegion": template.Region, "eventTime": r.Now().UTC(), "eventName": "ObjectCreated:Put",
		"userIdentity": map[string]any{"principalId": "AWS:RIG"},
		"s3": map[string]any{"bucket": map[string]any{"name": bucket},
			"object": map[string]any{"key": strings.ReplaceAll(url.QueryEscape(key), "%2F", "/"), "size": len(body), "versionId": *out.VersionId}},
	}}})
	if err != nil {
		r.t.Fatal(err)
	}
	if _, err := r.Queue(Uploads).Send(context.Background(), queue.Outgoing{Body: string(notification)}); err != nil {
		r.t.Fatal(err)
	}
	return *out.VersionId
}

// S3 is a client for the buckets, past the proxy.
func (r *Rig) S3() *s3.Client {
	return s3.NewFromConfig(r.AWS(), func(o *s3.Options) { o.UsePathStyle = true })
}

// UploadsBucket is the name of the bucket of uploads.
func (r *Rig) UploadsBucket() string {
	r.t.Helper()
	all, err := r.template.Buckets()
	if err != nil {
		r.t.Fatal(err)
	}
	for _, b := range all {
		if b.LogicalID == "UploadsBucket" {
			return b.Name
		}
	}
	r.t.Fatal("template.yaml has no UploadsBucket")
	return ""
}
