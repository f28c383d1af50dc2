package main

import (
	"context"
	"errors"
	"net/http"
	"slices"
	"strings"
	"unicode/utf8"

	"voice.example/shared/audit"
	"voice.example/shared/directory"
	"voice.example/shared/inquiry"
	"voice.example/shared/staff"
	"voice.example/shared/web"
)

// order is what somebody wants done with an inquiry.
type order struct {
	Seen    int             `json:"seen"` // the version that they saw
	Text    string          `json:"text"` // a note, what was said, or why
	Outcome inquiry.Outcome `json:"outcome"`
	Role    staff.Role      `json:"role"`
	Office  string          `json:"office"`
	Person  string          `json:"person"` // a work e-mail address
}

// act is one thing that can be done with an inquiry.
type act struct {
	action staff.Action
	what   string // as the audit has it
	text   bool   // something must be written
	do     func(h *handler, ctx context.Context, reference string, who staff.Identity, o order) (inquiry.Inquiry, error)
}

// acts are all of them, by the last part of the path.
var acts = map[string]act{
	"take": {staff.WorkInquiries, "take", false, func(h *handler, ctx context.Context, ref string, who staff.Identity, _ order) (inquiry.Inquiry, error) {
		return h.inquiries.Take(ctx, ref, who)
	}},
	"put-back": {staff.WorkInquiries, "put back", false, func(h *handler, ctx context.Context, ref string, who staff.Identity, o order) (inquiry.Inquiry, error) {
		return h.inquiries.PutBack(ctx, ref, inquiry.Seen(o.Seen), who, o.Text)
	}},
	"contacted": {staff.WorkInquiries, "was in contact", false, func(h *handler, ctx context.Context, ref string, who staff.Identity, o order) (inquiry.Inquiry, error) {
		return h.inquiries.Contacted(ctx, ref, inquiry.Seen(o.Seen), who, true, o.Text)
	}},
	"tried": {staff.WorkInquiries, "tried to be in contact", false, func(h *handler, ctx context.Context, ref string, who staff.Identity, o order) (inquiry.Inquiry, error) {
		return h.inquiries.Contacted(ctx, ref, inquiry.Seen(o.Seen), who, false, o.Text)
	}},
	"note": {staff.WorkInquiries, "note", true, func(h *handler, ctx context.Context, ref string, who staff.Identity, o order) (inquiry.Inquiry, error) {
		return h.inquiries.Note(ctx, ref, who, o.Text)
	}},
	"refer": {staff.WorkInquiries, "hand over", true, (*handler).refer},
	"resolve": {staff.WorkInquiries, "resolve", false, func(h *handler, ctx context.Context, ref string, who staff.Identity, o order) (inquiry.Inquiry, error) {
		if !slices.Contains(inquiry.Outcomes(), o.Outcome) {
			return inquiry.Inquiry{}, said("outcome", "Choose how it ended.")
		}
		return h.inquiries.Resolve(ctx, ref, inquiry.Seen(o.Seen), who, o.Outcome, o.Text)
	}},
	"reopen": {staff.WorkInquiries, "open again", true, func(h *handler, ctx context.Context, ref string, who staff.Identity, o order) (inquiry.Inquiry, error) {
		return h.inquiries.Reopen(ctx, ref, inquiry.Seen(o.Seen), who, o.Text)
	}},
	"hold": {staff.HoldInquiries, "legal hold", true, func(h *handler, ctx context.Context, ref string, who staff.Identity, o order) (inquiry.Inquiry, error) {
		return h.inquiries.Hold(ctx, ref, who, true, o.Text)
	}},
	"unhold": {staff.HoldInquiries, "end of a legal hold", true, func(h *handler, ctx context.Context, ref string, who staff.Identity, o order) (inquiry.Inquiry, error) {
		return h.inquiries.Hold(ctx, ref, who, false, o.Text)
	}},
}

// refer hands an inquiry over: to a person of the directory, or to whoever of an office, or of the caller's county, has a role.
func (h *handler) refer(ctx context.Context, reference string, who staff.Identity, o order) (inquiry.Inquiry, error) {
	to := inquiry.Referral{Role: o.Role, Office: strings.ToUpper(strings.TrimSpace(o.Office))}
	if strings.EqualFold(to.Office, inquiry.National) {
		to.Office = inquiry.National
	}
	if o.Person != "" {
		person, err := h.directory.Person(ctx, o.Person)
		if err == directory.ErrNoPerson {
			return inquiry.Inquiry{}, said("person", "The directory has nobody with this address.")
		}
		if err != nil {
			return inquiry.Inquiry{}, err
		}
		to = inquiry.Referral{Person: person.Email, Office: person.Office, Role: person.Role}
		if person.Role == staff.Supervisor {
			to.Role = o.Role
		}
	} else if !slices.Contains([]staff.Role{staff.Operator, staff.Officer, staff.Specialist}, o.Role) {
		return inquiry.Inquiry{}, said("role", "Choose who is to have it.")
	}
	return h.inquiries.Refer(ctx, reference, inquiry.Seen(o.Seen), who, to, o.Text)
}

// said refuses one field, in words.
func said(name, words string) error {
	var check web.Check
	check.Say(name, words)
	return check.Err()
}

// carryOut does what somebody wants done with an inquiry, for JSON and pages alike. It is written down first.
func (h *handler) carryOut(r *http.Request, who staff.Identity, o order) (inquiry.Inquiry, error) {
	a, known := acts[r.PathValue("act")]
	if !known {
		return inquiry.Inquiry{}, &web.Error{Code: web.NotFound}
	}
	if !who.May(a.action) {
		return inquiry.Inquiry{}, h.deny(r, who, a.action)
	}
	o.Text = strings.TrimSpace(o.Text)
	switch {
	case a.text && o.Text == "":
		return inquiry.Inquiry{}, said("text", "Write a word or two.")
	case utf8.RuneCountInString(o.Text) > inquiry.MaxText:
		return inquiry.Inquiry{}, said("text", "Write no more than 2,000 characters.")
	}
	i, err := h.read(r, who)
	if err != nil {
		return inquiry.Inquiry{}, err
	}
	if err := h.note(r.Context(), who, audit.Entry{Subject: audit.Inquiry(i.Reference), Action: audit.Changed, What: a.what}, ""); err != nil {
		return inquiry.Inquiry{}, err
	}
	web.Outcome(r.Context(), r.PathValue("act"))
	i, err = a.do(h, r.Context(), i.Reference, who, o)
	if errors.Is(err, inquiry.ErrTaken) {
		err = &takenError{i.Office}
	}
	return i, err
}

// takenError says at which office somebody else has an inquiry. Who that is, is not everybody's to know.
type takenError struct{ office string }

func (e *takenError) Error() string { return inquiry.ErrTaken.Error() }
func (e *takenError) Unwrap() error { return inquiry.ErrTaken }

// actInquiry answers POST /v1/staff/inquiries/{reference}/{act}.
func (h *handler) actInquiry(w http.ResponseWriter, r *http.Request, who staff.Identity) error {
	var o order
	if err := web.DecodeJSON(r, &o); err != nil {
		return err
	}
	i, err := h.carryOut(r, who, o)
	if err != nil {
		return err
	}
	return web.WriteJSON(w, http.StatusOK, h.summarize(i))
}
