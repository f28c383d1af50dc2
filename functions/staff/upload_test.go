package main

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"net/http"
	"strings"
	"testing"

	"github.com/aws/aws-sdk-go-v2/service/s3"

	"voice.example/infra/local/localtest"
	"voice.example/shared/upload"
	"voice.example/shared/web"
)

// send PUTs a part and gives its ETag.
func send(t *testing.T, url string, body []byte) string {
	t.Helper()
	r, err := http.NewRequest(http.MethodPut, url, bytes.NewReader(body))
	if err != nil {
		t.Fatal(err)
	}
	response, err := http.DefaultClient.Do(r)
	if err != nil {
		t.Fatal(err)
	}
	defer response.Body.Close()
	if text, _ := io.ReadAll(response.Body); response.StatusCode != http.StatusOK {
		t.Fatalf("%s: %s", response.Status, text)
	}
	return response.Header.Get("ETag")
}

func TestUpload(t *testing.T) {
	o := newOffice(t)
	content := bytes.Repeat([]byte("a_number,status\n"), 600_000) // 9.6 MB: two parts
	var b begun
	decode(t, o.ask("dana", "POST", "/v1/staff/uploads",
		fmt.Sprintf(`{"name":"C:\\Users\\dana\\June list (1).csv","size":%d,"mode":"roster","feed":"stewart-ga","dry_run":true}`, len(content))), http.StatusCreated, &b)
	if !strings.HasPrefix(b.Key, "dry-run/roster/stewart-ga/20260601T160000Z-") || !strings.HasSuffix(b.Key, "-June-list-1.csv") || !isObjectKey(b.Key) {
		t.Errorf("key is %s", b.Key)
	}
	if k, ok := upload.ParseKey(b.Key); !ok || k != (upload.Key{Mode: upload.Roster, Feed: "stewart-ga", DryRun: true}) {
		t.Errorf("the key reads %+v", k)
	}
	if len(b.Parts) != 2 || b.PartSize != 8<<20 || b.Parts[0].Size != 8<<20 || b.Parts[1].Size != int64(len(content)-8<<20) {
		t.Fatalf("%+v", b)
	}
	for _, header := range []string{"content-length", "host"} {
		if !strings.Contains(b.Parts[0].URL, header) {
			t.Errorf("%s is not signed in %s", header, b.Parts[0].URL)
		}
	}
	if strings.Contains(b.Parts[0].URL, "checksum") {
		t.Errorf("a checksum of nothing is signed in %s", b.Parts[0].URL)
	}
	request := fmt.Sprintf(`{"key":%q,"s3_upload_id":%q,"parts":[{"number":1,"etag":%q},{"number":2,"etag":%q}]}`, b.Key, b.S3UploadID,
		send(t, b.Parts[0].URL, content[:8<<20]), send(t, b.Parts[1].URL, content[8<<20:]))
	var done, again completed
	decode(t, o.ask("dana", "POST", "/v1/staff/uploads/complete", request), http.StatusOK, &done)

	bucket := localtest.Bucket
	head, err := o.s3.HeadObject(context.Background(), &s3.HeadObjectInput{Bucket: &bucket, Key: &b.Key})
	if err != nil {
		t.Fatal(err)
	}
	t.Run("SaysWhoUploads", func(t *testing.T) {
		if head.Metadata[upload.UploadedBy] != "dana" || *head.ContentLength != int64(len(content)) {
			t.Errorf("%+v", head)
		}
	})
	t.Run("IDIsThatOfTheVersion", func(t *testing.T) {
		if want := (upload.Object{Bucket: bucket, Key: b.Key, Version: *head.VersionId, Versioned: true}).ID(); done.UploadID != want {
			t.Errorf("got %s, want %s", done.UploadID, want)
		}
	})
	t.Run("TwiceIsOnce", func(t *testing.T) {
		decode(t, o.ask("dana", "POST", "/v1/staff/uploads/complete", request), http.StatusOK, &again)
		if again != done {
			t.Errorf("%+v after %+v", again, done)
		}
	})
	t.Run("AbortComesTooLate", func(t *testing.T) {
		w := o.ask("dana", "POST", "/v1/staff/uploads/abort", fmt.Sprintf(`{"key":%q,"s3_upload_id":%q}`, b.Key, b.S3UploadID))
		if w.Code != http.StatusNoContent {
			t.Errorf("%d %s", w.Code, w.Body)
		}
		if _, err := o.s3.HeadObject(context.Background(), &s3.HeadObjectInput{Bucket: &bucket, Key: &b.Key}); err != nil {
			t.Error(err)
		}
	})
}

func TestAbort(t *testing.T) {
	o := newOffice(t)
	var b begun
	decode(t, o.ask("dana", "POST", "/v1/staff/uploads", `{"name":"a.csv","size":3,"mode":"uploads"}`), http.StatusCreated, &b)
	etag := send(t, b.Parts[0].URL, []byte("abc"))
	begun := fmt.Sprintf(`"key":%q,"s3_upload_id":%q`, b.Key, b.S3UploadID)
	for range 2 { // the second finds nothing to do
		if w := o.ask("dana", "POST", "/v1/staff/uploads/abort", "{"+begun+"}"); w.Code != http.StatusNoContent {
			t.Errorf("%d %s", w.Code, w.Body)
		}
	}
	w := o.ask("dana", "POST", "/v1/staff/uploads/complete", fmt.Sprintf(`{%s,"parts":[{"number":1,"etag":%q}]}`, begun, etag))
	if _, fields := refused(t, w, http.StatusBadRequest, web.Invalid); fields != "s3_upload_id" {
		t.Errorf("fields %s", fields)
	}
}

func TestBeginRefuses(t *testing.T) {
	o := newOffice(t)
	for _, test := range []struct{ name, body, fields string }{
		{"ErrNothing", `{}`, "name size mode"},
		{"ErrEmpty", `{"name":"a","size":0,"mode":"uploads"}`, "size"},
		{"ErrTooLarge", `{"name":"a","size":68719476737,"mode":"uploads"}`, "size"},
		{"ErrMode", `{"name":"a","size":1,"mode":"plans"}`, "mode"},
		{"ErrFeedCase", `{"name":"a","size":1,"mode":"uploads","feed":"Stewart"}`, "feed"},
		{"ErrFeedPath", `{"name":"a","size":1,"mode":"uploads","feed":"a/b"}`, "feed"},
		{"ErrFeedDash", `{"name":"a","size":1,"mode":"uploads","feed":"a-"}`, "feed"},
		{"ErrFeedLong", `{"name":"a","size":1,"mode":"uploads","feed":"` + strings.Repeat("a", 41) + `"}`, "feed"},
		{"ErrUnknownField", `{"name":"a","size":1,"mode":"uploads","key":"x"}`, "key"},
	} {
		t.Run(test.name, func(t *testing.T) {
			if _, fields := refused(t, o.ask("dana", "POST", "/v1/staff/uploads", test.body), http.StatusBadRequest, web.Invalid); fields != test.fields {
				t.Errorf("fields %q, want %q", fields, test.fields)
			}
		})
	}
}

func TestCompleteRefuses(t *testing.T) {
	o := newOffice(t)
	var b begun
	decode(t, o.ask("dana", "POST", "/v1/staff/uploads", `{"name":"a.csv","size":3,"mode":"uploads"}`), http.StatusCreated, &b)
	send(t, b.Parts[0].URL, []byte("abc"))
	parts := func(n int) string {
		list := make([]string, n)
		for i := range list {
			list[i] = fmt.Sprintf(`{"number":%d,"etag":"\"%032x\""}`, i+1, i)
		}
		return strings.Join(list, ",")
	}
	const key = "uploads/20260601T160000Z-aaaaaaaaaaaaaaaa-a.csv"
	for _, test := range []struct{ name, key, id, parts, fields string }{
		{"ErrNothing", "", "", "", "key s3_upload_id parts"},
		{"ErrOthersKey", "reports/x/summary.json", "id", parts(1), "key"},
		{"ErrHandMadeKey", "uploads/today.csv", "id", parts(1), "key"},
		{"ErrDots", "uploads/../20260601T160000Z-aaaaaaaaaaaaaaaa-a.csv", "id", parts(1), "key"},
		{"ErrUnknownUpload", key, "id", parts(1), "s3_upload_id"},
		{"ErrManyParts", key, "id", parts(1001), "parts"},
		{"ErrOrder", key, "id", `{"number":2,"etag":"a"},{"number":1,"etag":"b"}`, "parts"},
		{"ErrTwice", key, "id", `{"number":1,"etag":"a"},{"number":1,"etag":"b"}`, "parts"},
		{"ErrZero", key, "id", `{"number":0,"etag":"a"}`, "parts"},
		{"ErrNoETag", key, "id", `{"number":1}`, "parts"},
		{"ErrWrongETag", b.Key, b.S3UploadID, parts(1), "parts"},
	} {
		t.Run(test.name, func(t *testing.T) {
			w := o.ask("dana", "POST", "/v1/staff/uploads/complete", fmt.Sprintf(`{"key":%q,"s3_upload_id":%q,"parts":[%s]}`, test.key, test.id, test.parts))
			if _, fields := refused(t, w, http.StatusBadRequest, web.Invalid); fields != test.fields {
				t.Errorf("fields %q, want %q", fields, test.fields)
			}
		})
	}
	t.Run("AThousandPartsAreRead", func(t *testing.T) {
		w := o.ask("dana", "POST", "/v1/staff/uploads/complete", fmt.Sprintf(`{"key":%q,"s3_upload_id":"id","parts":[%s]}`, key, parts(1000)))
		if _, fields := refused(t, w, http.StatusBadRequest, web.Invalid); fields != "s3_upload_id" {
			t.Errorf("fields %q", fields)
		}
	})
}

func TestPartSize(t *testing.T) {
	for _, size := range []int64{1, 8 << 20, 8<<20 + 1, 8000 << 20, 8000<<20 + 1, 10 << 30, maxSize} {
		each := partSize(size)
		if n := (size + each - 1) / each; n > maxParts || each < 5<<20 || each%(1<<20) != 0 {
			t.Errorf("%d bytes: %d parts of %d", size, n, each)
		}
	}
}

func TestLargestAnswerFits(t *testing.T) {
	w := newOffice(t).ask("dana", "POST", "/v1/staff/uploads", fmt.Sprintf(`{"name":%q,"size":%d,"mode":"uploads"}`, strings.Repeat("n", 200), int64(maxSize)))
	var b begun
	decode(t, w, http.StatusCreated, &b)
	// In AWS each address also has a session token of some 1,000 characters.
	if got := w.Body.Len() + 1500*len(b.Parts); len(b.Parts) != 993 || got > 5<<20 {
		t.Errorf("%d parts, %d bytes", len(b.Parts), got)
	}
}

func TestFileName(t *testing.T) {
	for in, want := range map[string]string{
		"today.csv": "today.csv", "/home/x/today.csv": "today.csv", `C:\x\today.csv`: "today.csv", "día 1.csv": "da-1.csv",
		"../..": "file", "": "file", "...": "file", "名": "file", strings.Repeat("a", 100) + ".csv": strings.Repeat("a", 76) + ".csv",
		".hidden": "hidden", "A012-345-678.csv": "x.csv", "a 012345678 b.csv": "x-b.csv", "case 012 345 678.csv": "case-x.csv", "for_A1234567.csv": "for_x.csv",
		"roster-20260601.csv": "roster-20260601.csv", "2026-06-01 120000.csv": "2026-06-01-120000.csv", "a\x00b\n.csv": "ab.csv",
	} {
		if got := fileName(in); got != want {
			t.Errorf("%q is %q, want %q", in, got, want)
		}
		if key := objectKey(upload.Updates, "", false, in, noon); !isObjectKey(key) {
			t.Errorf("%q is not known again", key)
		}
	}
}
