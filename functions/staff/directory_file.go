package main

import (
	"bytes"
	"compress/gzip"
	"encoding/base64"
	"errors"
	"io"
	"net/http"

	"voice.example/shared/directory"
	"voice.example/shared/reject"
	"voice.example/shared/staff"
	"voice.example/shared/web"
)

// filePage is what a file that was sent would change. The file goes back to the browser with it, packed, and comes again with
// the decision: nothing is kept of a file that is not loaded.
type filePage struct {
	directory.Plan
	What    string // the kind of file, in words
	Kept    string // the file, packed
	Changes []changeRow
	More    int // rejects that are not listed
	Again   bool
}

// changeRow is what becomes of one office or person.
type changeRow struct {
	Who  string
	What badge
	How  []string
}

// takeDirectory answers POST /staff/directory: a file, whose plan is shown; or that file again with the plan's hash, which is
// then done.
func (h *handler) takeDirectory(w http.ResponseWriter, r *http.Request, who staff.Identity) error {
	form, err := web.DecodeFileForm(r, 2*directory.MaxBytes, "kind", "file", "kept", "plan", "anyway")
	if err != nil {
		return err
	}
	file, kind := []byte(form["file"]), directory.Kind(form["kind"])
	if form["kept"] != "" {
		if file, err = unpackFile(form["kept"]); err != nil {
			return err
		}
	}
	delete(form, "file") // nor is it shown again
	delete(form, "kept")
	err = h.CheckForm(r, form)
	if err == nil && len(file) == 0 {
		err = said("file", "Choose a file.")
	}
	if err == nil && kind != directory.OfficesFile && kind != directory.PeopleFile {
		err = said("kind", "Say what is in the file.")
	}
	if isFields(err) {
		page, pageErr := h.directoryPage(r, who)
		if pageErr != nil {
			return pageErr
		}
		page.Form["kind"] = form["kind"]
		return h.RenderForm(w, r, page, err)
	}
	if err != nil {
		return err
	}
	if form["plan"] == "" {
		return h.showPlan(w, r, who, kind, file, web.Page{})
	}
	_, err = h.loadFile(r, who, kind, file, form["plan"], form["anyway"] == "yes")
	switch {
	case errors.Is(err, directory.ErrOtherEdition):
		return h.showPlan(w, r, who, kind, file, web.Page{Status: http.StatusConflict, Data: filePage{Again: true}})
	case errors.Is(err, directory.ErrBrake):
		return h.showPlan(w, r, who, kind, file, web.Page{Status: http.StatusConflict,
			Problems: []web.Field{{Name: "anyway", Words: "Say that you mean to remove more than half."}}})
	case err != nil:
		return err
	}
	web.Outcome(r.Context(), "directory_loaded")
	redirect(w, "/staff/directory")
	return nil
}

// showPlan shows what a file would change.
func (h *handler) showPlan(w http.ResponseWriter, r *http.Request, who staff.Identity, kind directory.Kind, file []byte, page web.Page) error {
	plan, err := h.planFile(r, who, kind, file)
	if err != nil {
		return err
	}
	shown := filePage{Plan: plan, What: "offices", More: plan.Rejected - len(plan.Rejects)}
	if kind == directory.PeopleFile {
		shown.What = "people"
	}
	if before, ok := page.Data.(filePage); ok {
		shown.Again = before.Again
	}
	if plan.Rejected == 0 {
		if shown.Kept, err = packFile(file); err != nil {
			return err
		}
	}
	for _, c := range []struct {
		changes []directory.Change
		what    badge
	}{{plan.Removed, badge{"removed", "bad"}}, {plan.Changed, badge{"changed", "warn"}}, {plan.Added, badge{"new", "good"}}} {
		for _, change := range c.changes {
			shown.Changes = append(shown.Changes, changeRow{change.Name + ", " + change.ID, c.what, change.Fields})
		}
	}
	web.Outcome(r.Context(), "directory_planned")
	page.Template, page.Title, page.Data = "directory_plan", "What the file would change", shown
	page.Form = web.Form{"kind": string(kind)}
	return h.Render(w, r, page)
}

// Where says where a reject or a warning is.
func (filePage) Where(row reject.Row) string {
	if row.Line == 0 {
		return "the file"
	}
	return "line " + number(int64(row.Line))
}

// packFile makes a file text that a form can hold.
func packFile(file []byte) (string, error) {
	var packed bytes.Buffer
	w := gzip.NewWriter(&packed)
	if _, err := w.Write(file); err != nil {
		return "", err
	}
	if err := w.Close(); err != nil {
		return "", err
	}
	return base64.StdEncoding.EncodeToString(packed.Bytes()), nil
}

// unpackFile is the file again. One that is longer than a file may be is cut behind that, and so has no plan.
func unpackFile(text string) ([]byte, error) {
	packed, err := base64.StdEncoding.DecodeString(text)
	if err != nil {
		return nil, &web.Error{Code: web.Malformed}
	}
	r, err := gzip.NewReader(bytes.NewReader(packed))
	if err != nil {
		return nil, &web.Error{Code: web.Malformed}
	}
	file, err := io.ReadAll(io.LimitReader(r, directory.MaxBytes+1))
	if err != nil {
		return nil, &web.Error{Code: web.Malformed}
	}
	return file, nil
}
