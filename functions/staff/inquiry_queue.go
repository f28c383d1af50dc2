package main

import (
	"net/http"
	"net/url"
	"slices"
	"time"

	"voice.example/shared/inquiry"
	"voice.example/shared/staff"
	"voice.example/shared/web"
)

// queuePage is what the page of a queue shows.
type queuePage struct {
	List      listing
	Tables    []queueTable
	Nothing   string // said where there is no table
	Queues    []web.Option
	States    []web.Option
	Reasons   []web.Option
	Languages []web.Option
}

// queueTable is a list of inquiries, of one at least.
type queueTable struct {
	Caption string
	Rows    []queueRow
	More    string // where all of them are, if these are the first
}

// queueRow is one inquiry of a queue.
type queueRow struct {
	inquiry.Inquiry
	Why   string
	Due   time.Time
	Badge badge
	Free  bool // whoever looks may take it
}

// showQueue answers GET /staff/queue. Without a queue it shows what one has, and then what waits: after the session that is two
// queries. With one it shows that one: one query.
func (h *handler) showQueue(w http.ResponseWriter, r *http.Request, who staff.Identity) error {
	list := readListing(r, []string{"due"}, "queue", "state", "reason", "language")
	x, err := wishOf(r, who)
	if err != nil {
		return err
	}
	page := queuePage{Queues: queuesOf(who, list.Filters["queue"]), States: stateOptions("To be done"),
		Reasons: reasonOptions("Any"), Languages: languageOptions("Any"), Nothing: "Nothing waits here."}
	waits := ""
	if list.Filters["queue"] == "" && list.Filters["state"] == "" {
		waits, page.Nothing = waitsFor(who), "You have nothing to do now, and nothing waits for you."
	}
	found, err := h.find(r, who, x)
	if err != nil {
		return err
	}
	list.Next = found.Next
	if x.queue == mine {
		page.add(h, "What you have", found, who)
	} else {
		page.add(h, "Requests of "+queueName(x.queue), found, who)
	}
	if waits != "" && list.After == "" {
		all := x
		all.queue, all.state = waits, inquiry.Open
		if found, err = h.find(r, who, all); err != nil {
			return err
		}
		page.add(h, "What waits at "+queueName(waits), found, who)
		more := listing{Path: list.Path, Filters: map[string]string{"queue": waits, "reason": list.Filters["reason"], "language": list.Filters["language"]}}
		if n := len(page.Tables); n > 0 && found.Next != "" {
			page.Tables[n-1].More = more.href(list.Sort, list.Desc, "")
		}
	}
	page.List = list
	web.Outcome(r.Context(), "queue")
	return h.Render(w, r, web.Page{Template: "queue", Title: "Queue", Form: list.Form(), Data: page})
}

func (p *queuePage) add(h *handler, caption string, found inquiry.Page, who staff.Identity) {
	if len(found.Inquiries) == 0 {
		return
	}
	t := queueTable{Caption: caption}
	for _, i := range found.Inquiries {
		due, _ := time.Parse(time.RFC3339, i.DueBy)
		t.Rows = append(t.Rows, queueRow{Inquiry: i, Why: reasonWords[i.Reason], Due: due, Badge: h.stateBadge(i),
			Free: i.State == inquiry.Open && who.Email != ""})
	}
	p.Tables = append(p.Tables, t)
}

// waitsFor is the queue where somebody finds more to do: their office's, or that of the whole country; "" for none.
func waitsFor(who staff.Identity) string {
	for _, office := range []string{who.Office, inquiry.National} {
		if office != "" && (inquiry.Inquiry{Office: office}).MayRead(who) {
			return office
		}
	}
	return ""
}

// queuePath is the path of a queue.
func queuePath(queue string) string { return "/staff/queue?" + url.Values{"queue": {queue}}.Encode() }

func queueName(queue string) string {
	if queue == inquiry.National {
		return "the whole country"
	}
	return "office " + queue
}

// queuesOf are the queues that somebody chooses from, with the one that is shown.
func queuesOf(who staff.Identity, shown string) []web.Option {
	all := []web.Option{{Words: "What I have, and what waits"}, {Value: mine, Words: "What I have"}}
	add := func(queue, words string) {
		if queue != "" && !slices.ContainsFunc(all, func(o web.Option) bool { return o.Value == queue }) {
			all = append(all, web.Option{Value: queue, Words: words})
		}
	}
	if who.Office != inquiry.National {
		add(who.Office, "My office, "+who.Office)
	}
	if (inquiry.Inquiry{Office: inquiry.National}).MayRead(who) {
		add(inquiry.National, "The whole country")
	}
	add(shown, "Office "+shown)
	return all
}
