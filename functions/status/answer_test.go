package main

import (
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"voice.example/shared/custody"
	"voice.example/shared/i18n"
)

func TestAnswer(t *testing.T) {
	d := newDesk(t)
	d.add(t, "012345678", nil)
	d.add(t, "012345679", func(r *custody.Record) { r.Since = noon.AddDate(0, 0, 20) })
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
			answer := whole(t, d.post(form(q)))
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
	t.Run("EveryStatusInEveryLanguage", func(t *testing.T) {
		for _, l := range i18n.PageLanguages() {
			for _, status := range custody.Statuses() {
				for _, days := range []int{-1, 1} {
					got := view{Language: l, Zone: time.UTC, Now: noon}.tell(record(func(r *custody.Record) { r.Status, r.Since = status, noon.AddDate(0, 0, days) }))
					if strings.HasPrefix(got.Sentence, "status.") || strings.HasPrefix(got.Means, "status.") ||
						(got.Ahead != "") != (days > 0) || (got.Means != "") != (days < 0) {
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
