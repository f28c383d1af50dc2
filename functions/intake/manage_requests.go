package main

import (
	"context"
	"net/http"

	"voice.example/shared/audit"
	"voice.example/shared/inquiry"
)

// maxRequests is how many of a phone's requests one page lists.
const maxRequests = 20

// listedRequest is what somebody asked with a phone. Whoever holds the phone is its holder too: Visit opens it without a PIN.
type listedRequest struct {
	inquiry.Inquiry
	Stands string
	Visit  string
}

// requestsOf lists the latest requests of a phone, and whether there are more.
func (h *handler) requestsOf(r *http.Request, phoneHash string) ([]listedRequest, bool, error) {
	all, err := h.inquiries.OfPhone(r.Context(), phoneHash, maxRequests+1)
	if err != nil {
		return nil, false, err
	}
	more := len(all) > maxRequests
	var listed []listedRequest
	for _, i := range all[:min(len(all), maxRequests)] {
		listed = append(listed, listedRequest{i, stands(i), h.inquiries.VisitToken(h.inquiries.Begin(i))})
	}
	return listed, more, nil
}

// forgetPhone deletes all that is kept of a phone, and returns how many of its requests the law has kept. What is deleted is
// written into the audit before.
func (h *handler) forgetPhone(ctx context.Context, phoneHash string) (held int, err error) {
	entry := audit.Entry{Subject: audit.Phone(phoneHash), Actor: audit.Holder, Action: audit.Deleted, What: "asked to have all of the phone deleted"}
	if err := h.audit.Write(ctx, entry, ""); err != nil {
		return 0, err
	}
	held, err = h.inquiries.ForgetPhone(ctx, phoneHash, func(reference string) error { return h.auditForgetting(ctx, reference) })
	if err != nil {
		return held, err
	}
	_, err = h.store.ForgetPhone(ctx, phoneHash)
	return held, err
}

// auditForgetting writes into the audit that an inquiry's holder wants it deleted.
func (h *handler) auditForgetting(ctx context.Context, reference string) error {
	return h.audit.Write(ctx, audit.Entry{Subject: audit.Inquiry(reference), Actor: audit.Holder, Action: audit.Deleted,
		What: "asked to have the inquiry deleted"}, "")
}
