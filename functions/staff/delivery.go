package main

import (
	"context"
	"fmt"
	"maps"
	"net/http"
	"slices"
	"time"

	"voice.example/shared/chart"
	"voice.example/shared/staff"
	"voice.example/shared/volume"
	"voice.example/shared/web"
)

const (
	// deliveryDays is how many days are shown, up to today, unless the request says.
	deliveryDays = 14
	// lateNote is how old escalate's note may be. It comes every minute.
	lateNote = 5 * time.Minute
)

// fates are what can become of an alert, in the order in which it does.
var fates = []struct{ dimension, words string }{
	{volume.Planned, "Planned"}, {volume.Sent, "Sent"}, {volume.Delivered, "Delivered"}, {volume.Failed, "Failed"},
	{volume.OptedOut, "Opted out"}, {volume.Acknowledged, "Acknowledged"},
}

// routeDelivery routes what becomes of texts: JSON and pages.
func (h *handler) routeDelivery() {
	h.Handle("GET", "/v1/staff/delivery", h.allowed(staff.ReadDelivery, h.listDelivery))
	h.Handle("GET", "/staff/delivery", h.page(staff.ReadDelivery, h.showDelivery))
}

// delivery is how delivery stands, and what became of alerts in some days. It takes two calls.
type delivery struct {
	period
	spans []volume.Span
	total volume.Counts
	now   volume.Now
}

func (h *handler) delivery(ctx context.Context, p period) (d delivery, err error) {
	d.period = p
	days, err := h.volumes.Days(ctx, volume.Alerts, p.From, p.To)
	if err != nil {
		return d, err
	}
	d.spans, d.total = volume.Sum(days, p.Per), volume.Total(days)
	d.now, err = h.volumes.Standing(ctx)
	return d, err
}

// alertsJSON is what became of alerts in some days.
type alertsJSON struct {
	Label      string                      `json:"label,omitempty"`
	From       volume.Date                 `json:"from"`
	To         volume.Date                 `json:"to"`
	Alerts     map[string]int64            `json:"alerts"`   // planned, sent, delivered, failed, opted_out, acknowledged
	ByEvent    map[string]map[string]int64 `json:"by_event"` // the same, by the event told of
	FailedBy   map[string]int64            `json:"failed_by"`
	OptedOutBy map[string]int64            `json:"opted_out_by"`
}

func alertsOf(label string, from, to volume.Date, c volume.Counts) alertsJSON {
	a := alertsJSON{Label: label, From: from, To: to, Alerts: map[string]int64{}, ByEvent: map[string]map[string]int64{},
		FailedBy: byValue(c, volume.FailedBy), OptedOutBy: byValue(c, volume.OptedOutBy)}
	for _, f := range fates {
		a.Alerts[f.dimension] = c.Sum(f.dimension)
		for _, e := range c.By(f.dimension) {
			if a.ByEvent[e.Value] == nil {
				a.ByEvent[e.Value] = map[string]int64{}
			}
			a.ByEvent[e.Value][f.dimension] = e.N
		}
	}
	return a
}

// standingJSON is how the service stands now.
type standingJSON struct {
	AsOf        *time.Time      `json:"as_of"` // of feeds and uploads; null: never noted
	SilentFeeds []volume.Silent `json:"silent_feeds"`
	UploadsHeld int             `json:"uploads_held"` // 100: or more
	Inquiries   struct {
		Open     int64 `json:"open"`
		Assigned int64 `json:"assigned"`
		Overdue  int64 `json:"overdue"`
	} `json:"inquiries"`
}

// deliveryReport is what became of alerts, and what needs somebody now.
type deliveryReport struct {
	Per   volume.Per   `json:"per"`
	Now   standingJSON `json:"now"`
	Total alertsJSON   `json:"total"`
	Spans []alertsJSON `json:"spans"`
}

// listDelivery answers GET /v1/staff/delivery?from&to&per.
func (h *handler) listDelivery(w http.ResponseWriter, r *http.Request, _ staff.Identity) error {
	var check web.Check
	p := h.period(r, deliveryDays, &check)
	if err := check.Err(); err != nil {
		return err
	}
	d, err := h.delivery(r.Context(), p)
	if err != nil {
		return err
	}
	spans := []alertsJSON{}
	for _, s := range d.spans {
		spans = append(spans, alertsOf(s.Label, s.From, s.To, s.Counts))
	}
	standing := standingJSON{AsOf: known(d.now.Service.At), SilentFeeds: d.now.Service.Silent, UploadsHeld: d.now.Service.Held}
	if standing.SilentFeeds == nil {
		standing.SilentFeeds = []volume.Silent{}
	}
	standing.Inquiries.Open, standing.Inquiries.Assigned = d.now.Inquiries["open"], d.now.Inquiries["assigned"]
	standing.Inquiries.Overdue = d.now.Inquiries[volume.Overdue]
	web.Outcome(r.Context(), "delivery_listed")
	return web.WriteJSON(w, http.StatusOK, deliveryReport{p.Per, standing, alertsOf("", p.From, p.To, d.total), spans})
}

// deliveryPage is what the page shows.
type deliveryPage struct {
	Pers    []web.Option
	Now     []health
	Silent  []volume.Silent
	Days    picture
	Events  figures
	Reasons []figures
}

// health is one thing that is well or not.
type health struct {
	Words string
	Badge badge
}

// showDelivery answers GET /staff/delivery?from&to&per: a call for the session, one for what stands and one for the days.
func (h *handler) showDelivery(w http.ResponseWriter, r *http.Request, _ staff.Identity) error {
	var check web.Check
	p := h.period(r, deliveryDays, &check)
	d, err := h.delivery(r.Context(), p)
	if err != nil {
		return err
	}
	page := web.Page{Template: "delivery", Title: "Delivery", Form: web.Form{"from": string(p.From), "to": string(p.To), "per": string(p.Per)},
		Data: deliveryPage{Pers: perOptions, Now: h.health(d.now), Silent: d.now.Service.Silent, Days: d.overDays(), Events: d.byEvent(), Reasons: d.reasons()}}
	if err := check.Err(); err != nil {
		return h.RenderForm(w, r, page, err)
	}
	web.Outcome(r.Context(), "delivery")
	return h.Render(w, r, page)
}

// health is what staff have to know first. Where nothing has been noted for a while, nothing is said to be well.
func (h *handler) health(now volume.Now) (all []health) {
	s := now.Service
	age := h.now().Sub(s.At)
	noted := !s.At.IsZero() && age < lateNote
	switch {
	case s.At.IsZero():
		all = append(all, health{"The clock that goes on with alerts", badge{"has not run yet", "warn"}})
	case noted:
		all = append(all, health{"The clock that goes on with alerts", badge{"runs", "good"}})
	default:
		all = append(all, health{"The clock that goes on with alerts", badge{"last ran " + lasting(age) + " ago", "bad"}})
	}
	count := func(words string, n int64, none, kind string, known bool) {
		b := badge{none, "good"}
		switch {
		case n > 0:
			b = badge{number(n), kind}
		case !known:
			b = badge{"not known", ""}
		}
		all = append(all, health{words, b})
	}
	count("Feeds that are silent", int64(len(s.Silent)), "none", "bad", noted)
	held := "Uploads held, waiting for a decision"
	if s.Held >= volume.MostHeld {
		held = fmt.Sprintf("%s (%d or more)", held, volume.MostHeld)
	}
	count(held, int64(s.Held), "none", "warn", noted)
	count("Inquiries with whom nobody was in contact in time", now.Inquiries[volume.Overdue], "none", "bad", true)
	count("Inquiries that nobody has taken", now.Inquiries["open"], "none", "", true)
	return all
}

// overDays draws what became of alerts. Those that were delivered, that failed and that were not sent since the phone said
// STOP are a column together; planned, sent and acknowledged are in its table only, since they are the same alerts again.
func (d delivery) overDays() picture {
	labels, all := []string{}, make([]chart.Series, len(fates))
	for _, s := range d.spans {
		labels = append(labels, s.Label)
		for n, f := range fates {
			all[n].Name, all[n].Values = f.words, append(all[n].Values, s.Counts.Sum(f.dimension))
		}
	}
	drawn := slices.DeleteFunc(slices.Clone(all), func(s chart.Series) bool {
		return s.Name == "Planned" || s.Name == "Sent" || s.Name == "Acknowledged"
	})
	p := over("alerts", "Alerts, by what became of them", "A column for each period: delivered, failed, and opted out.", "Alerts, by what became of them",
		labels, all)
	p.SVG = chart.Chart{ID: "alerts", Title: "Alerts, by what became of them", Desc: "A column for each period: delivered, failed, and opted out.",
		Labels: labels, Series: drawn}.Columns()
	return p
}

// byEvent is what became of the alerts of each event.
func (d delivery) byEvent() figures {
	f := figures{Caption: "Alerts, by the event that they tell of", Head: "Event"}
	events := map[string]bool{}
	for _, fate := range fates {
		f.Columns = append(f.Columns, fate.words)
		for _, e := range d.total.By(fate.dimension) {
			events[e.Value] = true
		}
	}
	for _, e := range d.total.By(volume.Planned) {
		f.Rows = append(f.Rows, d.eventRow(e.Value))
		delete(events, e.Value)
	}
	for _, event := range slices.Sorted(maps.Keys(events)) { // planned before these days
		f.Rows = append(f.Rows, d.eventRow(event))
	}
	return f
}

func (d delivery) eventRow(event string) figuresRow {
	row := figuresRow{Head: words("event", event)}
	for _, fate := range fates {
		row.Cells = append(row.Cells, number(d.total[volume.Name(fate.dimension, event)]))
	}
	return row
}

// reasons are why alerts failed or were not sent.
func (d delivery) reasons() (tables []figures) {
	for _, t := range []struct{ dimension, caption string }{
		{volume.FailedBy, "Alerts that failed or were not sent, by why"}, {volume.OptedOutBy, "Alerts that were not wanted any more, by why"},
	} {
		if entries := inWords(d.total, t.dimension); len(entries) > 0 {
			tables = append(tables, shares(figures{Caption: t.caption, Head: "Why"}, entries))
		}
	}
	return tables
}
