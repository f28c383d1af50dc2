package upload

import (
	"context"
	"errors"
	"net/http"
	"strings"
	"testing"

	"github.com/aws/aws-sdk-go-v2/service/s3"

	"voice.example/shared/staff"
)

type unreachable struct{}

func (unreachable) RoundTrip(r *http.Request) (*http.Response, error) {
	if r.Header.Get("X-Amz-Target") == "" {
		return nil, errors.New("connection refused")
	}
	return http.DefaultTransport.RoundTrip(r)
}

// What Run returns, ingest logs. "The key stays out of the log: staff may name a file after a person."
func TestErrorOfAnUnreachableBucketDoesNotNameTheFile(t *testing.T) {
	o := newOffice(t)
	object := o.put("uploads/A098765432-DOE-JOHN.csv", title+row(1, "2026-05-01", "in_custody"))
	_, err := o.pipeline(unreachable{}).Run(context.Background(), object)
	if err == nil || strings.Contains(err.Error(), "DOE") {
		t.Errorf("%v", err)
	}
}

func TestSender(t *testing.T) {
	ctx := context.Background()
	for name, c := range map[string]struct{ sent, kept staff.Identity }{
		"OK":         {staff.Identity{Subject: "7f3c", Name: "Dána O’Neil-Whitfield"}, staff.Identity{Subject: "7f3c", Name: "Dána O’Neil-Whitfield"}},
		"WithoutOne": {staff.Identity{Subject: "7f3c"}, staff.Identity{Subject: "7f3c"}},
		"Long":       {staff.Identity{Subject: "7f3c", Name: strings.Repeat("ü", 300)}, staff.Identity{Subject: "7f3c", Name: strings.Repeat("ü", 60)}},
	} {
		t.Run(name, func(t *testing.T) {
			o := newOffice(t)
			bucket, key := bucket, "uploads/a.csv"
			body := strings.NewReader(title + row(1, "2026-05-01", "in_custody"))
			out, err := o.cloud.S3().PutObject(ctx, &s3.PutObjectInput{Bucket: &bucket, Key: &key, Body: body, Metadata: Sender(c.sent)})
			if err != nil {
				t.Fatal(err)
			}
			object := Object{Bucket: bucket, Key: key, Version: *out.VersionId, Versioned: true, ReceivedAt: o.now, By: "AWS:someone"}
			o.run(object)
			u, err := o.desk().Get(ctx, object.ID())
			if err != nil || u.UploadedBy != c.kept.Subject || u.UploadedByName != c.kept.Name {
				t.Errorf("%q, %q, %v", u.UploadedBy, u.UploadedByName, err)
			}
		})
	}
	t.Run("NotWrittenByUs", func(t *testing.T) {
		if got := sender(map[string]string{"Uploaded-By": "dana", "Uploaded-By-Name": "100%"}); got.Subject != "dana" || got.Name != "" {
			t.Errorf("%+v", got)
		}
	})
}
