package main

import (
	"errors"
	"net/http"

	"voice.example/shared/audit"
	"voice.example/shared/directory"
	"voice.example/shared/staff"
	"voice.example/shared/web"
)

// setAbsence notes when somebody is away by their own word, after it is written down that they said so.
func (h *handler) setAbsence(r *http.Request, who staff.Identity, a directory.Absence) error {
	if err := h.note(r.Context(), who, audit.Entry{Subject: audit.Directory, Action: audit.Changed, What: "their own absence"}, ""); err != nil {
		return err
	}
	err := h.directory.SetAbsence(r.Context(), who.Email, a)
	switch {
	case errors.Is(err, directory.ErrDate):
		return said("from", "Write days as 2026-06-01.")
	case errors.Is(err, directory.ErrReverse):
		return said("until", "The last day away is before the first.")
	case errors.Is(err, directory.ErrPast):
		return said("until", "The last day away is over already.")
	}
	return err
}

// putAbsence answers PUT /v1/staff/absence {from, until}: the first and the last day away, of whoever asks. Without either they
// are not away.
func (h *handler) putAbsence(w http.ResponseWriter, r *http.Request, who staff.Identity) error {
	var a directory.Absence
	if err := web.DecodeJSON(r, &a); err != nil {
		return err
	}
	if err := h.setAbsence(r, who, a); err != nil {
		return err
	}
	web.Outcome(r.Context(), "absence_set")
	return web.WriteJSON(w, http.StatusOK, a)
}

// takeAbsence answers POST /staff/absence.
func (h *handler) takeAbsence(w http.ResponseWriter, r *http.Request, who staff.Identity) error {
	form, err := web.DecodeForm(r, "from", "until")
	if err != nil {
		return err
	}
	if err = h.CheckForm(r, form); err == nil {
		err = h.setAbsence(r, who, directory.Absence{From: form["from"], Until: form["until"]})
	}
	if isFields(err) {
		page, pageErr := h.directoryPage(r, who)
		if pageErr != nil {
			return pageErr
		}
		page.Form["from"], page.Form["until"] = form["from"], form["until"]
		return h.RenderForm(w, r, page, err)
	}
	if err != nil {
		return err
	}
	web.Outcome(r.Context(), "absence_set")
	redirect(w, "/staff/directory")
	return nil
}
