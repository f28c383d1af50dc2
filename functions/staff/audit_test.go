package main

import (
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"voice.example/shared/audit"
	"voice.example/shared/keyring/keyringtest"
	"voice.example/shared/optout"
	"voice.example/shared/staff"
	"voice.example/shared/web/webtest"
)

// somebody of the staff in these tests.
func somebody(subject string, roles ...staff.Role) staff.Identity {
	return staff.Identity{Subject: subject, Name: strings.ToUpper(subject[:1]) + subject[1:] + " Sample", Email: subject + "@voice.example", Roles: roles}
}

// happened writes entries, a minute apart.
func (o *office) happened(t testing.TB, who staff.Identity, n int, subject string, action audit.Action, what, why string) {
	t.Helper()
	for range n {
		o.now = o.now.Add(time.Minute)
		if err := o.handler.audit.Write(context.Background(), audit.Entry{Subject: subject, Action: action, What: what}.By(who), why); err != nil {
			t.Fatal(err)
		}
	}
}

// found is the answer of the audit's search.
type found struct {
	Entries []auditEntry
	Next    string
}

func (o *office) searchAudit(t testing.TB, body string) (f found) {
	t.Helper()
	w := o.ask("walter", "POST", "/v1/staff/audit/search", body)
	if w.Code != http.StatusOK || json.Unmarshal(w.Body.Bytes(), &f) != nil {
		t.Fatalf("%s: %d %s", body, w.Code, w.Body)
	}
	return f
}

func TestSearchAudit(t *testing.T) {
	o := newOffice(t)
	rosa, h := somebody("rosa", staff.Officer), o.handler
	o.happened(t, rosa, usualLimit+2, audit.Person(h.keys, "900000001"), audit.Viewed, "a custody record", "Ada is on the line")
	o.happened(t, rosa, 1, audit.Inquiry("K7P4-QDX2"), audit.Changed, "a note", "")
	o.happened(t, somebody("paul", staff.Specialist), 1, audit.Inquiry("K7P4-QDX2"), audit.Viewed, "an inquiry", "")
	o.happened(t, somebody("dana", staff.DataOfficer), 1, audit.Upload("0123456789abcdef"), audit.Decided, "approve an upload", "")
	o.happened(t, staff.Identity{Subject: audit.Holder}, 1, audit.Phone(optout.Hash(h.keys, "+12025550143")), audit.Deleted, "everything", "")
	const why = `"why": "a complaint of a family"`
	t.Run("OfEachKind", func(t *testing.T) {
		for body, want := range map[string]string{
			`"inquiry": " k7p4 qdx2"`: "paul view", `"upload": "0123456789abcdef"`: "dana decide", `"phone": "(202) 555-0143"`: "holder delete",
			`"a_number": "A900-000-001"`: "rosa view", `"actor": "rosa"`: "rosa change", `"actor": "Rosa@voice.example"`: "rosa change",
			`"subject": "inquiry#K7P4-QDX2"`: "paul view", `"actor": "holder"`: "holder delete",
		} {
			f := o.searchAudit(t, "{"+body+","+why+"}")
			if len(f.Entries) == 0 {
				t.Errorf("%s: none", body)
			} else if got := f.Entries[0].Actor + " " + string(f.Entries[0].Action); got != want {
				t.Errorf("%s: %s", body, got)
			}
		}
	})
	t.Run("PageByPage", func(t *testing.T) {
		f := o.searchAudit(t, `{"a_number": "900000001",`+why+`}`)
		if e := f.Entries[0]; len(f.Entries) != usualLimit || f.Next == "" || e.Why != "Ada is on the line" || e.ActorName != "Rosa Sample" || e.Email != "rosa@voice.example" ||
			!e.At.After(f.Entries[1].At) || strings.Contains(e.Subject, "900000001") {
			t.Errorf("%+v", f)
		}
		if f = o.searchAudit(t, `{"a_number": "900000001", "after": "`+f.Next+`",`+why+`}`); len(f.Entries) != 2 || f.Next != "" {
			t.Errorf("%+v", f)
		}
	})
	t.Run("NobodyYet", func(t *testing.T) {
		if f := o.searchAudit(t, `{"a_number": "900000009",`+why+`}`); f.Entries == nil || len(f.Entries) != 0 {
			t.Errorf("%+v", f)
		}
	})
	t.Run("ALookIsAnEntry", func(t *testing.T) {
		o.now = o.now.Add(time.Minute)
		o.searchAudit(t, `{"actor": "rosa", "why": "the yearly check"}`)
		f := o.searchAudit(t, `{"subject": "audit",`+why+`}`)
		i := slices.IndexFunc(f.Entries, func(e auditEntry) bool { return e.Why == "the yearly check" })
		if i < 0 || f.Entries[i].Actor != "walter" || f.Entries[i].What != "what rosa has seen and changed" {
			t.Errorf("%+v", f.Entries)
		}
	})
	t.Run("AnotherKeyset", func(t *testing.T) {
		before := h.audit.Keys
		h.audit.Keys = keyringtest.Keys(t)
		defer func() { h.audit.Keys = before }()
		if f := o.searchAudit(t, `{"a_number": "900000001",`+why+`}`); len(f.Entries) != usualLimit || f.Entries[0].Why != lostWhy {
			t.Errorf("%+v", f)
		}
	})
	t.Run("ErrQuestion", func(t *testing.T) {
		for body, field := range map[string]string{
			`{` + why + `}`: "a_number", `{"a_number": "12",` + why + `}`: "a_number", `{"inquiry": "12",` + why + `}`: "inquiry", `{"phone": "12",` + why + `}`: "phone",
			`{"upload": "a/b",` + why + `}`: "upload", `{"actor": "a b",` + why + `}`: "actor", `{"subject": "chain",` + why + `}`: "subject",
			`{"inquiry": "K7P4-QDX2", "upload": "a",` + why + `}`: "upload", `{"inquiry": "K7P4-QDX2"}`: "why", `{"inquiry": "K7P4-QDX2", "why": "so"}`: "why",
			`{"inquiry": "K7P4-QDX2", "after": "x",` + why + `}`:                  "after",
			`{"inquiry": "K7P4-QDX2", "why": "` + strings.Repeat("w", 501) + `"}`: "why",
		} {
			if w := o.ask("walter", "POST", "/v1/staff/audit/search", body); w.Code != http.StatusBadRequest || !strings.Contains(w.Body.String(), `"field":"`+field+`"`) {
				t.Errorf("%s: %d %s", body, w.Code, w.Body)
			}
		}
	})
	t.Run("ErrDenied", func(t *testing.T) {
		for name := range people {
			if w := o.ask(name, "POST", "/v1/staff/audit/search", `{"inquiry": "K7P4-QDX2",`+why+`}`); (w.Code == http.StatusForbidden) != (name != "walter") {
				t.Errorf("%s: %d", name, w.Code)
			}
		}
	})
}

// pressed is a button's value, by its words.
var pressed = regexp.MustCompile(`name="go" value="([^"]*)">([^<]*)<`)

func TestAuditPage(t *testing.T) {
	b := newBrowser(t)
	b.sit(somebody("walter", staff.Auditor))
	h := b.handler
	subject := audit.Person(h.keys, "900000001")
	b.happened(t, somebody("rosa", staff.Officer), usualLimit+1, subject, audit.Viewed, "a custody record", "Ada is on the line")
	b.happened(t, somebody("rosa", staff.Officer), 1, audit.Upload("0123"), audit.Denied, "approve: POST", "")
	form := []string{"by", "a_number", "of", "A900-000-001", "why", "a complaint of a family"}
	look := func(pairs ...string) string {
		t.Helper()
		w := b.posts("/staff/audit", pairs...)
		webtest.Console(t, w, "900000001", "A900-000-001", "Ada")
		if w.Code != http.StatusOK {
			t.Fatalf("%d %s", w.Code, w.Body)
		}
		return w.Body.String()
	}
	press := func(body, words string) string {
		t.Helper()
		for _, m := range pressed.FindAllStringSubmatch(body, -1) {
			if m[2] == words {
				return look(append(slices.Clone(form), "go", strings.ReplaceAll(m[1], "&#43;", "+"))...)
			}
		}
		t.Fatalf("no button %q in %s", words, body)
		return ""
	}
	t.Run("TheForm", func(t *testing.T) {
		if body := b.page(b.get("/staff/audit"), http.StatusOK); strings.Contains(body, "The chain") || !offers(body, "/staff/audit") {
			t.Error(body)
		}
		head, err := h.audit.Seal(context.Background(), nil)
		if err != nil {
			t.Fatal(err)
		}
		if body := b.page(b.get("/staff/audit"), http.StatusOK); !strings.Contains(body, head.String()) {
			t.Error(body)
		}
	})
	t.Run("OnFromHere", func(t *testing.T) {
		first := look(form...)
		if n := strings.Count(first, "<tr>"); n != 1+usualLimit || !strings.Contains(first, "Rosa Sample, community relations officer") || !strings.Contains(first, "Ada is on the line") {
			t.Errorf("%d rows in %s", n, first)
		}
		if earlier := press(first, "Earlier ones"); strings.Count(earlier, "<tr>") != 2 || strings.Contains(earlier, "Earlier ones") {
			t.Error(earlier)
		}
		rosas := press(first, "What else they did")
		if !strings.Contains(rosas, "was refused: approve") || !strings.Contains(rosas, `href="/staff/uploads/0123"`) || strings.Contains(rosas, "What else they did") {
			t.Error(rosas)
		}
		if again := press(rosas, "Who else, of this"); !strings.Contains(again, "was refused: approve") || strings.Contains(again, "a custody record") {
			t.Error(again)
		}
		if more := press(rosas, "Earlier ones"); strings.Count(more, "<tr>") < 2 {
			t.Error(more)
		}
	})
	t.Run("InTheReadersZone", func(t *testing.T) {
		at := b.now.Add(-time.Minute) // the latest but one
		for zone, name := range map[string]string{"": "America/New_York", "Pacific/Guam": "Pacific/Guam"} {
			b.posts("/staff/settings", "zone", zone)
			where, err := time.LoadLocation(name)
			if err != nil {
				t.Fatal(err)
			}
			if body := look(form...); !strings.Contains(body, at.In(where).Format("Jan 2, 2006, 3:04:05 PM MST")) {
				t.Errorf("%s: no %s in %s", name, at, body)
			}
		}
	})
	t.Run("Nobody", func(t *testing.T) {
		if body := look("by", "inquiry", "of", "2222-2222", "why", "a complaint of a family"); !strings.Contains(body, "Nobody has seen or changed it") {
			t.Error(body)
		}
	})
	t.Run("WhatWasTypedIsThereAgain", func(t *testing.T) {
		w := b.posts("/staff/audit", "by", "a_number", "of", "A900-000-001", "why", "so")
		body := b.page(w, http.StatusBadRequest)
		if !strings.Contains(body, `value="A900-000-001"`) || !strings.Contains(body, "ten characters") {
			t.Error(body)
		}
		for _, pairs := range [][]string{{"by", "x", "of", "y", "why", "a complaint of a family"}, {"by", "phone", "of", "12", "why", "a complaint of a family"}} {
			b.page(b.posts("/staff/audit", pairs...), http.StatusBadRequest)
		}
	})
	t.Run("InThreeCalls", func(t *testing.T) {
		c := b.listen()
		look(form...)
		if want := "[UpdateItem PutItem Query]"; fmt.Sprint(c.names) != want {
			t.Errorf("%v, want %s", c.names, want)
		}
		c.names = nil
		b.page(b.get("/staff/audit"), http.StatusOK)
		if want := "[UpdateItem Query]"; fmt.Sprint(c.names) != want {
			t.Errorf("%v, want %s", c.names, want)
		}
	})
}

func TestAuditWords(t *testing.T) {
	for _, e := range []audit.Entry{{Actor: audit.Service, Subject: audit.Volumes}, {Actor: audit.Holder, Subject: audit.Inquiry("K7P4-QDX2")}, {Actor: "x", Subject: audit.Phone("x")}} {
		row := (&handler{audit: &audit.Log{}}).auditRow(context.Background(), e)
		if row.Who == "" || row.Who == audit.Holder || row.Who == audit.Service || row.About == "" || strings.Contains(row.About, "#") {
			t.Errorf("%+v", row)
		}
	}
	for _, a := range []audit.Action{audit.Viewed, audit.Searched, audit.Changed, audit.Decided, audit.Exported, audit.Deleted, audit.Denied} {
		if actionWords[a] == "" {
			t.Errorf("%s has no words", a)
		}
	}
}
