package main

import (
	"bytes"
	"context"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"
	"time"

	"voice.example/shared/alert"
	"voice.example/shared/custody"
)

// send has an alert be sent to somebody, and gives its code.
func (d *desk) send(t *testing.T, subscription string) string {
	t.Helper()
	ctx := context.Background()
	a := alert.New("event", custody.EventReleased, custody.Record{ANumber: "012345678", FirstName: "Ada", LastName: "Prueba", Facility: "FLORENCE", Since: d.now}, subscription)
	if err := d.ledger.Plan(ctx, a); err != nil {
		t.Fatal(err)
	}
	a, err := d.ledger.Claim(ctx, a.ID)
	if err != nil {
		t.Fatal(err)
	}
	a.Check, a.PhoneHash = alert.CheckOf(d.store.Keys, a.ID), "phone"
	if err := d.ledger.SettleSent(ctx, a, "message"); err != nil {
		t.Fatal(err)
	}
	return a.Check
}

// otherThan is a code with its last letter changed.
func otherThan(code string) string {
	last := "2"
	if strings.HasSuffix(code, last) {
		last = "3"
	}
	return code[:len(code)-1] + last
}

func (d *desk) check(code string) *httptest.ResponseRecorder {
	return d.json("POST", "/v1/verify", `{"code":"`+code+`"}`)
}

func (d *desk) checkPage(code, lang string) *httptest.ResponseRecorder {
	return d.post("/verify", url.Values{"check": {code}, "lang": {lang}})
}

// answered is an answer as bytes: status, headers and body.
func answered(t *testing.T, w *httptest.ResponseRecorder) string {
	t.Helper()
	var out bytes.Buffer
	if err := w.Result().Write(&out); err != nil {
		t.Fatal(err)
	}
	return out.String()
}

func TestCheck(t *testing.T) {
	d := newDesk(t)
	d.now = time.Date(2026, 6, 1, 16, 7, 42, 0, time.UTC)
	code := d.send(t, "s")
	d.now = d.now.Add(time.Hour)
	t.Run("OK", func(t *testing.T) {
		for _, typed := range []string{code, strings.ToLower(code), strings.ReplaceAll(code, "-", ""), " " + code[:4] + " " + code[5:] + " ", "Ref " + code} {
			if w := d.check(typed); w.Code != http.StatusOK || w.Body.String() != `{"sent":true,"sent_at":"2026-06-01T16:07:00Z"}`+"\n" {
				t.Errorf("%q: got %d %s", typed, w.Code, w.Body)
			}
		}
	})
	t.Run("OKOnAPage", func(t *testing.T) {
		for lang, says := range map[string]string{"en": "We sent it on June 1, 2026, 12:07 PM EDT.", "es": "Lo enviamos el 1 de junio de 2026, 12:07 p. m. EDT."} {
			w := d.checkPage(code, lang)
			if w.Code != http.StatusOK || !strings.Contains(w.Body.String(), says) {
				t.Errorf("got %d %s", w.Code, w.Body)
			}
			for _, secret := range []string{code, "A.P.", "Ada", "Prueba", "FLORENCE", "012345678", "elease", "LIBERTAD", "phone ending"} {
				if strings.Contains(w.Body.String(), secret) {
					t.Errorf("the page tells %q", secret)
				}
			}
		}
	})
	expired := d.send(t, "expired")
	d.now = d.now.Add(24 * time.Hour)
	code = d.send(t, "later")
	wrong := map[string]string{"Unknown": otherThan(code), "Expired": expired, "WithLettersOfNoCode": "AEIO-0000", "InSmallLetters": strings.ToLower(otherThan(code))}
	t.Run("NoOracle", func(t *testing.T) {
		var json, page string
		counts := d.db.CountsCapacity()
		for name, typed := range wrong {
			before := d.meter.Read()
			gotJSON, gotPage := answered(t, d.check(typed)), answered(t, d.checkPage(typed, "en"))
			if json == "" {
				json, page = gotJSON, gotPage
			}
			if gotJSON != json || gotPage != page {
				t.Errorf("%s: got\n%s\n%s\nnot\n%s\n%s", name, gotJSON, gotPage, json, page)
			}
			if after := d.meter.Read(); counts && after.RRU-before.RRU != 1 || after.Calls-before.Calls != 2 || after.WRU != before.WRU {
				t.Errorf("%s: two look-ups take %+v after %+v", name, after, before)
			}
		}
		for _, want := range []string{"404 Not Found", `"code":"not_sent"`, "Call us: 1-855-488-6423.", `"hotline":"1-855-488-6423"`, "application/problem+json"} {
			if !strings.Contains(json, want) {
				t.Errorf("it lacks %q: %s", want, json)
			}
		}
		for _, want := range []string{"404 Not Found", "No, we did not send a text with this code", "1-855-488-6423", `href="tel:`} {
			if !strings.Contains(page, want) {
				t.Errorf("the page lacks %q: %s", want, page)
			}
		}
	})
	t.Run("FoundTakesAsMuch", func(t *testing.T) {
		before := d.meter.Read()
		if w := d.check(code); w.Code != http.StatusOK {
			t.Errorf("got %d", w.Code)
		}
		if after := d.meter.Read(); after.RRU-before.RRU != 0.5 {
			t.Errorf("it takes %v units", after.RRU-before.RRU)
		}
	})
	for name, typed := range map[string]string{"ErrEmpty": "", "ErrAOneTimeCode": "123456", "ErrTooLong": code + "2", "ErrMark": "K7P4-QDX!"} {
		t.Run(name, func(t *testing.T) {
			before := d.meter.Read()
			w := d.check(typed)
			var p problem
			decode(t, w, &p)
			if w.Code != http.StatusBadRequest || fields(p) != "code" || strings.HasPrefix(p.Errors[0].Problem, "problem.") {
				t.Errorf("got %d %s", w.Code, w.Body)
			}
			w = d.checkPage(typed, "es")
			if w.Code != http.StatusBadRequest || !strings.Contains(w.Body.String(), `href="#check"`) || !strings.Contains(w.Body.String(), `aria-invalid="true"`) {
				t.Errorf("got %d %s", w.Code, w.Body)
			}
			if d.meter.Read() != before {
				t.Error("the ledger was read")
			}
		})
	}
	t.Run("TheForm", func(t *testing.T) {
		for _, lang := range []string{"en", "es"} {
			w := d.ask("GET", "/verify?lang="+lang, "", "")
			if w.Code != http.StatusOK || !strings.Contains(w.Body.String(), `<form method="post" action="/verify"`) || strings.Contains(w.Body.String(), "verify.") || strings.Contains(w.Body.String(), "<no value>") {
				t.Errorf("got %d %s", w.Code, w.Body)
			}
		}
	})
	t.Run("ErrACodeInTheAddress", func(t *testing.T) {
		if w := d.ask("GET", "/verify?check="+code, "", ""); strings.Contains(w.Body.String(), code) || strings.Contains(w.Body.String(), "2026") {
			t.Errorf("it is answered: %s", w.Body)
		}
		if w := d.ask("GET", "/v1/verify?code="+code, "", ""); w.Code != http.StatusMethodNotAllowed {
			t.Errorf("got %d %s", w.Code, w.Body)
		}
	})
}

func TestCheckIsThrottled(t *testing.T) {
	from := func(d *desk, address, code string) *httptest.ResponseRecorder {
		r := httptest.NewRequest("POST", "/v1/verify", strings.NewReader(`{"code":"`+code+`"}`))
		r.Header.Set("Content-Type", "application/json")
		r.Header.Set("X-Forwarded-For", code) // another each time
		r.RemoteAddr = address
		w := httptest.NewRecorder()
		d.ServeHTTP(w, r)
		return w
	}
	// usedUp is what a counter of the limits table is set to, as if so many had asked.
	usedUp := func(t *testing.T, d *desk, key string, most int) {
		t.Helper()
		for range most {
			if err := d.store.Limits.Take(context.Background(), key, most, time.Hour); err != nil {
				t.Fatal(err)
			}
		}
	}
	refused := func(t *testing.T, d *desk, w *httptest.ResponseRecorder, before float64) {
		t.Helper()
		var p problem
		decode(t, w, &p)
		if w.Code != http.StatusTooManyRequests || p.Code != "throttled" || p.Hotline == "" || w.Header().Get("Retry-After") != "3600" {
			t.Errorf("got %d %s", w.Code, w.Body)
		}
		if d.meter.Read().RRU != before {
			t.Error("the ledger was read")
		}
	}
	t.Run("AnAddress", func(t *testing.T) {
		d := newDesk(t)
		code := d.send(t, "s")
		for range checksPerAddress {
			if w := from(d, "192.0.2.7:1", otherThan(code)); w.Code != http.StatusNotFound {
				t.Fatalf("got %d %s", w.Code, w.Body)
			}
		}
		before := d.meter.Read().RRU
		refused(t, d, from(d, "192.0.2.7:1", code), before) // the right one too
		if w := from(d, "192.0.2.8:1", code); w.Code != http.StatusOK {
			t.Errorf("another address: got %d %s", w.Code, w.Body)
		}
		r := httptest.NewRequest("POST", "/verify", strings.NewReader("check="+code))
		r.Header.Set("Sec-Fetch-Site", "same-origin")
		r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
		r.RemoteAddr = "192.0.2.7:1"
		w := httptest.NewRecorder()
		d.ServeHTTP(w, r)
		if w.Code != http.StatusTooManyRequests || !strings.Contains(w.Body.String(), "1-855-488-6423") || !strings.Contains(w.Body.String(), `href="/verify"`) {
			t.Errorf("the page: got %d %s", w.Code, w.Body)
		}
		d.now = d.now.Add(time.Hour)
		if w := from(d, "192.0.2.7:1", code); w.Code != http.StatusOK {
			t.Errorf("an hour later: got %d %s", w.Code, w.Body)
		}
	})
	t.Run("AllTogether", func(t *testing.T) {
		d := newDesk(t)
		code := d.send(t, "s")
		usedUp(t, d, "checks/all", checksPerHour)
		before := d.meter.Read().RRU
		refused(t, d, from(d, "192.0.2.7:1", code), before)
	})
	t.Run("WhoIsRefusedUsesUpNothingOfOthers", func(t *testing.T) {
		d := newDesk(t)
		code := d.send(t, "s")
		usedUp(t, d, "checks/all", checksPerHour-1-checksPerAddress)
		for range 2 * checksPerAddress {
			from(d, "192.0.2.7:1", code)
		}
		if w := from(d, "192.0.2.8:1", code); w.Code != http.StatusOK {
			t.Errorf("got %d %s", w.Code, w.Body)
		}
	})
}
