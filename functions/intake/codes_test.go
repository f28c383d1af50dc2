package main

import (
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"
)

// TestCodesFrom asks for many codes from one network address.
func TestCodesFrom(t *testing.T) {
	from := func(d *desk, address, number string) *httptest.ResponseRecorder {
		r := httptest.NewRequest("POST", "/v1/subscriptions",
			strings.NewReader(`{"a_number":"A012-345-678","country_of_birth":"Mexico","phone":"`+number+`","language":"en"}`))
		r.Header.Set("Content-Type", "application/json")
		r.Header.Set("X-Forwarded-For", "198.51.100."+number[len(number)-1:]) // which counts for nothing
		r.RemoteAddr = address
		w := httptest.NewRecorder()
		d.ServeHTTP(w, r)
		return w
	}
	t.Run("ErrThrottledWhateverPhones", func(t *testing.T) {
		d := newHandled(t, func(h *handler) { h.codesPerAddress = 2 })
		for _, n := range []string{"+12025550140", "+13125550141"} {
			if w := from(d, "192.0.2.7:0", n); w.Code != http.StatusAccepted {
				t.Fatalf("%d: %s", w.Code, w.Body)
			}
		}
		if w := from(d, "192.0.2.7:9", "+14045550142"); w.Code != http.StatusTooManyRequests || w.Header().Get("Retry-After") == "" {
			t.Errorf("%d: %s", w.Code, w.Body)
		}
		if w := from(d, "192.0.2.8:0", "+14045550142"); w.Code != http.StatusAccepted {
			t.Errorf("another address: %d: %s", w.Code, w.Body)
		}
	})
	t.Run("WhoConfirmsIsNotHeldUp", func(t *testing.T) {
		d := newHandled(t, func(h *handler) { h.codesPerAddress = 1 })
		for _, n := range []string{"+12025550140", "+13125550141", "+14045550142"} {
			id := d.request(t, n)
			if w := d.json("POST", "/v1/subscriptions/"+id+"/verify", `{"code":"`+d.code(t)+`"}`); w.Code != http.StatusOK {
				t.Fatalf("%d: %s", w.Code, w.Body)
			}
		}
	})
	t.Run("ConfirmedAgainGivesNothingBack", func(t *testing.T) {
		d := newHandled(t, func(h *handler) { h.codesPerAddress = 2 })
		d.request(t, "+13125550141") // which nobody confirms
		id := d.request(t, "+12025550140")
		for range 3 {
			if w := d.json("POST", "/v1/subscriptions/"+id+"/verify", `{"code":"`+d.code(t)+`"}`); w.Code != http.StatusOK {
				t.Fatalf("%d: %s", w.Code, w.Body)
			}
		}
		d.request(t, "+14045550142")
		if w := from(d, "192.0.2.1:1234", "+14155550143"); w.Code != http.StatusTooManyRequests {
			t.Errorf("%d: %s", w.Code, w.Body)
		}
	})
	t.Run("RefusedForItsPhoneCountsNothing", func(t *testing.T) {
		d := newHandled(t, func(h *handler) { h.codesPerAddress = 4 })
		d.store.CodesPerPhonePerHour = 1
		d.request(t, "+12025550140")
		for range 5 {
			if w := from(d, "192.0.2.1:1234", "+12025550140"); w.Code != http.StatusTooManyRequests {
				t.Fatalf("%d: %s", w.Code, w.Body)
			}
		}
		d.request(t, "+12025550141")
	})
}

// TestAbroad asks for texts to phones of countries that are not texted.
func TestAbroad(t *testing.T) {
	d := newDesk(t)
	d.store.TextCountries = []string{"US"}
	const mexican, jamaican = "+52 55 1234 5678", "+1 876 555 0143"
	for name, body := range map[string]string{
		"phone abroad":        `{"a_number":"A012-345-678","country_of_birth":"Mexico","phone":"` + mexican + `"}`,
		"phone island":        `{"a_number":"A012-345-678","country_of_birth":"Mexico","phone":"` + jamaican + `"}`,
		"second_phone abroad": `{"a_number":"A012-345-678","country_of_birth":"Mexico","phone":"202 555 0143","second_phone":"` + jamaican + `"}`,
	} {
		t.Run(name, func(t *testing.T) {
			w := d.json("POST", "/v1/subscriptions", body)
			var p problem
			decode(t, w, &p)
			field, _, _ := strings.Cut(name, " ")
			if w.Code != http.StatusBadRequest || fields(p) != field || p.Hotline == "" {
				t.Errorf("%d: %s", w.Code, w.Body)
			}
		})
	}
	t.Run("PageSaysWhomToCall", func(t *testing.T) {
		w := d.post("/alerts", url.Values{"a_number": {"A012-345-678"}, "country_of_birth": {"MX"}, "phone": {mexican}, "language": {"en"}})
		if body := w.Body.String(); w.Code != http.StatusBadRequest || !strings.Contains(body, "We cannot send texts to phones of this country") || !strings.Contains(body, "1-855-488-6423") {
			t.Errorf("%d: %s", w.Code, body)
		}
	})
	t.Run("RequestsMayBeCalledButNotTexted", func(t *testing.T) {
		ask := func(text string) *httptest.ResponseRecorder {
			return d.json("POST", "/v1/inquiries", `{"reason":"other","phone":"`+mexican+`","safe_contact":{"may_text":`+text+`}}`)
		}
		if w := ask("true"); w.Code != http.StatusBadRequest || !strings.Contains(w.Body.String(), "Clear the box for texts") {
			t.Errorf("%d: %s", w.Code, w.Body)
		}
		if w := ask("false"); w.Code != http.StatusCreated {
			t.Errorf("%d: %s", w.Code, w.Body)
		}
	})
	if len(d.texts) > 0 {
		t.Errorf("%d texts", len(d.texts))
	}
}

// TestRequestsForOthersPhones asks for help in the name of phones that did not ask.
func TestRequestsForOthersPhones(t *testing.T) {
	ask := func(d *desk, number string) int {
		return d.json("POST", "/v1/inquiries", `{"reason":"other","phone":"`+number+`","safe_contact":{"may_text":true}}`).Code
	}
	t.Run("SoManyADay", func(t *testing.T) {
		d, taken := newDesk(t), 0
		for range 2 * inquiriesADay {
			if ask(d, "+12025550143") == http.StatusCreated {
				taken++
			}
			d.now = d.now.Add(20 * 60e9)
		}
		if taken != inquiriesADay {
			t.Errorf("%d were taken", taken)
		}
	})
	t.Run("SoManyOfABlock", func(t *testing.T) {
		d := newDesk(t)
		d.store.CodesPerBlockPerHour = 2
		for i, n := range []string{"+12025550140", "+12025550141", "+12025550142", "+12025551143"} {
			if got := ask(d, n); (got == http.StatusCreated) != (i != 2) {
				t.Errorf("%s: %d", n, got)
			}
		}
	})
}
