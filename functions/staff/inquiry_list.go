package main

import (
	"errors"
	"net/http"
	"slices"
	"time"

	"voice.example/shared/i18n"
	"voice.example/shared/inquiry"
	"voice.example/shared/staff"
	"voice.example/shared/web"
)

// mine is the queue of what one has oneself.
const mine = "mine"

// summary is an inquiry as lists show it. Nobody can be known by it.
type summary struct {
	Reference      string          `json:"reference"`
	Reason         inquiry.Reason  `json:"reason"`
	Channel        inquiry.Channel `json:"channel"`
	State          inquiry.State   `json:"state"`
	Office         string          `json:"office"`
	Assignee       string          `json:"assignee,omitempty"` // a work e-mail address
	Language       i18n.Language   `json:"language"`
	OpenedAt       time.Time       `json:"opened_at"`
	DueBy          string          `json:"due_by"`
	FirstContactAt *time.Time      `json:"first_contact_at"`
	Overdue        bool            `json:"overdue"`
	Outcome        inquiry.Outcome `json:"outcome,omitempty"`
	Transfers      int             `json:"transfers"`
	Version        int             `json:"version"`
}

func (h *handler) summarize(i inquiry.Inquiry) summary {
	return summary{i.Reference, i.Reason, i.Channel, i.State, i.Office, i.Assignee, i.Language, i.OpenedAt, i.DueBy, i.FirstContactAt,
		!i.InTime(h.now()), i.Outcome, i.Transfers, i.Version}
}

// wish is which list is wanted.
type wish struct {
	queue string // mine, national or an office
	state inquiry.State
	list  inquiry.List
}

// wishOf reads which list a request wants, for JSON and the page alike. Without a queue it is one's own.
func wishOf(r *http.Request, who staff.Identity) (wish, error) {
	query := r.URL.Query()
	limit, err := limitOf(r)
	if err != nil {
		return wish{}, err
	}
	x := wish{queue: query.Get("queue"), state: inquiry.State(query.Get("state")), list: inquiry.List{Limit: limit, After: query.Get("after"),
		Latest: query.Get("sort") == "-due", Reason: inquiry.Reason(query.Get("reason")), Language: i18n.Language(query.Get("language"))}}
	var check web.Check
	if x.queue == "" {
		x.queue = mine
	}
	if x.state == "" {
		if x.state = inquiry.Open; x.queue == mine {
			x.state = inquiry.Assigned
		}
	}
	if !slices.Contains([]inquiry.State{inquiry.Open, inquiry.Assigned, inquiry.Resolved}, x.state) {
		check.Say("state", "There is no such state.")
	}
	if x.list.Reason != "" && !slices.Contains(inquiry.Reasons(), x.list.Reason) {
		check.Say("reason", "There is no such reason.")
	}
	if x.list.Language != "" && !slices.Contains(i18n.Languages(), x.list.Language) {
		check.Say("language", "There is no such language.")
	}
	// As with single inquiries: operators and supervisors see all, others their own office's.
	if x.queue != mine && !(inquiry.Inquiry{Office: x.queue}).MayRead(who) {
		return wish{}, inquiry.ErrNotYours
	}
	return x, check.Err()
}

// find reads a list: one query.
func (h *handler) find(r *http.Request, who staff.Identity, x wish) (inquiry.Page, error) {
	var page inquiry.Page
	var err error
	switch {
	case x.queue != mine:
		page, err = h.inquiries.InQueue(r.Context(), x.queue, x.state, x.list)
	case who.Email != "": // whom the directory does not know has nothing
		page, err = h.inquiries.OfPerson(r.Context(), who.Email, x.state, x.list)
	}
	if errors.Is(err, inquiry.ErrAfter) {
		err = invalid("after", "after.unknown")
	}
	return page, err
}

// inquiryList is one page of a queue.
type inquiryList struct {
	Inquiries []summary `json:"inquiries"`
	Next      string    `json:"next,omitempty"` // the after of the next page, if there may be one
}

// listInquiries answers GET /v1/staff/inquiries?queue=&state=&sort=due|-due&reason=&language=&after=&limit=.
func (h *handler) listInquiries(w http.ResponseWriter, r *http.Request, who staff.Identity) error {
	x, err := wishOf(r, who)
	if err != nil {
		return err
	}
	page, err := h.find(r, who, x)
	if err != nil {
		return err
	}
	answer := inquiryList{[]summary{}, page.Next}
	for _, i := range page.Inquiries {
		answer.Inquiries = append(answer.Inquiries, h.summarize(i))
	}
	web.Outcome(r.Context(), "listed")
	return web.WriteJSON(w, http.StatusOK, answer)
}
