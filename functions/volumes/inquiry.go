package main

import (
	"fmt"
	"time"

	"voice.example/shared/volume"
)

// inquiryImage is as much of an inquiry's image as is counted by. Inquiries from before an attribute lack it.
type inquiryImage struct {
	Reason      attribute `json:"reason"`
	Channel     attribute `json:"channel"`
	State       attribute `json:"state"`
	Office      attribute `json:"office"`
	Language    attribute `json:"language"`
	OpenedAt    attribute `json:"opened_at"`
	ContactAt   attribute `json:"first_contact_at"`
	ResolvedAt  attribute `json:"resolved_at"`
	Outcome     attribute `json:"outcome"`
	CallSeconds attribute `json:"call_seconds"`
	Transfers   attribute `json:"transfers"`
	Overdue     attribute `json:"overdue"`
}

// The states of an inquiry, and the channel that is a call.
const (
	open     = "open"
	assigned = "assigned"
	resolved = "resolved"
	byPhone  = "phone"
)

// longestCall is how long an operator's form is taken to have been in use at most. One that was open for longer was
// forgotten, and would make calls look longer than they are.
const longestCall = 2 * 60 * 60

// ofInquiry is what a change of an inquiry adds. An inquiry adds, at any time, what it is: so a change adds what the new
// image adds, less what the old one did. Whatever happens to an inquiry, in whatever order it is counted, in the end the
// counters are what all inquiries are. Only when one is forgotten, as all are after their life, the days keep it.
func (h *handler) ofInquiry(r record) (volume.Adds, error) {
	old, new, err := images[inquiryImage](r)
	if err != nil {
		return nil, err
	}
	adds := volume.Adds{}
	if new != nil {
		if err := new.add(adds, h.Zone, 1); err != nil {
			return nil, errNewImage
		}
		new.stand(adds, 1)
	}
	if old != nil {
		old.stand(adds, -1)
	}
	if old != nil && new != nil {
		if err := old.add(adds, h.Zone, -1); err != nil {
			return nil, errOldImage
		}
	}
	return adds, nil
}

// stand adds the inquiry, n times, to what stands now.
func (i inquiryImage) stand(adds volume.Adds, n int64) {
	switch i.State.S {
	case open, assigned:
		adds.Add(volume.Standing(), i.State.S, n)
		if i.Overdue.BOOL && i.ContactAt.S == "" {
			adds.Add(volume.Standing(), volume.Overdue, n)
		}
	}
}

// add adds the inquiry, n times, to the days on which it was opened and resolved.
func (i inquiryImage) add(adds volume.Adds, zone *time.Location, n int64) error {
	opened, err := time.Parse(time.RFC3339, i.OpenedAt.S)
	if err != nil {
		return fmt.Errorf("opened_at is no time")
	}
	slot := volume.On(volume.Inquiries, volume.DateOf(opened, zone))
	adds.Add(slot, volume.Opened, n)
	adds.Add(slot, volume.Name(volume.Reason, i.Reason.S), n)
	adds.Add(slot, volume.Name(volume.Channel, i.channel()), n)
	adds.Add(slot, volume.Name(volume.Office, i.Office.S), n)
	adds.Add(slot, volume.Name(volume.Language, i.Language.S), n)
	adds.Add(slot, volume.Transfers, n*i.Transfers.number())
	if i.Overdue.BOOL {
		adds.Add(slot, volume.Overdue, n)
	}
	if i.channel() == byPhone {
		hour := opened.In(zone).Format("15")
		adds.Add(slot, volume.Name(volume.Calls, hour), n)
		adds.Add(slot, volume.Name(volume.CallSeconds, hour), n*min(i.CallSeconds.number(), longestCall))
	}
	if contact, err := time.Parse(time.RFC3339, i.ContactAt.S); err == nil {
		wait := max(0, contact.Sub(opened))
		adds.Add(slot, volume.FirstContact, n)
		adds.Add(slot, volume.Name(volume.FirstContact, volume.BucketOf(wait).Name), n)
		adds.Add(slot, volume.ContactSeconds, n*int64(wait/time.Second))
	}
	if at, err := time.Parse(time.RFC3339, i.ResolvedAt.S); err == nil && i.State.S == resolved {
		slot := volume.On(volume.Inquiries, volume.DateOf(at, zone))
		adds.Add(slot, volume.Resolved, n)
		adds.Add(slot, volume.Name(volume.Outcome, i.Outcome.S), n)
	}
	return nil
}

// channel is how the inquiry came. Those from before there were channels had come by what their reason says.
func (i inquiryImage) channel() string {
	switch {
	case i.Channel.S != "":
		return i.Channel.S
	case i.Reason.S == "unanswered_alert":
		return "alert"
	case i.Reason.S == "call_me":
		return "text"
	}
	return volume.Unknown
}
