package main

import (
	"context"
	"net/http"
	"strings"

	"voice.example/shared/audit"
	"voice.example/shared/staff"
	"voice.example/shared/web"
)

// auditWays are what the form offers to be asked for.
var auditWays = []web.Option{
	{Value: byANumber, Words: "A record, by its A-number"}, {Value: byInquiry, Words: "A request, by its reference"},
	{Value: byPhone, Words: "A phone, by its number"}, {Value: byUpload, Words: "An upload"}, {Value: byActor, Words: "Somebody of the staff, by their address"},
}

// auditForm is the form that asks, and the newest block of the chain.
type auditForm struct {
	Ways []web.Option
	Head string // "" where nothing was sealed yet
}

func auditPage(form web.Form, data auditForm) web.Page {
	data.Ways = auditWays
	return web.Page{Template: "audit", Title: "Who has seen or changed it", Form: form, Data: data}
}

// showAuditForm answers GET /staff/audit: a call for the session and one for the head of the chain.
func (h *handler) showAuditForm(w http.ResponseWriter, r *http.Request, _ staff.Identity) error {
	head, err := h.audit.Head(r.Context())
	if err != nil {
		return err
	}
	data := auditForm{}
	if head.Number > 0 {
		data.Head = head.String()
	}
	web.Outcome(r.Context(), "audit_form")
	return h.Render(w, r, auditPage(web.Form{"by": byANumber}, data))
}

// auditRow is an entry as the page shows it.
type auditRow struct {
	auditEntry
	When   string
	Who    string
	Roles  string
	Did    string
	About  string
	Upload string // the path of its page
	Actor  string // what its button asks for: the one or the other
	Thing  string
}

// auditList is a page of entries. Its buttons ask on, for the same reason.
type auditList struct {
	Rows  []auditRow
	Mixed bool // they are about this and that
	After bool // it is not the first page
	Next  string
}

// showAudit answers POST /staff/audit: a call for the session, one that writes down who looks, and one for the entries. go is
// the button that was pressed in a list: another actor, another subject, or the next page.
func (h *handler) showAudit(w http.ResponseWriter, r *http.Request, who staff.Identity) error {
	form, err := web.DecodeForm(r, "by", "of", "why", "go")
	if err != nil {
		return err
	}
	if err := h.CheckForm(r, form); err != nil {
		return h.RenderForm(w, r, auditPage(form, auditForm{}), err)
	}
	l := lookup{by: form["by"], of: form["of"], why: form["why"]}
	switch step, of, _ := strings.Cut(form["go"], " "); step {
	case "after":
		l.after = of
	case byActor, bySubject:
		l.by, l.of = step, of
	}
	found, err := h.lookInto(r, who, l, "of")
	if err != nil {
		return h.RenderForm(w, r, auditPage(form, auditForm{}), err)
	}
	list := auditList{Next: found.Next, After: l.after != "", Mixed: l.by == byActor}
	zone := h.zone(r)
	for _, e := range found.Entries {
		row := h.auditRow(r.Context(), e)
		row.When = e.When().In(zone).Format("Jan 2, 2006, 3:04:05 PM MST")
		if list.Mixed {
			row.Actor = ""
		} else {
			row.About, row.Thing = "", ""
		}
		list.Rows = append(list.Rows, row)
	}
	web.Outcome(r.Context(), "audit_searched")
	return h.Render(w, r, web.Page{Template: "audit_list", Title: "Who has seen or changed it", Data: list,
		Form: web.Form{"by": l.by, "of": l.of, "why": l.why}})
}

func (h *handler) auditRow(ctx context.Context, e audit.Entry) auditRow {
	row := auditRow{auditEntry: h.auditEntry(ctx, e), Who: e.ActorName, Roles: rolesInWords(e.Roles), Did: actionWords[e.Action], Actor: e.Actor, Thing: e.Subject}
	switch {
	case e.Actor == audit.Holder:
		row.Who = "whoever has the phone"
	case e.Actor == audit.Service:
		row.Who = "the service itself"
	case row.Who == "":
		row.Who = e.Actor
	}
	kind, id := audit.Kind(e.Subject)
	if row.About = subjectWords[kind]; row.About == "" {
		row.About = e.Subject
	}
	switch kind {
	case audit.KindInquiry:
		row.About += " " + id
	case audit.KindUpload:
		row.Upload = "/staff/uploads/" + id
	}
	return row
}

// actionWords say what somebody did.
var actionWords = map[audit.Action]string{
	audit.Viewed: "saw", audit.Searched: "looked for", audit.Changed: "changed", audit.Decided: "decided on", audit.Exported: "took out",
	audit.Deleted: "deleted", audit.Denied: "was refused",
}

// subjectWords say what an entry is about.
var subjectWords = map[string]string{
	audit.KindPerson: "a custody record", audit.KindInquiry: "request", audit.KindUpload: "an upload", audit.KindPhone: "a phone",
	audit.Directory: "the directory", audit.Uploads: "uploads", audit.Volumes: "the volumes", audit.Feeds: "the feeds", audit.Audits: "the audit",
	audit.Console: "nobody by name",
}
