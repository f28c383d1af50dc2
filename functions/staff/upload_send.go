package main

import (
	"cmp"
	"context"
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/aws/aws-sdk-go-v2/service/s3"

	"voice.example/shared/audit"
	"voice.example/shared/staff"
	"voice.example/shared/upload"
	"voice.example/shared/web"
)

// Two words in the place of an upload's id: the form that sends a file, and where S3 leads back to once it has it.
const (
	newUpload  = "new"
	sentUpload = "sent"
)

const (
	// maxForm is how many bytes a file may have that a form sends, which is what S3 takes in one piece. voicectl sends larger
	// ones by parts.
	maxForm    = 5 << 30
	formWithin = time.Hour          // how long the form may stay open
	formName   = "from-the-console" // what a file is called that nobody has named: the form is signed before one is chosen
)

// sendPage is the form that asks what a file is.
type sendPage struct {
	Modes []web.Option
}

func sendForm(form web.Form) web.Page {
	if form["mode"] == "" {
		form["mode"] = string(upload.Updates)
	}
	return web.Page{Template: "upload_new", Title: "Send a file", Form: form, Data: sendPage{Modes: []web.Option{
		{Value: string(upload.Updates), Words: "News: who is not in it is not spoken of"},
		{Value: string(upload.Roster), Words: "A roster: everybody whom the feed holds"}}}}
}

// showSendForm answers GET /staff/uploads/new.
func (h *handler) showSendForm(w http.ResponseWriter, r *http.Request, who staff.Identity) error {
	if !who.May(staff.Upload) {
		return h.deny(r, who, staff.Upload)
	}
	web.Outcome(r.Context(), "send_form")
	return h.Render(w, r, sendForm(web.Form{}))
}

// postForm is a form that sends a file straight to S3.
type postForm struct {
	URL    string
	Fields []web.Option
	What   string
}

// beginOnPage answers POST /staff/uploads/new/send: a form that is signed for one key, which says who uploads. S3 takes nothing
// but what is signed.
func (h *handler) beginOnPage(w http.ResponseWriter, r *http.Request, who staff.Identity, form web.Form) error {
	mode, feed := upload.Mode(form["mode"]), form["feed"]
	var check web.Check
	if mode != upload.Updates && mode != upload.Roster {
		check.Say("mode", "Choose what the file is.")
	}
	if feed != "" && !feedShape.MatchString(feed) {
		check.Say("feed", "A feed has small letters, digits and dashes, up to 40. Leave it empty for the usual one.")
	}
	if err := check.Err(); err != nil {
		return h.RenderForm(w, r, sendForm(form), err)
	}
	name := cmp.Or(strings.TrimSpace(form["name"]), formName)
	signed, err := h.signForm(r.Context(), objectKey(mode, feed, form["dry_run"] == "yes", name, h.now()), who, h.site(r)+"/staff/uploads/"+sentUpload)
	if err != nil {
		return err
	}
	to, err := url.Parse(signed.URL)
	if err != nil {
		return fmt.Errorf("the address of a signed form: %w", err)
	}
	web.FormsTo(w.Header(), to.Scheme+"://"+to.Host)
	signed.What = "news of the feed " + cmp.Or(feed, upload.DefaultFeed)
	if mode == upload.Roster {
		signed.What = "a roster of the feed " + cmp.Or(feed, upload.DefaultFeed)
	}
	if form["dry_run"] == "yes" {
		signed.What += ", as a dry run"
	}
	web.Outcome(r.Context(), "begun")
	return h.Render(w, r, web.Page{Template: "upload_send", Title: "Choose the file", Data: signed})
}

// signForm signs a form that puts one object into the bucket, and leads back to an address of ours.
func (h *handler) signForm(ctx context.Context, key string, who staff.Identity, back string) (postForm, error) {
	fields := map[string]string{"Content-Type": "application/octet-stream", "success_action_redirect": back}
	for name, value := range upload.Sender(who) {
		fields["x-amz-meta-"+name] = value
	}
	conditions := []any{[]any{"content-length-range", 1, maxForm}}
	for name, value := range fields {
		conditions = append(conditions, map[string]string{name: value})
	}
	signed, err := s3.NewPresignClient(h.s3).PresignPostObject(ctx, &s3.PutObjectInput{Bucket: &h.bucket, Key: &key},
		func(o *s3.PresignPostOptions) { o.Expires, o.Conditions = formWithin, conditions })
	if err != nil {
		return postForm{}, fmt.Errorf("sign a form: %w", err)
	}
	form := postForm{URL: signed.URL}
	for _, values := range []map[string]string{signed.Values, fields} {
		for name, value := range values {
			form.Fields = append(form.Fields, web.Option{Value: value, Words: name})
		}
	}
	slices.SortFunc(form.Fields, func(a, b web.Option) int { return strings.Compare(a.Words, b.Words) })
	return form, nil
}

// takeSent answers GET /staff/uploads/sent?key=&etag=, where S3 leads back to: it leads on to the upload that the file has
// become. What has been sent is written down by that name.
func (h *handler) takeSent(w http.ResponseWriter, r *http.Request, who staff.Identity) error {
	key := r.URL.Query().Get("key")
	if !who.May(staff.Upload) || !isObjectKey(key) {
		return &web.Error{Code: web.NotFound}
	}
	version, err := h.versionOf(r.Context(), key, r.URL.Query().Get("etag"))
	if err != nil {
		return err
	}
	id := (upload.Object{Bucket: h.bucket, Key: key, Version: version, Versioned: true}).ID()
	if err := h.note(r.Context(), who, audit.Entry{Subject: audit.Upload(id), Action: audit.Changed, What: "send an upload"}, ""); err != nil {
		return err
	}
	web.Outcome(r.Context(), "uploaded")
	redirect(w, "/staff/uploads/"+id+"?sent="+strconv.FormatInt(h.now().Unix(), 10))
	return nil
}

// versionOf is the version of a key that has an ETag: the latest of them, if the same was sent again.
func (h *handler) versionOf(ctx context.Context, key, etag string) (string, error) {
	out, err := h.s3.ListObjectVersions(ctx, &s3.ListObjectVersionsInput{Bucket: &h.bucket, Prefix: &key})
	if err != nil {
		return "", fmt.Errorf("list the versions of an upload: %w", err)
	}
	for _, v := range out.Versions {
		if v.Key != nil && *v.Key == key && v.VersionId != nil && v.ETag != nil && strings.Trim(*v.ETag, `"`) == strings.Trim(etag, `"`) {
			return *v.VersionId, nil
		}
	}
	return "", &web.Error{Code: web.UploadNotFound}
}
