package custody

import "time"

// Retract returns the record with the version wrong, which an upload made from old (nil: there was none), taken back. If
// nothing newer has come, the record says again what it said before; a person of whom nothing was known is a record of
// which nothing is told or shown. If something newer has come, that stays. The second result is false if there is
// nothing to take back: what was told is what newer news says too.
func (r Record) Retract(old *Record, wrong Record, uploadID string, receivedAt time.Time) (Record, bool) {
	next := r
	still := r.UploadID == wrong.UploadID && (r.Version == wrong.Version || r.saysAs(wrong)) || r.onlyProtectedSince(wrong)
	switch {
	case !still:
		if !r.Contradicts(wrong) {
			return Record{}, false
		}
	case old != nil:
		next = *old
	default:
		next = Record{ANumber: r.ANumber, Status: r.Status, Feed: r.Feed}
	}
	if r.Protected != nil && *r.Protected {
		next.Protected = r.Protected // a retraction ends nobody's protection: a file that says so does
	}
	next.LegalHold = r.LegalHold
	next.Version, next.UploadID, next.ReceivedAt = r.Version+1, uploadID, receivedAt
	next.Retracts = &Retraction{UploadID: wrong.UploadID, Version: wrong.Version}
	return next, true
}

// onlyProtectedSince reports whether the record says all that an earlier version said, but for the law's protection that
// has come since.
func (r Record) onlyProtectedSince(earlier Record) bool {
	if r.Protected == nil || !*r.Protected || sameFlag(r.Protected, earlier.Protected) {
		return false
	}
	earlier.Protected = r.Protected
	return r.saysAs(earlier)
}

// saysAs reports whether the record says what an earlier version said: a legal hold that came or went is a version too.
func (r Record) saysAs(earlier Record) bool {
	return r.equal(earlier) && r.AsOf.Equal(earlier.AsOf) && r.UnlistedSince.Equal(earlier.UnlistedSince)
}

// TakesBack reports whether this version of the record, and not already old, the one before it, is what takes back an
// earlier version.
func (r Record) TakesBack(old *Record) bool {
	return r.Retracts != nil && (old == nil || old.Retracts == nil || *old.Retracts != *r.Retracts)
}

// Retracted is as much of the version that this one takes back as names it.
func (r Record) Retracted() Record {
	if r.Retracts == nil {
		return Record{}
	}
	return Record{ANumber: r.ANumber, Version: r.Retracts.Version, UploadID: r.Retracts.UploadID}
}
