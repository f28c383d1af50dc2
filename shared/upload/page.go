package upload

import (
	"context"
	"fmt"
	"strconv"
	"strings"
	"time"

	"voice.example/shared/custody"
)

// Planned is one change of a plan as staff review it.
type Planned struct {
	Line     int            `json:"line,omitempty"` // of the file; none for people who are missing from it
	ANumber  string         `json:"a_number"`
	Event    custody.Event  `json:"event,omitempty"`
	From     custody.Status `json:"from,omitempty"` // nothing: there is no record yet
	To       custody.Status `json:"to"`
	Facility string         `json:"facility,omitempty"`
	Since    time.Time      `json:"since,omitzero"`
	AsOf     time.Time      `json:"as_of,omitzero"`
	Alerts   int            `json:"alerts"`
}

// Page is some of a plan's changes. Next is what to ask for the page after it with; empty at the end.
type Page struct {
	Changes []Planned `json:"changes"`
	Next    string    `json:"next,omitempty"`
}

// Plan returns up to limit changes of an upload's plan, from after on. Errors: ErrNotFound, also for an upload that has
// no plan yet.
func (d *Desk) Plan(ctx context.Context, uploadID, after string, limit int) (Page, error) {
	u, err := d.get(ctx, uploadID)
	if err != nil {
		return Page{}, err
	}
	if u.PlanHash == "" {
		return Page{}, ErrNotFound
	}
	p := d.reader()
	plan, err := p.readPlan(ctx, &u)
	if err != nil {
		return Page{}, err
	}
	part, index := position(after)
	page := Page{Changes: []Planned{}}
	for ; part < len(plan.Parts); part, index = part+1, 0 {
		if plan.Parts[part].Changes == 0 {
			continue
		}
		changes, err := p.readPart(ctx, u.Bucket, plan.Parts[part])
		if err != nil {
			return Page{}, err
		}
		for ; index < len(changes); index++ {
			if len(page.Changes) == limit {
				page.Next = fmt.Sprintf("%d.%d", part, index)
				return page, nil
			}
			page.Changes = append(page.Changes, planned(changes[index]))
		}
	}
	return page, nil
}

// position reads a Page's Next; what cannot be read is the beginning.
func position(after string) (part, index int) {
	before, behind, _ := strings.Cut(after, ".")
	part, _ = strconv.Atoi(before)
	index, _ = strconv.Atoi(behind)
	return max(part, 0), max(index, 0)
}

func planned(c Change) Planned {
	out := Planned{Line: c.Line, ANumber: string(c.Record.ANumber), Event: c.Event, To: c.Record.Status, Facility: c.Record.Facility,
		Since: c.Record.Since, AsOf: c.Record.AsOf, Alerts: c.Alerts}
	if c.Old != nil {
		out.From = c.Old.Status
	}
	return out
}
