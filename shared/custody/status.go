package custody

// Status is where a person stands.
type Status string

const (
	InCustody      Status = "in_custody"
	TransferredOut Status = "transferred_out" // to another agency, which VOICE cannot see into
	Released       Status = "released"
	Removed        Status = "removed"  // from the country, by the agency
	Departed       Status = "departed" // from the country, voluntarily
	Escaped        Status = "escaped"
	Deceased       Status = "deceased"
)

// Statuses lists them all.
func Statuses() []Status {
	return []Status{InCustody, TransferredOut, Released, Removed, Departed, Escaped, Deceased}
}

// Valid reports whether s is one of the statuses.
func (s Status) Valid() bool {
	for _, known := range Statuses() {
		if s == known {
			return true
		}
	}
	return false
}

// Event is one change of a record that matters to a victim.
type Event string

const (
	NoEvent       Event = "" // the change matters to nobody outside the agency
	BookedIn      Event = "booked_in"
	Transferred   Event = "transferred"
	EventReleased Event = "released"
	EventRemoved  Event = "removed"
	EventDeparted Event = "departed"
	OtherAgency   Event = "other_agency"
	EventEscaped  Event = "escaped"
	Returned      Event = "returned" // in custody again
	EventDeceased Event = "deceased"
	Unlisted      Event = "unlisted"  // in custody as far as we know, but not on the agency's list of those it holds
	Corrected     Event = "corrected" // what was said before was wrong
)

// Events lists all but NoEvent.
func Events() []Event {
	return []Event{BookedIn, Transferred, EventReleased, EventRemoved, EventDeparted, OtherAgency, EventEscaped,
		Returned, EventDeceased, Unlisted, Corrected}
}

// Valid reports whether e is one of the events.
func (e Event) Valid() bool {
	for _, known := range Events() {
		if e == known {
			return true
		}
	}
	return false
}

// Urgent reports whether a text about the event goes at once, whatever the hour: the person is or may be near, or
// what we said about them was wrong.
func (e Event) Urgent() bool {
	switch e {
	case EventReleased, EventEscaped, Returned, EventDeceased, Unlisted, Corrected:
		return true
	}
	return false
}

// event is what it is when a record arrives at the status.
func (s Status) event() Event {
	switch s {
	case InCustody:
		return BookedIn
	case TransferredOut:
		return OtherAgency
	case Released:
		return EventReleased
	case Removed:
		return EventRemoved
	case Departed:
		return EventDeparted
	case Escaped:
		return EventEscaped
	case Deceased:
		return EventDeceased
	}
	return NoEvent
}
