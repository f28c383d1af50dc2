package main

import (
	"errors"
	"net/http"
	"slices"
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
	ID, What, Feed string
	At             time.Time
	State          badge
}

// showUploads answers GET /staff/uploads?state=&after=: those that are held, and then the latest; or those in one state. After
// the session it is two queries, or on a later page a read and a query.
func (h *handler) showUploads(w http.ResponseWriter, r *http.Request, who staff.Identity) error {
	list := readListing(r, nil, "state")
	state := upload.State(list.Filters["state"])
	if state != "" && !slices.Contains(upload.States(), state) {
		return invalid("state", "state.unknown")
	}
	page := uploadsPage{States: uploadStateOptions(), MaySend: who.May(staff.Upload)}
	var found, held []upload.Upload
	var err error
	if state != "" {
		found, err = h.desk.List(r.Context(), state, usualLimit, list.After)
		page.add(uploadStates[state].Words+", the latest first", found)
	} else {
		if list.After == "" {
			held, err = h.desk.List(r.Context(), upload.Held, maxLimit, "")
			page.add("Held: they wait for people", held)
		}
		if err == nil {
			found, err = h.desk.Latest(r.Context(), usualLimit, list.After)
			page.add("The latest, whatever their state", found)
		}
	}
	if errors.Is(err, upload.ErrNotFound) {
		return invalid("after", "after.unknown")
	}
	if err != nil {
		return err
	}
	if len(found) == usualLimit {
		list.Next = found[usualLimit-1].UploadID
	}
	page.List = list
	web.Outcome(r.Context(), "uploads")
	return h.Render(w, r, web.Page{Template: "uploads", Title: "Uploads", Form: list.Form(), Data: page})
}

func (p *uploadsPage) add(caption string, uploads []upload.Upload) {
	if len(uploads) == 0 {
		return
	}
	t := uploadTable{Caption: caption}
	for _, u := range uploads {
		t.Rows = append(t.Rows, uploadRow{u.UploadID, whatIs(u), u.Feed, u.ReceivedAt, uploadBadge(u)})
	}
	p.Tables = append(p.Tables, t)
}
