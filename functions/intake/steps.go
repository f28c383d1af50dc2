package main

import (
	"context"
	"errors"
	"time"

	"voice.example/shared/directory"
	"voice.example/shared/inquiry"
)

// offices knows what offices are called; directory.Table does.
type offices interface {
	Office(ctx context.Context, code string) (directory.Office, error)
}

// step is one thing that happened to a request, as whoever asked is told of it: nobody of the staff is named, and nothing
// that they wrote down is there.
type step struct {
	At     time.Time `json:"at"`
	Event  string    `json:"event"`
	Office string    `json:"office,omitempty"` // what it is called; none for those who work for the whole country
}

// toldOf are what people are told of, by what happened. What is not in it is the staff's own business.
var toldOf = map[inquiry.Kind]string{
	inquiry.WasOpened:    "received",
	inquiry.WasAssigned:  "assigned",
	inquiry.WasTaken:     "assigned",
	inquiry.WasPutBack:   "waiting",
	inquiry.WasTried:     "tried",
	inquiry.WasContacted: "contacted",
	inquiry.WasReferred:  "referred",
	inquiry.WasEscalated: "escalated",
	inquiry.WasAmended:   "amended",
	inquiry.WasReopened:  "reopened",
	inquiry.WasResolved:  "closed",
}

// steps are what happened to a request, the oldest first. Of the same thing at the same office twice in a row, as when it goes
// from one person to another there, the first is told.
func (h *handler) steps(ctx context.Context, i inquiry.Inquiry) ([]step, error) {
	names := map[string]string{inquiry.National: "", "": ""}
	all, last := []step{}, ""
	for _, e := range i.Timeline {
		event, told := toldOf[e.Kind]
		if !told || event+"@"+e.Office == last && event == "assigned" {
			continue
		}
		name, known := names[e.Office]
		if !known {
			office, err := h.offices.Office(ctx, e.Office)
			if err != nil && !errors.Is(err, directory.ErrNoOffice) {
				return nil, err
			}
			name, names[e.Office] = office.Name, office.Name
		}
		all, last = append(all, step{e.At.UTC().Truncate(time.Second), event, name}), event+"@"+e.Office
	}
	return all, nil
}
