package main

import (
	"context"
	"errors"
	"net/http"

	"voice.example/shared/staff"
	"voice.example/shared/upload"
	"voice.example/shared/web"
)

// approval is the hash of the plan that somebody has seen.
type approval struct {
	PlanHash string `json:"plan_hash" jsonschema:"required"`
}

// approve answers POST /v1/staff/uploads/{id}/approve.
func (h *handler) approve(w http.ResponseWriter, r *http.Request, who staff.Identity) error {
	var in approval
	if err := web.DecodeJSON(r, &in); err != nil {
		return err
	}
	u, err := h.approveUpload(r.Context(), r.PathValue("id"), in.PlanHash, who)
	if err != nil {
		return err
	}
	web.Outcome(r.Context(), "approved")
	return web.WriteJSON(w, http.StatusOK, u)
}

// approveUpload notes that somebody approves a plan, for JSON and pages alike. An approval that was among those that let the
// upload go on is answered the same when it is sent again.
func (h *handler) approveUpload(ctx context.Context, id, planHash string, who staff.Identity) (upload.Upload, error) {
	if planHash == "" {
		return upload.Upload{}, invalid("plan_hash", "plan_hash.missing")
	}
	u, err := h.desk.Approve(ctx, id, planHash, who)
	if errors.Is(err, upload.ErrNotHeld) {
		if u, err = h.desk.Get(ctx, id); err == nil && (!decided(u, who.Subject, upload.Approved) || u.PlanHash != planHash) {
			err = tooLate(web.NotHeld, u)
		}
	}
	if err != nil {
		return upload.Upload{}, err
	}
	return u, h.goOn(ctx, u)
}
