package custody

// Change says which event it is when a record goes from old to new. A nil old means that there was no record.
// It compares what the two say and not their versions, so that a write which changed nothing is no event.
func Change(old, new *Record) Event {
	switch {
	case new == nil:
		return NoEvent // records are never deleted in operation; a clean-up tells nobody
	case old == nil:
		return new.Status.event()
	case new.Status == InCustody && old.Status == InCustody:
		return within(old, new)
	case new.Status == InCustody:
		if !new.AsOf.After(old.AsOf) || old.Status == Deceased {
			return Corrected // the end that we announced was none: the same moment, or an earlier one, is told differently
		}
		return Returned
	case new.Status != old.Status:
		return new.Status.event()
	case laterStay(old, new):
		return new.Status.event() // booked in and out again between two files
	}
	return NoEvent
}

// within compares two moments of one person in custody.
func within(old, new *Record) Event {
	if laterStay(old, new) {
		return BookedIn // out and in again between two files
	}
	if place(old) != place(new) || old.InTransit != new.InTransit {
		return Transferred
	}
	return NoEvent
}

func place(r *Record) string {
	if r.FacilityCode != "" {
		return r.FacilityCode
	}
	return foldName(r.Facility)
}

func laterStay(old, new *Record) bool {
	return !old.BookedIn.IsZero() && new.BookedIn.After(old.BookedIn)
}
