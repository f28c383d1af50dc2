package main

import (
	"errors"
	"net/http"

	"voice.example/shared/staff"
	"voice.example/shared/upload"
	"voice.example/shared/web"
)

// approve answers POST /v1/staff/uploads/{id}/approve. An approval that was among those that let the upload go on is
// answered the same when it is sent again.
func (h *handler) approve(w http.ResponseWriter, r *http.Request, who staff.Identity) error {
	var in struct {
		PlanHash string `json:"plan_hash"`
	}
	if err := web.DecodeJSON(r, &in); err != nil {
		return err
	}
	if in.PlanHash == "" {
		return invalid("plan_hash", "plan_hash.missing")
	}
	id := r.PathValue("id")
	u, err := h.desk.Approve(r.Context(), id, in.PlanHash, who.Subject)
	if errors.Is(err, upload.ErrNotHeld) {
		if u, err = h.desk.Get(r.Context(), id); err == nil && (!decided(u, who.Subject, upload.Approved) || u.PlanHash != in.PlanHash) {
			return tooLate(web.NotHeld, u)
		}
	}
	if err != nil {
		return err
	}
	web.Outcome(r.Context(), "approved")
	return h.answer(r.Context(), w, http.StatusOK, u)
}
