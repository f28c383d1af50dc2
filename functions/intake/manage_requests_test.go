package main

import (
	"context"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strconv"
	"strings"
	"testing"

	"voice.example/shared/audit"
	"voice.example/shared/inquiry"
	"voice.example/shared/optout"
	"voice.example/shared/staff"
	"voice.example/shared/web/webtest"
)

func TestManageRequests(t *testing.T) {
	ctx := context.Background()
	t.Run("APhoneThatOnlyAskedGetsACode", func(t *testing.T) {
		d := newDesk(t)
		reference, _ := given(t, d.post("/ask", wish()))
		list := d.visited(t, manageNumber)
		for _, want := range []string{"Alguien con quien hablar cerca de usted", "Referencia " + reference, "Este teléfono no tiene avisos ahora"} {
			if list := d.post("/manage/alerts", url.Values{"visit": {hidden(t, list, "visit")}, "lang": {"es"}}).Body.String(); !strings.Contains(list, want) {
				t.Errorf("the list lacks %q", want)
			}
		}
		if !strings.Contains(d.texts[0], "su codigo") {
			t.Errorf("the text is not in the language that was chosen: %s", d.texts[0])
		}
	})
	t.Run("OneThatMayNotBeTextedGetsNone", func(t *testing.T) {
		d := newDesk(t)
		given(t, d.post("/ask", with(wish(), "may_text", "")))
		if w := d.post("/manage", url.Values{"phone": {manageNumber}}); w.Code != http.StatusOK || len(d.texts) != 0 {
			t.Errorf("got %d, and %d texts", w.Code, len(d.texts))
		}
	})
	t.Run("OpensARequestWithoutItsPIN", func(t *testing.T) {
		d := newDesk(t)
		reference, _ := given(t, d.post("/ask", wish()))
		page := d.visited(t, manageNumber)
		_, of, _ := strings.Cut(page, `action="/follow"`)
		w := d.post("/follow", url.Values{"visit": {hidden(t, of, "visit")}, "step": {"show"}, "lang": {"en"}})
		says(t, w, http.StatusOK, "We have your request. Nobody has started on it yet.")
		if w := d.post("/manage/delete", url.Values{"visit": {hidden(t, of, "visit")}, "sure": {"yes"}}); w.Code != http.StatusGone || d.inquiry(t, reference).Reference == "" {
			t.Errorf("the visit of a request is one of the phone: %d", w.Code)
		}
		if w := d.post("/follow", url.Values{"visit": {hidden(t, page, "visit")}, "step": {"show"}}); w.Code != http.StatusGone {
			t.Errorf("the visit of the phone is one of a request: %d", w.Code)
		}
	})
	t.Run("ListsTheLatest", func(t *testing.T) {
		d := newDesk(t)
		d.subscribed(t, manageNumber, "012345678")
		for n := range maxRequests + 2 {
			i := inquiry.Inquiry{Reason: inquiry.Other, Language: "en", PhoneHash: optout.Hash(d.store.Keys, "+12025550143")}
			if _, _, err := d.inquiries.Open(ctx, strconv.Itoa(n), i, staff.Identity{}); err != nil {
				t.Fatal(err)
			}
		}
		list := d.visited(t, manageNumber)
		if strings.Count(list, "See this request") != maxRequests || !strings.Contains(list, "more requests than fit") {
			t.Errorf("%d are listed", strings.Count(list, "See this request"))
		}
	})
	// both have a phone with an alert, a request, and another under legal hold.
	both := func(t *testing.T) (d *desk, reference, held, sure string) {
		d = newDesk(t)
		d.subscribed(t, manageNumber, "012345678")
		reference, _ = given(t, d.post("/ask", wish()))
		held, _ = given(t, d.post("/ask", with(wish(), "key", "held")))
		if _, err := d.inquiries.Hold(ctx, held, sofia, true, "a court asks"); err != nil {
			t.Fatal(err)
		}
		w := d.post("/manage/delete", url.Values{"visit": {hidden(t, d.visited(t, manageNumber), "visit")}, "lang": {"en"}})
		says(t, w, http.StatusOK, "Your requests with this phone")
		return d, reference, held, w.Body.String()
	}
	submit := func(t *testing.T, d *desk, sure string) *httptest.ResponseRecorder {
		return d.post("/manage/delete", url.Values{"visit": {hidden(t, sure, "visit")}, "sure": {"yes"}, "lang": {"en"}})
	}
	t.Run("DeletesThemToo", func(t *testing.T) {
		d, reference, held, sure := both(t)
		says(t, submit(t, d, sure), http.StatusOK, "The law has us keep some of your requests")
		if _, err := d.inquiries.Get(ctx, reference); err == nil {
			t.Error("it is there")
		}
		if i := d.inquiry(t, held); i.PhoneHash == "" {
			t.Error("what a court wants is gone")
		}
		if len(d.list(t, sure)) != 0 {
			t.Error("the alerts are there")
		}
		for _, subject := range []string{audit.Phone(optout.Hash(d.store.Keys, "+12025550143")), audit.Inquiry(reference), audit.Inquiry(held)} {
			page, err := d.audit.Of(ctx, subject, 10, "")
			if err != nil || len(page.Entries) != 1 || page.Entries[0].Actor != audit.Holder || page.Entries[0].Action != audit.Deleted {
				t.Errorf("%s: %+v, %v", subject, page, err)
			}
		}
	})
	t.Run("NothingIsSaidOfAHoldThatThereIsNot", func(t *testing.T) {
		d := newDesk(t)
		given(t, d.post("/ask", wish()))
		sure := d.post("/manage/delete", url.Values{"visit": {hidden(t, d.visited(t, manageNumber), "visit")}, "lang": {"en"}}).Body.String()
		w := submit(t, d, sure)
		webtest.Page(t, w)
		if strings.Contains(w.Body.String(), "The law") {
			t.Errorf("got %s", w.Body)
		}
	})
	t.Run("NothingIsDeletedThatCannotBeAudited", func(t *testing.T) {
		d, reference, _, sure := both(t)
		d.audit.Name = "no-such-table"
		if w := submit(t, d, sure); w.Code != http.StatusInternalServerError {
			t.Errorf("got %d", w.Code)
		}
		if d.inquiry(t, reference).Reference == "" || len(d.list(t, sure)) != 1 {
			t.Error("it is gone")
		}
		alone := newDesk(t)
		alone.subscribed(t, manageNumber, "012345678")
		list := alone.visited(t, manageNumber)
		alone.audit.Name = "no-such-table"
		if w := submit(t, alone, list); w.Code != http.StatusInternalServerError || len(alone.list(t, list)) != 1 {
			t.Errorf("a phone with alerts only: %d", w.Code)
		}
		_, pin := given(t, d.post("/ask", wish()))
		page := d.follow(reference, pin)
		if w := d.next(t, page, "step", "forget", "sure", "yes"); w.Code != http.StatusInternalServerError || d.inquiry(t, reference).Reference == "" {
			t.Errorf("got %d", w.Code)
		}
	})
}
