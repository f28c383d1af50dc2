package main

import (
	"net/http"
	"time"

	"voice.example/shared/staff"
	"voice.example/shared/upload"
	"voice.example/shared/web"
)

// routeUploadPages routes the pages of uploads.
func (h *handler) routeUploadPages() {
	h.Handle("GET", "/staff/uploads", h.page(staff.ReadUploads, h.showUploads))
	h.Handle("GET", "/staff/uploads/{id}", h.page(staff.ReadUploads, h.showUpload))
	h.Handle("POST", "/staff/uploads/{id}/{act}", audited(h.page(staff.ReadUploads, h.actUpload)))
}

// uploadsPage is what the list of uploads shows.
type uploadsPage struct {
	List    listing
	States  []web.Option
	Tables  []uploadTable
	MaySend bool
}

// uploadTable is a table of uploads, of one at least.
type uploadTable struct {
	Caption string
	Rows    []uploadRow
}

// uploadRow is one upload of a list.
type uploadRow struct {
	ID, What, Feed, By string
	Rows, Alerts       string // how many, or a dash where nobody knows yet
	At                 time.Time
	State              badge
}

// showUploads answers GET /staff/uploads?state=&after=: those that are held, and then the latest; or those in one state. After
// the session it is two queries, or on a later page a read and a query.
func (h *handler) showUploads(w http.ResponseWriter, r *http.Request, who staff.Identity) error {
	list := readListing(r, nil, "state")
	state := upload.State(list.Filters["state"])
	page := uploadsPage{States: uploadStateOptions(), MaySend: who.May(staff.Upload)}
	caption := "The latest, whatever their state"
	if state != "" {
		caption = uploadStates[state].Words + ", the latest first"
	} else if list.After == "" {
		held, err := h.latest(r.Context(), upload.Held, maxLimit, "")
		if err != nil {
			return err
		}
		page.add("Held: they wait for people", held, who)
	}
	found, err := h.latest(r.Context(), state, usualLimit, list.After)
	if err != nil {
		return err
	}
	page.add(caption, found, who)
	if len(found) == usualLimit {
		list.Next = found[usualLimit-1].UploadID
	}
	page.List = list
	web.Outcome(r.Context(), "uploads")
	return h.Render(w, r, web.Page{Template: "uploads", Title: "Uploads", Form: list.Form(), Data: page})
}

func (p *uploadsPage) add(caption string, uploads []upload.Upload, who staff.Identity) {
	if len(uploads) == 0 {
		return
	}
	t := uploadTable{Caption: caption}
	for _, u := range uploads {
		row := uploadRow{ID: u.UploadID, What: whatIs(u), Feed: u.Feed, By: sentBy(u, who), Rows: "–", Alerts: "–", At: u.ReceivedAt, State: uploadBadge(u)}
		if n := u.Counts.Rows + unapplied(u); n > 0 {
			row.Rows = number(int64(n))
		}
		if u.State == upload.Done {
			row.Alerts = number(int64(u.Counts.Alerts))
		} else if u.Brake != nil {
			row.Alerts = number(int64(u.Brake.Alerts))
		}
		t.Rows = append(t.Rows, row)
	}
	p.Tables = append(p.Tables, t)
}
