package main

import (
	"errors"
	"fmt"
	"net/http"
	"strings"
	"testing"
	"time"

	"voice.example/shared/i18n"
	"voice.example/shared/sms"
)

func TestSubscribe(t *testing.T) {
	const body = `{"a_number":"012345678","country_of_birth":"MX","phone":"+1 202 555 0143","language":"es","events":["released"],"discreet":true,"code_word":"Maple"}`

	t.Run("OK", func(t *testing.T) {
		d := newDesk(t)
		w := d.json("POST", "/v1/subscriptions", body)
		var answer pending
		decode(t, w, &answer)
		if w.Code != http.StatusAccepted || answer.SubscriptionID == "" || !answer.ExpiresAt.Equal(d.now.Add(10*time.Minute)) {
			t.Errorf("got %d %s", w.Code, w.Body)
		}
		if got := w.Header().Get("Location"); got != "/v1/subscriptions/"+answer.SubscriptionID {
			t.Errorf("Location is %q", got)
		}
		if len(d.texts) != 1 {
			t.Errorf("%d texts were sent", len(d.texts))
		}
	})
	t.Run("EachLanguageByItsTag", func(t *testing.T) {
		d := newDesk(t)
		for i, tag := range []string{"en", "es", "fr", "pt", "ht", "vi", "zh-Hans"} {
			w := d.json("POST", "/v1/subscriptions", fmt.Sprintf(`{"a_number":"012345678","country_of_birth":"MX","phone":"202555010%d","language":%q}`, i, tag))
			if want := i18n.Language(tag).Text("sms_code", map[string]any{"Agency": "VOICE", "Code": d.code(t)}); w.Code != http.StatusAccepted ||
				len(d.texts) != i+1 || d.texts[i] != sms.Write(i18n.Language(tag), want) {
				t.Errorf("%s: got %d %s and %q", tag, w.Code, w.Body, d.texts)
			}
		}
	})
	t.Run("NoLanguageIsTheBrowsers", func(t *testing.T) {
		d := newDesk(t)
		w := d.json("POST", "/v1/subscriptions", `{"a_number":"012345678","country_of_birth":"MX","phone":"2025550100"}`, "Accept-Language", "vi-VN,vi;q=0.9")
		if w.Code != http.StatusAccepted || len(d.texts) != 1 || !strings.Contains(d.texts[0], "quý vị") {
			t.Errorf("got %d %s and %q", w.Code, w.Body, d.texts)
		}
	})
	t.Run("ErrLanguageListsThoseThereAre", func(t *testing.T) {
		for _, lang := range i18n.PageLanguages() {
			w := newDesk(t).json("POST", "/v1/subscriptions?lang="+string(lang), `{"a_number":"012345678","country_of_birth":"MX","phone":"2025550143","language":"tlh"}`)
			for _, l := range i18n.Languages() {
				if w.Code != http.StatusBadRequest || !strings.Contains(w.Body.String(), "("+string(l)+")") {
					t.Errorf("%s is not in %s", l, w.Body)
				}
			}
		}
	})
	t.Run("IdempotencyKeySendsOneText", func(t *testing.T) {
		d := newDesk(t)
		first := d.request(t, "2025550143", "Idempotency-Key", "one")
		if again := d.request(t, "2025550143", "Idempotency-Key", "one"); again != first || len(d.texts) != 1 {
			t.Errorf("got %s after %s, and %d texts", again, first, len(d.texts))
		}
		if other := d.request(t, "2025550143", "Idempotency-Key", "two"); other == first || len(d.texts) != 2 {
			t.Errorf("got %s after %s, and %d texts", other, first, len(d.texts))
		}
	})
	t.Run("ErrIdempotencyKey", func(t *testing.T) {
		w := newDesk(t).json("POST", "/v1/subscriptions", body, "Idempotency-Key", strings.Repeat("k", 256))
		if w.Code != http.StatusBadRequest || !strings.Contains(w.Body.String(), `"field":"Idempotency-Key"`) {
			t.Errorf("got %d %s", w.Code, w.Body)
		}
	})
	t.Run("ErrThrottled", func(t *testing.T) {
		d := newDesk(t)
		for range 3 {
			d.request(t, "2025550143")
		}
		w := d.json("POST", "/v1/subscriptions", body)
		var p problem
		decode(t, w, &p)
		// The window ends with the hour; the clock stands at the full hour.
		if w.Code != http.StatusTooManyRequests || w.Header().Get("Retry-After") != "3600" || p.Code != "throttled" {
			t.Errorf("got %d, Retry-After %q, %s", w.Code, w.Header().Get("Retry-After"), w.Body)
		}
	})
	t.Run("ErrNotSent", func(t *testing.T) {
		d := newDesk(t)
		d.fail = &sms.Error{Outcome: sms.Retryable}
		w := d.json("POST", "/v1/subscriptions", body)
		var p problem
		decode(t, w, &p)
		if w.Code != http.StatusServiceUnavailable || p.Hotline != "1-855-488-6423" {
			t.Errorf("got %d %s", w.Code, w.Body)
		}
	})
	t.Run("ErrInternalTellsNothing", func(t *testing.T) {
		d := newDesk(t)
		d.fail = errors.New("the secret cause")
		w := d.json("POST", "/v1/subscriptions", body)
		if w.Code != http.StatusInternalServerError || strings.Contains(w.Body.String(), "secret") {
			t.Errorf("got %d %s", w.Code, w.Body)
		}
	})
}

func TestSubscribeRefuses(t *testing.T) {
	d := newDesk(t)
	for _, test := range []struct{ name, body, fields string }{
		{"ErrNothing", `{}`, "a_number country_of_birth phone"},
		{"ErrANumber", `{"a_number":"x","country_of_birth":"MX","phone":"2025550143"}`, "a_number"},
		{"ErrCountry", `{"a_number":"012345678","country_of_birth":"Atlantis","phone":"2025550143"}`, "country_of_birth"},
		{"ErrPhone", `{"a_number":"012345678","country_of_birth":"MX","phone":"555 0143"}`, "phone"},
		{"ErrTollFree", `{"a_number":"012345678","country_of_birth":"MX","phone":"18002345678"}`, "phone"},
		{"ErrLanguage", `{"a_number":"012345678","country_of_birth":"MX","phone":"2025550143","language":"de"}`, "language"},
		{"ErrTraditionalChinese", `{"a_number":"012345678","country_of_birth":"MX","phone":"2025550143","language":"zh-Hant"}`, "language"},
		{"ErrEvent", `{"a_number":"012345678","country_of_birth":"MX","phone":"2025550143","events":["born"]}`, "events"},
		{"ErrCodeWordMarks", `{"a_number":"012345678","country_of_birth":"MX","phone":"2025550143","code_word":"a.b"}`, "code_word"},
		{"ErrCodeWordLong", `{"a_number":"012345678","country_of_birth":"MX","phone":"2025550143","code_word":"aaaaaaaaaaaaaaaaaaaaa"}`, "code_word"},
		{"ErrUnknownField", `{"a_number":"012345678","country_of_birth":"MX","phone":"2025550143","name":"x"}`, "name"},
		{"ErrDiscreetText", `{"a_number":"012345678","country_of_birth":"MX","phone":"2025550143","discreet":"yes"}`, "discreet"},
	} {
		t.Run(test.name, func(t *testing.T) {
			w := d.json("POST", "/v1/subscriptions", test.body)
			var p problem
			decode(t, w, &p)
			if w.Code != http.StatusBadRequest || fields(p) != test.fields {
				t.Errorf("got %d %s, want problems with %s", w.Code, w.Body, test.fields)
			}
			for _, e := range p.Errors {
				if e.Problem == "" || strings.HasPrefix(e.Problem, "problem.") {
					t.Errorf("%s is worded %q", e.Field, e.Problem)
				}
			}
		})
	}
	if len(d.texts) != 0 {
		t.Errorf("%d texts were sent", len(d.texts))
	}
}

func TestVerify(t *testing.T) {
	verify := func(d *desk, id, code string) (int, problem, confirmed) {
		w := d.json("POST", "/v1/subscriptions/"+id+"/verify", `{"code":"`+code+`"}`)
		var p problem
		var c confirmed
		decode(t, w, &p)
		decode(t, w, &c)
		return w.Code, p, c
	}
	t.Run("OK", func(t *testing.T) {
		d := newDesk(t)
		id := d.request(t, "2025550143")
		if status, _, made := verify(d, id, d.code(t)); status != http.StatusOK || made.ManageToken == "" || made.SubscriptionID != id {
			t.Errorf("got %d %+v", status, made)
		}
	})
	t.Run("ErrWrongCodeUntilTriesAreUsedUp", func(t *testing.T) {
		d := newDesk(t)
		id := d.request(t, "2025550143")
		for left := 4; left >= 0; left-- {
			status, p, _ := verify(d, id, d.wrongCode(t))
			if status != http.StatusUnprocessableEntity || p.TriesLeft == nil || *p.TriesLeft != left {
				t.Fatalf("got %d %+v, want %d tries left", status, p, left)
			}
		}
		if status, p, _ := verify(d, id, d.code(t)); status != http.StatusGone || p.Code != "tries_used_up" {
			t.Errorf("the right code came too late and got %d %s", status, p.Code)
		}
	})
	t.Run("ErrShapeCostsNoTry", func(t *testing.T) {
		d := newDesk(t)
		id := d.request(t, "2025550143")
		for range 6 {
			if status, p, _ := verify(d, id, "12345"); status != http.StatusBadRequest || fields(p) != "code" {
				t.Fatalf("got %d %+v", status, p)
			}
		}
		if status, _, _ := verify(d, id, d.code(t)); status != http.StatusOK {
			t.Errorf("got %d", status)
		}
	})
	t.Run("ErrExpired", func(t *testing.T) {
		d := newDesk(t)
		id := d.request(t, "2025550143")
		d.now = d.now.Add(11 * time.Minute)
		if status, p, _ := verify(d, id, d.code(t)); status != http.StatusGone || p.Code != "code_expired" {
			t.Errorf("got %d %s", status, p.Code)
		}
	})
	t.Run("ErrUnknown", func(t *testing.T) {
		d := newDesk(t)
		for _, id := range []string{"x", strings.Repeat("a", 32)} {
			if status, p, _ := verify(d, id, "123456"); status != http.StatusNotFound || p.Code != "not_found" {
				t.Errorf("got %d %s", status, p.Code)
			}
		}
	})
}

func TestManage(t *testing.T) {
	d := newDesk(t)
	id := d.request(t, "2025550143")
	w := d.json("POST", "/v1/subscriptions/"+id+"/verify", `{"code":"`+d.code(t)+`"}`)
	var made confirmed
	decode(t, w, &made)
	path, bearer := "/v1/subscriptions/"+id, "Bearer "+made.ManageToken

	t.Run("ErrNoToken", func(t *testing.T) {
		for _, authorization := range []string{"", "Bearer x", "Basic " + made.ManageToken} {
			w := d.ask("GET", path, "", "", "Authorization", authorization)
			if w.Code != http.StatusUnauthorized || w.Header().Get("WWW-Authenticate") != "Bearer" {
				t.Errorf("%q: got %d", authorization, w.Code)
			}
		}
	})
	t.Run("ErrAnotherID", func(t *testing.T) {
		if w := d.ask("GET", "/v1/subscriptions/"+strings.Repeat("a", 32), "", "", "Authorization", bearer); w.Code != http.StatusUnauthorized {
			t.Errorf("got %d", w.Code)
		}
	})
	t.Run("ShownWithoutThePhone", func(t *testing.T) {
		w := d.ask("GET", path, "", "", "Authorization", bearer)
		var sub shown
		decode(t, w, &sub)
		if w.Code != http.StatusOK || sub.PhoneEnding != "43" || sub.Language != "en" || strings.Contains(w.Body.String(), "5550143") {
			t.Errorf("got %d %s", w.Code, w.Body)
		}
	})
	t.Run("Changed", func(t *testing.T) {
		w := d.json("PATCH", path, `{"language":"es-MX","events":["released","escaped"],"code_word":"Oak"}`, "Authorization", bearer)
		var sub shown
		decode(t, w, &sub)
		if w.Code != http.StatusOK || sub.Language != "es" || len(sub.Events) != 2 || sub.CodeWord != "Oak" || sub.Discreet {
			t.Errorf("got %d %s", w.Code, w.Body)
		}
	})
	t.Run("ErrChangeOfPhone", func(t *testing.T) {
		if w := d.json("PATCH", path, `{"phone":"2025550199"}`, "Authorization", bearer); w.Code != http.StatusBadRequest {
			t.Errorf("got %d", w.Code)
		}
	})
	t.Run("Stopped", func(t *testing.T) {
		if w := d.ask("DELETE", path, "", "", "Authorization", bearer); w.Code != http.StatusNoContent || w.Body.Len() != 0 {
			t.Errorf("got %d %s", w.Code, w.Body)
		}
		if w := d.ask("GET", path, "", "", "Authorization", bearer); w.Code != http.StatusUnauthorized {
			t.Errorf("after the end got %d", w.Code)
		}
	})
}
