package main

import (
	"errors"
	"net/http"

	"voice.example/shared/staff"
	"voice.example/shared/upload"
	"voice.example/shared/web"
)

// retract answers POST /v1/staff/uploads/{id}/retract with the upload that takes this one back, which somebody else must
// approve. Sent again by the same person, it answers with the same.
func (h *handler) retract(w http.ResponseWriter, r *http.Request, who staff.Identity) error {
	why, err := why(r)
	if err != nil {
		return err
	}
	id, status := r.PathValue("id"), http.StatusCreated
	child, err := h.desk.Retract(r.Context(), id, who.Subject, why)
	if errors.Is(err, upload.ErrNotDone) {
		parent, err := h.desk.Get(r.Context(), id)
		if err != nil {
			return err
		}
		if parent.RetractionUpload == "" {
			return tooLate(web.NotDone, parent)
		}
		if child, err = h.desk.Get(r.Context(), parent.RetractionUpload); err != nil {
			return err
		}
		if child.UploadedBy != who.Subject {
			return tooLate(web.NotDone, parent)
		}
		status = http.StatusOK
	} else if err != nil {
		return err
	}
	web.Outcome(r.Context(), "retraction_requested")
	w.Header().Set("Location", "/v1/staff/uploads/"+child.UploadID)
	return h.answer(r.Context(), w, status, child)
}
