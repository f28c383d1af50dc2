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
var stopped = upload.Brake{Reasons: []string{"it would end the custody of 900 people"}, Changes: 1200, Ends: 900, PeopleHeld: 1000, EndPercent: 5, Alerts: 40, MostAlerts: 1000, TextParts: 80,
	Recent:  upload.Recent{EndsOf: map[string]int{"default": 7}, Alerts: 3},
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
		o.put(t, fmt.Sprintf("u%02d", n), state, "received_at", noon.Add(time.Duration(n)*time.Minute))
	}
	o.put(t, "stopped", upload.Held, "received_at", noon.Add(-time.Hour), "kind", "missing", "mode", "roster")
	o.put(t, "tried", upload.PlanReady, "received_at", noon.Add(-2*time.Hour), "dry_run", true)
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
	t.Run("WhatTheListSays", func(t *testing.T) {
		o.put(t, "told", upload.Done, "received_at", noon.Add(time.Hour), "key", "uploads/stewart-ga/20260601T160000Z-abcdefghijklmnop-tuesday.csv", "feed", "stewart-ga",
			"counts", upload.Counts{Rows: 1234, Applied: 1234, Alerts: 56}, "brake", upload.Brake{Changes: 1300, Alerts: 60})
		o.put(t, "direct", upload.Held, "received_at", noon.Add(time.Hour), "uploaded_by", "AWS:AIDAEXAMPLE", "uploaded_by_name", "",
			"counts", upload.Counts{Rows: 5, Unchanged: 5}, "brake", stopped)
		sofia := seat(t, o, "sofia", "", staff.Supervisor)
		body := sofia.page(sofia.get("/staff/uploads"), http.StatusOK)
		row := func(id string) string {
			_, after, _ := strings.Cut(body, `href="/staff/uploads/`+id+`"`)
			row, _, _ := strings.Cut(after, "</tr>")
			return row
		}
		for id, want := range map[string][]string{
			"told":   {">tuesday.csv<", "Done", ">1,234<", ">56<", ">Dana Whitfield<", ">stewart-ga<", "Jun 1, 1:00 PM EDT"},
			"direct": {"Held", ">1,205<", ">40<", "somebody with access to the bucket, AWS:AIDAEXAMPLE"},
			"u01":    {"Being read", `data-label="Rows">–<`},
		} {
			if id == "u01" {
				body = sofia.page(sofia.get("/staff/uploads?state=validating"), http.StatusOK)
			}
			for _, w := range want {
				if !strings.Contains(row(id), w) {
					t.Errorf("%s: no %q in %s", id, w, row(id))
				}
			}
			if id == "u01" {
				body = sofia.page(sofia.get("/staff/uploads"), http.StatusOK)
			}
		}
		if mine := dana.page(dana.get("/staff/uploads?state=done"), http.StatusOK); !strings.Contains(mine, `data-label="Sent by">you<`) {
			t.Error(mine)
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

// TestUploadPageCalls counts what each page asks of DynamoDB, its session included.
func TestUploadPageCalls(t *testing.T) {
	o := newOffice(t)
	for n := range 60 {
		o.put(t, fmt.Sprintf("u%02d", n), []upload.State{upload.Done, upload.Held}[n%2], "received_at", noon.Add(time.Duration(n)*time.Minute), "brake", stopped)
	}
	o.handler.desk = &plannedDesk{desk: o.handler.desk}
	dana := seat(t, o, "dana", "", staff.DataOfficer)
	c := o.listen()
	o.handler.desk = &plannedDesk{&upload.Desk{S3: o.s3, DynamoDB: o.handler.audit.Client, Table: o.db.Table("uploads"), Now: o.handler.now}}
	for _, page := range []struct {
		method, path string
		most         float64 // read units, of what a page of the list costs
		want         string
	}{
		{"GET", "/staff/uploads", 50, "UpdateItem Query Query"},
		{"GET", "/staff/uploads?after=u40", 50, "UpdateItem GetItem Query"},
		{"GET", "/staff/uploads?state=done", 50, "UpdateItem Query"},
		{"GET", "/staff/uploads?state=done&after=u40", 50, "UpdateItem GetItem Query"},
		{"GET", "/staff/uploads/u40", 1, "UpdateItem GetItem"},
		{"GET", "/staff/uploads/new", 0, "UpdateItem"},
		{"POST", "/staff/uploads/u40/plan", 0, "UpdateItem PutItem"},
		{"POST", "/staff/uploads/u40/report", 1, "UpdateItem PutItem GetItem"},
		{"POST", "/staff/uploads/new/send", 0, "UpdateItem PutItem"},
	} {
		c.names = nil
		before := c.Read()
		w := dana.get(page.path)
		if page.method == "POST" {
			w = dana.posts(page.path, "mode", "uploads")
		}
		after := c.Read()
		if got := strings.Join(c.names, " "); w.Code != http.StatusOK || got != page.want || after.RRU-before.RRU > page.most {
			t.Errorf("%s %s: %d, %s, %.1f read units", page.method, page.path, w.Code, got, after.RRU-before.RRU)
		}
	}
	t.Run("JSON", func(t *testing.T) {
		c.names = nil
		if w := o.ask("walter", "GET", "/v1/staff/uploads?limit=100", ""); w.Code != http.StatusOK || !slices.Equal(c.names, []string{"Query"}) {
			t.Errorf("%d, %q", w.Code, c.names)
		}
	})
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
		o.put(t, "held", upload.Held, "brake", stopped, "counts", upload.Counts{Rows: 103, Rejected: 100, Unchanged: 3})
		w := theo.get("/staff/uploads/held")
		body := theo.page(w, http.StatusOK)
		for _, want := range []string{"It would end the custody of 900 people.", "neither of them Dana Whitfield, who sent it. Nobody has yet.",
			"900 of the 1,000 people whom its feeds hold: 90 %. The brake is at 5 %", "3 of the 1,000 people whom its feeds hold: 0.3 %",
			"40, in up to 80 parts of texts, which take 4 minutes to send. The brake is at 1,000", "7 ends of custody and 3 alerts of other uploads",
			"Released", "$0.60", `in all</th><td class="number" data-label="How many">1,303`, `not applied yet</th><td class="number" data-label="How many">1,200`} {
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
	t.Run("BySomebodyUnknown", func(t *testing.T) {
		o.put(t, "direct", upload.Held, "brake", upload.Brake{Reasons: []string{"a"}, Ends: 1, PeopleHeld: 61000}, "uploaded_by", "AWS:AIDAEXAMPLE", "uploaded_by_name", "")
		body := dana.page(dana.get("/staff/uploads/direct"), http.StatusOK)
		for _, want := range []string{"Two people must approve it. Nobody has yet.", "somebody with access to the bucket", "hold: less than 0.1 %</dd>", "<dt>Alerts</dt><dd>none</dd>"} {
			if !strings.Contains(body, want) {
				t.Errorf("the page lacks %q", want)
			}
		}
		if !offers(body, "/staff/uploads/direct/approve") {
			t.Error("nobody is offered to approve it")
		}
	})
	t.Run("Dropped", func(t *testing.T) {
		o.put(t, "old", upload.Rejected, "kind", upload.Missing, "brake", stopped, "decisions",
			[]upload.Decision{{By: "upload newer", What: upload.Outdated, Why: "a newer roster of the feed is in", At: noon}})
		body := dana.page(dana.get("/staff/uploads/old"), http.StatusOK)
		for _, want := range []string{"<dt>Dropped</dt>", `href="/staff/uploads/newer"`, "a newer roster of the feed is in", "not applied<"} {
			if !strings.Contains(body, want) {
				t.Errorf("the page lacks %q in %s", want, body)
			}
		}
	})
	t.Run("Done", func(t *testing.T) {
		o.put(t, "over", upload.Done, "brake", stopped, "counts", upload.Counts{Rows: 10, Applied: 8, Superseded: 1, Conflicts: 1, Alerts: 12})
		body := theo.page(theo.get("/staff/uploads/over"), http.StatusOK)
		for _, want := range []string{"Alerts went to 12 of those who asked for them.", `in all</th><td class="number" data-label="How many">10<`, "in conflict"} {
			if !strings.Contains(body, want) {
				t.Errorf("the page lacks %q", want)
			}
		}
	})
	t.Run("DryRun", func(t *testing.T) {
		o.put(t, "dry", upload.PlanReady, "dry_run", true, "brake", stopped)
		if body := theo.page(theo.get("/staff/uploads/dry"), http.StatusOK); !strings.Contains(body, "would be applied") || !strings.Contains(body, "This was a dry run.") {
			t.Error(body)
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
		if body := omar.page(omar.get("/staff/uploads/two"), http.StatusOK); !strings.Contains(body, "who sent it. One has.") || !strings.Contains(body, "You have approved it.") ||
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
		page := begin(t, "mode", "roster", "feed", "stewart-ga", "dry_run", "yes", "name", "A012345678 tuesday.csv")
		if !strings.Contains(page, "a roster of the feed stewart-ga, as a dry run") {
			t.Error(page)
		}
		at := arrives(t, sends(t, page, "a_number,status\n"))
		key := at.Query().Get("key")
		if !isObjectKey(key) || !strings.HasPrefix(key, "dry-run/roster/stewart-ga/20260601T160000Z-") || !strings.HasSuffix(key, "-x-tuesday.csv") || strings.Contains(at.String(), "012345678") {
			t.Errorf("key %s", key)
		}
		head, err := o.s3.HeadObject(context.Background(), &s3.HeadObjectInput{Bucket: &bucket, Key: &key})
		if err != nil || head.Metadata[upload.UploadedBy] != "dana" || head.Metadata[upload.UploadedByName] != "Dana" || *head.ContentLength != 16 {
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
		for _, change := range [][]string{{"x-amz-meta-" + upload.UploadedBy, "omar"}, {"x-amz-meta-" + upload.UploadedByName, "Omar"}, {"key", "reports/one/summary.json"}, {"success_action_redirect", "https://elsewhere.example"}} {
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
