package main

import (
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"voice.example/shared/custody"
	"voice.example/shared/i18n"
	"voice.example/shared/web/webtest"
)

func TestAnswer(t *testing.T) {
	d := newDesk(t)
	d.add(t, "012345678", nil)
	d.add(t, "012345679", func(r *custody.Record) { r.Since = noon.AddDate(0, 0, 20) })
	d.add(t, "012345677", func(r *custody.Record) { r.Status, r.FirstName = custody.Deceased, "Eva" })
	secrets := d.secrets(t)
	ask := url.Values{"a_number": {"012 345 678"}, "country_of_birth": {"MX"}, "lang": {"en"}}

	t.Run("OK", func(t *testing.T) {
		w := d.post(ask)
		if w.Code != http.StatusOK {
			t.Fatalf("got %d", w.Code)
		}
		for _, want := range []string{
			"In custody at FLORENCE CENTER since May 28, 2026.", "As of May 31, 2026, 4:00 PM EDT.", "A-number: 012-345-678. Country of birth: Mexico.",
			`action="/alerts"`, `name="step" value="start"`, "1-855-488-6423", `href="tel:`,
		} {
			if !strings.Contains(w.Body.String(), want) {
				t.Errorf("the page lacks %q", want)
			}
		}
		for _, secret := range []string{"Prueba", "Ada", "1980"} {
			if strings.Contains(w.Body.String(), secret) {
				t.Errorf("the page tells %q, which the look-up did not ask for", secret)
			}
		}
	})
	t.Run("Spanish", func(t *testing.T) {
		ask := url.Values{"a_number": {"012345678"}, "country_of_birth": {"MX"}, "lang": {"es"}}
		body := d.post(ask).Body.String()
		for _, want := range []string{`<html lang="es">`, "desde el 28 de mayo de 2026", "31 de mayo de 2026, 4:00 p. m. EDT", `<button class="switch" name="lang" value="en"`} {
			if !strings.Contains(body, want) {
				t.Errorf("the page lacks %q", want)
			}
		}
	})
	t.Run("NobodyIsAskedToWatchForTheDead", func(t *testing.T) {
		body := d.post(url.Values{"a_number": {"012345677"}, "country_of_birth": {"MX"}, "lang": {"en"}}).Body.String()
		if !strings.Contains(body, "Died in custody") || strings.Contains(body, `action="/alerts"`) {
			t.Errorf("got %s", body)
		}
	})
	t.Run("DatedAheadSaysSo", func(t *testing.T) {
		body := d.post(url.Values{"a_number": {"012345679"}, "country_of_birth": {"MX"}}).Body.String()
		if !strings.Contains(body, "dated ahead: June 21, 2026") || strings.Contains(body, "since June 21") {
			t.Errorf("got %s", body)
		}
	})
	t.Run("ByNameLeadsToNoANumber", func(t *testing.T) {
		w := d.post(url.Values{"by": {"name"}, "last_name": {"prueba"}, "first_name": {"ADA"}, "country_of_birth": {"MX"}})
		body := w.Body.String()
		if w.Code != http.StatusOK || !strings.Contains(body, "FLORENCE") {
			t.Fatalf("got %d %s", w.Code, body)
		}
		for _, digits := range []string{"012345678", "012-345-678", "012345679"} {
			if strings.Contains(body, digits) {
				t.Errorf("the page has %s", digits)
			}
		}
	})
	t.Run("NoOracle", func(t *testing.T) {
		var first string
		for name, q := range secrets {
			before := d.meter.Read().RRU
			answer := d.alike(t, q)
			if first == "" {
				first = answer
			}
			if answer != first || !strings.HasPrefix(answer, "404 ") {
				t.Errorf("%s: the page differs", name)
			}
			if read := d.meter.Read().RRU - before; read != 0.5 {
				t.Errorf("%s: %v units were read", name, read)
			}
		}
	})
	t.Run("MissingOffersToWatchForWhatWasTyped", func(t *testing.T) {
		body := d.post(url.Values{"a_number": {"A99 99 99 99"}, "country_of_birth": {"MX"}, "lang": {"en"}}).Body.String()
		for _, want := range []string{
			"A-number: 099-999-999. Country of birth: Mexico.", `<form method="post" action="/alerts"`, `name="step" value="start"`,
			`name="a_number" value="099999999"`, `name="country_of_birth" value="MX"`, "Text me when there is news", `href="tel:`,
		} {
			if !strings.Contains(body, want) {
				t.Errorf("the page lacks %q", want)
			}
		}
	})
	t.Run("MissingByNameRepeatsNothing", func(t *testing.T) {
		var first string
		for _, name := range []string{"Nadie", "Ninguna"} {
			answer := whole(t, d.post(url.Values{"by": {"name"}, "last_name": {name}, "first_name": {name}, "country_of_birth": {"MX"}, "lang": {"en"}}))
			if first == "" {
				first = answer
			}
			if answer != first || !strings.HasPrefix(answer, "404 ") || strings.Contains(answer, name) || !strings.Contains(answer, `href="/custody?by=name&amp;lang=en"`) {
				t.Errorf("got %s", answer)
			}
		}
	})
	t.Run("ErrEachMistakeHasItsWords", func(t *testing.T) {
		long := strings.Repeat("7", 10_000)
		for _, test := range []struct{ by, field, value, words string }{
			{"", "a_number", "", "Enter the A-number."},
			{"", "a_number", "Juan", "Use only digits for the A-number"},
			{"", "a_number", "🙂", "Use only digits for the A-number"},
			{"", "a_number", "123456", "The A-number has 7 to 9 digits"},
			{"", "a_number", long, "The A-number has 7 to 9 digits"},
			{"", "country_of_birth", "", "Choose the country of birth."},
			{"", "country_of_birth", "🇲🇽", "We do not know this country."},
			{"", "country_of_birth", long, "We do not know this country."},
			{"name", "last_name", "", "Enter the last name."},
			{"name", "last_name", "🙂", "Write the last name in letters."},
			{"name", "last_name", long, "The last name is too long."},
			{"name", "first_name", "12", "Write the first name in letters."},
			{"name", "first_name", long, "The first name is too long."},
			{"name", "date_of_birth", "2/1/1980", "Write the date of birth as year-month-day"},
			{"name", "date_of_birth", "1980-02-31", "There is no such day."},
			{"name", "date_of_birth", "1980-13-01", "There is no such day."},
			{"name", "date_of_birth", "1799-01-01", "The date of birth is before 1900."},
			{"name", "date_of_birth", "2026-06-02", "The date of birth is still to come."},
			{"name", "date_of_birth", long, "Write the date of birth as year-month-day"},
		} {
			ask := url.Values{"a_number": {"012345678"}, "country_of_birth": {"MX"}, "lang": {"en"}}
			if test.by == "name" {
				ask = url.Values{"by": {"name"}, "last_name": {"Prueba"}, "first_name": {"Ada"}, "country_of_birth": {"MX"}, "lang": {"en"}}
			}
			ask.Set(test.field, test.value)
			w := d.post(ask)
			webtest.Page(t, w)
			if body := w.Body.String(); w.Code != http.StatusBadRequest || strings.Count(body, test.words) != 2 ||
				!strings.Contains(body, `<a href="#`+test.field+`">`+test.words) || !strings.Contains(body, `id="`+test.field+`-error"><span class="usa-sr-only">Error: </span>`+test.words) {
				t.Errorf("%s %.20q: got %d without %q", test.field, test.value, w.Code, test.words)
			}
		}
	})
	t.Run("ErrFieldsAreShownAgain", func(t *testing.T) {
		w := d.post(url.Values{"a_number": {"<b>1"}, "country_of_birth": {"MX"}, "lang": {"en"}})
		body := w.Body.String()
		if w.Code != http.StatusBadRequest {
			t.Errorf("got %d", w.Code)
		}
		for _, want := range []string{
			"<title>Error: Look up a person", `href="#a_number"`, `aria-invalid="true"`, `value="&lt;b&gt;1"`, `<option value="MX" selected>`,
		} {
			if !strings.Contains(body, want) {
				t.Errorf("the page lacks %q", want)
			}
		}
	})
	t.Run("ErrNothingTypedByName", func(t *testing.T) {
		body := d.post(url.Values{"by": {"name"}}).Body.String()
		for _, want := range []string{`href="#last_name"`, `href="#first_name"`, `href="#country_of_birth"`} {
			if !strings.Contains(body, want) {
				t.Errorf("the page lacks %q", want)
			}
		}
	})
}

func TestTell(t *testing.T) {
	english := view{Language: i18n.English, Zone: time.UTC, Hotline: "1-855-488-6423", Now: noon}
	record := func(change func(*custody.Record)) custody.Record {
		r := custody.Record{Status: custody.InCustody, Facility: "X", Since: noon.AddDate(0, 0, -1), AsOf: noon.Add(-time.Hour)}
		change(&r)
		return r
	}
	released := func(reason string) func(*custody.Record) {
		return func(r *custody.Record) { r.Status, r.ReleaseReason = custody.Released, reason }
	}
	for _, test := range []struct {
		name            string
		change          func(*custody.Record)
		sentence, means string
	}{
		{"InCustody", func(*custody.Record) {}, "In custody at X since May 31, 2026.", "held"},
		{"FacilityUnknown", func(r *custody.Record) { r.Facility = "" }, "In custody since May 31, 2026.", "held"},
		{"InTransit", func(r *custody.Record) { r.InTransit = true }, "In custody, and being moved.", "still held"},
		{"OnBond", released("Bonded Out - IJ"), "released on May 31, 2026", "on bond"},
		{"OnParole", released("Paroled - Fear Found"), "released on", "on parole"},
		{"OnRecognizance", released("Order of Recognizance - Humanitarian"), "released on", "promise"},
		{"UnderSupervision", released("Order of Supervision - No SLRRFF"), "released on", "report to"},
		{"AsylumIsNotTold", released("Relief Granted by IJ"), "released on", "is free"},
		{"Removed", func(r *custody.Record) { r.Status = custody.Removed }, "removed from the United States on", "sent out"},
		{"RemovedAhead", func(r *custody.Record) { r.Status, r.Since = custody.Removed, noon.AddDate(0, 0, 3) },
			"The record says: removed from the United States.", ""},
	} {
		t.Run(test.name, func(t *testing.T) {
			got := english.tell(record(test.change))
			if !strings.Contains(got.Sentence, test.sentence) || !strings.Contains(got.Means, test.means) {
				t.Errorf("got %q, %q", got.Sentence, got.Means)
			}
		})
	}
	t.Run("EveryReasonIsToldAsFarAsItMayBe", func(t *testing.T) {
		for reason, want := range map[string]string{
			"Paroled": "released.parole", "Paroled - Fear Found": "released.parole", "Paroled – Humanitarian": "released.parole",
			"Paroled - Public Benefit": "released.parole",
			"Order of recognizance":    "released.recognizance", "Order of Recognizance - Humanitarian": "released.recognizance",
			"ORDER OF  SUPERVISION": "released.supervision", "Order of Supervision - No SLRRFF": "released.supervision",
			"Order of Supervision - Humanitarian": "released.supervision", "Order of Supervision - Re-Release": "released.supervision",
			"Bonded Out - IJ": "released.bond", "Bonded Out - Field Office": "released.bond",
			"Relief Granted by IJ": "released", "Proceedings Terminated": "released",
			"Voluntary departure": "departed", "Voluntary Return": "departed", "Withdrawal": "departed",
			"Removed": "removed", "Title 42 Return": "removed", "Died": "deceased", "Escaped": "escaped", "Transferred": "in_transit",
			"U.S. Marshals or other agency (explain in Detention Comments)": "transferred_out",
		} {
			outcome, ok := custody.ParseReason(reason)
			if !ok {
				t.Fatalf("%q is no reason", reason)
			}
			got := meaning(custody.Record{Status: outcome.Status, InTransit: outcome.InTransit, ReleaseReason: reason})
			if got != want {
				t.Errorf("%s is told as %s", reason, got)
			}
			for _, l := range i18n.PageLanguages() {
				if words := (view{Language: l, Zone: time.UTC, Now: noon}).tell(custody.Record{Status: outcome.Status, InTransit: outcome.InTransit,
					ReleaseReason: reason, Since: noon, AsOf: noon}); strings.HasPrefix(words.Means, "status.") || strings.HasPrefix(words.Next, "status.") || words.Next == "" {
					t.Errorf("%s in %s: got %+v", reason, l, words)
				}
			}
		}
	})
	t.Run("WhatTheReaderCanDoComesFirstWhenThePersonIsLoose", func(t *testing.T) {
		got := english.tell(record(func(r *custody.Record) { r.Status = custody.Escaped }))
		if got.NextIs != "answer.do" || !strings.Contains(got.Next, "911") {
			t.Errorf("got %+v", got)
		}
	})
	t.Run("HowLongAgo", func(t *testing.T) {
		for ago, want := range map[time.Duration]string{
			-time.Hour: "", time.Minute: "That was less than an hour ago.", 90 * time.Minute: "That was 1 hour ago.", 47 * time.Hour: "That was 47 hours ago.",
			50 * time.Hour: "That was 2 days ago.", 61 * 24 * time.Hour: "",
		} {
			if got := english.tell(record(func(r *custody.Record) { r.Status, r.AsOf = custody.Removed, noon.Add(-ago) })).Age; got != want {
				t.Errorf("%s: got %q", ago, got)
			}
		}
		if got := english.tell(record(func(r *custody.Record) { r.AsOf = noon.AddDate(0, 0, -9) })); got.Age != "" {
			t.Errorf("it is said twice how old the news is: %+v", got)
		}
	})
	t.Run("EveryStatusInEveryLanguage", func(t *testing.T) {
		for _, l := range i18n.PageLanguages() {
			for _, status := range custody.Statuses() {
				for _, days := range []int{-1, 1} {
					got := view{Language: l, Zone: time.UTC, Now: noon}.tell(record(func(r *custody.Record) { r.Status, r.Since = status, noon.AddDate(0, 0, days) }))
					if strings.HasPrefix(got.Sentence, "status.") || strings.HasPrefix(got.Means, "status.") ||
						(got.Ahead != "") != (days > 0) || (got.Means != "") != (days < 0) || (got.Next != "") != (days < 0) {
						t.Errorf("%s in %s: got %+v", status, l, got)
					}
				}
			}
		}
	})
	t.Run("OldNewsSaysSo", func(t *testing.T) {
		got := english.tell(record(func(r *custody.Record) { r.AsOf = noon.AddDate(0, 0, -9) }))
		if !strings.Contains(got.Old, "for 9 days") {
			t.Errorf("got %q", got.Old)
		}
	})
}

func TestPages(t *testing.T) {
	d := newDesk(t)
	for _, path := range []string{"/", "/help", "/privacy", "/custody", "/custody?by=name"} {
		for _, lang := range []string{"en", "es"} {
			t.Run(lang+path, func(t *testing.T) {
				w := d.ask("GET", path, "", "", "Accept-Language", lang)
				body := w.Body.String()
				if w.Code != http.StatusOK || w.Header().Get("Content-Language") != lang {
					t.Errorf("got %d in %q", w.Code, w.Header().Get("Content-Language"))
				}
				for _, want := range []string{`<html lang="` + lang + `">`, "1-855-488-6423", `class="exit"`, `rel="noreferrer`, `class="usa-skipnav"`, "lang="} {
					if !strings.Contains(body, want) {
						t.Errorf("the page lacks %q", want)
					}
				}
				for _, wrong := range []string{"<no value>", "<script>", " style=", " onclick=", "http://"} {
					if strings.Contains(body, wrong) {
						t.Errorf("the page has %q", wrong)
					}
				}
			})
		}
	}
	t.Run("LinksKeepTheChosenLanguage", func(t *testing.T) {
		if body := d.ask("GET", "/?lang=es", "", "").Body.String(); !strings.Contains(body, `href="/custody?lang=es"`) {
			t.Error("the link to the look-up loses the language")
		}
		if body := d.ask("GET", "/custody?by=name&lang=es", "", "").Body.String(); !strings.Contains(body, `href="/custody?by=name&amp;lang=en"`) {
			t.Error("the switch loses the kind of look-up")
		}
	})
}

func TestRoutes(t *testing.T) {
	d := newDesk(t)
	for _, test := range []struct {
		name, method, path, accept string
		status                     int
		kind, allow                string
	}{
		{"ErrNoPage", "GET", "/nothing", "text/html", 404, "text/html; charset=utf-8", ""},
		{"ErrNoPageAsJSON", "GET", "/nothing", "application/json", 404, "application/problem+json", ""},
		{"ErrNoEndpoint", "GET", "/v1/nothing", "*/*", 404, "application/problem+json", ""},
		{"ErrNoAsset", "GET", "/assets/site.js", "*/*", 404, "text/html; charset=utf-8", ""},
		{"ErrMethod", "DELETE", "/custody", "text/html", 405, "text/html; charset=utf-8", "GET, HEAD, POST"},
		{"ErrMethodOfJSON", "GET", "/v1/custody/search", "*/*", 405, "application/problem+json", "POST"},
		{"ErrMethodOfAnotherFunction", "GET", "/alerts/verify", "text/html", 405, "text/html; charset=utf-8", "POST"},
		{"ErrType", "POST", "/v1/custody/search", "*/*", 415, "application/problem+json", ""},
		{"Stylesheet", "GET", "/assets/site.css", "*/*", 200, "text/css; charset=utf-8", ""},
	} {
		t.Run(test.name, func(t *testing.T) {
			w := d.ask(test.method, test.path, "", "", "Accept", test.accept)
			if w.Code != test.status || w.Header().Get("Content-Type") != test.kind || w.Header().Get("Allow") != test.allow {
				t.Errorf("got %d %s, Allow %q", w.Code, w.Header().Get("Content-Type"), w.Header().Get("Allow"))
			}
		})
	}
}
