package main

import (
	"errors"
	"net/http"

	"voice.example/shared/staff"
	"voice.example/shared/upload"
	"voice.example/shared/web"
)

// reject answers POST /v1/staff/uploads/{id}/reject, and the same when it is sent again.
func (h *handler) reject(w http.ResponseWriter, r *http.Request, who staff.Identity) error {
	why, err := why(r)
	if err != nil {
		return err
	}
	id := r.PathValue("id")
	u, err := h.desk.Reject(r.Context(), id, who.Subject, why)
	if errors.Is(err, upload.ErrNotHeld) {
		if u, err = h.desk.Get(r.Context(), id); err == nil && !decided(u, who.Subject, upload.Refused) {
			return tooLate(web.NotHeld, u)
		}
	}
	if err != nil {
		return err
	}
	web.Outcome(r.Context(), "rejected")
	return h.answer(r.Context(), w, http.StatusOK, u)
}
