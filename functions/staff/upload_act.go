package main

import (
	"net/http"

	"voice.example/shared/audit"
	"voice.example/shared/staff"
	"voice.example/shared/upload"
	"voice.example/shared/web"
)

// uploadAct is one thing that can be done with an upload on its page.
type uploadAct struct {
	action staff.Action
	noted  audit.Action
	what   string // as the audit has it
	do     func(h *handler, w http.ResponseWriter, r *http.Request, who staff.Identity, form web.Form) error
}

// uploadActs are all of them, by the last part of the path.
var uploadActs = map[string]uploadAct{
	"plan":    {staff.ReadPlans, audit.Viewed, "the plan of an upload", (*handler).planOnPage},
	"report":  {staff.ReadPlans, audit.Viewed, "the report of an upload", (*handler).reportOnPage},
	"approve": {staff.Approve, audit.Decided, "approve an upload", (*handler).approveOnPage},
	"reject":  {staff.Reject, audit.Decided, "reject an upload", (*handler).rejectOnPage},
	"retract": {staff.Retract, audit.Decided, "retract an upload", (*handler).retractOnPage},
	"send":    {staff.Upload, audit.Changed, "begin an upload", (*handler).beginOnPage},
}

// actUpload answers POST /staff/uploads/{id}/{act}. It is written down before anything is shown or done.
func (h *handler) actUpload(w http.ResponseWriter, r *http.Request, who staff.Identity) error {
	act, known := uploadActs[r.PathValue("act")]
	if !known || (r.PathValue("act") == "send") != (r.PathValue("id") == newUpload) || !uploadShape.MatchString(r.PathValue("id")) {
		return &web.Error{Code: web.NotFound}
	}
	if !who.May(act.action) {
		return h.deny(r, who, act.action)
	}
	form, err := web.DecodeForm(r, "after", "plan_hash", "why", "mode", "feed", "name", "dry_run")
	if err != nil {
		return err
	}
	if err := h.CheckForm(r, form); err != nil {
		return err
	}
	subject := ofUpload(r)
	if r.PathValue("id") == newUpload {
		subject = audit.Uploads
	}
	if err := h.note(r.Context(), who, audit.Entry{Subject: subject, Action: act.noted, What: act.what}, form["why"]); err != nil {
		return err
	}
	return act.do(h, w, r, who, form)
}

func (h *handler) approveOnPage(w http.ResponseWriter, r *http.Request, who staff.Identity, form web.Form) error {
	u, err := h.approveUpload(r.Context(), r.PathValue("id"), form["plan_hash"], who)
	return h.afterDecision(w, r, who, u, form, err)
}

func (h *handler) rejectOnPage(w http.ResponseWriter, r *http.Request, who staff.Identity, form web.Form) error {
	u, err := h.rejectUpload(r.Context(), r.PathValue("id"), form["why"], who)
	return h.afterDecision(w, r, who, u, form, err)
}

func (h *handler) retractOnPage(w http.ResponseWriter, r *http.Request, who staff.Identity, form web.Form) error {
	child, _, err := h.retractUpload(r.Context(), r.PathValue("id"), form["why"], who)
	return h.afterDecision(w, r, who, child, form, err)
}

// afterDecision leads on to the upload, or to the one that takes it back. A decision that was not made is said on the page of
// the upload as it is now.
func (h *handler) afterDecision(w http.ResponseWriter, r *http.Request, who staff.Identity, u upload.Upload, form web.Form, err error) error {
	if err == nil {
		web.Outcome(r.Context(), r.PathValue("act"))
		redirect(w, "/staff/uploads/"+u.UploadID)
		return nil
	}
	if decisionProblem(err) == "" && !isFields(err) {
		return err
	}
	now, readErr := h.desk.Get(r.Context(), r.PathValue("id"))
	if readErr != nil {
		return readErr
	}
	return h.renderUpload(w, r, who, now, form, err)
}

// planPage is a page of what an upload would change, or has changed.
type planPage struct {
	ID   string
	Rows []planRow
	Next string
	Done bool // it has been applied
}

type planRow struct {
	Line, ANumber, What, From, To, Alerts string
	upload.Planned
}

// planOnPage answers POST /staff/uploads/{id}/plan: whom the upload would change. By POST, since it names people.
func (h *handler) planOnPage(w http.ResponseWriter, r *http.Request, _ staff.Identity, form web.Form) error {
	found, err := h.desk.Plan(r.Context(), r.PathValue("id"), form["after"], usualLimit)
	if err != nil {
		return err
	}
	page := planPage{ID: r.PathValue("id"), Next: found.Next}
	for _, c := range found.Changes {
		row := planRow{Line: "–", ANumber: "A" + c.ANumber, What: "no event", From: "new", To: statusWords[c.To], Alerts: number(int64(c.Alerts)), Planned: c}
		if c.Line > 0 {
			row.Line = number(int64(c.Line))
		}
		if c.Event != "" {
			row.What = words("event", string(c.Event))
		}
		if c.From != "" {
			row.From = statusWords[c.From]
		}
		page.Rows = append(page.Rows, row)
	}
	web.Outcome(r.Context(), "plan_shown")
	return h.Render(w, r, web.Page{Template: "upload_plan", Title: "What the upload changes", Data: page})
}

// reportPage links to the files of a report.
type reportPage struct {
	ID    string
	Files []reportLink
}

type reportLink struct {
	reportFile
	Words, Size string
}

// reportWords say what is in the files of a report.
var reportWords = map[string]string{
	"report.html": "The whole report, to look at", "rejects.csv": "Rows that were not taken, and what to do about them",
	"warnings.csv": "Rows that were taken, with a doubt", "missing.csv": "People whom the roster lacks", "summary.json": "The figures, for programs",
}

// reportOnPage answers POST /staff/uploads/{id}/report. The links hold for some minutes.
func (h *handler) reportOnPage(w http.ResponseWriter, r *http.Request, _ staff.Identity, _ web.Form) error {
	u, err := h.desk.Get(r.Context(), r.PathValue("id"))
	if err != nil {
		return err
	}
	files, err := h.filesOf(r.Context(), u.UploadID)
	if err != nil {
		return err
	}
	page := reportPage{ID: u.UploadID}
	for _, f := range files {
		page.Files = append(page.Files, reportLink{f, reportWords[f.Name], bytesInWords(f.Size)})
	}
	web.Outcome(r.Context(), "report_shown")
	return h.Render(w, r, web.Page{Template: "upload_report", Title: "The report of an upload", Data: page})
}

// bytesInWords is how large a file is.
func bytesInWords(n int64) string {
	const kibibyte, mebibyte = 1 << 10, 1 << 20
	switch {
	case n < kibibyte:
		return number(n) + " bytes"
	case n < mebibyte:
		return number((n+kibibyte-1)/kibibyte) + " KB"
	}
	return number((n+mebibyte-1)/mebibyte) + " MB"
}
