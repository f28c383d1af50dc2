package main

import (
	"context"
	"errors"
	"net/http"

	"voice.example/shared/staff"
	"voice.example/shared/upload"
	"voice.example/shared/web"
)

// reject answers POST /v1/staff/uploads/{id}/reject.
func (h *handler) reject(w http.ResponseWriter, r *http.Request, who staff.Identity) error {
	why, err := why(r)
	if err != nil {
		return err
	}
	u, err := h.rejectUpload(r.Context(), r.PathValue("id"), why, who)
	if err != nil {
		return err
	}
	web.Outcome(r.Context(), "rejected")
	return web.WriteJSON(w, http.StatusOK, u)
}

// rejectUpload ends a held upload, for JSON and pages alike, and answers the same when it is sent again.
func (h *handler) rejectUpload(ctx context.Context, id, why string, who staff.Identity) (upload.Upload, error) {
	why, err := reason(why)
	if err != nil {
		return upload.Upload{}, err
	}
	u, err := h.desk.Reject(ctx, id, who, why)
	if errors.Is(err, upload.ErrNotHeld) {
		if u, err = h.desk.Get(ctx, id); err == nil && !decided(u, who.Subject, upload.Refused) {
			err = tooLate(web.NotHeld, u)
		}
	}
	if err != nil {
		return upload.Upload{}, err
	}
	return u, h.goOn(ctx, u)
}
