package main

import (
	"maps"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"
	"time"

	"voice.example/shared/web/webtest"
)

// TestEveryPage holds each page and state of this function to what every page promises.
func TestEveryPage(t *testing.T) {
	for _, lang := range []string{"en", "es"} {
		t.Run(lang, func(t *testing.T) {
			d := newDesk(t)
			check := func(name string, status int, w *httptest.ResponseRecorder) string {
				t.Helper()
				t.Run(name, func(t *testing.T) {
					webtest.Page(t, w)
					if w.Code != status {
						t.Errorf("got %d", w.Code)
					}
				})
				return w.Body.String()
			}
			form := typed()
			form.Set("lang", lang)
			check("Form", 200, d.ask("GET", "/alerts", "", "", "Accept-Language", lang))
			check("Empty", 400, d.post("/alerts", url.Values{"lang": {lang}}))
			wrong := maps.Clone(form)
			for name, value := range map[string]string{"a_number": "🙂", "country_of_birth": "Narnia", "phone": "12", "code_word": "🙂", "second_phone": "1", "email": "x"} {
				wrong.Set(name, value)
			}
			check("Wrong", 400, d.post("/alerts", wrong))
			started := maps.Clone(form)
			started.Set("step", "start")
			check("Started", 200, d.post("/alerts", started))
			id := hidden(t, check("Code", 200, d.post("/alerts", form)), "id")
			check("NoCode", 400, d.post("/alerts/verify", url.Values{"id": {id}, "code": {""}, "lang": {lang}}))
			check("WrongCode", 422, d.post("/alerts/verify", url.Values{"id": {id}, "code": {d.wrongCode(t)}, "lang": {lang}}))
			done := check("Done", 200, d.post("/alerts/verify", url.Values{"id": {id}, "code": {d.code(t)}, "lang": {lang}}))
			stop := url.Values{"id": {hidden(t, done, "id")}, "manage_token": {hidden(t, done, "manage_token")}, "lang": {lang}}
			check("Again", 403, d.ask("POST", "/alerts/stop", "application/x-www-form-urlencoded", stop.Encode()))
			check("Stopped", 200, d.post("/alerts/stop", stop))
			check("StoppedBefore", 401, d.post("/alerts/stop", stop))
			check("Verify", 200, d.ask("GET", "/verify", "", "", "Accept-Language", lang))
			check("NoCheck", 400, d.post("/verify", url.Values{"lang": {lang}}))
			check("NotOurs", 404, d.post("/verify", url.Values{"check": {"K7P4-QDX2"}, "lang": {lang}}))
			check("Ours", 200, d.post("/verify", url.Values{"check": {d.send(t, "s")}, "lang": {lang}}))
			check("TooLong", 413, d.post("/alerts", url.Values{"phone": {strings.Repeat("1", 20_000)}}))
		})
	}
}

// TestFormTokens sends forms as browsers do that say nothing of where a form comes from.
func TestFormTokens(t *testing.T) {
	const kind = "application/x-www-form-urlencoded"
	send := func(d *desk, path string, form url.Values, extra ...string) *httptest.ResponseRecorder {
		return d.ask("POST", path, kind, form.Encode(), extra...)
	}
	t.Run("FromFormToStop", func(t *testing.T) {
		d := newDesk(t)
		form := typed()
		form.Set("form_token", hidden(t, d.ask("GET", "/alerts", "", "").Body.String(), "form_token"))
		code := send(d, "/alerts", form, "Origin", "null").Body.String()
		done := send(d, "/alerts/verify", url.Values{"id": {hidden(t, code, "id")}, "code": {d.code(t)}, "form_token": {hidden(t, code, "form_token")}}).Body.String()
		stop := url.Values{"id": {hidden(t, done, "id")}, "manage_token": {hidden(t, done, "manage_token")}, "form_token": {"wrong"}}
		again := send(d, "/alerts/stop", stop)
		if body := again.Body.String(); again.Code != http.StatusForbidden || strings.Count(body, `name="form_token"`) != 1 || hidden(t, body, "manage_token") != stop.Get("manage_token") {
			t.Fatalf("got %d %s", again.Code, again.Body)
		}
		stop.Set("form_token", hidden(t, again.Body.String(), "form_token"))
		if w := send(d, "/alerts/stop", stop); w.Code != http.StatusOK {
			t.Errorf("got %d %s", w.Code, w.Body)
		}
	})
	for name, extra := range map[string][]string{
		"ErrNoToken": nil, "ErrOtherSite": {"Sec-Fetch-Site", "cross-site"}, "ErrOtherOrigin": {"Origin", "https://elsewhere.example"},
	} {
		t.Run(name, func(t *testing.T) {
			d := newDesk(t)
			w := send(d, "/alerts", typed(), extra...)
			body := w.Body.String()
			if w.Code != http.StatusForbidden || len(d.texts) != 0 {
				t.Errorf("got %d, and %d texts were sent", w.Code, len(d.texts))
			}
			if !strings.Contains(body, `value="(202) 555-0143"`) || !strings.Contains(body, `value="Roble"`) || !strings.Contains(body, `value="012345678"`) {
				t.Errorf("what was typed is lost: %s", body)
			}
			form := typed()
			form.Set("form_token", hidden(t, body, "form_token"))
			form.Set("key", hidden(t, body, "key"))
			if w := send(d, "/alerts", form); w.Code != http.StatusOK || len(d.texts) != 1 {
				t.Errorf("sent again: %d, %d texts", w.Code, len(d.texts))
			}
		})
	}
	t.Run("ErrTokenOfAnotherForm", func(t *testing.T) {
		d := newDesk(t)
		code := d.post("/alerts", typed()).Body.String()
		form := typed()
		form.Set("form_token", hidden(t, code, "form_token"))
		if w := send(d, "/alerts", form); w.Code != http.StatusForbidden {
			t.Errorf("got %d", w.Code)
		}
	})
	t.Run("ErrOldToken", func(t *testing.T) {
		d := newDesk(t)
		form := typed()
		form.Set("form_token", hidden(t, d.ask("GET", "/alerts", "", "").Body.String(), "form_token"))
		d.now = d.now.Add(13 * time.Hour)
		if w := send(d, "/alerts", form); w.Code != http.StatusForbidden {
			t.Errorf("got %d", w.Code)
		}
	})
	t.Run("APIAsksForNone", func(t *testing.T) {
		d := newDesk(t)
		w := d.json("POST", "/v1/subscriptions", `{"a_number":"012345678","country_of_birth":"MX","phone":"202 555 0143"}`, "Sec-Fetch-Site", "cross-site")
		if w.Code != http.StatusAccepted {
			t.Errorf("got %d %s", w.Code, w.Body)
		}
	})
}
