package main

import (
	"context"
	"net/http"
	"net/http/httptest"
	"regexp"
	"strings"
	"testing"

	"voice.example/shared/audit"
	"voice.example/shared/directory"
	"voice.example/shared/inquiry"
	"voice.example/shared/staff"
	"voice.example/shared/upload"
)

// TestNothingIsShownThatIsNotWrittenDown takes the audit away: whatever is audited then fails, and neither shows nor changes
// anything.
func TestNothingIsShownThatIsNotWrittenDown(t *testing.T) {
	o := newOffice(t)
	o.load(t)
	i := o.asks(t, "a", inquiry.Inquiry{Reason: inquiry.LocalContact, County: "04013"})
	o.put(t, "u1", upload.Held, "plan_hash", "h")
	sofia, rosa := seat(t, o, "sofia", "", staff.Supervisor, staff.Auditor), seat(t, o, "rosa", "PHO", staff.Officer)
	began := regexp.MustCompile(`name="began" value="([^"]*)"`).FindStringSubmatch(sofia.get("/staff/call").Body.String())
	o.handler.audit.Name += "-gone"
	asked := map[string]bool{}
	ask := func(method, path string) {
		for _, r := range o.handler.routes {
			if r.method == method && regexp.MustCompile("^"+variable.ReplaceAllString(r.path, "[^/]+")+"$").MatchString(path) {
				asked[r.method+" "+r.path] = true
			}
		}
	}
	const why = "a complaint of a family"
	inquiryPath := "/v1/staff/inquiries/" + i.Reference
	for _, x := range []struct{ as, method, path, body string }{
		{"dana", "POST", "/v1/staff/uploads", `{"name":"a.csv","size":1,"mode":"uploads"}`},
		{"dana", "POST", "/v1/staff/uploads/complete", `{}`},
		{"dana", "POST", "/v1/staff/uploads/abort", `{}`},
		{"dana", "GET", "/v1/staff/uploads/u1/plan", ""},
		{"dana", "GET", "/v1/staff/uploads/u1/report", ""},
		{"dana", "POST", "/v1/staff/uploads/u1/approve", `{"plan_hash":"h"}`},
		{"dana", "POST", "/v1/staff/uploads/u1/reject", `{"why":"no"}`},
		{"dana", "POST", "/v1/staff/uploads/u1/retract", `{"why":"no"}`},
		{"sofia", "PUT", "/v1/staff/feeds/default", `{"every_hours":3}`},
		{"rosa", "PUT", "/v1/staff/absence", `{"from":"2026-06-01"}`},
		{"walter", "POST", "/v1/staff/audit/search", `{"inquiry":"` + i.Reference + `","why":"` + why + `"}`},
		{"rosa", "GET", inquiryPath, ""},
		{"rosa", "POST", inquiryPath + "/note", `{"text":"a note","seen":1}`},
		{"theo", "POST", "/v1/staff/people/search", `{"a_number":"900000001"}`},
		{"theo", "POST", "/v1/staff/inquiries", `{"reason":"other","language":"en"}`},
	} {
		ask(x.method, x.path)
		if w := o.ask(x.as, x.method, x.path, x.body); w.Code != http.StatusInternalServerError {
			t.Errorf("%s %s: %d %s", x.method, x.path, w.Code, w.Body)
		}
	}
	for path, pairs := range map[string][]string{
		"/staff/call":    {"began", began[1], "reason", "other", "name", "Ada Example", "phone", "+12025550143"},
		"/staff/audit":   {"by", "inquiry", "of", i.Reference, "why", why},
		"/staff/search":  {"a_number", "900000001"},
		"/staff/absence": {"from", "2026-06-01"},
		"/staff/person":  {"a_number", "900000001"},
		"/staff/inquiries/" + i.Reference + "/note": {"text", "a note", "seen", "1"},
	} {
		ask("POST", path)
		if w := sofia.posts(path, pairs...); w.Code != http.StatusInternalServerError {
			t.Errorf("%s: %d %s", path, w.Code, w.Body)
		}
	}
	for name := range uploadActs {
		path := "/staff/uploads/u1/" + name
		if name == "send" {
			path = "/staff/uploads/new/send"
		}
		ask("POST", path)
		if w := sofia.posts(path, "plan_hash", "h", "why", why, "mode", "uploads"); w.Code != http.StatusInternalServerError {
			t.Errorf("%s: %d %s", path, w.Code, w.Body)
		}
	}
	// A file of the directory, to be looked at and to be loaded.
	file := peopleFile + "new@voice.example,New Sample,officer,PHO,en\n"
	plan, err := o.handler.directory.Plan(context.Background(), directory.PeopleFile, []byte(file))
	if err != nil {
		t.Fatal(err)
	}
	ask("PUT", "/v1/staff/directory/people")
	ask("POST", "/staff/directory")
	for _, w := range []*httptest.ResponseRecorder{
		o.file("sofia", "people", "dry_run=1", file), o.file("sofia", "people", "plan="+plan.Hash, file),
		sofia.sends("/staff/directory", "kind", "people", "*file", file), sofia.sends("/staff/directory", "kind", "people", "*file", file, "plan", plan.Hash),
	} {
		if w.Code != http.StatusInternalServerError {
			t.Errorf("a file: %d %s", w.Code, w.Body)
		}
	}
	ask("GET", "/staff/inquiries/"+i.Reference)
	if w := rosa.get("/staff/inquiries/" + i.Reference); w.Code != http.StatusInternalServerError {
		t.Errorf("an inquiry of her own: %d %s", w.Code, w.Body)
	}
	for _, r := range o.handler.routes {
		if name := r.method + " " + r.path; r.audited && !asked[name] {
			t.Errorf("%s is audited, and was not tried", name)
		}
	}
	if now, err := o.handler.inquiries.Get(context.Background(), i.Reference); err != nil || now.Version != i.Version {
		t.Errorf("it was changed: %+v, %v", now, err)
	}
	if d, err := o.handler.directory.Read(context.Background()); err != nil || len(d.People) != 4 || d.People[2].Own != (directory.Absence{}) {
		t.Errorf("the directory was changed: %+v, %v", d, err)
	}
	if u, err := o.handler.desk.Get(context.Background(), "u1"); err != nil || u.State != upload.Held || len(u.Decisions) != 0 {
		t.Errorf("it was decided: %+v, %v", u, err)
	}
}

// TestDenialsAreWrittenDown has somebody refused, and the refusal stand with what they wanted.
func TestDenialsAreWrittenDown(t *testing.T) {
	o := newOffice(t)
	for path, subject := range map[string]string{
		"/v1/staff/uploads/0123/plan": audit.Upload("0123"), "/v1/staff/uploads/Ada%20Example/plan": audit.Console, "/v1/staff/volumes": audit.Console,
	} {
		if w := o.ask("rosa", "GET", path, ""); w.Code != http.StatusForbidden {
			t.Errorf("%s: %d", path, w.Code)
		}
		page, err := o.handler.audit.Of(context.Background(), subject, 1, "")
		if err != nil || len(page.Entries) != 1 {
			t.Fatalf("%s: %+v, %v", path, page, err)
		}
		if e := page.Entries[0]; e.Actor != "rosa" || e.Action != audit.Denied || strings.Contains(e.What, "Ada") {
			t.Errorf("%s: %+v", path, e)
		}
	}
	if w := o.ask("dana", "GET", "/v1/staff/inquiries/K7P4-QDX2", ""); w.Code != http.StatusForbidden || len(o.entries(t, audit.Inquiry("K7P4-QDX2"))) != 1 {
		t.Errorf("%d, %v", w.Code, o.entries(t, audit.Inquiry("K7P4-QDX2")))
	}
	o.handler.audit.Name += "-gone"
	if w := o.ask("rosa", "GET", "/v1/staff/volumes", ""); w.Code != http.StatusForbidden {
		t.Errorf("without an audit: %d", w.Code)
	}
}
