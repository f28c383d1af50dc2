package bucket

import (
	"bytes"
	"io"
	"maps"
	"mime/multipart"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/service/s3"
)

// send posts a form as a browser does: its fields in an order, and the file last.
func send(t *testing.T, to string, fields map[string]string, file string) *http.Response {
	t.Helper()
	var body bytes.Buffer
	form := multipart.NewWriter(&body)
	for _, name := range slices.Sorted(maps.Keys(fields)) {
		if err := form.WriteField(name, fields[name]); err != nil {
			t.Fatal(err)
		}
	}
	out, err := form.CreateFormFile("file", "today.csv")
	if err != nil {
		t.Fatal(err)
	}
	io.WriteString(out, file)
	form.Close()
	client := &http.Client{CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}
	response, err := client.Post(to, form.FormDataContentType(), &body)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { response.Body.Close() })
	return response
}

func TestForm(t *testing.T) {
	f := start(t)
	const back = "https://voice.example/back?a=b"
	sign := func(t *testing.T, expires time.Duration) (to string, fields map[string]string) {
		t.Helper()
		mine := map[string]string{"x-amz-meta-uploaded-by": "dana", "Content-Type": "text/csv", "success_action_redirect": back}
		conditions := []any{[]any{"content-length-range", 2, 8}, []any{"starts-with", "$success_action_redirect", "https://voice.example/"}}
		for _, name := range []string{"x-amz-meta-uploaded-by", "Content-Type"} {
			conditions = append(conditions, map[string]string{name: mine[name]})
		}
		signed, err := s3.NewPresignClient(f.Client).PresignPostObject(t.Context(), &s3.PutObjectInput{Bucket: key(name), Key: key("uploads/a.csv")},
			func(o *s3.PresignPostOptions) { o.Expires, o.Conditions = expires, conditions })
		if err != nil {
			t.Fatal(err)
		}
		maps.Copy(mine, signed.Values)
		return signed.URL, mine
	}
	t.Run("OK", func(t *testing.T) {
		to, fields := sign(t, time.Hour)
		r := send(t, to, fields, "a,b\n")
		version := r.Header.Get("X-Amz-Version-Id")
		body, out := f.get(s3.GetObjectInput{Bucket: key(name), Key: key("uploads/a.csv"), VersionId: &version})
		if r.StatusCode != http.StatusSeeOther || body != "a,b\n" || out.Metadata["uploaded-by"] != "dana" || *out.ContentType != "text/csv" {
			t.Errorf("%d, %q, %+v", r.StatusCode, body, out)
		}
		at, err := r.Location()
		want := url.Values{"a": {"b"}, "bucket": {name}, "key": {"uploads/a.csv"}, "etag": {*out.ETag}}
		if err != nil || at.Host != "voice.example" || at.Query().Encode() != want.Encode() {
			t.Errorf("led to %v, %v", at, err)
		}
		if e := f.sent(1); len(e) != 1 || e[0].EventName != "ObjectCreated:Post" {
			t.Errorf("events %+v", e)
		}
	})
	for name, c := range map[string]struct {
		change  func(fields map[string]string)
		file    string
		expires time.Duration
		code    string
	}{
		"ErrOtherKey":    {func(f map[string]string) { f["key"] = "reports/a.csv" }, "a,b", time.Hour, "AccessDenied"},
		"ErrOtherPerson": {func(f map[string]string) { f["x-amz-meta-uploaded-by"] = "omar" }, "a,b", time.Hour, "AccessDenied"},
		"ErrNobody":      {func(f map[string]string) { delete(f, "x-amz-meta-uploaded-by") }, "a,b", time.Hour, "AccessDenied"},
		"ErrOtherSite":   {func(f map[string]string) { f["success_action_redirect"] = "https://elsewhere.example/" }, "a,b", time.Hour, "AccessDenied"},
		"ErrExtraField":  {func(f map[string]string) { f["x-amz-meta-more"] = "x" }, "a,b", time.Hour, "AccessDenied"},
		"ErrNoPolicy":    {func(f map[string]string) { delete(f, "policy") }, "a,b", time.Hour, "InvalidPolicyDocument"},
		"ErrExpired":     {func(map[string]string) {}, "a,b", -time.Hour, "AccessDenied"},
		"ErrLarge":       {func(map[string]string) {}, "a,b,c,d,e", time.Hour, "EntityTooLarge"},
		"ErrSmall":       {func(map[string]string) {}, "", time.Hour, "EntityTooSmall"},
		"ErrLargeFields": {func(f map[string]string) { f["x-ignore-a"] = strings.Repeat("x", maxField) }, "a,b", time.Hour, "MaxPostPreDataLengthExceeded"},
	} {
		t.Run(name, func(t *testing.T) {
			before := f.files()
			to, fields := sign(t, c.expires)
			c.change(fields)
			r := send(t, to, fields, c.file)
			if body, _ := io.ReadAll(r.Body); r.StatusCode/100 != 4 || !strings.Contains(string(body), "<Code>"+c.code+"</Code>") {
				t.Errorf("%d %s", r.StatusCode, body)
			}
			if f.files() != before {
				t.Error("something was kept")
			}
		})
	}
	t.Run("ErrBucket", func(t *testing.T) {
		to, fields := sign(t, time.Hour)
		if r := send(t, strings.Replace(to, name, "elsewhere", 1), fields, "a,b"); r.StatusCode != http.StatusForbidden {
			t.Errorf("%d", r.StatusCode)
		}
	})
	t.Run("WithoutAPlaceToGoTo", func(t *testing.T) {
		to, fields := sign(t, time.Hour)
		fields["success_action_redirect"] = "https://voice.example/%"
		if r := send(t, to, fields, "a,b"); r.StatusCode != http.StatusNoContent {
			t.Errorf("%d", r.StatusCode)
		}
	})
}
