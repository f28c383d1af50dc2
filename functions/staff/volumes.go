package main

import (
	"net/http"
	"net/url"
	"slices"

	"voice.example/shared/staff"
	"voice.example/shared/volume"
	"voice.example/shared/web"
)

const (
	// usualDays is how many days are shown, up to today, unless the request says.
	usualDays = 30
	// mostDays is how many days are shown one by one. Weeks and months may be of as many days as volume reads at once.
	mostDays = 366
)

// routeVolumes routes the volumes: JSON, pages and files.
func (h *handler) routeVolumes() {
	h.Handle("GET", "/v1/staff/volumes", h.allowed(staff.ReadVolumes, h.listVolumes))
	h.Handle("GET", "/staff/volumes", h.page(staff.ReadVolumes, h.showVolumes))
	h.Handle("GET", "/staff/volumes.csv", h.page(staff.ReadVolumes, h.sendVolumes))
	h.Handle("GET", "/staff/volumes/quarter", h.page(staff.ReadVolumes, h.showQuarter))
}

// period is the days that figures are asked for, both ends included, and by what they are summed up.
type period struct {
	From, To volume.Date
	Per      volume.Per
}

// today is the day at the agency.
func (h *handler) today() volume.Date { return volume.DateOf(h.now(), h.Zone) }

// usualPeriod is the days up to today, one by one.
func (h *handler) usualPeriod(days int) period {
	return period{h.today().Add(1 - days), h.today(), volume.PerDay}
}

// period reads ?from&to&per. What is left out is usual; what is wrong is noted, and usual too.
func (h *handler) period(r *http.Request, days int, check *web.Check) period {
	query := r.URL.Query()
	usual := h.usualPeriod(days)
	p := usual
	date := func(name string, into *volume.Date) {
		if text := query.Get(name); text != "" {
			d, err := volume.ParseDate(text)
			if err != nil {
				check.Say(name, "A date is written like 2026-06-01.")
				return
			}
			*into = d
		}
	}
	date("to", &p.To)
	if query.Get("from") == "" {
		p.From = p.To.Add(1 - days)
	}
	date("from", &p.From)
	if per := volume.Per(query.Get("per")); per != "" {
		if !slices.Contains(volume.Pers(), per) {
			check.Say("per", "Choose day, week or month.")
		} else {
			p.Per = per
		}
	}
	switch length := p.From.DaysTo(p.To) + 1; {
	case check.Err() != nil:
		return usual
	case length < 1:
		check.Say("to", "The last day is before the first.")
	case p.Per == volume.PerDay && length > mostDays:
		check.Say("per", "More than a year is shown by week or month.")
	case length > volume.MaxDays:
		check.Say("from", "At most three years are shown at once.")
	default:
		return p
	}
	return usual
}

// query is the period as an address has it.
func (p period) query() string {
	return url.Values{"from": {string(p.From)}, "to": {string(p.To)}, "per": {string(p.Per)}}.Encode()
}

// spanJSON is some days, summed up.
type spanJSON struct {
	Label        string                      `json:"label,omitempty"` // 2026-06-01, 2026-W23, 2026-06
	From         volume.Date                 `json:"from"`
	To           volume.Date                 `json:"to"`
	Opened       int64                       `json:"opened"`
	Resolved     int64                       `json:"resolved"`
	Transfers    int64                       `json:"transfers"`
	Overdue      int64                       `json:"overdue"`
	By           map[string]map[string]int64 `json:"by"` // reason, channel, office, language, outcome
	FirstContact struct {
		Count   int64            `json:"count"`
		Seconds int64            `json:"seconds"` // of all of them together
		Within  map[string]int64 `json:"within"`
	} `json:"first_contact"`
	Calls map[string]callsJSON `json:"calls"` // by the hour of the day at the agency, 00 to 23
}

type callsJSON struct {
	Count   int64 `json:"count"`
	Seconds int64 `json:"seconds"` // that the operators' forms were open, together
}

func spanOf(label string, from, to volume.Date, c volume.Counts) spanJSON {
	s := spanJSON{Label: label, From: from, To: to, Opened: c[volume.Opened], Resolved: c[volume.Resolved], Transfers: c[volume.Transfers],
		Overdue: c[volume.Overdue], By: map[string]map[string]int64{}, Calls: map[string]callsJSON{}}
	for _, dimension := range []string{volume.Reason, volume.Channel, volume.Office, volume.Language, volume.Outcome} {
		s.By[dimension] = byValue(c, dimension)
	}
	s.FirstContact.Count, s.FirstContact.Seconds, s.FirstContact.Within = c[volume.FirstContact], c[volume.ContactSeconds], byValue(c, volume.FirstContact)
	for _, e := range c.By(volume.Calls) {
		s.Calls[e.Value] = callsJSON{e.N, c[volume.Name(volume.CallSeconds, e.Value)]}
	}
	return s
}

func byValue(c volume.Counts, dimension string) map[string]int64 {
	values := map[string]int64{}
	for _, e := range c.By(dimension) {
		values[e.Value] = e.N
	}
	return values
}

// volumeReport is how many inquiries there were, in all and per day, week or month.
type volumeReport struct {
	Per   volume.Per `json:"per"`
	Total spanJSON   `json:"total"`
	Spans []spanJSON `json:"spans"`
}

// listVolumes answers GET /v1/staff/volumes?from&to&per.
func (h *handler) listVolumes(w http.ResponseWriter, r *http.Request, _ staff.Identity) error {
	var check web.Check
	p := h.period(r, usualDays, &check)
	if err := check.Err(); err != nil {
		return err
	}
	days, err := h.volumes.Days(r.Context(), volume.Inquiries, p.From, p.To)
	if err != nil {
		return err
	}
	spans := []spanJSON{}
	for _, s := range volume.Sum(days, p.Per) {
		spans = append(spans, spanOf(s.Label, s.From, s.To, s.Counts))
	}
	web.Outcome(r.Context(), "volumes_listed")
	return web.WriteJSON(w, http.StatusOK, volumeReport{p.Per, spanOf("", p.From, p.To, volume.Total(days)), spans})
}
