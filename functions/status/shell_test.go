package main

import (
	"net/http"
	"net/url"
	"strings"
	"testing"

	"voice.example/shared/web/webtest"
)

// TestEveryPage holds each page and state of this function to what every page promises.
func TestEveryPage(t *testing.T) {
	d := newDesk(t)
	d.add(t, "012345678", nil)
	known := url.Values{"a_number": {"012345678"}, "country_of_birth": {"MX"}}
	for _, lang := range []string{"en", "es"} {
		for _, path := range []string{"/", "/help", "/privacy", "/custody", "/custody?by=name", "/nothing-here"} {
			t.Run(lang+path, func(t *testing.T) {
				webtest.Page(t, d.ask("GET", path, "", "", "Accept-Language", lang))
			})
		}
		for name, form := range map[string]url.Values{
			"Answer": known, "Missing": {"a_number": {"099999999"}, "country_of_birth": {"MX"}},
			"Empty": {}, "EmptyByName": {"by": {"name"}},
			"Wrong":  {"a_number": {"letters"}, "country_of_birth": {"Narnia"}},
			"ByName": {"last_name": {strings.Repeat("Ñ", 101)}, "first_name": {"<b>"}, "country_of_birth": {"MX"}, "date_of_birth": {"2026-02-31"}},
			"Emoji":  {"last_name": {"🙂"}, "first_name": {"🙂"}, "country_of_birth": {"🇲🇽"}},
		} {
			t.Run(lang+name, func(t *testing.T) {
				form.Set("lang", lang)
				w := d.post(form)
				webtest.Page(t, w)
				if (w.Code == http.StatusOK) != (name == "Answer") {
					t.Errorf("got %d", w.Code)
				}
			})
		}
	}
}

// TestFormsFromElsewhere refuses a look-up that another site sends, and keeps what was typed.
func TestFormsFromElsewhere(t *testing.T) {
	d := newDesk(t)
	d.add(t, "012345678", nil)
	form := url.Values{"a_number": {"012345678"}, "country_of_birth": {"MX"}, "lang": {"en"}}.Encode()
	const kind = "application/x-www-form-urlencoded"
	w := d.ask("POST", "/custody", kind, form, "Sec-Fetch-Site", "cross-site")
	webtest.Page(t, w)
	if body := w.Body.String(); w.Code != http.StatusForbidden || !strings.Contains(body, `value="012345678"`) ||
		!strings.Contains(body, `href="#send"`) || strings.Contains(body, "In custody") {
		t.Errorf("got %d %s", w.Code, body)
	}
	if w := d.ask("POST", "/custody", kind, form); w.Code != http.StatusOK {
		t.Errorf("a browser that says nothing gets %d", w.Code)
	}
	if w := d.ask("POST", "/v1/custody/search", "application/json", `{"a_number":"012345678","country_of_birth":"MX"}`, "Sec-Fetch-Site", "cross-site"); w.Code != http.StatusOK {
		t.Errorf("the API gives %d", w.Code)
	}
}
