package e2e

import (
	"strings"
	"testing"
	"time"

	"voice.example/infra/local/stacktest"
)

// textWithin is how soon a text follows the upload that caused it.
const textWithin = 5 * time.Second

// quiet is how long nothing has to come before a test believes that nothing comes. It is longer than a text
// has ever taken here; reports are waited for first.
const quiet = 1500 * time.Millisecond

// noMore watches for a while that no phone gets an alert beyond those that it has.
func (s *stack) noMore(t *testing.T, alerts map[string]int) {
	t.Helper()
	stacktest.WaitFor(quiet, func() bool {
		for phone, n := range alerts {
			if got := s.alerts(t, phone); len(got) != n {
				t.Errorf("the phone has %+v, want %d alerts", got, n)
				return true
			}
		}
		return false
	})
}

// has checks how many alerts a phone has now.
func (s *stack) has(t *testing.T, phone string, n int) {
	t.Helper()
	if got := s.alerts(t, phone); len(got) != n {
		t.Errorf("the phone has %+v, want %d alerts", got, n)
	}
}

// book lets a file say that people are held, and waits until that has been told to all who watched by then, so
// that a phone which subscribes afterwards hears of later changes only. The witness is one phone of ours.
func (s *stack) book(t *testing.T, in time.Time, people ...person) {
	t.Helper()
	witnesses := map[string]bool{}
	var rows []stint
	for _, p := range people {
		witness := s.phone()
		witnesses[witness] = true
		s.subscribe(t, p.application(witness))
		rows = append(rows, p.held(in))
	}
	s.upload(t, key("held"), file(t, rows...))
	for witness := range witnesses {
		s.awaitAlerts(t, witness, 1, textWithin)
	}
}

// testRemoved is the main job: subscribe, upload, one text, and never a second.
func testRemoved(t *testing.T, s *stack) {
	p, phone := s.person(), s.phone()
	s.book(t, ago(40), p)
	s.subscribe(t, p.application(phone))
	removed := p.out(ago(40), ago(1), "Removed")
	body := file(t, removed)
	name := key("removed")
	began := time.Now()
	s.put(t, name, body)

	t.Run("ExactlyOneTextWithinFiveSeconds", func(t *testing.T) {
		got := s.awaitAlerts(t, phone, 1, textWithin)[0]
		if took := time.Since(began); took > textWithin {
			t.Errorf("it took %s", took)
		}
		asOf := removed.out.In(feedZone).Format("January 2, 2006")
		for _, want := range []string{"VOICE: ", p.initials(), "removed", "As of " + asOf} {
			if !strings.Contains(got.Body, want) {
				t.Errorf("%q does not say %q", got.Body, want)
			}
		}
		if strings.Contains(got.Body, p.last) || strings.Contains(got.Body, p.first) || strings.Contains(got.Body, p.aNumber) {
			t.Errorf("%q names the person", got.Body)
		}
	})
	m := s.awaitReport(t, name, nil)
	stacktest.Eventually(t, 2*textWithin, "every alert is in the ledger as delivered", func() bool {
		for _, a := range s.scan(t, "AlertsTable", "alert_id") {
			if a["state"] != "delivered" {
				return false
			}
		}
		return true
	})
	if m.counts() != (counts{Rows: 1, Applied: 1}) || m.Events != 1 || m.Alerts != 2 { // the phone's and the witness's
		t.Errorf("%+v", m)
	}
	before, ledger := s.custody(t), s.scan(t, "AlertsTable", "alert_id")

	// nothingFollows checks that an upload changed no record, planned no alert and sent no text.
	nothingFollows := func(t *testing.T, m summary, want counts) {
		t.Helper()
		if m.State != "done" || m.counts() != want || m.Events != 0 || m.Alerts != 0 {
			t.Errorf("%+v, want %+v", m, want)
		}
		sameTable(t, before, s.custody(t))
		sameTable(t, ledger, s.scan(t, "AlertsTable", "alert_id"))
		s.has(t, phone, 1)
	}
	t.Run("SameFileUnderItsOwnNameSendsAndWritesNothing", func(t *testing.T) {
		nothingFollows(t, s.upload(t, name, body), counts{Rows: 1, Unchanged: 1})
	})
	t.Run("SameFileUnderAnotherNameSendsAndWritesNothing", func(t *testing.T) {
		nothingFollows(t, s.upload(t, key("again"), body), counts{Rows: 1, Unchanged: 1})
	})
	t.Run("OlderFileSendsAndWritesNothing", func(t *testing.T) {
		nothingFollows(t, s.upload(t, key("older"), file(t, p.held(ago(40)))), counts{Rows: 1, Superseded: 1})
	})
	t.Run("OlderReleaseSendsAndWritesNothing", func(t *testing.T) {
		nothingFollows(t, s.upload(t, key("older"), file(t, p.out(ago(40), ago(9), "Paroled"))), counts{Rows: 1, Superseded: 1})
	})
	t.Run("NoTextFollowsEither", func(t *testing.T) { s.noMore(t, map[string]int{phone: 1}) })
}

// testDesignNames takes a file with the design's own column names instead of the agency's.
func testDesignNames(t *testing.T, s *stack) {
	p, phone := s.person(), s.phone()
	s.subscribe(t, p.application(phone))
	utc := func(when time.Time) string { return when.UTC().Format(time.RFC3339) }
	m := s.upload(t, key("design"), sheet(t, [][]string{
		{"as_of", "status", "a_number", "last_name", "first_name", "country_of_birth", "date_of_birth", "protected", "since"},
		{utc(ago(2)), "escaped", p.aNumber, p.last, p.first, "HN", p.born, "false", utc(ago(3))},
	}))
	if m.counts() != (counts{Rows: 1, Applied: 1}) {
		t.Errorf("%+v", m)
	}
	if got := s.awaitAlerts(t, phone, 1, textWithin)[0]; !strings.Contains(got.Body, "ESCAPED") {
		t.Errorf("%q", got.Body)
	}
}

// testStory follows one person through several files, in Spanish.
func testStory(t *testing.T, s *stack) {
	p, phone := s.person(), s.phone()
	s.book(t, ago(30), p)
	a := p.application(phone)
	a["language"], a["code_word"] = "es", "Girasol"
	s.subscribe(t, a)
	moved := stint{person: p, stay: ago(30), in: ago(20), facility: "SOUTHFIELD EXAMPLE CENTER", code: "SFEX"}
	told := 0
	for _, chapter := range []struct {
		row  stint
		says string
	}{
		{moved, ""}, // waits an hour for other transfers; the release overtakes it
		{p.out(ago(30), ago(10), "Order of supervision"), "EN LIBERTAD"},
		{stint{person: p, stay: ago(5), in: ago(5), facility: "NORTHFIELD EXAMPLE CENTER", code: "NFEX"}, "custodia"},
	} {
		if !chapter.row.out.IsZero() {
			chapter.row.in = moved.in
			chapter.row.facility, chapter.row.code = moved.facility, moved.code
		}
		s.upload(t, key("story"), file(t, chapter.row))
		if chapter.says == "" {
			continue
		}
		told++
		got := s.awaitAlerts(t, phone, told, textWithin)
		if last := got[told-1].Body; !strings.Contains(last, "(Girasol)") || !strings.Contains(strings.ToLower(last), strings.ToLower(chapter.says)) {
			t.Errorf("chapter %d says %q", told, last)
		}
	}
}

// testPreferences checks that a subscription's own wishes count, and its end.
func testPreferences(t *testing.T, s *stack) {
	p := s.person()
	discreet, picky, leaver := s.phone(), s.phone(), s.phone()
	s.book(t, ago(30), p)
	a := p.application(discreet)
	a["discreet"] = true
	s.subscribe(t, a)
	b := p.application(picky)
	b["events"] = []string{"deceased"}
	s.subscribe(t, b)
	id, token := s.subscribe(t, p.application(leaver))
	if r := s.json(t, "DELETE", "/v1/subscriptions/"+id, nil, "Authorization", "Bearer "+token); r.status != 204 {
		t.Errorf("ending a subscription: %d %s", r.status, r.body)
	}
	s.upload(t, key("paroled"), file(t, p.out(ago(30), ago(2), "Paroled")))

	t.Run("DiscreetTextTellsNothing", func(t *testing.T) {
		got := s.awaitAlerts(t, discreet, 1, textWithin)[0].Body
		for _, secret := range []string{p.initials(), "custody", "RELEASED"} {
			if strings.Contains(got, secret) {
				t.Errorf("%q says %q", got, secret)
			}
		}
	})
	s.noMore(t, map[string]int{discreet: 1})
	t.Run("EventNotAskedForIsNotTold", func(t *testing.T) { s.has(t, picky, 0) })
	t.Run("EndedSubscriptionGetsNothing", func(t *testing.T) { s.has(t, leaver, 0) })
}

// testBeforeTheRecord subscribes to people whom no file has named yet.
func testBeforeTheRecord(t *testing.T, s *stack) {
	later, mistaken, child, guarded, unsaid := s.person(), s.person(), s.person(), s.person(), s.person()
	phones := map[person]string{}
	for _, p := range []person{later, mistaken, child, guarded, unsaid} {
		phones[p] = s.phone()
		a := p.application(phones[p])
		if p == mistaken {
			a["country_of_birth"] = "PERU"
		}
		s.subscribe(t, a)
	}
	withoutFlag := unsaid
	withoutFlag.protected = ""
	tell := func(name string, row func(person) stint) {
		m := s.upload(t, key(name), file(t, row(later), row(mistaken), row(child.minor(time.Now())), row(guarded.guarded()), row(withoutFlag)))
		if m.counts() != (counts{Rows: 5, Applied: 5}) {
			t.Errorf("%+v", m)
		}
	}
	tell("first", func(p person) stint { return p.held(ago(10)) })
	s.awaitAlerts(t, phones[later], 1, textWithin)
	tell("then", func(p person) stint { return p.out(ago(10), ago(1), "Bonded Out - IJ") })

	t.Run("SubscriptionBeforeTheRecordIsTold", func(t *testing.T) {
		got := s.awaitAlerts(t, phones[later], 2, textWithin)
		if !strings.Contains(got[0].Body, "in custody") || !strings.Contains(got[1].Body, "RELEASED") {
			t.Errorf("%+v", got)
		}
	})
	s.noMore(t, map[string]int{phones[later]: 2})
	t.Run("WrongCountryOfBirthIsNeverTold", func(t *testing.T) { s.has(t, phones[mistaken], 0) })
	t.Run("MinorIsNeverTold", func(t *testing.T) { s.has(t, phones[child], 0) })
	t.Run("ProtectedPersonIsNeverTold", func(t *testing.T) { s.has(t, phones[guarded], 0) })
	t.Run("PersonNotSaidToBeUnprotectedIsNeverTold", func(t *testing.T) { s.has(t, phones[unsaid], 0) })
	t.Run("ProtectionThatComesLaterCounts", func(t *testing.T) {
		back := stint{person: later.guarded(), stay: ago(0), in: ago(0), facility: "NORTHFIELD EXAMPLE CENTER", code: "NFEX"}
		s.upload(t, key("protected"), file(t, back))
		s.noMore(t, map[string]int{phones[later]: 2})
	})
}
