package main

import (
	"context"
	"errors"
	"net/http"

	"voice.example/shared/staff"
	"voice.example/shared/upload"
	"voice.example/shared/web"
)

// retract answers POST /v1/staff/uploads/{id}/retract with the upload that takes this one back.
func (h *handler) retract(w http.ResponseWriter, r *http.Request, who staff.Identity) error {
	why, err := why(r)
	if err != nil {
		return err
	}
	child, isNew, err := h.retractUpload(r.Context(), r.PathValue("id"), why, who)
	if err != nil {
		return err
	}
	status := http.StatusOK
	if isNew {
		status = http.StatusCreated
	}
	web.Outcome(r.Context(), "retraction_requested")
	w.Header().Set("Location", "/v1/staff/uploads/"+child.UploadID)
	return web.WriteJSON(w, status, child)
}

// retractUpload asks for an upload to be taken back, for JSON and pages alike. It gives the upload that does so, which somebody
// else must approve. Sent again by the same person, it gives the same, which is not new then.
func (h *handler) retractUpload(ctx context.Context, id, why string, who staff.Identity) (child upload.Upload, isNew bool, err error) {
	if why, err = reason(why); err != nil {
		return upload.Upload{}, false, err
	}
	child, err = h.desk.Retract(ctx, id, who, why)
	isNew = err == nil
	if errors.Is(err, upload.ErrNotDone) {
		child, err = h.retraction(ctx, id, who)
	}
	if err != nil {
		return upload.Upload{}, false, err
	}
	return child, isNew, h.goOn(ctx, child)
}

// retraction is the upload that takes another one back, if it was this person who asked for it.
func (h *handler) retraction(ctx context.Context, id string, who staff.Identity) (upload.Upload, error) {
	parent, err := h.desk.Get(ctx, id)
	if err != nil {
		return upload.Upload{}, err
	}
	if parent.RetractionUpload == "" {
		return upload.Upload{}, tooLate(web.NotDone, parent)
	}
	child, err := h.desk.Get(ctx, parent.RetractionUpload)
	if err == nil && child.UploadedBy != who.Subject {
		err = tooLate(web.NotDone, parent)
	}
	return child, err
}
