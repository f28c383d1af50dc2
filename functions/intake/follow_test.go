package main

import (
	"context"
	"net/http"
	"net/http/httptest"
	"net/url"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/service/dynamodb"

	"voice.example/shared/inquiry"
	"voice.example/shared/optout"
	"voice.example/shared/secret"
	"voice.example/shared/staff"
	"voice.example/shared/web/webtest"
)

var (
	rosa  = staff.Identity{Subject: "rosa", Name: "Rosa Sample", Email: "rosa@voice.example", Office: "PHO", Roles: []staff.Role{staff.Officer}}
	sofia = staff.Identity{Subject: "sofia", Name: "Sofia Sample", Email: "sofia@voice.example", Roles: []staff.Role{staff.Supervisor}}
)

func (d *desk) follow(reference, pin string) *httptest.ResponseRecorder {
	return d.post("/follow", url.Values{"reference": {reference}, "pin": {pin}, "lang": {"en"}})
}

// next sends a form of a request's page.
func (d *desk) next(t *testing.T, page *httptest.ResponseRecorder, pairs ...string) *httptest.ResponseRecorder {
	t.Helper()
	form := url.Values{"visit": {hidden(t, page.Body.String(), "visit")}, "lang": {"en"}}
	return d.post("/follow", with(form, pairs...))
}

var items = regexp.MustCompile(`(?s)<ol class="timeline">(.*?)</ol>`)

// told is what a request's page says has happened.
func happened(w *httptest.ResponseRecorder) (all []string) {
	list := items.FindString(w.Body.String())
	for _, m := range regexp.MustCompile(`<br>([^<]*)</li>`).FindAllStringSubmatch(list, -1) {
		all = append(all, m[1])
	}
	return all
}

func says(t *testing.T, w *httptest.ResponseRecorder, status int, texts ...string) {
	t.Helper()
	webtest.Page(t, w)
	if w.Code != status {
		t.Errorf("got %d", w.Code)
	}
	for _, text := range texts {
		if !strings.Contains(w.Body.String(), text) {
			t.Errorf("the page does not say %q", text)
		}
	}
}

func TestFollow(t *testing.T) {
	ctx := context.Background()
	d := newDesk(t)
	d.staffed(t)
	reference, pin := given(t, d.post("/ask", wish()))
	t.Run("OK", func(t *testing.T) {
		for _, typed := range [][2]string{{reference, pin}, {strings.ToLower(reference), pin[:3] + " " + pin[3:]}, {" " + strings.Replace(reference, "-", " ", 1), pin[:3] + "-" + pin[3:]}} {
			w := d.follow(typed[0], typed[1])
			says(t, w, http.StatusOK, "Somebody at our office has your request.", "by June 2, 2026, 12:00 PM EDT", "You asked for: Someone to talk to near you.")
			if got := strings.Join(happened(w), " "); got != "We got your request. It was given to somebody at the Phoenix Field Office." {
				t.Errorf("%s", got)
			}
		}
	})
	t.Run("EachStep", func(t *testing.T) {
		d.now = d.now.Add(time.Hour)
		for _, act := range []func() (inquiry.Inquiry, error){
			func() (inquiry.Inquiry, error) { return d.inquiries.Note(ctx, reference, rosa, "she sounds afraid") },
			func() (inquiry.Inquiry, error) {
				return d.inquiries.Contacted(ctx, reference, 0, rosa, false, "no answer")
			},
			func() (inquiry.Inquiry, error) {
				return d.inquiries.Contacted(ctx, reference, 0, rosa, false, "busy")
			},
			func() (inquiry.Inquiry, error) { return d.inquiries.Contacted(ctx, reference, 0, rosa, true, "talked") },
			func() (inquiry.Inquiry, error) { return d.inquiries.Hold(ctx, reference, sofia, true, "a court") },
			func() (inquiry.Inquiry, error) {
				return d.inquiries.Refer(ctx, reference, 0, rosa, inquiry.Referral{Office: "CHI", Role: staff.Specialist}, "she moved")
			},
			func() (inquiry.Inquiry, error) { return d.inquiries.PutBack(ctx, reference, 0, sofia, "ill") },
			func() (inquiry.Inquiry, error) {
				return d.inquiries.Refer(ctx, reference, 0, sofia, inquiry.Referral{Person: "x@voice.example", Office: "NOW", Role: staff.Specialist}, "")
			},
			func() (inquiry.Inquiry, error) {
				return d.inquiries.Resolve(ctx, reference, 0, sofia, inquiry.Answered, "done")
			},
		} {
			if _, err := act(); err != nil {
				t.Fatal(err)
			}
		}
		w := d.follow(reference, pin)
		says(t, w, http.StatusOK, "Your request was answered and is closed.", "June 1, 2026, 1:00 PM EDT")
		want := "We got your request. It was given to somebody at the Phoenix Field Office. Somebody tried to reach you. Somebody tried to reach you. Somebody was in contact with you. " +
			"It was handed to the Chicago Field Office. It waits for the next free person at the Chicago Field Office. It was handed to our national team. It was closed."
		if got := strings.Join(happened(w), " "); got != want {
			t.Errorf("%s", got)
		}
		for _, secret := range []string{"Rosa", "rosa", "Sofia", "Ines", "afraid", "no answer", "talked", "a court", "moved", "hold", "Ana", "5550143", "Thursday", "Please call", pin} {
			if strings.Contains(w.Body.String(), secret) {
				t.Errorf("the page says %q", secret)
			}
		}
	})
	t.Run("OffTopic", func(t *testing.T) {
		var out opened
		decode(t, d.json("POST", "/v1/inquiries", `{"reason":"report_crime","language":"en"}`), &out)
		w := d.follow(out.Reference, out.PIN)
		says(t, w, http.StatusOK, "Others answer this", "1-866-347-2423", "Delete the request")
		if strings.Contains(w.Body.String(), "Change how we reach you") {
			t.Error("it can be changed")
		}
	})
	t.Run("Late", func(t *testing.T) {
		reference, pin := given(t, d.post("/ask", with(wish(), "key", "late", "reason", "other")))
		d.now = d.now.Add(25 * time.Hour)
		if _, err := d.inquiries.Escalate(ctx, reference, d.now.Add(time.Hour)); err != nil {
			t.Fatal(err)
		}
		w := d.follow(reference, pin)
		says(t, w, http.StatusOK, "It takes longer than we said.", "It had waited too long, so our national team looks after it.")
		if strings.Contains(w.Body.String(), "Somebody will contact you by") {
			t.Error("it promises a time that is over")
		}
	})
}

func TestFollowIsNoOracle(t *testing.T) {
	d := newDesk(t)
	var meter = &d.meter
	d.inquiries.Client = dynamodb.New(d.store.Client.Options(), meter.Attach)
	reference, pin := given(t, d.post("/ask", wish()))
	gone, gonePIN := given(t, d.post("/ask", with(wish(), "key", "gone")))
	if _, err := d.inquiries.Withdraw(context.Background(), gone); err != nil {
		t.Fatal(err)
	}
	d.now = d.now.Add(d.inquiries.Retention)
	var page, json string
	for name, typed := range map[string][2]string{
		"Unknown": {otherThan(reference), pin}, "WrongPIN": {reference, wrongPIN(pin)}, "Expired": {gone, gonePIN}, "ExpiredWrongPIN": {gone, wrongPIN(gonePIN)},
		"LettersOfNoReference": {"AEIO-UUUU", pin},
	} {
		t.Run(name, func(t *testing.T) {
			before := meter.Read()
			same := strings.NewReplacer(typed[0], "REFERENCE")
			gotPage := same.Replace(answered(t, d.follow(typed[0], typed[1])))
			gotJSON := answered(t, d.json("POST", "/v1/inquiries/search", `{"reference":"`+typed[0]+`","pin":"`+typed[1]+`"}`))
			if page == "" {
				page, json = gotPage, gotJSON
			}
			if gotPage != page || gotJSON != json {
				t.Errorf("got\n%s\n%s\nnot\n%s\n%s", gotPage, gotJSON, page, json)
			}
			if after := meter.Read(); after.RRU-before.RRU != 2 || after.WRU != before.WRU {
				t.Errorf("two look-ups took %+v after %+v", after, before)
			}
		})
	}
	for _, want := range []string{"404 Not Found", "We find no request with this reference and PIN", `value="REFERENCE"`} {
		if !strings.Contains(page, want) {
			t.Errorf("the page lacks %q: %s", want, page)
		}
	}
	if strings.Contains(page, pin) {
		t.Error("the page has the PIN that was typed")
	}
	if w := d.follow(reference, pin); w.Code != http.StatusOK {
		t.Errorf("the right one: %d", w.Code)
	}
}

func wrongPIN(pin string) string {
	if pin == "000000" {
		return "000001"
	}
	return "000000"
}

func TestFollowIsThrottled(t *testing.T) {
	from := func(d *desk, address, reference, pin string) int {
		r := httptest.NewRequest("POST", "/v1/inquiries/search", strings.NewReader(`{"reference":"`+reference+`","pin":"`+pin+`"}`))
		r.Header.Set("Content-Type", "application/json")
		r.RemoteAddr = address + ":1"
		w := httptest.NewRecorder()
		d.ServeHTTP(w, r)
		return w.Code
	}
	t.Run("AReference", func(t *testing.T) {
		d := newDesk(t)
		reference, pin := given(t, d.post("/ask", wish()))
		other, otherPIN := given(t, d.post("/ask", with(wish(), "key", "other")))
		visit := d.follow(other, otherPIN)
		for n := range followsPerReference {
			if code := from(d, "192.0.2."+string(rune('1'+n%9)), strings.ToLower(reference), wrongPIN(pin)); code != http.StatusNotFound {
				t.Fatalf("try %d: %d", n, code)
			}
		}
		for _, typed := range []string{reference, strings.ReplaceAll(reference, "-", "")} {
			if code := from(d, "192.0.2.99", typed, pin); code != http.StatusTooManyRequests {
				t.Errorf("the right PIN after that: %d", code)
			}
		}
		if w := d.follow(reference, pin); w.Code != http.StatusTooManyRequests || !strings.Contains(w.Body.String(), "1-855-488-6423") {
			t.Errorf("the page: %d", w.Code)
		}
		if code := from(d, "192.0.2.99", other, otherPIN); code != http.StatusOK {
			t.Errorf("another request: %d", code)
		}
		for range followsPerReference + 1 { // what follows on the page is no try
			if visit = d.next(t, visit, "step", "show"); visit.Code != http.StatusOK {
				t.Fatalf("its page: %d", visit.Code)
			}
		}
		d.now = d.now.Add(24 * time.Hour)
		if code := from(d, "192.0.2.99", reference, pin); code != http.StatusOK {
			t.Errorf("a day later: %d", code)
		}
	})
	t.Run("AReferenceThatThereIsNot", func(t *testing.T) {
		d := newDesk(t)
		for range followsPerReference {
			from(d, "192.0.2.1", "K7P4-QDX2", "123456")
		}
		if code := from(d, "192.0.2.2", "K7P4-QDX2", "123456"); code != http.StatusTooManyRequests {
			t.Errorf("%d", code)
		}
	})
	t.Run("AnAddress", func(t *testing.T) {
		d := newDesk(t)
		reference, pin := given(t, d.post("/ask", wish()))
		for n := range followsPerAddress {
			from(d, "192.0.2.1", "K7P4-QD"+string(rune('A'+n%26))+string(rune('A'+n/26)), "123456")
		}
		if code := from(d, "192.0.2.1", reference, pin); code != http.StatusTooManyRequests {
			t.Errorf("%d", code)
		}
		if code := from(d, "192.0.2.2", reference, pin); code != http.StatusOK {
			t.Errorf("another address: %d", code)
		}
	})
	t.Run("AllTogether", func(t *testing.T) {
		d := newDesk(t)
		reference, pin := given(t, d.post("/ask", wish()))
		for range followsPerHour {
			if err := d.store.Limits.Take(context.Background(), "follow/all", followsPerHour, time.Hour); err != nil {
				t.Fatal(err)
			}
		}
		if code := from(d, "192.0.2.1", reference, pin); code != http.StatusTooManyRequests {
			t.Errorf("%d", code)
		}
	})
	t.Run("WhatIsNoReferenceCostsNoTry", func(t *testing.T) {
		d := newDesk(t)
		for range followsPerAddress + 1 {
			if code := from(d, "192.0.2.1", "K7P4", "12"); code != http.StatusBadRequest {
				t.Fatalf("%d", code)
			}
		}
	})
}

func TestFollowChanges(t *testing.T) {
	ctx := context.Background()
	begin := func(t *testing.T, pairs ...string) (*desk, string, *httptest.ResponseRecorder) {
		d := newDesk(t)
		reference, pin := given(t, d.post("/ask", with(wish(), pairs...)))
		return d, reference, d.follow(reference, pin)
	}
	t.Run("Withdraw", func(t *testing.T) {
		d, reference, page := begin(t)
		sure := d.next(t, page, "step", "withdraw")
		says(t, sure, http.StatusOK, "Take the request back?")
		if d.inquiry(t, reference).State == inquiry.Resolved {
			t.Fatal("it was withdrawn before anybody was sure")
		}
		done := d.next(t, sure, "step", "withdraw", "sure", "yes")
		says(t, done, http.StatusOK, "Nobody will contact you about it.", "Your request was taken back and is closed.")
		if i := d.inquiry(t, reference); i.Outcome != inquiry.Withdrawn || i.State != inquiry.Resolved {
			t.Errorf("%+v", i)
		}
		again := d.next(t, sure, "step", "withdraw", "sure", "yes")
		says(t, again, http.StatusOK, "Your request was taken back and is closed.")
		if strings.Contains(again.Body.String(), "step\" value=\"reach") {
			t.Error("it can still be changed")
		}
	})
	t.Run("ResolvedMeanwhileItStaysSo", func(t *testing.T) {
		d, reference, page := begin(t)
		if _, err := d.inquiries.Resolve(ctx, reference, 0, sofia, inquiry.Answered, ""); err != nil {
			t.Fatal(err)
		}
		for _, step := range []string{"withdraw", "reach"} {
			says(t, d.next(t, page, "step", step, "sure", "yes", "phone", "202 555 0177"), http.StatusOK, "Your request was answered and is closed.")
			says(t, d.next(t, page, "step", step), http.StatusOK, "Your request was answered and is closed.")
		}
		if i := d.inquiry(t, reference); i.Outcome != inquiry.Answered || i.PhoneHash != optout.Hash(d.store.Keys, "+12025550143") {
			t.Errorf("%+v", i)
		}
	})
	t.Run("Reach", func(t *testing.T) {
		d, reference, page := begin(t)
		form := d.next(t, page, "step", "reach")
		says(t, form, http.StatusOK, "ending in 43", "A***@Example.org", `name="may_text" value="yes" checked`, "we do not show here the name")
		for _, secret := range []string{"Ana", "noon", "Thursday", "5550143", "555-0143"} {
			if strings.Contains(form.Body.String(), secret) {
				t.Errorf("the form shows %q", secret)
			}
		}
		done := d.next(t, form, "step", "reach", "sure", "yes", "phone", "(202) 555-0177", "may_voicemail", "yes", "hours", "after 5", "end_email", "yes")
		says(t, done, http.StatusOK, "Your changes are saved.", "You changed how we reach you.")
		i := d.inquiry(t, reference)
		c, err := d.inquiries.Contact(context.Background(), i)
		if want := (inquiry.Contact{Name: "Ana", Phone: "+12025550177", MayVoicemail: true, Hours: "after 5", Note: "never on Thursdays"}); err != nil || c != want || i.MayText {
			t.Errorf("%+v, %v", c, err)
		}
		if i.PhoneHash != optout.Hash(d.store.Keys, "+12025550177") {
			t.Error("it is not found by its phone")
		}
	})
	t.Run("TextsOnly", func(t *testing.T) {
		d, reference, page := begin(t)
		d.next(t, page, "step", "reach", "sure", "yes")
		if i := d.inquiry(t, reference); i.MayText || i.PhoneHash == "" {
			t.Errorf("%+v", i)
		}
		d.next(t, page, "step", "reach", "sure", "yes", "may_text", "yes")
		if i := d.inquiry(t, reference); !i.MayText {
			t.Errorf("%+v", i)
		}
	})
	t.Run("ReachWithNothing", func(t *testing.T) {
		d, reference, page := begin(t, "email", "", "reason", "alerts")
		w := d.next(t, page, "step", "reach", "sure", "yes", "end_phone", "yes", "may_text", "yes", "hours", "mornings")
		says(t, w, http.StatusBadRequest, "Give a phone number or an e-mail address", `name="end_phone" value="yes" checked`, `value="mornings"`)
		if i := d.inquiry(t, reference); i.PhoneHash == "" {
			t.Error("it was changed")
		}
		d, reference, page = begin(t, "email", "")
		says(t, d.next(t, page, "step", "reach", "sure", "yes", "end_phone", "yes", "may_text", "yes"), http.StatusOK, "Your changes are saved.")
		if i := d.inquiry(t, reference); i.PhoneHash != "" || i.MayText {
			t.Errorf("%+v", i)
		}
	})
	t.Run("ErrReach", func(t *testing.T) {
		d, _, page := begin(t)
		w := d.next(t, page, "step", "reach", "sure", "yes", "phone", "12", "email", "x")
		says(t, w, http.StatusBadRequest, `href="#phone"`, `href="#email"`, `value="12"`)
		says(t, d.next(t, w, "step", "reach", "typed", "yes", "phone", "12", "lang", "es"), http.StatusOK, `value="12"`, "teléfono")
	})
	t.Run("Forget", func(t *testing.T) {
		d, reference, page := begin(t)
		sure := d.next(t, page, "step", "forget")
		says(t, sure, http.StatusOK, "Delete the request?")
		says(t, d.next(t, sure, "step", "forget", "sure", "yes"), http.StatusOK, "Your request is deleted")
		if _, err := d.inquiries.Get(ctx, reference); err == nil {
			t.Error("it is there")
		}
		for _, step := range []string{"show", "forget", "withdraw", "reach"} {
			says(t, d.next(t, sure, "step", step, "sure", "yes"), http.StatusGone, "Enter your reference again")
		}
	})
	t.Run("ErrHeld", func(t *testing.T) {
		d, reference, page := begin(t)
		if _, err := d.inquiries.Hold(ctx, reference, sofia, true, "a court asks"); err != nil {
			t.Fatal(err)
		}
		w := d.next(t, page, "step", "forget", "sure", "yes")
		says(t, w, http.StatusOK, "We have to keep this request for now", "It was not deleted")
		if strings.Contains(w.Body.String(), "court") || d.inquiry(t, reference).Reference == "" {
			t.Error("it says why, or is gone")
		}
	})
	t.Run("ErrOver", func(t *testing.T) {
		d, reference, page := begin(t)
		d.now = d.now.Add(secret.VisitIdle)
		for _, step := range []string{"show", "forget", "withdraw", "reach"} {
			says(t, d.next(t, page, "step", step, "sure", "yes"), http.StatusGone, "Enter your reference again")
		}
		says(t, d.post("/follow", url.Values{"step": {"forget"}, "sure": {"yes"}, "visit": {reference}}), http.StatusGone)
		if d.inquiry(t, reference).State == inquiry.Resolved {
			t.Error("it was changed")
		}
	})
	t.Run("ErrFromAnotherSite", func(t *testing.T) {
		d, reference, page := begin(t)
		for _, step := range []string{"forget", "withdraw", "reach"} {
			form := url.Values{"visit": {hidden(t, page.Body.String(), "visit")}, "step": {step}, "sure": {"yes"}, "phone": {"202 555 0177"}}
			if w := d.ask("POST", "/follow", "application/x-www-form-urlencoded", form.Encode(), "Sec-Fetch-Site", "cross-site"); w.Code != http.StatusForbidden {
				t.Errorf("%s: %d", step, w.Code)
			}
		}
		if i := d.inquiry(t, reference); i.Version != 1 {
			t.Errorf("%+v", i)
		}
	})
}

func TestFollowForm(t *testing.T) {
	d := newDesk(t)
	for _, lang := range []string{"en", "es"} {
		says(t, d.ask("GET", "/follow?lang="+lang, "", ""), http.StatusOK)
		says(t, d.ask("GET", "/ask?lang="+lang, "", ""), http.StatusOK)
		says(t, d.post("/follow", url.Values{"lang": {lang}}), http.StatusBadRequest, `href="#reference"`, `href="#pin"`)
		says(t, d.post("/follow", url.Values{"reference": {"K7P4"}, "pin": {"12"}, "lang": {lang}}), http.StatusBadRequest, `href="#reference"`, `value="K7P4"`)
		for _, reason := range inquiry.Asked() {
			says(t, d.post("/ask", url.Values{"reason": {string(reason)}, "lang": {lang}}), http.StatusOK)
		}
	}
	if w := d.ask("GET", "/follow?reference=K7P4-QDX2&pin=123456", "", ""); strings.Contains(w.Body.String(), "K7P4-QDX2\"") || strings.Contains(w.Body.String(), "123456") {
		t.Error("the address is read")
	}
}
