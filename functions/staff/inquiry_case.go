package main

import (
	"net/http"
	"strings"

	"voice.example/shared/audit"
	"voice.example/shared/inquiry"
	"voice.example/shared/staff"
	"voice.example/shared/web"
)

// actCase answers POST /staff/inquiries/{reference}/{act}. Some words show something: view an inquiry, to whoever has said why
// they look; hand-over to whom it can go; related what else came from the same phone. All others change it. What was typed is
// there again when the change was not made.
func (h *handler) actCase(w http.ResponseWriter, r *http.Request, who staff.Identity) error {
	form, err := web.DecodeForm(r, "seen", "text", "outcome", "role", "office", "person", "usual", "phone")
	if err != nil {
		return err
	}
	if err := h.CheckForm(r, form); err != nil {
		return err
	}
	switch r.PathValue("act") {
	case "view":
		return h.viewCase(w, r, who, form)
	case "hand-over":
		return h.showHandOver(w, r, who, form, nil)
	case "related":
		return h.showRelated(w, r, who, form["phone"])
	}
	o := order{Seen: wholeNumber(form["seen"]), Text: form["text"], Outcome: inquiry.Outcome(form["outcome"]), Role: staff.Role(form["role"]),
		Office: form["office"], Person: strings.ToLower(strings.TrimSpace(form["person"]))}
	i, err := h.carryOut(r, who, o)
	if err != nil {
		switch {
		case isFields(err) && r.PathValue("act") == "refer":
			return h.showHandOver(w, r, who, form, err)
		case problemWords(err) == "" && !isFields(err):
			return err
		}
		now, readErr := h.read(r, who)
		if readErr != nil {
			return readErr
		}
		return h.renderCase(w, r, who, now, "", form, err)
	}
	if !i.MayRead(who) { // handed to another office
		redirect(w, "/staff/queue")
		return nil
	}
	redirect(w, "/staff/inquiries/"+i.Reference)
	return nil
}

// viewCase shows an inquiry of others to whoever says why they look.
func (h *handler) viewCase(w http.ResponseWriter, r *http.Request, who staff.Identity, form web.Form) error {
	i, err := h.read(r, who)
	if err != nil {
		return err
	}
	if why := whyInWords(form["usual"], form["text"]); why != "" {
		return h.renderCase(w, r, who, i, why, nil, nil)
	}
	return h.RenderForm(w, r, h.askWhy(i, form), said("text", "Choose why you look, or say it in ten characters or more."))
}

// handOverPage is to whom an inquiry can be handed.
type handOverPage struct {
	summary
	Why     string
	Roles   []web.Option
	Offices []web.Option
	People  []web.Option
}

// showHandOver shows to whom an inquiry can go: three calls, with the session's and the inquiry's. It shows nothing of whoever
// asked, so it is no view.
func (h *handler) showHandOver(w http.ResponseWriter, r *http.Request, who staff.Identity, form web.Form, problem error) error {
	i, err := h.read(r, who)
	if err != nil {
		return err
	}
	d, err := h.directory.Read(r.Context())
	if err != nil {
		return err
	}
	if form["seen"] == "" {
		return &web.Error{Code: web.Malformed}
	}
	page := handOverPage{summary: h.summarize(i), Why: reasonWords[i.Reason], Roles: roleOptions(), People: []web.Option{{Words: "Whoever is there, by role"}},
		Offices: []web.Option{{Words: "The one of the caller’s county"}}}
	for _, o := range d.Offices {
		page.Offices = append(page.Offices, web.Option{Value: o.Code, Words: o.Name})
	}
	today := h.directory.Today()
	for _, p := range d.People {
		if p.Email == i.Assignee {
			continue
		}
		words := p.Name + ", " + roleWords[p.Role] + ", " + p.Office
		if p.Away(today) {
			words += ", " + away(p, today)
		}
		page.People = append(page.People, web.Option{Value: p.Email, Words: words})
	}
	answer := web.Page{Template: "case_hand_over", Title: "Hand a request over", Form: form, Data: page}
	if problem != nil {
		return h.RenderForm(w, r, answer, problem)
	}
	web.Outcome(r.Context(), "hand_over_form")
	return h.Render(w, r, answer)
}

// relatedPage is what else came from the phone of an inquiry.
type relatedPage struct {
	Reference string
	Rows      []relatedRow
	Others    int // those of other offices, of which nothing is shown
}

type relatedRow struct {
	inquiry.Inquiry
	Why   string
	Badge badge
}

// mostRelated is how many inquiries of one phone are shown.
const mostRelated = 25

// relatedSeal is the purpose under which a case's page names the phone whose other inquiries somebody may ask for: who has seen
// the page need not have the inquiry read again.
const relatedSeal = "staff/related"

func (h *handler) relatedPhone(who staff.Identity, i inquiry.Inquiry) string {
	if i.PhoneHash == "" {
		return ""
	}
	return h.keys.Seal(relatedSeal, who.Subject+" "+i.Reference+" "+i.PhoneHash)
}

// showRelated lists the other inquiries of the same phone, after that is written down.
func (h *handler) showRelated(w http.ResponseWriter, r *http.Request, who staff.Identity, sealed string) error {
	text, err := h.keys.Open(relatedSeal, sealed)
	hash, ours := strings.CutPrefix(text, who.Subject+" "+r.PathValue("reference")+" ")
	if err != nil || !ours {
		return &web.Error{Code: web.NotFound}
	}
	i := inquiry.Inquiry{Reference: r.PathValue("reference"), PhoneHash: hash}
	if err := h.note(r.Context(), who, audit.Entry{Subject: audit.Inquiry(i.Reference), Action: audit.Viewed, What: "what else came from its phone"}, ""); err != nil {
		return err
	}
	page := relatedPage{Reference: i.Reference}
	if page.Rows, page.Others, err = h.related(r, who, i); err != nil {
		return err
	}
	web.Outcome(r.Context(), "related")
	return h.Render(w, r, web.Page{Template: "case_related", Title: "Other requests of this phone", Data: page})
}

// related are the other inquiries of an inquiry's phone that somebody may read, the latest first, and how many others there are.
func (h *handler) related(r *http.Request, who staff.Identity, of inquiry.Inquiry) (rows []relatedRow, others int, err error) {
	if of.PhoneHash == "" {
		return nil, 0, nil
	}
	all, err := h.inquiries.OfPhone(r.Context(), of.PhoneHash, mostRelated)
	if err != nil {
		return nil, 0, err
	}
	for _, i := range all {
		switch {
		case i.Reference == of.Reference:
		case !i.MayRead(who):
			others++
		default:
			rows = append(rows, relatedRow{i, reasonWords[i.Reason], h.stateBadge(i)})
		}
	}
	return rows, others, nil
}
