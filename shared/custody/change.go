package custody

import "time"

// Change says which event it is when a record goes from old to new. A nil old means that there was no record.
// It compares what the two say and not their versions, so that a write which changed nothing is no event.
//
// What happened while nobody could be told of it, because the record lacked what Disclosable asks for or named
// another country of birth, is told once somebody can be: such an old record counts as none.
func Change(old, new *Record, now time.Time) Event {
	switch {
	case new == nil:
		return NoEvent // records are never deleted in operation; a clean-up tells nobody
	case old != nil && new.TakesBack(old):
		return retraction(old, new, now)
	case old == nil, Disclosable(*new, now) && (!Disclosable(*old, now) || old.CountryOfBirth != new.CountryOfBirth):
		return new.event()
	case new.Status == InCustody && old.Status == InCustody:
		return within(old, new)
	case new.Status == InCustody:
		if !new.AsOf.After(old.AsOf) || old.Status == Deceased {
			return Corrected // the end that we announced was none: the same moment, or an earlier one, is told differently
		}
		return Returned
	case new.Status != old.Status, laterStay(old, new), old.ahead() && !new.ahead():
		// Also: booked in and out again between two files, and an end dated ahead that has come.
		return new.Status.event()
	}
	return NoEvent
}

// retraction is the event of a version that takes back an earlier one, also if nothing is known or may be told of the
// person any more: who was told something wrong must hear that it was. What was never told needs no correction. If
// something newer stands between the two, old does not show whether it was told: the ledger knows.
func retraction(old, new *Record, now time.Time) Event {
	wrongIsOld := old.Version == new.Retracts.Version && old.UploadID == new.Retracts.UploadID
	if wrongIsOld && !Disclosable(*old, now) {
		return NoEvent
	}
	return Corrected
}

// event is what it is when a record arrives at where it stands.
func (r *Record) event() Event {
	if r.Unlisted() {
		return Unlisted
	}
	return r.Status.event()
}

// within compares two moments of one person in custody.
func within(old, new *Record) Event {
	switch {
	case new.Unlisted() && !old.Unlisted():
		return Unlisted
	case old.Unlisted() && !new.Unlisted():
		return Returned // to the list
	case laterStay(old, new):
		return BookedIn // out and in again between two files
	case !samePlace(old, new) || old.InTransit != new.InTransit:
		return Transferred
	}
	return NoEvent
}

// samePlace compares facilities by their codes, or by their names where one has no code.
func samePlace(a, b *Record) bool {
	if a.FacilityCode != "" && b.FacilityCode != "" {
		return a.FacilityCode == b.FacilityCode
	}
	return foldName(a.Facility) == foldName(b.Facility)
}

// laterStay reports whether new belongs to a stay in custody that began after old's.
func laterStay(old, new *Record) bool {
	if !old.BookedIn.IsZero() && new.BookedIn.After(old.BookedIn) {
		return true
	}
	// Files without the begin of the stay: a stint that began after the last stay ended is of another one.
	return old.Status != InCustody && !old.Since.IsZero() && (new.StintStart.After(old.Since) || new.BookedIn.After(old.Since))
}

// Contradicts reports whether what the record says now is another status or place than told, an earlier version of it,
// said, so that a text about the earlier one would be wrong today.
func (r Record) Contradicts(told Record) bool {
	return r.Status != told.Status || r.InTransit != told.InTransit || r.Unlisted() != told.Unlisted() ||
		r.Status == InCustody && !samePlace(&r, &told)
}

// EventSince is the event that tells where the record stands now to somebody who knows told, an earlier version of it.
func (r Record) EventSince(told Record) Event {
	switch {
	case r.Status != InCustody || r.Unlisted():
		return r.event()
	case told.Status == InCustody && !told.Unlisted():
		return Transferred
	}
	return Returned
}

// aheadBy is how far ahead of its receipt a time may lie without being dated ahead: a file's times carry no zone.
const aheadBy = 24 * time.Hour

// ahead reports whether the status was to begin only after we received it.
func (r Record) ahead() bool { return r.Since.After(r.ReceivedAt.Add(aheadBy)) }

// KnownAsOf is the moment up to which the record can be trusted: what it speaks of, but never later than we heard it.
func (r Record) KnownAsOf() time.Time {
	if !r.ReceivedAt.IsZero() && r.AsOf.After(r.ReceivedAt) {
		return r.ReceivedAt
	}
	return r.AsOf
}
