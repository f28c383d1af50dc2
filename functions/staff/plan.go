package main

import (
	"net/http"

	"voice.example/shared/staff"
	"voice.example/shared/web"
)

// plan answers GET /v1/staff/uploads/{id}/plan?after=&limit=: a page of what the upload would change.
func (h *handler) plan(w http.ResponseWriter, r *http.Request, _ staff.Identity) error {
	limit, err := limitOf(r)
	if err != nil {
		return err
	}
	page, err := h.desk.Plan(r.Context(), r.PathValue("id"), r.URL.Query().Get("after"), limit)
	if err != nil {
		return err
	}
	web.Outcome(r.Context(), "plan_shown")
	return web.WriteJSON(w, http.StatusOK, page)
}
