package main

import (
	"errors"
	"maps"
	"math"
	"net/http"
	"slices"
	"strconv"
	"time"

	"voice.example/shared/county"
	"voice.example/shared/i18n"
	"voice.example/shared/inquiry"
	"voice.example/shared/limit"
	"voice.example/shared/secret"
	"voice.example/shared/staff"
	"voice.example/shared/web"
)

// askFields are those of the second page. What is not shown of them is not sent.
var askFields = []string{"phone", "may_text", "may_voicemail", "email", "name", "hours", "note", "language", "zip", "state", "county", "a_number",
	"message", "online"}

// showAsk answers GET /ask.
func (h *handler) showAsk(w http.ResponseWriter, r *http.Request) error {
	web.Outcome(r.Context(), "ask_form")
	page := choosePage(r, web.Form{})
	page.Listed = true
	return h.Render(w, r, page)
}

// choosePage asks what somebody needs.
func choosePage(r *http.Request, form web.Form) web.Page {
	if form["key"] == "" {
		form["key"] = secret.NewID() // one form is one request, however often it is sent
	}
	return web.Page{Template: "ask", Title: web.Language(r).Text("ask.title", nil), Form: form, Data: inquiry.Asked()}
}

// takeAsk answers POST /ask by its step: none is a choice of what somebody needs, which others answer or which leads to the
// second page; "form" and "number" show those again, in another language say; "send" sends the request.
func (h *handler) takeAsk(w http.ResponseWriter, r *http.Request) error {
	form, err := web.DecodeLongForm(r, append([]string{"step", "key", "reason"}, askFields...)...)
	if err != nil {
		return err
	}
	reason := inquiry.Reason(form["reason"])
	switch known := slices.Contains(inquiry.Asked(), reason); {
	case !known:
		page := choosePage(r, web.Form{"key": form["key"]})
		return h.RenderForm(w, r, page, &web.Error{Code: web.Invalid, Fields: []web.Field{{Name: "reason", Problem: "reason.missing"}}})
	case reason.OffTopic():
		return h.answerElsewhere(w, r, form, reason)
	case form["step"] != "send":
		web.Outcome(r.Context(), "ask_contact_form")
		return h.Render(w, r, h.contactPage(r, form, reason))
	}
	if err := h.CheckForm(r, form); err != nil {
		return h.RenderForm(w, r, h.contactPage(r, form, reason), err)
	}
	a, err := askedOn(r, form)
	if err != nil {
		return h.RenderForm(w, r, h.contactPage(r, form, reason), err)
	}
	opened, err := h.open(r, form["key"], a)
	if throttled := (*limit.ThrottledError)(nil); errors.As(err, &throttled) {
		return h.renderBusy(w, r, h.contactPage(r, form, reason), throttled)
	}
	if err != nil {
		return h.RenderForm(w, r, h.contactPage(r, form, reason), err)
	}
	web.Outcome(r.Context(), "asked")
	return h.Render(w, r, h.askedPage(r, opened, a))
}

// answerElsewhere gives the number of those who answer, and counts the question.
func (h *handler) answerElsewhere(w http.ResponseWriter, r *http.Request, form web.Form, reason inquiry.Reason) error {
	if form["step"] != "number" {
		if err := h.CheckForm(r, form); err != nil {
			return err
		}
		a, err := question{Reason: reason}.read(r, inquiry.Web)
		if err != nil {
			return err
		}
		h.count(r, form["key"], a)
	}
	return h.Render(w, r, web.Page{
		Template: "ask_number", Title: web.Language(r).Text("ask.number."+string(reason)+".title", nil), Data: numbered{reason, h.elsewhere(reason)},
		Repeat: web.Form{"step": "number", "reason": string(reason)}, SwitchTo: "/ask",
	})
}

// numbered is a question that others answer, and their number.
type numbered struct {
	Reason inquiry.Reason
	Number string
}

// renderBusy shows the form again, with all that was typed, when as many requests were sent as are taken.
func (h *handler) renderBusy(w http.ResponseWriter, r *http.Request, page web.Page, throttled *limit.ThrottledError) error {
	web.Outcome(r.Context(), string(web.Throttled))
	wait := max(1, int(math.Ceil(throttled.RetryAfter.Minutes())))
	w.Header().Set("Retry-After", strconv.Itoa(wait*60))
	page.Status, page.Problems = http.StatusTooManyRequests, []web.Field{{Name: "send", Problem: "ask.busy", Count: wait}}
	return h.Render(w, r, page)
}

// askedOn reads the second page.
func askedOn(r *http.Request, form web.Form) (asking, error) {
	q := question{Reason: inquiry.Reason(form["reason"]), Language: form["language"], Phone: form["phone"], Email: form["email"], ZIP: form["zip"],
		ANumber: form["a_number"], Safe: safeOf(form), Message: form["message"]}
	if form["state"] != "" || form["county"] != "" {
		q.County = form["county"] + ", " + form["state"]
	}
	a, err := q.read(r, inquiry.Web)
	if err != nil {
		return a, err
	}
	var check web.Check
	switch online := form["online"] != "" && onlineWillDo(a.Reason); {
	case online && a.reachable():
		check.Add("phone", "contact.online")
	case !online && !a.reachable(): // it may have been forgotten
		check.Add("phone", "contact.missing_online")
	}
	return a, check.Err()
}

func safeOf(form web.Form) safeContact {
	return safeContact{Name: form["name"], MayText: form["may_text"] != "", MayVoicemail: form["may_voicemail"] != "",
		Hours: form["hours"], Note: form["note"]}
}

// contacted is the page on which somebody says how they are reached.
type contacted struct {
	Reason inquiry.Reason
	Online bool // it can be followed without a way to reach them
	Place  bool // the place says which office it is for, so it is asked for first
	More   bool // what is folded away is to be seen
	States []county.State
}

// contactPage is the second page with what was typed so far. Its language switch takes that along.
func (h *handler) contactPage(r *http.Request, form web.Form, reason inquiry.Reason) web.Page {
	if form["key"] == "" {
		form["key"] = secret.NewID()
	}
	if form["language"] == "" {
		form["language"] = string(web.TextLanguage(r))
	}
	data := contacted{Reason: reason, Online: onlineWillDo(reason), Place: reason.Role() != staff.Operator, States: county.States()}
	data.More = form["note"] != "" || form["a_number"] != "" || form["state"] != "" || form["county"] != "" || !data.Place && form["zip"] != ""
	page := web.Page{Template: "ask_contact", Title: web.Language(r).Text("ask.contact.title", nil), Form: form, Data: data, Repeat: maps.Clone(form.Again())}
	page.Repeat["step"] = "form"
	if _, ok := i18n.ParsePage(form["language"]); ok {
		delete(page.Repeat, "language") // chosen anew, with the page's
	}
	return page
}

// requested is the page that gives the reference and the PIN.
type requested struct {
	Reference, PIN string
	Due            string // until when somebody is to be in contact
	Role           staff.Role
	Reachable      bool
	Contact        inquiry.Contact // as it was given on the page before
}

func (h *handler) askedPage(r *http.Request, i inquiry.Inquiry, a asking) web.Page {
	return web.Page{Template: "asked", Title: web.Language(r).Text("asked.title", nil), NoSwitch: true, Data: requested{
		Reference: i.Reference, PIN: h.inquiries.PIN(i), Due: h.dueBy(r, i), Role: i.Role, Reachable: a.reachable(), Contact: a.contact}}
}

// dueBy says until when somebody is to be in contact.
func (h *handler) dueBy(r *http.Request, i inquiry.Inquiry) string {
	at, err := time.Parse(time.RFC3339, i.DueBy)
	if err != nil {
		return ""
	}
	return web.Language(r).DateTime(at.In(h.Zone))
}
