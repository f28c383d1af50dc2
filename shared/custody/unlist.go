package custody

import "time"

// Unlist returns the record of a person in custody whom a roster of that moment lacks. Nobody can tell where they are,
// so their status stays; who looks them up is told.
func (r Record) Unlist(at time.Time, uploadID string, receivedAt time.Time) Record {
	r.UnlistedSince, r.UploadID, r.ReceivedAt = at, uploadID, receivedAt
	r.RowHash, r.Retracts = "", nil // a row of before says something new once a later roster has the person again
	r.Version++
	return r
}

// Unlisted is true while rosters lack a person in custody.
func (r Record) Unlisted() bool { return r.Status == InCustody && !r.UnlistedSince.IsZero() }
