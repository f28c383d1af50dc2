package main

import (
	"strings"
	"testing"
	"time"

	"voice.example/shared/directory"
	"voice.example/shared/inquiry"
	"voice.example/shared/staff"
)

func TestHome(t *testing.T) {
	says := func(t *testing.T, b *browser, want ...string) string {
		t.Helper()
		body := b.page(b.get("/staff"), 200)
		for _, w := range want {
			if !strings.Contains(body, w) {
				t.Errorf("no %q in %s", w, body)
			}
		}
		return body
	}
	t.Run("CountsWhatIsTheirs", func(t *testing.T) {
		o := newOffice(t)
		o.load(t)
		rosa := seat(t, o, "rosa", "PHO", staff.Officer)
		says(t, rosa, "Nothing is yours to do now", `href="/staff/queue?queue=PHO"`)
		o.asks(t, "one", inquiry.Inquiry{Reason: inquiry.LocalContact, County: "04013"})
		says(t, rosa, "1 request is yours</h2>", "The first is due Jun ", `href="/staff/queue"`)
		o.asks(t, "two", inquiry.Inquiry{Reason: inquiry.LocalContact, County: "04013"})
		o.now = o.now.Add(20 * 24 * time.Hour)
		rosa = seat(t, o, "rosa", "PHO", staff.Officer)
		says(t, rosa, "2 requests are yours, ", `<span class="badge badge--bad">2 overdue</span>`)
		abel := seat(t, o, "abel", "CHI", staff.Officer)
		says(t, abel, "Nothing is yours to do now")
	})
	t.Run("OperatorsSeeTheWholeCountry", func(t *testing.T) {
		o := newOffice(t)
		says(t, seat(t, o, "theo", "", staff.Operator), `href="/staff/queue?queue=national"`)
	})
	t.Run("OfficerOfNoOfficeIsSentNowhere", func(t *testing.T) {
		o := newOffice(t)
		if body := says(t, seat(t, o, "rosa", "", staff.Officer), "Nothing is yours to do now"); strings.Contains(body, "queue?queue=") {
			t.Error(body)
		}
	})
	t.Run("OthersHaveNone", func(t *testing.T) {
		o := newOffice(t)
		for _, role := range []staff.Role{staff.DataOfficer, staff.Auditor} {
			if body := says(t, seat(t, o, "dana", "", role)); strings.Contains(body, "yours") {
				t.Error(body)
			}
		}
	})
}

// TestOfficeAtSignIn makes sure that a session knows where the directory has whoever signs in.
func TestOfficeAtSignIn(t *testing.T) {
	b := newBrowser(t)
	b.load(t)
	file := []byte(peopleFile + "rosa.delgado-finch@voice.example,Rosa Delgado-Finch,officer,CHI,en\n")
	plan, err := b.handler.directory.Plan(t.Context(), directory.PeopleFile, file)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := b.handler.directory.Apply(t.Context(), directory.PeopleFile, file, directory.Order{PlanHash: plan.Hash, By: "sofia"}); err != nil {
		t.Fatal(err)
	}
	for subject, want := range map[string]string{"officer-1": "CHI", "newcomer-1": ""} {
		b.signsIn(subject, "/staff")
		s, err := b.handler.sessions.Use(t.Context(), b.cookies[sessionCookie])
		if err != nil || s.Who.Office != want {
			t.Errorf("%s is at %q, %v", subject, s.Who.Office, err)
		}
	}
}
