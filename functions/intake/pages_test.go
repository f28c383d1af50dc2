package main

import (
	"net/http"
	"net/url"
	"regexp"
	"strings"
	"testing"

	"voice.example/shared/i18n"
	"voice.example/shared/sms"
	"voice.example/shared/web/webtest"
)

// hidden reads a hidden field of a page.
func hidden(t *testing.T, body, name string) string {
	t.Helper()
	found := regexp.MustCompile(`name="` + name + `" value="([^"]*)"`).FindStringSubmatch(body)
	if found == nil {
		t.Fatalf("the page has no field %s: %s", name, body)
	}
	return found[1]
}

func typed() url.Values {
	return url.Values{"a_number": {"012345678"}, "country_of_birth": {"MX"}, "phone": {"(202) 555-0143"}, "language": {"es"}, "lang": {"es"},
		"discreet": {"yes"}, "code_word": {"Roble"}}
}

func TestPages(t *testing.T) {
	t.Run("FromFormToStop", func(t *testing.T) {
		d := newDesk(t)
		form := d.ask("GET", "/alerts?lang=es", "", "")
		if form.Code != http.StatusOK || !strings.Contains(form.Body.String(), "¿Alguien más ve su teléfono?") {
			t.Fatalf("got %d %s", form.Code, form.Body)
		}
		if body := form.Body.String(); strings.Index(body, "¿Alguien más") > strings.Index(body, `name="phone"`) {
			t.Error("the warning comes after the number is asked for")
		}
		ask := typed()
		ask.Set("key", hidden(t, form.Body.String(), "key"))
		code := d.post("/alerts", ask)
		if code.Code != http.StatusOK || !strings.Contains(code.Body.String(), "termina en 43") {
			t.Fatalf("got %d %s", code.Code, code.Body)
		}
		if strings.Contains(code.Body.String(), "5550143") || strings.Contains(code.Body.String(), "555-0143") {
			t.Error("the page tells the whole phone number")
		}
		if d.post("/alerts", ask); len(d.texts) != 1 {
			t.Errorf("pressing twice sent %d texts", len(d.texts))
		}
		id := hidden(t, code.Body.String(), "id")
		wrong := d.post("/alerts/verify", url.Values{"id": {id}, "ending": {"43"}, "code": {d.wrongCode(t)}, "lang": {"es"}})
		if wrong.Code != http.StatusUnprocessableEntity || !strings.Contains(wrong.Body.String(), "Le quedan 4 intentos") {
			t.Errorf("got %d %s", wrong.Code, wrong.Body)
		}
		done := d.post("/alerts/verify", url.Values{"id": {id}, "ending": {"43"}, "code": {" " + d.code(t)[:3] + " " + d.code(t)[3:]}, "lang": {"es"}})
		if done.Code != http.StatusOK || !strings.Contains(done.Body.String(), "palabra clave: Roble") || !strings.Contains(done.Body.String(), "no nombrarán") {
			t.Fatalf("got %d %s", done.Code, done.Body)
		}
		stop := url.Values{"id": {hidden(t, done.Body.String(), "id")}, "manage_token": {hidden(t, done.Body.String(), "manage_token")}, "lang": {"es"}}
		if stopped := d.post("/alerts/stop", stop); stopped.Code != http.StatusOK || !strings.Contains(stopped.Body.String(), "desactivados") {
			t.Errorf("got %d %s", stopped.Code, stopped.Body)
		}
		if again := d.post("/alerts/stop", stop); again.Code != http.StatusUnauthorized || !strings.Contains(again.Body.String(), "STOP") {
			t.Errorf("got %d %s", again.Code, again.Body)
		}
	})
	t.Run("OffersEveryLanguageByItsOwnName", func(t *testing.T) {
		d := newDesk(t)
		body := d.ask("GET", "/alerts?lang=en", "", "").Body.String()
		for _, l := range i18n.Languages() {
			if want := `<option value="` + string(l) + `" lang="` + string(l) + `"`; !strings.Contains(body, want) || !strings.Contains(body, ">"+l.Name()+"</option>") {
				t.Errorf("%s is not offered: %s", l, body)
			}
		}
		if strings.Count(body, ` selected`) != 1 || !strings.Contains(body, `value="en" lang="en" selected`) {
			t.Errorf("the page's own language is not chosen: %s", body)
		}
		vietnamese := d.ask("GET", "/alerts", "", "", "Accept-Language", "vi")
		if !strings.Contains(vietnamese.Body.String(), `value="vi" lang="vi" selected`) || vietnamese.Header().Get("Content-Language") != "en" {
			t.Errorf("got a page in %q: %s", vietnamese.Header().Get("Content-Language"), vietnamese.Body)
		}
	})
	t.Run("LanguageOfTheTextsOutlivesThePages", func(t *testing.T) {
		ask := typed()
		ask.Set("step", "start")
		for language, kept := range map[string]bool{"ht": true, "es": false} {
			ask.Set("language", language)
			body := newDesk(t).post("/alerts", ask).Body.String()
			if got := strings.Contains(body, `type="hidden" name="language" value="`+language+`"`); got != kept {
				t.Errorf("%s is taken along by the page's language switch: %v", language, got)
			}
		}
	})
	t.Run("StartIsFilledInAndSendsNothing", func(t *testing.T) {
		d := newDesk(t)
		w := d.post("/alerts", url.Values{"step": {"start"}, "a_number": {"012 345 678"}, "country_of_birth": {"Mexico"}, "lang": {"en"}})
		body := w.Body.String()
		if w.Code != http.StatusOK || !strings.Contains(body, `value="012 345 678"`) || !strings.Contains(body, `<option value="MX" selected>`) {
			t.Errorf("got %d %s", w.Code, body)
		}
		if len(d.texts) != 0 || strings.Contains(body, "aria-invalid") {
			t.Error("the form was taken as sent")
		}
		if !strings.Contains(body, "A-number: 012-345-678. Country of birth: Mexico.") {
			t.Error("the page does not say whom the texts are about")
		}
	})
	t.Run("WhatIsOptionalIsFoldedAwayUntilItIsUsed", func(t *testing.T) {
		d := newDesk(t)
		body := d.ask("GET", "/alerts", "", "").Body.String()
		more := `<details class="more">`
		if strings.Count(body, more) != 1 || strings.Index(body, more) > strings.Index(body, `name="code_word"`) || strings.Index(body, more) < strings.Index(body, `name="phone"`) {
			t.Errorf("got %s", body)
		}
		for name, value := range map[string]string{"code_word": "no.good", "quiet": "yes", "second_phone": "202 555 0177", "email": "x"} {
			ask := url.Values{"lang": {"en"}, name: {value}}
			if body := d.post("/alerts", ask).Body.String(); !strings.Contains(body, `<details class="more" open>`) {
				t.Errorf("%s is typed and hidden", name)
			}
		}
	})
	t.Run("LanguageSwitchOfTheCodePageSendsNoText", func(t *testing.T) {
		d := newDesk(t)
		body := d.post("/alerts", typed()).Body.String()
		again := d.post("/alerts", url.Values{"step": {"code"}, "id": {hidden(t, body, "id")}, "ending": {"43"}, "lang": {"en"}})
		if !strings.Contains(again.Body.String(), "ending in 43") || len(d.texts) != 1 {
			t.Errorf("got %d texts and %s", len(d.texts), again.Body)
		}
	})
	t.Run("ErrFieldsAreShownAgain", func(t *testing.T) {
		ask := typed()
		ask.Set("phone", "18002345678")
		ask.Set("code_word", "no.good")
		w := newDesk(t).post("/alerts", ask)
		if body := w.Body.String(); w.Code != http.StatusBadRequest || !strings.Contains(body, `href="#phone"`) || !strings.Contains(body, `value="18002345678"`) ||
			!strings.Contains(body, `name="discreet" value="yes" checked`) || !strings.Contains(body, `value="no.good"`) {
			t.Errorf("got %d %s", w.Code, body)
		}
	})
	t.Run("ErrEachMistakeHasItsWords", func(t *testing.T) {
		d := newDesk(t)
		long := strings.Repeat("7", 10_000)
		for _, test := range []struct{ field, value, words string }{
			{"a_number", "", "Enter the A-number."},
			{"a_number", "Juan", "Use only digits for the A-number"},
			{"a_number", "🙂", "Use only digits for the A-number"},
			{"a_number", long, "The A-number has 7 to 9 digits"},
			{"country_of_birth", "", "Choose the country of birth."},
			{"country_of_birth", "Narnia", "We do not know this country."},
			{"country_of_birth", long, "We do not know this country."},
			{"phone", "", "Enter your phone number."},
			{"phone", "🙂", "This is not a phone number."},
			{"phone", long, "This is not a phone number."},
			{"phone", "555 0143", "The phone number has too few or too many digits."},
			{"phone", "+44 20 7946 0018", "This is a landline, which cannot get texts."},
			{"phone", "18002345678", "This kind of number cannot get texts."},
			{"second_phone", "🙂", "For the second contact, this is not a phone number."},
			{"second_phone", "555 0143", "The second contact’s number has too few or too many digits."},
			{"second_phone", "+44 20 7946 0018", "The second contact’s number is a landline"},
			{"second_phone", "18002345678", "The second contact’s number is of a kind that cannot get texts."},
			{"second_phone", "202 555 0143", "The second contact needs another phone than yours."},
			{"code_word", "🙂", "Use only letters, digits and spaces in the code word."},
			{"code_word", long, "The code word may have up to 20 letters or digits."},
			{"email", "🙂", "This is not an e-mail address."},
			{"email", long, "This is not an e-mail address."},
			{"language", "tlh", "Our texts can be in English"},
		} {
			ask := typed()
			ask.Set("lang", "en")
			ask.Set(test.field, test.value)
			w := d.post("/alerts", ask)
			webtest.Page(t, w)
			beside := `id="` + test.field + `-error"><span class="usa-sr-only">Error: </span>` + test.words
			if test.field == "language" { // a select, which only a script can get wrong
				beside = test.words
			}
			if body := w.Body.String(); w.Code != http.StatusBadRequest || !strings.Contains(body, `<a href="#`+test.field+`">`+test.words) || !strings.Contains(body, beside) {
				t.Errorf("%s %.20q: got %d without %q", test.field, test.value, w.Code, test.words)
			}
		}
		if len(d.texts) != 0 {
			t.Errorf("%d texts were sent", len(d.texts))
		}
	})
	t.Run("ErrNotSentGivesTheHotline", func(t *testing.T) {
		d := newDesk(t)
		d.fail = &sms.Error{Outcome: sms.Permanent}
		if w := d.post("/alerts", typed()); w.Code != http.StatusServiceUnavailable || !strings.Contains(w.Body.String(), "llame al 1-855-488-6423") {
			t.Errorf("got %d %s", w.Code, w.Body)
		}
	})
	t.Run("ErrThrottled", func(t *testing.T) {
		d := newDesk(t)
		for range 3 {
			d.request(t, "2025550143")
		}
		if w := d.post("/alerts", typed()); w.Code != http.StatusTooManyRequests || w.Header().Get("Retry-After") == "" || !strings.Contains(w.Body.String(), "60 minutos") {
			t.Errorf("got %d %s", w.Code, w.Body)
		}
	})
	t.Run("ErrUnknownRequest", func(t *testing.T) {
		w := newDesk(t).post("/alerts/verify", url.Values{"id": {"x"}, "code": {"123456"}})
		if w.Code != http.StatusNotFound || !strings.Contains(w.Body.String(), `href="/alerts"`) {
			t.Errorf("got %d %s", w.Code, w.Body)
		}
	})
}
