package main

import (
	"context"
	"html"
	"maps"
	"net/http"
	"net/http/httptest"
	"net/url"
	"regexp"
	"strconv"
	"strings"
	"testing"
	"time"

	"voice.example/shared/directory"
	"voice.example/shared/inquiry"
	"voice.example/shared/optout"
	"voice.example/shared/web/webtest"
)

// staffed loads two offices and the people who work there.
func (d *desk) staffed(t *testing.T) {
	t.Helper()
	for _, file := range []struct {
		kind directory.Kind
		text string
	}{
		{directory.OfficesFile, "code,name,phone,county_fips\nPHO,Phoenix Field Office,,04013\nCHI,Chicago Field Office,,17031\n"},
		{directory.PeopleFile, "email,name,role,office,languages,phone,absent_from,absent_until\n" +
			"rosa@voice.example,Rosa Sample,officer,PHO,en|es,,,\nines@voice.example,Ines Sample,specialist,CHI,en,,,\n"},
	} {
		p, err := d.offices.Plan(context.Background(), file.kind, []byte(file.text))
		if err != nil || p.Rejected > 0 {
			t.Fatalf("%v: %+v", err, p.Rejects)
		}
		if _, err := d.offices.Apply(context.Background(), file.kind, []byte(file.text), directory.Order{PlanHash: p.Hash, Anyway: true, By: "s"}); err != nil {
			t.Fatal(err)
		}
	}
}

// wish is what somebody in Phoenix asks for.
func wish() url.Values {
	return url.Values{"step": {"send"}, "key": {"form"}, "reason": {"local_contact"}, "phone": {"(202) 555-0143"}, "may_text": {"yes"}, "name": {"Ana"},
		"hours": {"at noon"}, "email": {"Ana@Example.org"}, "note": {"never on Thursdays"}, "language": {"es"}, "zip": {"85001"}, "message": {"Please call."},
		"lang": {"en"}}
}

func with(form url.Values, pairs ...string) url.Values {
	form = maps.Clone(form)
	for i := 0; i+1 < len(pairs); i += 2 {
		form.Set(pairs[i], pairs[i+1])
	}
	return form
}

var kept = regexp.MustCompile(`<dd>([^<]+)</dd>`)

// given are the reference and the PIN of a page.
func given(t *testing.T, w *httptest.ResponseRecorder) (reference, pin string) {
	t.Helper()
	found := kept.FindAllStringSubmatch(w.Body.String(), -1)
	if w.Code != http.StatusOK || len(found) != 2 {
		t.Fatalf("got %d %s", w.Code, w.Body)
	}
	return found[0][1], found[1][1]
}

func (d *desk) inquiry(t *testing.T, reference string) inquiry.Inquiry {
	t.Helper()
	i, err := d.inquiries.Get(context.Background(), reference)
	if err != nil {
		t.Fatal(err)
	}
	return i
}

// opened is how many inquiries there are that wait in the national queue or were seen to there, and those of Rosa.
func (d *desk) opened(t *testing.T) (all int) {
	t.Helper()
	for _, s := range []inquiry.State{inquiry.Open, inquiry.Assigned, inquiry.Resolved} {
		for _, office := range []string{inquiry.National, "PHO", "CHI"} {
			page, err := d.inquiries.InQueue(context.Background(), office, s, inquiry.List{Limit: 1000})
			if err != nil {
				t.Fatal(err)
			}
			all += len(page.Inquiries)
		}
	}
	return all
}

func TestAsk(t *testing.T) {
	t.Run("OK", func(t *testing.T) {
		d := newDesk(t)
		d.staffed(t)
		w := d.post("/ask", wish())
		webtest.Page(t, w)
		reference, pin := given(t, w)
		i := d.inquiry(t, reference)
		if i.State != inquiry.Assigned || i.Office != "PHO" || i.Assignee != "rosa@voice.example" || i.County != "04013" || i.Language != "es" ||
			i.Channel != inquiry.Web || !i.MayText || i.PhoneHash != optout.Hash(d.store.Keys, "+12025550143") || pin != d.inquiries.PIN(i) {
			t.Errorf("%+v", i)
		}
		c, err := d.inquiries.Contact(context.Background(), i)
		if want := (inquiry.Contact{Name: "Ana", Phone: "+12025550143", Email: "Ana@Example.org", MayText: true, Hours: "at noon", Note: "never on Thursdays"}); err != nil || c != want {
			t.Errorf("%+v, %v", c, err)
		}
		if m, err := d.inquiries.Message(context.Background(), i); err != nil || m != "Please call." {
			t.Errorf("%q, %v", m, err)
		}
		for _, want := range []string{"June 2, 2026, 12:00 PM EDT", "ending in 43", "ask for Ana", "leave no voicemail", "We text this phone", `href="/follow?lang=en"`} {
			if !strings.Contains(w.Body.String(), want) {
				t.Errorf("the page lacks %q", want)
			}
		}
		if strings.Contains(w.Body.String(), "5550143") || strings.Contains(w.Body.String(), "Thursday") {
			t.Error("the page repeats what others should not read")
		}
	})
	t.Run("SentAgainItIsTheSame", func(t *testing.T) {
		d := newDesk(t)
		reference, pin := given(t, d.post("/ask", wish()))
		for range 2 * inquiriesPerContact {
			if r, p := given(t, d.post("/ask", wish())); r != reference || p != pin {
				t.Fatalf("%s, %s", r, p)
			}
		}
		if r, p := given(t, d.post("/ask", with(wish(), "message", "Please write."))); r == reference || p == pin {
			t.Error("somebody else who sends the same key is given the first one's reference")
		}
	})
	t.Run("OnlineOnly", func(t *testing.T) {
		d := newDesk(t)
		form := url.Values{"step": {"send"}, "key": {"form"}, "reason": {"other"}, "message": {"about 🙂"}, "lang": {"en"}}
		if w := d.post("/ask", form); w.Code != http.StatusBadRequest || !strings.Contains(w.Body.String(), `href="#phone"`) {
			t.Errorf("without the box: %d", w.Code)
		}
		w := d.post("/ask", with(form, "online", "yes"))
		webtest.Page(t, w)
		reference, _ := given(t, w)
		if i := d.inquiry(t, reference); i.SealedContact != "" || i.PhoneHash != "" || i.MayText {
			t.Errorf("%+v", i)
		}
		if !strings.Contains(w.Body.String(), "We will not contact you") || !strings.Contains(w.Body.String(), "you cannot see your request again") {
			t.Error("the page does not say what that means")
		}
		if w := d.post("/ask", with(form, "online", "yes", "email", "ana@example.org")); w.Code != http.StatusBadRequest {
			t.Errorf("with an address: %d", w.Code)
		}
		if w := d.post("/ask", with(form, "online", "yes", "reason", "custody_status")); w.Code != http.StatusBadRequest {
			t.Errorf("of a question that has to be answered: %d", w.Code)
		}
	})
	for reason, number := range map[string]string{"report_crime": "1-866-347-2423", "own_case": "1-800-375-5283"} {
		t.Run("OthersAnswer_"+reason, func(t *testing.T) {
			d := newDesk(t)
			form := with(wish(), "step", "", "reason", reason)
			for range 2 {
				w := d.post("/ask", form)
				webtest.Page(t, w)
				if w.Code != http.StatusOK || !strings.Contains(html.UnescapeString(w.Body.String()), `href="tel:+`+strings.ReplaceAll(number, "-", "")+`"`) || strings.Contains(w.Body.String(), "<input id") {
					t.Errorf("got %d %s", w.Code, w.Body)
				}
			}
			page, err := d.inquiries.InQueue(context.Background(), inquiry.National, inquiry.Resolved, inquiry.List{Limit: 10})
			if err != nil || len(page.Inquiries) != 1 {
				t.Fatalf("%+v, %v", page, err)
			}
			if i := d.inquiry(t, page.Inquiries[0].Reference); i.Outcome != inquiry.OffTopic || i.SealedContact != "" || i.SealedMessage != "" || i.PhoneHash != "" || i.County != "" {
				t.Errorf("%+v", i)
			}
			if d.post("/ask", with(form, "step", "number", "lang", "es")); d.opened(t) != 1 {
				t.Error("a change of the language counts")
			}
			if w := d.ask("POST", "/ask", "application/x-www-form-urlencoded", form.Encode(), "Sec-Fetch-Site", "cross-site"); w.Code != http.StatusForbidden || d.opened(t) != 1 {
				t.Errorf("from another site: %d", w.Code)
			}
		})
	}
	t.Run("ErrNothingChosen", func(t *testing.T) {
		d := newDesk(t)
		for _, reason := range []string{"", "call_me"} {
			w := d.post("/ask", url.Values{"key": {"k"}, "reason": {reason}})
			webtest.Page(t, w)
			if w.Code != http.StatusBadRequest || !strings.Contains(w.Body.String(), `href="#reason"`) {
				t.Errorf("got %d", w.Code)
			}
		}
	})
	t.Run("WhatWasTypedStays", func(t *testing.T) {
		d := newDesk(t)
		form := with(wish(), "phone", "12", "county", "Nowhere", "state", "AZ", "message", "<b>&\n2")
		w := d.post("/ask", form)
		webtest.Page(t, w)
		for _, want := range []string{`value="Ana"`, `value="12"`, "&lt;b&gt;&amp;\n2</textarea>", `value="AZ" selected`, `<details class="more" open>`, `name="may_text" value="yes" checked`,
			`<option value="es" lang="es" selected>`, `href="#county"`, `href="#phone"`} {
			if !strings.Contains(w.Body.String(), want) {
				t.Errorf("the page lacks %s", want)
			}
		}
		if d.opened(t) != 0 {
			t.Error("it was opened")
		}
	})
	t.Run("TwoThousandLettersOfAnyScript", func(t *testing.T) {
		d := newDesk(t)
		given(t, d.post("/ask", with(wish(), "message", strings.Repeat("字", inquiry.MaxText), "note", strings.Repeat("😀", maxNote))))
	})
}

func TestAskIsThrottled(t *testing.T) {
	at := func(d *desk, address string, form url.Values) *httptest.ResponseRecorder {
		r := httptest.NewRequest("POST", "/ask", strings.NewReader(form.Encode()))
		r.Header.Set("Sec-Fetch-Site", "same-origin")
		r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
		r.RemoteAddr = address + ":1"
		w := httptest.NewRecorder()
		d.ServeHTTP(w, r)
		return w
	}
	keyed := func(n int, pairs ...string) url.Values { return with(wish(), append(pairs, "key", strconv.Itoa(n))...) }
	refused := func(t *testing.T, w *httptest.ResponseRecorder) {
		t.Helper()
		webtest.Page(t, w)
		if w.Code != http.StatusTooManyRequests || w.Header().Get("Retry-After") != "3600" || !strings.Contains(w.Body.String(), "Please call.") || !strings.Contains(w.Body.String(), "60 minutes") {
			t.Errorf("got %d %s", w.Code, w.Body)
		}
	}
	t.Run("APhone", func(t *testing.T) {
		d := newDesk(t)
		for n := range inquiriesPerContact {
			given(t, at(d, "192.0.2."+strconv.Itoa(n), keyed(n, "email", "")))
		}
		refused(t, at(d, "192.0.2.99", keyed(99, "email", "")))
		given(t, at(d, "192.0.2.99", keyed(98, "email", "", "phone", "202 555 0144")))
		d.now = d.now.Add(time.Hour)
		given(t, at(d, "192.0.2.99", keyed(99, "email", "")))
	})
	t.Run("AnEmailAddressInAnyCase", func(t *testing.T) {
		d := newDesk(t)
		for n := range inquiriesPerContact {
			given(t, at(d, "192.0.2."+strconv.Itoa(n), keyed(n, "phone", "", "may_text", "")))
		}
		refused(t, at(d, "192.0.2.99", keyed(99, "phone", "", "may_text", "", "email", "ANA@example.org")))
	})
	t.Run("AnAddress", func(t *testing.T) {
		d := newDesk(t)
		another := func(n int) url.Values { return keyed(n, "email", "", "phone", "202 555 0"+strconv.Itoa(100+n)) }
		for n := range inquiriesPerAddress {
			given(t, at(d, "192.0.2.7", another(n)))
		}
		refused(t, at(d, "192.0.2.7", another(98)))
		given(t, at(d, "192.0.2.8", another(99)))
		if n := d.opened(t); n != inquiriesPerAddress+1 {
			t.Errorf("%d were opened", n)
		}
	})
	t.Run("AllTogether", func(t *testing.T) {
		d := newDesk(t)
		for range inquiriesPerHour {
			if err := d.store.Limits.Take(context.Background(), "inquiries/all", inquiriesPerHour, time.Hour); err != nil {
				t.Fatal(err)
			}
		}
		refused(t, at(d, "192.0.2.7", wish()))
		if w := at(d, "192.0.2.7", with(wish(), "reason", "own_case", "step", "")); w.Code != http.StatusOK {
			t.Errorf("others' number: %d", w.Code)
		}
	})
	t.Run("OthersNumberIsAlwaysGiven", func(t *testing.T) {
		d := newDesk(t)
		for n := range inquiriesPerAddress + 5 {
			if w := at(d, "192.0.2.7", keyed(n, "reason", "own_case", "step", "")); w.Code != http.StatusOK || !strings.Contains(w.Body.String(), "1-800-375-5283") {
				t.Fatalf("got %d", w.Code)
			}
		}
		if n := d.opened(t); n != inquiriesPerAddress {
			t.Errorf("%d were counted", n)
		}
		given(t, at(d, "192.0.2.7", wish()))
	})
}
