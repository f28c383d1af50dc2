package main

import (
	"net/http"

	"voice.example/shared/staff"
	"voice.example/shared/web"
)

// show answers GET /v1/staff/uploads/{id}.
func (h *handler) show(w http.ResponseWriter, r *http.Request, _ staff.Identity) error {
	u, err := h.desk.Get(r.Context(), r.PathValue("id"))
	if err != nil {
		return err
	}
	web.Outcome(r.Context(), "shown")
	return web.WriteJSON(w, http.StatusOK, u)
}
