package main

import (
	"errors"
	"net/http"
	"slices"
	"time"

	"voice.example/shared/inquiry"
	"voice.example/shared/web"
)

// opened answers a request. The PIN is shown this once; the same request with the same key is answered alike.
type opened struct {
	Reference string        `json:"reference"`
	PIN       string        `json:"pin"`
	State     inquiry.State `json:"state"`
	DueBy     *time.Time    `json:"due_by,omitempty"`    // until when somebody is to be in contact
	OffTopic  *offTopic     `json:"off_topic,omitempty"` // others answer this
}

type offTopic struct {
	Number string `json:"number"`
}

// traced is a request as whoever asked may see it.
type traced struct {
	Reference string          `json:"reference"`
	Reason    inquiry.Reason  `json:"reason"`
	State     inquiry.State   `json:"state"`
	Outcome   inquiry.Outcome `json:"outcome,omitempty"`
	DueBy     *time.Time      `json:"due_by,omitempty"` // as long as nobody was in contact
	OffTopic  *offTopic       `json:"off_topic,omitempty"`
	Timeline  []step          `json:"timeline"`
}

// tracing is which request somebody follows, and the PIN that they were shown.
type tracing struct {
	Reference string `json:"reference" jsonschema:"required"`
	PIN       string `json:"pin" jsonschema:"required"`
}

// inSafeContact are the fields that stand in safe_contact.
var inSafeContact = []string{"name", "hours", "note"}

// inquire answers POST /v1/inquiries.
func (h *handler) inquire(w http.ResponseWriter, r *http.Request) error {
	key, err := idempotencyKey(r)
	if err != nil {
		return err
	}
	var in question
	if err := web.DecodeLongJSON(r, &in); err != nil {
		return err
	}
	a, err := in.read(r, inquiry.API)
	if err != nil {
		if wrong := (*web.Error)(nil); errors.As(err, &wrong) {
			for n, f := range wrong.Fields {
				if slices.Contains(inSafeContact, f.Name) {
					wrong.Fields[n].Name = "safe_contact." + f.Name
				}
			}
		}
		return err
	}
	i, err := h.open(r, key, a)
	if err != nil {
		return err
	}
	out := opened{Reference: i.Reference, PIN: h.inquiries.PIN(i), State: i.State, DueBy: due(i)}
	if i.Reason.OffTopic() {
		out.OffTopic = &offTopic{h.elsewhere(i.Reason)}
		web.Outcome(r.Context(), "off_topic")
	} else {
		web.Outcome(r.Context(), "asked")
	}
	return web.WriteJSON(w, http.StatusCreated, out)
}

// due is until when somebody is to be in contact; nil once somebody was.
func due(i inquiry.Inquiry) *time.Time {
	at, err := time.Parse(time.RFC3339, i.DueBy)
	if err != nil || i.FirstContactAt != nil || i.State == inquiry.Resolved {
		return nil
	}
	return &at
}

// trace answers POST /v1/inquiries/search.
func (h *handler) trace(w http.ResponseWriter, r *http.Request) error {
	var in tracing
	if err := web.DecodeJSON(r, &in); err != nil {
		return err
	}
	i, err := h.find(r, in.Reference, in.PIN)
	if err != nil {
		return err
	}
	steps, err := h.steps(r.Context(), i)
	if err != nil {
		return err
	}
	out := traced{Reference: i.Reference, Reason: i.Reason, State: i.State, Outcome: i.Outcome, DueBy: due(i), Timeline: steps}
	if i.Reason.OffTopic() {
		out.OffTopic = &offTopic{h.elsewhere(i.Reason)}
	}
	web.Outcome(r.Context(), "followed")
	return web.WriteJSON(w, http.StatusOK, out)
}
