package main

import (
	"bytes"
	"context"
	"fmt"
	"html"
	"io"
	"mime/multipart"
	"net/http"
	"net/url"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/service/s3"

	"voice.example/infra/local/localtest"
	"voice.example/shared/audit"
	"voice.example/shared/custody"
	"voice.example/shared/staff"
	"voice.example/shared/upload"
	"voice.example/shared/web/webtest"
)

// stopped is a brake that holds.
var stopped = upload.Brake{Reasons: []string{"it would end the custody of 900 people"}, Changes: 1200, Ends: 900, PeopleHeld: 1000, Alerts: 40, TextParts: 80,
	Minutes: 4, CostUSD: 0.6, ByEvent: map[custody.Event]int{custody.EventReleased: 900}, Missing: 3, Identities: 2, Unprotected: 1}

func TestUploadsPage(t *testing.T) {
	o := newOffice(t)
	dana := seat(t, o, "dana", "", staff.DataOfficer)
	t.Run("None", func(t *testing.T) {
		if body := dana.page(dana.get("/staff/uploads"), http.StatusOK); !strings.Contains(body, "There are none here.") {
			t.Error(body)
		}
	})
	for n := range 30 {
		state := []upload.State{upload.Done, upload.Validating, upload.Failed}[n%3]
		o.put(t, fmt.Sprintf("u%02d", n), state, "received_at", noon.Add(time.Duration(n)*time.Minute), "shelf", "uploads")
	}
	o.put(t, "stopped", upload.Held, "received_at", noon.Add(-time.Hour), "shelf", "uploads", "kind", "missing", "mode", "roster")
	o.put(t, "tried", upload.PlanReady, "received_at", noon.Add(-2*time.Hour), "shelf", "uploads", "dry_run", true)
	t.Run("WhatIsHeldComesFirst", func(t *testing.T) {
		body := dana.page(dana.get("/staff/uploads"), http.StatusOK)
		held, latest := strings.Index(body, `href="/staff/uploads/stopped"`), strings.Index(body, "The latest, whatever")
		if held < 0 || held > latest || !strings.Contains(body, "People missing from stopped.csv") {
			t.Errorf("held at %d, the latest at %d", held, latest)
		}
		for _, want := range []string{"Being read", "Failed", "Done"} {
			if !strings.Contains(body[latest:], want) {
				t.Errorf("the page lacks %q", want)
			}
		}
		if !offersLink(body, "/staff/uploads/new") {
			t.Error("a data officer cannot send a file")
		}
	})
	t.Run("PageByPage", func(t *testing.T) {
		seen := map[string]bool{}
		for path := "/staff/uploads"; path != ""; {
			body := dana.page(dana.get(path), http.StatusOK)
			_, rows, _ := strings.Cut(body, "The latest, whatever")
			for _, m := range regexp.MustCompile(`href="/staff/uploads/(\w+)"`).FindAllStringSubmatch(rows, -1) {
				seen[m[1]] = true
			}
			path = nextPage(body)
		}
		if len(seen) != 32 {
			t.Errorf("%d uploads", len(seen))
		}
	})
	t.Run("OfOneState", func(t *testing.T) {
		body := dana.page(dana.get("/staff/uploads?state=planned"), http.StatusOK)
		if !strings.Contains(body, "/staff/uploads/tried") || strings.Contains(body, "/staff/uploads/u00") || !strings.Contains(body, "Planned, and no more") {
			t.Error(body)
		}
	})
	t.Run("OthersCannotSend", func(t *testing.T) {
		theo := seat(t, o, "theo", "national", staff.Operator)
		if body := theo.page(theo.get("/staff/uploads"), http.StatusOK); offersLink(body, "/staff/uploads/new") {
			t.Error("an operator is offered to send a file")
		}
		theo.page(theo.get("/staff/uploads/new"), http.StatusForbidden)
		theo.page(theo.posts("/staff/uploads/new/send", "mode", "uploads"), http.StatusForbidden)
	})
	t.Run("ErrState", func(t *testing.T) {
		dana.page(dana.get("/staff/uploads?state=lost"), http.StatusBadRequest)
		dana.page(dana.get("/staff/uploads?after=none"), http.StatusBadRequest)
	})
}

// offersLink reports whether a page has a link.
func offersLink(body, path string) bool { return strings.Contains(body, `href="`+path+`"`) }

// nextPage is where a page's list goes on; "" for nowhere.
func nextPage(body string) string {
	m := regexp.MustCompile(`href="([^"]*)">Next page`).FindStringSubmatch(body)
	if m == nil {
		return ""
	}
	return html.UnescapeString(m[1])
}

func TestUploadPage(t *testing.T) {
	o := newOffice(t)
	dana, theo := seat(t, o, "dana", "", staff.DataOfficer), seat(t, o, "theo", "national", staff.Operator)
	t.Run("UnderWayItComesAnew", func(t *testing.T) {
		o.put(t, "busy", upload.Validating, "resting", false, "progress", upload.Progress{Ranges: 4, Validated: 1})
		w := theo.get("/staff/uploads/busy")
		body := theo.page(w, http.StatusOK)
		if w.Header().Get("Refresh") != "5" || !strings.Contains(body, "Read: 1 of 4 parts") || !strings.Contains(body, "Being read") {
			t.Errorf("%v %s", w.Header(), body)
		}
		if w := theo.get("/staff/uploads/busy?live=no"); w.Header().Get("Refresh") != "" || !strings.Contains(theo.page(w, http.StatusOK), "Follow it as it goes on") {
			t.Error("it does not stop")
		}
		o.now = o.now.Add(forAnHour)
		defer func() { o.now = noon }()
		late := seat(t, o, "theo", "national", staff.Operator)
		if w := late.get("/staff/uploads/busy"); w.Header().Get("Refresh") != "" {
			t.Error("it comes anew all day")
		}
	})
	t.Run("Held", func(t *testing.T) {
		o.put(t, "held", upload.Held, "brake", stopped, "counts", upload.Counts{Rows: 1300, Rejected: 100, Unchanged: 1200})
		w := theo.get("/staff/uploads/held")
		body := theo.page(w, http.StatusOK)
		for _, want := range []string{"it would end the custody of 900 people", "0 of 2 people", "for 900 of 1,000 people", "40, in up to 80 texts, over some 4 minutes", "Released", "$0.60", "1,300"} {
			if !strings.Contains(body, want) {
				t.Errorf("the page lacks %q", want)
			}
		}
		if w.Header().Get("Refresh") != "" {
			t.Error("it comes anew though it rests")
		}
		for _, act := range []string{"approve", "reject", "plan", "report"} {
			if offers(body, "/staff/uploads/held/"+act) {
				t.Errorf("an operator is offered to %s", act)
			}
		}
	})
	t.Run("NobodyApprovesTheirOwn", func(t *testing.T) {
		o.put(t, "own", upload.Held, "brake", stopped)
		body := dana.page(dana.get("/staff/uploads/own"), http.StatusOK)
		if offers(body, "/staff/uploads/own/approve") || !strings.Contains(body, "You sent this file yourself") || !offers(body, "/staff/uploads/own/reject") {
			t.Error("what the page offers")
		}
		body = dana.page(dana.posts("/staff/uploads/own/approve", "plan_hash", "hash"), http.StatusConflict)
		if !strings.Contains(body, "Somebody else must decide") {
			t.Error(body)
		}
		if u, err := o.handler.desk.Get(context.Background(), "own"); err != nil || len(u.Decisions) != 0 || u.State != upload.Held {
			t.Errorf("%+v, %v", u, err)
		}
	})
	t.Run("TwoOthersDo", func(t *testing.T) {
		o.put(t, "two", upload.Held, "brake", stopped)
		omar, sofia := seat(t, o, "omar", "", staff.DataOfficer), seat(t, o, "sofia", "", staff.Supervisor)
		if to := omar.leads(omar.posts("/staff/uploads/two/approve", "plan_hash", "hash")); to != "/staff/uploads/two" {
			t.Errorf("led to %s", to)
		}
		if body := omar.page(omar.get("/staff/uploads/two"), http.StatusOK); !strings.Contains(body, "1 of 2 people") || !strings.Contains(body, "You have approved it.") ||
			!strings.Contains(body, "by you") || offers(body, "/staff/uploads/two/approve") {
			t.Error(body)
		}
		if body := sofia.page(sofia.posts("/staff/uploads/two/approve", "plan_hash", "other"), http.StatusConflict); !strings.Contains(body, "Its plan has changed") {
			t.Error(body)
		}
		sofia.leads(sofia.posts("/staff/uploads/two/approve", "plan_hash", "hash"))
		if !slices.Contains(o.started, "two") {
			t.Errorf("started %v", o.started)
		}
		if body := dana.page(dana.posts("/staff/uploads/two/reject", "why", "no"), http.StatusConflict); !strings.Contains(body, "not held any more") {
			t.Error(body)
		}
		want := []string{"dana decide reject an upload", "omar decide approve an upload", "sofia decide approve an upload", "sofia decide approve an upload"}
		if got := o.entries(t, audit.Upload("two")); !slices.Equal(got, want) {
			t.Errorf("got %q", got)
		}
	})
	t.Run("Rejected", func(t *testing.T) {
		o.put(t, "bad", upload.Held, "brake", stopped)
		if body := dana.page(dana.posts("/staff/uploads/bad/reject", "why", " "), http.StatusBadRequest); !strings.Contains(body, "Say why.") {
			t.Error(body)
		}
		dana.leads(dana.posts("/staff/uploads/bad/reject", "why", "the wrong month"))
		if body := dana.page(dana.get("/staff/uploads/bad"), http.StatusOK); !strings.Contains(body, "the wrong month") || !strings.Contains(body, "It was not used.") {
			t.Error(body)
		}
	})
	t.Run("TakenBack", func(t *testing.T) {
		o.put(t, "done", upload.Done, "brake", stopped)
		if body := dana.page(dana.posts("/staff/uploads/done/retract", "why", ""), http.StatusBadRequest); !strings.Contains(body, "Say why.") || !strings.Contains(body, "<details class=\"more\" open>") {
			t.Error(body)
		}
		to := dana.leads(dana.posts("/staff/uploads/done/retract", "why", "last year's file"))
		body := dana.page(dana.get(to), http.StatusOK)
		if !strings.Contains(body, "Taking back done.csv") || !strings.Contains(body, "Asked for") || !offersLink(body, "/staff/uploads/done") {
			t.Error(body)
		}
		omar := seat(t, o, "omar", "", staff.DataOfficer)
		if body := omar.page(omar.posts("/staff/uploads/done/retract", "why", "me too"), http.StatusConflict); !strings.Contains(body, "cannot be taken back now") {
			t.Error(body)
		}
	})
	t.Run("ErrNotFound", func(t *testing.T) {
		for _, path := range []string{"/staff/uploads/none", "/staff/uploads/none?sent=1", "/staff/uploads/sent?key=uploads/a.csv"} {
			dana.page(dana.get(path), http.StatusNotFound)
		}
		for _, path := range []string{"/staff/uploads/held/burn", "/staff/uploads/held/send", "/staff/uploads/new/approve", "/staff/uploads/none/plan", "/staff/uploads/none/approve"} {
			dana.page(dana.posts(path, "plan_hash", "hash"), http.StatusNotFound)
		}
	})
}

func TestUploadPlanAndReport(t *testing.T) {
	o := newOffice(t)
	o.put(t, "one", upload.Done)
	desk := &plannedDesk{desk: o.handler.desk}
	o.handler.desk = desk
	walter, theo := seat(t, o, "walter", "", staff.Auditor), seat(t, o, "theo", "national", staff.Operator)
	t.Run("Plan", func(t *testing.T) {
		w := walter.posts("/staff/uploads/one/plan")
		body := walter.page(w, http.StatusOK)
		webtest.Console(t, w, "001000001")
		for _, want := range []string{"A001000001", "Released", "In custody", "new", "no event", `name="after" value="0.2"`} {
			if !strings.Contains(body, want) {
				t.Errorf("the page lacks %q", want)
			}
		}
		if body := walter.page(walter.posts("/staff/uploads/one/plan", "after", "0.2"), http.StatusOK); !strings.Contains(body, "It changes nobody.") {
			t.Error(body)
		}
	})
	t.Run("Report", func(t *testing.T) {
		if body := walter.page(walter.posts("/staff/uploads/one/report"), http.StatusOK); !strings.Contains(body, "It is not written yet.") {
			t.Error(body)
		}
		bucket, key := localtest.Bucket, reportKey("one", "rejects.csv")
		if _, err := o.s3.PutObject(context.Background(), &s3.PutObjectInput{Bucket: &bucket, Key: &key, Body: strings.NewReader("line\n")}); err != nil {
			t.Fatal(err)
		}
		w := walter.posts("/staff/uploads/one/report")
		webtest.ConsoleTo(t, w, *o.s3.Options().BaseEndpoint)
		if body := w.Body.String(); !strings.Contains(body, "Rows that were not taken") || !strings.Contains(body, "5 bytes") {
			t.Error(body)
		}
	})
	t.Run("Denied", func(t *testing.T) {
		for _, act := range []string{"plan", "report"} {
			theo.page(theo.posts("/staff/uploads/one/"+act), http.StatusForbidden)
		}
	})
	t.Run("EachLookIsWrittenDown", func(t *testing.T) {
		want := []string{"theo denied read_plans: POST /staff/uploads/{id}/{act}", "theo denied read_plans: POST /staff/uploads/{id}/{act}",
			"walter view the plan of an upload", "walter view the plan of an upload", "walter view the report of an upload", "walter view the report of an upload"}
		if got := o.entries(t, audit.Upload("one")); !slices.Equal(got, want) {
			t.Errorf("got %q", got)
		}
	})
	t.Run("NothingIsShownThatCannotBeWrittenDown", func(t *testing.T) {
		name := o.handler.audit.Name
		o.handler.audit.Name += "-gone"
		defer func() { o.handler.audit.Name = name }()
		for _, act := range []string{"plan", "report"} {
			if w := walter.posts("/staff/uploads/one/" + act); w.Code != http.StatusInternalServerError || strings.Contains(w.Body.String(), "A001") {
				t.Errorf("%s: %d", act, w.Code)
			}
		}
	})
}

// plannedDesk is a desk with a plan of two changes.
type plannedDesk struct{ desk }

func (plannedDesk) Plan(_ context.Context, _, after string, _ int) (upload.Page, error) {
	if after != "" {
		return upload.Page{}, nil
	}
	return upload.Page{Next: "0.2", Changes: []upload.Planned{
		{Line: 2, ANumber: "001000001", Event: custody.EventReleased, From: custody.InCustody, To: custody.Released, Facility: "NORTHFIELD", Since: noon, AsOf: noon, Alerts: 3},
		{ANumber: "001000002", To: custody.InCustody}}}, nil
}

// sends posts the form of a page to S3, as a browser does, and gives the answer.
func sends(t *testing.T, page string, file string, changes ...string) *http.Response {
	t.Helper()
	form := regexp.MustCompile(`(?s)<form method="post" action="(http[^"]*)" enctype="multipart/form-data">(.*?)</form>`).FindStringSubmatch(page)
	if form == nil {
		t.Fatal("the page has no form for a file")
	}
	var body bytes.Buffer
	fields := multipart.NewWriter(&body)
	for _, m := range regexp.MustCompile(`<input type="hidden" name="([^"]*)" value="([^"]*)">`).FindAllStringSubmatch(form[2], -1) {
		value := html.UnescapeString(m[2])
		for i := 0; i+1 < len(changes); i += 2 {
			if changes[i] == m[1] {
				value = changes[i+1]
			}
		}
		if err := fields.WriteField(m[1], value); err != nil {
			t.Fatal(err)
		}
	}
	out, err := fields.CreateFormFile("file", "A012345678.csv")
	if err != nil {
		t.Fatal(err)
	}
	io.WriteString(out, file)
	fields.Close()
	client := &http.Client{CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}
	response, err := client.Post(html.UnescapeString(form[1]), fields.FormDataContentType(), &body)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { response.Body.Close() })
	return response
}

func TestSend(t *testing.T) {
	o := newOffice(t)
	dana := seat(t, o, "dana", "", staff.DataOfficer)
	bucket := localtest.Bucket
	origin := *o.s3.Options().BaseEndpoint
	begin := func(t *testing.T, pairs ...string) string {
		t.Helper()
		w := dana.posts("/staff/uploads/new/send", pairs...)
		if webtest.ConsoleTo(t, w, origin); w.Code != http.StatusOK {
			t.Fatalf("%d %s", w.Code, w.Body)
		}
		if p := w.Header().Get("Content-Security-Policy"); !strings.Contains(p, "form-action 'self' "+origin+";") {
			t.Errorf("policy %s", p)
		}
		return w.Body.String()
	}
	arrives := func(t *testing.T, r *http.Response) *url.URL {
		t.Helper()
		at, err := r.Location()
		if err != nil || r.StatusCode != http.StatusSeeOther || !strings.HasPrefix(at.String(), ourSite+"/staff/uploads/sent?") {
			t.Fatalf("%s to %v, %v", r.Status, at, err)
		}
		return at
	}
	t.Run("OK", func(t *testing.T) {
		if body := dana.page(dana.get("/staff/uploads/new"), http.StatusOK); !strings.Contains(body, `value="uploads" checked`) {
			t.Error(body)
		}
		page := begin(t, "mode", "roster", "feed", "stewart-ga", "dry_run", "yes")
		if !strings.Contains(page, "a roster of the feed stewart-ga, as a dry run") {
			t.Error(page)
		}
		at := arrives(t, sends(t, page, "a_number,status\n"))
		key := at.Query().Get("key")
		if !isObjectKey(key) || !strings.HasPrefix(key, "dry-run/roster/stewart-ga/20260601T160000Z-") || strings.Contains(at.String(), "012345678") {
			t.Errorf("key %s", key)
		}
		head, err := o.s3.HeadObject(context.Background(), &s3.HeadObjectInput{Bucket: &bucket, Key: &key})
		if err != nil || head.Metadata[upload.UploadedBy] != "dana" || *head.ContentLength != 16 {
			t.Fatalf("%+v, %v", head, err)
		}
		id := upload.Object{Bucket: bucket, Key: key, Version: *head.VersionId, Versioned: true}.ID()
		to := dana.leads(dana.get(at.RequestURI()))
		if !strings.HasPrefix(to, "/staff/uploads/"+id+"?sent=") {
			t.Errorf("led to %s", to)
		}
		w := dana.get(to)
		if body := dana.page(w, http.StatusOK); w.Header().Get("Refresh") != "2" || !strings.Contains(body, "The file has arrived") {
			t.Errorf("%v %s", w.Header(), body)
		}
		o.put(t, id, upload.Diffing)
		if body := dana.page(dana.get(to), http.StatusOK); !strings.Contains(body, "Being compared") {
			t.Error(body)
		}
		if got := o.entries(t, audit.Upload(id)); !slices.Equal(got, []string{"dana change send an upload"}) {
			t.Errorf("got %q", got)
		}
		if got := o.entries(t, audit.Uploads); !slices.Contains(got, "dana change begin an upload") {
			t.Errorf("got %q", got)
		}
	})
	t.Run("AnotherFileByTheSameForm", func(t *testing.T) {
		page := begin(t, "mode", "uploads")
		first, second := arrives(t, sends(t, page, "first")), arrives(t, sends(t, page, "second"))
		one, two := dana.leads(dana.get(first.RequestURI())), dana.leads(dana.get(second.RequestURI()))
		if one == two {
			t.Errorf("both are %s", one)
		}
	})
	t.Run("ErrOthersName", func(t *testing.T) {
		page := begin(t, "mode", "uploads")
		for _, change := range [][]string{{"x-amz-meta-" + upload.UploadedBy, "omar"}, {"key", "reports/one/summary.json"}, {"success_action_redirect", "https://elsewhere.example"}} {
			if r := sends(t, page, "a", change...); r.StatusCode != http.StatusForbidden {
				t.Errorf("%q: %s", change, r.Status)
			}
		}
		if r := sends(t, page, ""); r.StatusCode != http.StatusBadRequest {
			t.Errorf("nothing: %s", r.Status)
		}
	})
	t.Run("ErrFields", func(t *testing.T) {
		body := dana.page(dana.posts("/staff/uploads/new/send", "mode", "plans", "feed", "Not A Feed"), http.StatusBadRequest)
		if !strings.Contains(body, "Choose what the file is.") || !strings.Contains(body, "small letters, digits and dashes") {
			t.Error(body)
		}
	})
	t.Run("ErrNotOurs", func(t *testing.T) {
		at := arrives(t, sends(t, begin(t, "mode", "uploads"), "a"))
		query := at.Query()
		query.Set("etag", "other")
		dana.page(dana.get("/staff/uploads/sent?"+query.Encode()), http.StatusNotFound)
		theo := seat(t, o, "theo", "national", staff.Operator)
		theo.page(theo.get(at.RequestURI()), http.StatusNotFound)
	})
}

// TestUploadActsAndRoles tries every role at everything that can be done with an upload on its page.
func TestUploadActsAndRoles(t *testing.T) {
	o := newOffice(t)
	for _, role := range append(staff.Roles(), "") {
		b := seat(t, o, "somebody", "", role)
		for name, act := range uploadActs {
			id := "none"
			if name == "send" {
				id = newUpload
			}
			w := b.posts("/staff/uploads/"+id+"/"+name, "plan_hash", "x", "why", "y")
			refused := w.Code == http.StatusForbidden && strings.Contains(w.Body.String(), "Your role does not allow this")
			if may := (staff.Identity{Roles: []staff.Role{role}}).May(act.action); refused == may {
				t.Errorf("%s, %s: %d", role, name, w.Code)
			}
		}
	}
}
