package main

import (
	"cmp"
	"net/http"
	"slices"

	"voice.example/shared/staff"
	"voice.example/shared/volume"
	"voice.example/shared/web"
)

// quarterPage is a quarter for publication.
type quarterPage struct {
	Quarter      string
	From, To     volume.Date
	Before, Next string // addresses; Next is "" where that quarter is not over
	Threshold    int
	Most         int // of the numbers that are not shown
	Facts        []fact
	Tables       []quarterTable
}

// quarterTable is a breakdown of the report. One that is withheld has no rows.
type quarterTable struct {
	figures
	Withheld bool
}

// showQuarter answers GET /staff/volumes/quarter?q=2026-Q2, usually of the last quarter that is over.
func (h *handler) showQuarter(w http.ResponseWriter, r *http.Request, _ staff.Identity) error {
	last := volume.QuarterOf(h.today()).Before()
	q := last
	var check web.Check
	if text := r.URL.Query().Get("q"); text != "" {
		asked, err := volume.ParseQuarter(text)
		switch {
		case err != nil:
			check.Say("q", "A quarter is written like "+last.String()+".")
		case asked.To() > last.To():
			// Published day after day, a quarter gives away each day.
			check.Say("q", "A quarter is published when it is over.")
		default:
			q = asked
		}
	}
	if err := check.Err(); err != nil {
		return err
	}
	days, err := h.volumes.Days(r.Context(), volume.Inquiries, q.From(), q.To())
	if err != nil {
		return err
	}
	report := volume.Publication(days)
	page := quarterPage{Quarter: q.String(), From: q.From(), To: q.To(), Before: quarterHref(q.Before()),
		Threshold: volume.Threshold, Most: volume.Threshold - 1,
		Facts: []fact{{"Inquiries opened", figure(report.Opened)}, {"Inquiries resolved", figure(report.Resolved)},
			{"Handed to somebody else, times", figure(report.Transfers)}}}
	if q != last {
		page.Next = quarterHref(q.Next())
	}
	for _, t := range []struct{ dimension, caption, head string }{
		{volume.Month, "Opened, by month", "Month"}, {volume.Reason, "Opened, by reason", "Reason"}, {volume.Channel, "Opened, by channel", "Channel"},
		{volume.Office, "Opened, by office", "Office"}, {volume.Language, "Opened, by language", "Language"},
		{volume.FirstContact, "Opened, by the time to the first contact", "Time"},
		{volume.Overdue, "Opened, by whether somebody was in contact in time", "First contact"},
		{volume.Outcome, "Resolved, by outcome", "Outcome"},
	} {
		b := report.Breakdown(t.dimension)
		table := quarterTable{figures{Caption: t.caption, Head: t.head, Columns: []string{"Number"}}, b.Withheld}
		for _, part := range inOrder(b) {
			table.Rows = append(table.Rows, figuresRow{words(t.dimension, part.Name), []string{figure(part.Figure)}})
		}
		table.Rows = append(table.Rows, figuresRow{"Total", []string{figure(b.Total)}})
		page.Tables = append(page.Tables, table)
	}
	web.Outcome(r.Context(), "quarter")
	return h.Render(w, r, web.Page{Template: "quarter", Title: "Inquiries in a quarter", Data: page})
}

// inOrder is the parts of a breakdown in an order that says nothing of their numbers: waits by their length, all else by
// its code.
func inOrder(b volume.Published) []volume.PublishedPart {
	if b.Name != volume.FirstContact {
		return b.Parts
	}
	place := map[string]int{volume.None: len(volume.Buckets())}
	for i, bucket := range volume.Buckets() {
		place[bucket.Name] = i
	}
	parts := slices.Clone(b.Parts)
	slices.SortFunc(parts, func(x, y volume.PublishedPart) int { return cmp.Compare(place[x.Name], place[y.Name]) })
	return parts
}

func quarterHref(q volume.Quarter) string { return "/staff/volumes/quarter?q=" + q.String() }

// figure writes a number with commas, or why there is none.
func figure(f volume.Figure) string {
	if f.Shown == volume.InFull {
		return number(f.N)
	}
	return f.String()
}
