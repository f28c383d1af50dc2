package main

import (
	"fmt"
	"net/http"
	"slices"
	"time"

	"voice.example/shared/chart"
	"voice.example/shared/staff"
	"voice.example/shared/volume"
	"voice.example/shared/web"
)

// volumesPage is what the page of volumes shows.
type volumesPage struct {
	Pers     []web.Option
	CSV      string // the address of the same as a file
	Quarter  string // of the last quarter that is over
	Facts    []fact
	Opened   picture
	Contact  picture
	Outcomes picture
	More     []figures
	Staffing staffing
}

// perOptions are what days can be summed up by.
var perOptions = []web.Option{{Value: "day", Words: "Day"}, {Value: "week", Words: "Week, from Monday"}, {Value: "month", Words: "Month"}}

// fact is a figure and what it is.
type fact struct{ Words, Figure string }

// showVolumes answers GET /staff/volumes?from&to&per&answer&level: one call for the session and one for all figures.
func (h *handler) showVolumes(w http.ResponseWriter, r *http.Request, _ staff.Identity) error {
	var check web.Check
	p := h.period(r, usualDays, &check)
	target := readTarget(r, &check)
	days, err := h.volumes.Days(r.Context(), volume.Inquiries, p.From, p.To)
	if err != nil {
		return err
	}
	total := volume.Total(days)
	spans := volume.Sum(days, p.Per)
	page := web.Page{Template: "volumes", Title: "Volumes", Data: volumesPage{
		Pers:    perOptions,
		CSV:     "/staff/volumes.csv?" + p.query(),
		Quarter: "/staff/volumes/quarter?q=" + volume.QuarterOf(h.today()).Before().String(),
		Facts:   facts(total),
		Opened:  openedOver(spans),
		Contact: contactOf(total),
		Outcomes: kinds("outcomes", "Outcomes", "One bar for each outcome.", figures{Caption: "Resolved, by outcome", Head: "Outcome"},
			inWords(total, volume.Outcome)),
		More: []figures{
			shares(figures{Caption: "Opened, by reason", Head: "Reason"}, inWords(total, volume.Reason)),
			shares(figures{Caption: "Opened, by channel", Head: "Channel"}, inWords(total, volume.Channel)),
			shares(figures{Caption: "Opened, by office", Head: "Office"}, inWords(total, volume.Office)),
			shares(figures{Caption: "Opened, by language", Head: "Language"}, inWords(total, volume.Language)),
		},
		Staffing: staffingOf(days, target),
	}}
	page.Form = web.Form{"from": string(p.From), "to": string(p.To), "per": string(p.Per), "answer": target.answerText(), "level": target.levelText()}
	if err := check.Err(); err != nil {
		for _, name := range []string{"from", "to"} { // as they were chosen, since a browser's date field shows nothing else
			if d, err := volume.ParseDate(r.URL.Query().Get(name)); err == nil {
				page.Form[name] = string(d)
			}
		}
		return h.RenderForm(w, r, page, err)
	}
	web.Outcome(r.Context(), "volumes")
	return h.Render(w, r, page)
}

// facts are the figures that come first.
func facts(c volume.Counts) []fact {
	f := []fact{
		{"Opened", number(c[volume.Opened])},
		{"Resolved", number(c[volume.Resolved])},
		{"Somebody was in contact", number(c[volume.FirstContact]) + " of those opened, " + share(c[volume.FirstContact], c[volume.Opened])},
	}
	if n := c[volume.FirstContact]; n > 0 {
		f = append(f, fact{"First contact, on average after", lasting(time.Duration(c[volume.ContactSeconds]/n) * time.Second)})
	}
	return append(f, fact{"Overdue", number(c[volume.Overdue]) + ", " + share(c[volume.Overdue], c[volume.Opened])},
		fact{"Handed to somebody else", times(c[volume.Transfers])}, fact{"Calls", number(c.Sum(volume.Calls))})
}

func times(n int64) string {
	if n == 1 {
		return "once"
	}
	return number(n) + " times"
}

// lasting writes how long something took, in the two largest units.
func lasting(d time.Duration) string {
	switch d = d.Round(time.Second); {
	case d < time.Minute:
		return fmt.Sprintf("%d s", int(d.Seconds()))
	case d < time.Hour:
		return fmt.Sprintf("%d min", int(d.Round(time.Minute).Minutes()))
	case d < 48*time.Hour:
		d = d.Round(time.Minute)
		return fmt.Sprintf("%d h %d min", int(d.Hours()), int(d.Minutes())%60)
	}
	d = d.Round(time.Hour)
	return fmt.Sprintf("%d d %d h", int(d.Hours())/24, int(d.Hours())%24)
}

// openedOver draws what was opened, by the most frequent reasons; what is left is one of them, and has the last colour.
func openedOver(spans []volume.Span) picture {
	total := volume.Counts{}
	for _, s := range spans {
		total.Add(s.Counts)
	}
	top := total.By(volume.Reason)
	rest := len(top) > chart.MaxSeries
	if rest {
		top = top[:chart.MaxSeries-1]
	}
	series := make([]chart.Series, len(top))
	others := chart.Series{Name: "All others"}
	labels := make([]string, len(spans))
	for i, span := range spans {
		labels[i] = span.Label
		left := span.Counts[volume.Opened]
		for n, e := range top {
			v := span.Counts[volume.Name(volume.Reason, e.Value)]
			series[n].Name, series[n].Values, left = words(volume.Reason, e.Value), append(series[n].Values, v), left-v
		}
		others.Values = append(others.Values, left)
	}
	if rest || slices.ContainsFunc(others.Values, func(n int64) bool { return n != 0 }) {
		series = append(series, others)
	}
	return over("opened", "Inquiries opened, by reason", "A column for each period, made of one part for each reason.", "Opened, by reason", labels, series)
}

// contactOf draws how long the first contact took.
func contactOf(c volume.Counts) picture {
	var entries []volume.Entry
	for _, b := range volume.Buckets() {
		entries = append(entries, volume.Entry{Value: b.Words, N: c[volume.Name(volume.FirstContact, b.Name)]})
	}
	entries = append(entries, volume.Entry{Value: "not yet", N: c[volume.Opened] - c[volume.FirstContact]})
	return kinds("contact", "Time to the first contact", "One bar for each range of time, the shortest first.",
		figures{Caption: "Opened, by the time to the first contact", Head: "Time"}, entries)
}
