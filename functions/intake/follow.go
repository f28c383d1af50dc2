package main

import (
	"errors"
	"net/http"
	"strings"
	"time"

	"voice.example/shared/inquiry"
	"voice.example/shared/secret"
	"voice.example/shared/web"
)

// How often it may be tried to follow a request: one reference in a day, from one network address in an hour, and all in an hour.
// Whoever has seen a reference has twenty of a million PINs a day. What follows on the page that a reference opened, as a change
// of the language, is no try.
const (
	followsPerReference = 20
	followsPerAddress   = 60
	followsPerHour      = 2000
)

// find is the inquiry of a reference and a PIN as they were typed. Unknown, wrong and forgotten are all inquiry.ErrNotFound,
// with the same work done: each is counted alike, and read alike.
func (h *handler) find(r *http.Request, reference, pin string) (inquiry.Inquiry, error) {
	var check web.Check
	code, ok := secret.ParseReference(reference)
	switch {
	case strings.TrimSpace(reference) == "":
		check.Add("reference", "reference.missing")
	case !ok:
		check.Add("reference", "reference.shape")
	}
	pin = strings.NewReplacer(" ", "", "-", "", "\u00a0", "").Replace(pin)
	switch {
	case pin == "":
		check.Add("pin", "pin.missing")
	case len(pin) != 6 || strings.Trim(pin, "0123456789") != "":
		check.Add("pin", "pin.shape")
	}
	if err := check.Err(); err != nil {
		return inquiry.Inquiry{}, err
	}
	keys, limits := h.store.Keys, h.store.Limits
	if err := limits.Take(r.Context(), "follow/from/"+keys.Hash("address", web.Source(r)), followsPerAddress, time.Hour); err != nil {
		return inquiry.Inquiry{}, err
	}
	if err := limits.Take(r.Context(), "follow/of/"+keys.Hash("follow", code), followsPerReference, 24*time.Hour); err != nil {
		return inquiry.Inquiry{}, err
	}
	if err := limits.Take(r.Context(), "follow/all", followsPerHour, time.Hour); err != nil {
		return inquiry.Inquiry{}, err
	}
	return h.inquiries.Follow(r.Context(), code, pin)
}

// showFollow answers GET /follow.
func (h *handler) showFollow(w http.ResponseWriter, r *http.Request) error {
	web.Outcome(r.Context(), "follow_form")
	page := followPage(r, nil)
	page.Listed = true
	return h.Render(w, r, page)
}

func followPage(r *http.Request, form web.Form) web.Page {
	return web.Page{Template: "follow", Title: web.Language(r).Text("follow.title", nil), Form: form}
}

// takeFollow answers POST /follow. Without a step it is a reference and a PIN; with one it comes from a page that these
// opened, and carries the token of the visit in their place: "show", "withdraw", "reach" and "forget".
func (h *handler) takeFollow(w http.ResponseWriter, r *http.Request) error {
	form, err := web.DecodeForm(r, append([]string{"reference", "pin", "step", "visit", "sure", "typed", "end_phone", "end_email"}, reachFields...)...)
	if err != nil {
		return err
	}
	if form["step"] != "" {
		return h.takeVisit(w, r, form)
	}
	page := followPage(r, web.Form{"reference": form["reference"]})
	if err := h.CheckForm(r, form); err != nil {
		return h.RenderForm(w, r, page, err)
	}
	i, err := h.find(r, form["reference"], form["pin"])
	if errors.Is(err, inquiry.ErrNotFound) {
		page.Status, page.Problems = http.StatusNotFound, []web.Field{{Name: "reference", Problem: "follow.unknown"}}
		web.Outcome(r.Context(), "follow_unknown")
		return h.Render(w, r, page)
	}
	if err != nil {
		return h.RenderForm(w, r, page, err)
	}
	return h.renderRequest(w, r, i, h.inquiries.Begin(i), "")
}

// followed is the page of one request.
type followed struct {
	Visit     string
	Inquiry   inquiry.Inquiry
	Steps     []step
	Stands    string // how it stands: the last part of a message's id
	Due       string // until when somebody is to be in contact; "" when somebody was
	Number    string // of those who answer what we do not
	Note      string // what was just done, the last part of a message's id
	Closed    bool
	Reachable bool
	Can       []string // the steps that may be taken
}

// renderRequest shows a request, and lets the visit go on.
func (h *handler) renderRequest(w http.ResponseWriter, r *http.Request, i inquiry.Inquiry, visit secret.Visit, note string) error {
	steps, err := h.steps(r.Context(), i)
	if err != nil {
		return err
	}
	data := followed{Visit: h.inquiries.VisitToken(visit), Inquiry: i, Steps: steps, Stands: stands(i), Note: note, Closed: i.State == inquiry.Resolved,
		Reachable: i.SealedContact != "", Can: []string{"reach", "withdraw", "forget"}}
	if data.Closed {
		data.Can = []string{"forget"}
	}
	if !data.Closed && i.FirstContactAt == nil && i.InTime(h.store.Now()) {
		data.Due = h.dueBy(r, i)
	}
	if i.Reason.OffTopic() {
		data.Number = h.elsewhere(i.Reason)
	}
	web.Outcome(r.Context(), strings.TrimSuffix("followed_"+note, "_"))
	return h.Render(w, r, web.Page{
		Template: "follow_request", Title: web.Language(r).Text("follow.request.title", nil), Data: data,
		Repeat: web.Form{"visit": data.Visit, "step": "show"}, SwitchTo: "/follow",
	})
}

// stands says how a request stands, in one word.
func stands(i inquiry.Inquiry) string {
	switch {
	case i.State == inquiry.Resolved:
		return string(i.Outcome)
	case i.FirstContactAt != nil:
		return "contacted"
	}
	return string(i.State)
}

// visited opens the visit of a form and reads its request anew. Where either is gone, nothing is left to show: then it is
// false, and answered.
func (h *handler) visited(w http.ResponseWriter, r *http.Request, form web.Form) (inquiry.Inquiry, secret.Visit, bool, error) {
	visit, err := h.inquiries.OpenVisit(form["visit"])
	if err != nil {
		return inquiry.Inquiry{}, visit, false, h.renderFollowOver(w, r)
	}
	i, err := h.inquiries.Get(r.Context(), visit.Of)
	if errors.Is(err, inquiry.ErrNotFound) {
		return i, visit, false, h.renderFollowOver(w, r)
	}
	return i, visit, err == nil, err
}

// renderFollowOver says that the reference and the PIN are to be entered anew.
func (h *handler) renderFollowOver(w http.ResponseWriter, r *http.Request) error {
	web.Outcome(r.Context(), "follow_over")
	return h.Render(w, r, web.Page{
		Template: "follow_over", Status: http.StatusGone, Title: web.Language(r).Text("follow.over.title", nil), SwitchTo: "/follow",
	})
}
