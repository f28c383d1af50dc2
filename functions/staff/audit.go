package main

import (
	"context"
	"errors"
	"net/http"
	"regexp"
	"strings"
	"time"
	"unicode/utf8"

	"voice.example/shared/audit"
	"voice.example/shared/custody"
	"voice.example/shared/numbering"
	"voice.example/shared/optout"
	"voice.example/shared/secret"
	"voice.example/shared/staff"
	"voice.example/shared/web"
)

// routeAudit routes the audit: JSON and pages. That somebody looks into it is written into it.
func (h *handler) routeAudit() {
	h.Handle("POST", "/v1/staff/audit/search", audited(h.allowed(staff.ReadAudit, h.searchAudit)))
	h.Handle("GET", "/staff/audit", h.page(staff.ReadAudit, h.showAuditForm))
	h.Handle("POST", "/staff/audit", audited(h.page(staff.ReadAudit, h.showAudit)))
}

// Of what somebody may want to know who has seen or changed it; or, byActor, what somebody has seen and changed.
const (
	byANumber = "a_number"
	byInquiry = "inquiry"
	byUpload  = "upload"
	byPhone   = "phone"
	byActor   = "actor"   // a work e-mail address, the subject of somebody of the staff, or holder or service
	bySubject = "subject" // as an entry names it
)

// lookup is what is looked for in the audit.
type lookup struct {
	by, of, after, why string
}

// place is where the entries are that a lookup is for: those about a subject, or those of an actor. An error names the field
// in which the thing was typed.
func (h *handler) place(l lookup, field string) (subject, actor string, err error) {
	switch l.by {
	case byANumber:
		a, err := custody.ParseANumber(l.of)
		if err != nil {
			return "", "", said(field, "An A-number has seven to nine digits.")
		}
		return audit.Person(h.keys, string(a)), "", nil
	case byInquiry:
		reference, ok := secret.ParseReference(l.of)
		if !ok {
			return "", "", said(field, "A reference has eight letters and digits, such as K7P4-QDX2.")
		}
		return audit.Inquiry(reference), "", nil
	case byUpload:
		if !uploadShape.MatchString(l.of) {
			return "", "", said(field, "An upload has letters and digits, as the list of uploads shows them.")
		}
		return audit.Upload(l.of), "", nil
	case byPhone:
		n, err := numbering.ParseToCall(l.of)
		if err != nil {
			return "", "", said(field, "That is no phone number.")
		}
		return audit.Phone(optout.Hash(h.keys, n)), "", nil
	case byActor:
		if l.of == "" || len(l.of) > maxActor || strings.ContainsAny(l.of, " \t\n") {
			return "", "", said(field, "Write their address at work, or the subject that an entry names.")
		}
		return "", l.of, nil
	case bySubject:
		if !audit.IsSubject(l.of) {
			return "", "", said(field, "No entry is about that.")
		}
		return l.of, "", nil
	}
	return "", "", said("by", "Choose what you want to know of.")
}

// uploadShape is how the ids of uploads look.
var uploadShape = regexp.MustCompile(`^[0-9a-z-]{1,64}$`)

// maxActor is how long the name of somebody of the staff may be: of an address, or of a subject of the provider's.
const maxActor = 254

// lookInto reads a page of the audit, after it is written down who looks, for what and why.
func (h *handler) lookInto(r *http.Request, who staff.Identity, l lookup, field string) (audit.Page, error) {
	subject, actor, err := h.place(l, field)
	if err != nil {
		return audit.Page{}, err
	}
	switch n := utf8.RuneCountInString(l.why); {
	case n < minWhy:
		return audit.Page{}, said("why", "Say in ten characters or more why you look.")
	case n > maxWhy:
		return audit.Page{}, invalid("why", "why.long")
	}
	e := audit.Entry{Subject: audit.Audits, Action: audit.Searched, What: "the audit of " + subject}
	if actor != "" {
		e.What = "what " + actor + " has seen and changed"
	}
	if err := h.note(r.Context(), who, e, l.why); err != nil {
		return audit.Page{}, err
	}
	var page audit.Page
	if actor != "" {
		page, err = h.audit.By(r.Context(), actor, usualLimit, l.after)
	} else {
		page, err = h.audit.Of(r.Context(), subject, usualLimit, l.after)
	}
	if errors.Is(err, audit.ErrAfter) {
		err = invalid("after", "after.unknown")
	}
	return page, err
}

// auditEntry is an entry as the API tells of it.
type auditEntry struct {
	At        time.Time    `json:"at"`
	Subject   string       `json:"subject"`
	Actor     string       `json:"actor"`
	ActorName string       `json:"actor_name,omitempty"`
	Email     string       `json:"email,omitempty"`
	Roles     []staff.Role `json:"roles,omitempty"`
	Action    audit.Action `json:"action"`
	What      string       `json:"what"`
	Why       string       `json:"why,omitempty"`
	RequestID string       `json:"request_id,omitempty"`
}

// What stands for a reason that does not open: it was sealed with a key that is gone, or the keys cannot be reached. The entry
// says the rest all the same.
const (
	lostWhy   = "(sealed, and cannot be opened any more)"
	closedWhy = "(sealed, and cannot be opened now; look again later)"
)

func (h *handler) auditEntry(ctx context.Context, e audit.Entry) auditEntry {
	why, err := h.audit.Why(ctx, e)
	switch {
	case errors.Is(err, secret.ErrSealed):
		why = lostWhy
	case err != nil:
		why = closedWhy
	}
	return auditEntry{e.When(), e.Subject, e.Actor, e.ActorName, e.Email, e.Roles, e.Action, e.What, why, e.RequestID}
}

// auditFound is one page of what was found, the latest first.
type auditFound struct {
	Entries []auditEntry `json:"entries"`
	Next    string       `json:"next,omitempty"`
}

// auditSearch is what somebody wants to see of the audit: one thing, or one actor. Actor is a work address or a subject.
type auditSearch struct {
	ANumber string `json:"a_number"`
	Inquiry string `json:"inquiry"`
	Upload  string `json:"upload"`
	Phone   string `json:"phone"`
	Actor   string `json:"actor"`
	Subject string `json:"subject"`
	After   string `json:"after"`
	Why     string `json:"why" jsonschema:"required"`
}

// searchAudit answers POST /v1/staff/audit/search: the entries about one thing, or of one actor, the latest first.
func (h *handler) searchAudit(w http.ResponseWriter, r *http.Request, who staff.Identity) error {
	var in auditSearch
	if err := web.DecodeJSON(r, &in); err != nil {
		return err
	}
	l := lookup{after: in.After, why: strings.TrimSpace(in.Why)}
	for _, one := range []struct{ by, of string }{
		{byANumber, in.ANumber}, {byInquiry, in.Inquiry}, {byUpload, in.Upload}, {byPhone, in.Phone}, {byActor, in.Actor}, {bySubject, in.Subject},
	} {
		if one.of = strings.TrimSpace(one.of); one.of == "" {
			continue
		}
		if l.by != "" {
			return said(one.by, "Ask for one thing at a time.")
		}
		l.by, l.of = one.by, one.of
	}
	if l.by == "" {
		return said(byANumber, "Say of what: a_number, inquiry, upload, phone, actor or subject.")
	}
	page, err := h.lookInto(r, who, l, l.by)
	if err != nil {
		return err
	}
	answer := auditFound{[]auditEntry{}, page.Next}
	for _, e := range page.Entries {
		answer.Entries = append(answer.Entries, h.auditEntry(r.Context(), e))
	}
	web.Outcome(r.Context(), "audit_searched")
	return web.WriteJSON(w, http.StatusOK, answer)
}
