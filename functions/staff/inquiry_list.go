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
	answer := struct {
		Inquiries []summary `json:"inquiries"`
		Next      string    `json:"next,omitempty"`
	}{[]summary{}, page.Next}
	for _, i := range page.Inquiries {
		answer.Inquiries = append(answer.Inquiries, h.summarize(i))
	}
	web.Outcome(r.Context(), "listed")
	return web.WriteJSON(w, http.StatusOK, answer)
}

// queuePage is what the page of a queue shows.
type queuePage struct {
	List      listing
	Rows      []queueRow
	Queues    []web.Option
	States    []web.Option
	Reasons   []web.Option
	Languages []web.Option
	Mine      bool
}

// queueRow is one inquiry of a queue.
type queueRow struct {
	inquiry.Inquiry
	Why   string
	Due   time.Time
	State badge
	Free  bool // whoever looks may take it
}

// showQueue answers GET /staff/queue.
func (h *handler) showQueue(w http.ResponseWriter, r *http.Request, who staff.Identity) error {
	list := readListing(r, []string{"due"}, "queue", "state", "reason", "language")
	x, err := wishOf(r, who)
	if err != nil {
		return err
	}
	found, err := h.find(r, who, x)
	if err != nil {
		return err
	}
	list.Next = found.Next
	list.Filters["queue"], list.Filters["state"] = x.queue, string(x.state)
	page := queuePage{List: list, Mine: x.queue == mine, States: stateOptions(), Reasons: reasonOptions("Any"), Languages: languageOptions("Any")}
	page.Queues = []web.Option{{Value: mine, Words: "What I have"}}
	if who.Office != "" && who.Office != inquiry.National {
		page.Queues = append(page.Queues, web.Option{Value: who.Office, Words: "My office, " + who.Office})
	}
	if (inquiry.Inquiry{Office: inquiry.National}).MayRead(who) {
		page.Queues = append(page.Queues, web.Option{Value: inquiry.National, Words: "The whole country"})
	}
	if !slices.ContainsFunc(page.Queues, func(o web.Option) bool { return o.Value == x.queue }) {
		page.Queues = append(page.Queues, web.Option{Value: x.queue, Words: "Office " + x.queue})
	}
	for _, i := range found.Inquiries {
		due, _ := time.Parse(time.RFC3339, i.DueBy)
		page.Rows = append(page.Rows, queueRow{Inquiry: i, Why: reasonWords[i.Reason], Due: due, State: h.stateBadge(i),
			Free: i.State == inquiry.Open && who.Email != ""})
	}
	web.Outcome(r.Context(), "queue")
	return h.Render(w, r, web.Page{Template: "queue", Title: "Queue", Form: list.Form(), Data: page})
}
