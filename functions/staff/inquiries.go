package main

import (
	"context"
	"errors"
	"net/http"

	"voice.example/shared/audit"
	"voice.example/shared/directory"
	"voice.example/shared/inquiry"
	"voice.example/shared/staff"
)

// routeInquiries routes queues and inquiries: JSON and pages.
func (h *handler) routeInquiries() {
	h.Handle("GET", "/v1/staff/inquiries", h.allowed(staff.ReadInquiries, h.withOffice(h.listInquiries)))
	h.Handle("GET", "/v1/staff/inquiries/{reference}", audited(h.allowed(staff.ReadInquiries, h.withOffice(h.showInquiry))))
	h.Handle("POST", "/v1/staff/inquiries/{reference}/{act}", audited(h.allowed(staff.WorkInquiries, h.withOffice(h.actInquiry))))
	h.Handle("GET", "/staff/queue", h.page(staff.ReadInquiries, h.showQueue))
	h.Handle("GET", "/staff/inquiries/{reference}", audited(h.page(staff.ReadInquiries, h.showCase)))
	h.Handle("POST", "/staff/inquiries/{reference}/{act}", audited(h.page(staff.WorkInquiries, h.actCase)))
}

// withOffice fills in the office of somebody who came by a bearer token: a browser's session has it from the sign-in.
func (h *handler) withOffice(next handlerFunc) handlerFunc {
	return func(w http.ResponseWriter, r *http.Request, who staff.Identity) error {
		office, err := h.officeOf(r.Context(), who)
		if err != nil {
			return err
		}
		who.Office = office
		return next(w, r, who)
	}
}

// officeOf is where the directory has somebody; "" for who is not in it.
func (h *handler) officeOf(ctx context.Context, who staff.Identity) (string, error) {
	if who.Email == "" {
		return "", nil
	}
	person, err := h.directory.Person(ctx, who.Email)
	if errors.Is(err, directory.ErrNoPerson) {
		return "", nil
	}
	return person.Office, err
}

// distant reports whether an inquiry is neither somebody's nor at their office: then they are asked why they look.
func distant(i inquiry.Inquiry, who staff.Identity) bool {
	return i.Assignee != who.Email && i.Office != who.Office && !(i.Office == inquiry.National && who.Has(staff.Operator))
}

// minWhy is how much of a reason says something, in characters.
const minWhy = 10

// noteView writes down that somebody sees an inquiry, and why where that is asked for.
func (h *handler) noteView(ctx context.Context, who staff.Identity, i inquiry.Inquiry, why string) error {
	return h.note(ctx, who, audit.Entry{Subject: audit.Inquiry(i.Reference), Action: audit.Viewed, What: "an inquiry"}, why)
}

// read reads an inquiry that somebody may read. ErrNotYours otherwise; that is written down as a denial.
func (h *handler) read(r *http.Request, who staff.Identity) (inquiry.Inquiry, error) {
	reference := r.PathValue("reference")
	i, err := h.inquiries.Get(r.Context(), reference)
	if err != nil {
		return inquiry.Inquiry{}, err
	}
	if !i.MayRead(who) {
		e := audit.Entry{Subject: audit.Inquiry(i.Reference), Action: audit.Denied, What: "an inquiry of another office"}
		return inquiry.Inquiry{}, errors.Join(inquiry.ErrNotYours, h.note(r.Context(), who, e, ""))
	}
	return i, nil
}
