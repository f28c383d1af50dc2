package custody

import (
	"time"

	"voice.example/shared/country"
)

// Observation is what one row of a file says of a person at one moment. An empty field says nothing, and leaves
// the record as it is. What a large upload keeps of its rows between its steps has the numbers of fields for their names:
// a number is never given to another field.
type Observation struct {
	ANumber        ANumber      `json:"a_number" cbor:"1,keyasint"`
	LastName       string       `json:"last_name,omitempty" cbor:"2,keyasint,omitempty"`
	FirstName      string       `json:"first_name,omitempty" cbor:"3,keyasint,omitempty"`
	DateOfBirth    string       `json:"date_of_birth,omitempty" cbor:"4,keyasint,omitempty"` // 2006-01-02
	CountryOfBirth country.Code `json:"country_of_birth,omitempty" cbor:"5,keyasint,omitempty"`
	Protected      *bool        `json:"protected,omitempty" cbor:"6,keyasint,omitempty"`

	Status        Status    `json:"status" cbor:"7,keyasint"`
	InTransit     bool      `json:"in_transit,omitempty" cbor:"8,keyasint,omitempty"`
	Since         time.Time `json:"since,omitzero" cbor:"9,keyasint,omitzero"`
	BookedIn      time.Time `json:"booked_in,omitzero" cbor:"10,keyasint,omitzero"`
	StintStart    time.Time `json:"stint_start,omitzero" cbor:"11,keyasint,omitzero"`
	Facility      string    `json:"facility,omitempty" cbor:"12,keyasint,omitempty"`
	FacilityCode  string    `json:"facility_code,omitempty" cbor:"13,keyasint,omitempty"`
	FieldOffice   string    `json:"field_office,omitempty" cbor:"14,keyasint,omitempty"`
	ReleaseReason string    `json:"release_reason,omitempty" cbor:"15,keyasint,omitempty"`

	AsOf time.Time `json:"as_of" cbor:"16,keyasint"`
}

// Observation is the row that made a first version of a record.
func (r Record) Observation() Observation {
	return Observation{ANumber: r.ANumber, LastName: r.LastName, FirstName: r.FirstName, DateOfBirth: r.DateOfBirth,
		CountryOfBirth: r.CountryOfBirth, Protected: r.Protected, Status: r.Status, InTransit: r.InTransit, Since: r.Since,
		BookedIn: r.BookedIn, StintStart: r.StintStart, Facility: r.Facility, FacilityCode: r.FacilityCode,
		FieldOffice: r.FieldOffice, ReleaseReason: r.ReleaseReason, AsOf: r.AsOf}
}

// Later reports whether o speaks of a later moment than other: by AsOf, then by the start of the stint, since a
// transfer ends one stint and begins the next at the same minute.
func (o Observation) Later(other Observation) bool {
	if !o.AsOf.Equal(other.AsOf) {
		return o.AsOf.After(other.AsOf)
	}
	return o.StintStart.After(other.StintStart)
}

// Older reports whether the observation is older than the record, so that it must not be applied.
//
// A record may be dated ahead of the clock, because an agency entered a movement before it happened. Such a
// record must not shut out the news of the weeks until then, so against an observation that is not dated ahead
// it counts as of the moment that we received it.
func (o Observation) Older(r Record, now time.Time) bool {
	asOf := r.AsOf
	if asOf.After(r.ReceivedAt) && !o.AsOf.After(now) {
		asOf = r.ReceivedAt
	}
	if !o.AsOf.Equal(asOf) {
		return o.AsOf.Before(asOf)
	}
	return !o.StintStart.IsZero() && o.StintStart.Before(r.StintStart)
}

// Onto returns the record as it is once the observation is applied, and whether that says anything new. The
// version is one up on the record's, and 1 when there was none (nil).
//
// A later AsOf alone is nothing new; see Confirms. A person whom a roster lacked is listed again by any observation.
func (o Observation) Onto(r *Record, uploadID string, receivedAt time.Time) (Record, bool) {
	var next Record
	if r != nil {
		next = *r
	}
	next.ANumber = o.ANumber
	say(&next.LastName, o.LastName)
	say(&next.FirstName, o.FirstName)
	say(&next.DateOfBirth, o.DateOfBirth)
	say(&next.CountryOfBirth, o.CountryOfBirth)
	if o.Protected != nil {
		protected := *o.Protected
		next.Protected = &protected
	}
	next.NameKey = NameKeyOf(next.LastName, next.FirstName, next.CountryOfBirth)

	if next.Status != o.Status || o.StintStart.After(next.StintStart) {
		next.ReleaseReason = "" // why the last stint ended is not why this one does
	}
	moved := next.InTransit && !o.InTransit || next.Status != InCustody || !o.tellsPlace(next)
	if o.Status == InCustody && moved {
		next.Facility, next.FacilityCode = "", "" // they left it; where they are now, the row may not say
	}
	if o.Facility != "" || o.FacilityCode != "" { // the two go together
		next.Facility, next.FacilityCode = o.place(next)
	}
	if o.Since.IsZero() && (r == nil || r.Status != o.Status || r.InTransit != o.InTransit || !samePlace(r, &next)) {
		next.Since = o.AsOf // the file does not say when; this is the first moment that we know of
	}
	next.Status, next.InTransit = o.Status, o.InTransit
	say(&next.ReleaseReason, o.ReleaseReason)
	sayTime(&next.Since, o.Since)
	sayTime(&next.BookedIn, o.BookedIn)
	sayTime(&next.StintStart, o.StintStart)
	say(&next.FieldOffice, o.FieldOffice)

	came := r != nil && r.ahead() && !next.Since.After(receivedAt.Add(aheadBy))
	if r != nil && next.equal(*r) && !came && r.UnlistedSince.IsZero() {
		return *r, false
	}
	next.AsOf, next.RowHash = o.AsOf, o.Hash()
	next.UnlistedSince, next.Retracts = time.Time{}, nil
	next.Version++
	next.ReceivedAt = receivedAt
	next.UploadID = uploadID
	return next, true
}

// tellsPlace is false when the observation begins a later stint and does not say where.
func (o Observation) tellsPlace(r Record) bool {
	return o.Facility != "" || o.FacilityCode != "" || !o.StintStart.After(r.StintStart)
}

// place is the facility that the observation names. A file that gives the name only, of the place that the record has
// with its code, keeps the code.
func (o Observation) place(r Record) (name, code string) {
	if o.FacilityCode == "" && foldName(o.Facility) == foldName(r.Facility) {
		return r.Facility, r.FacilityCode
	}
	return o.Facility, o.FacilityCode
}

// ConfirmAfter is how much later than the record an observation that says nothing new must be to be worth a write.
const ConfirmAfter = 12 * time.Hour

// Confirms reports whether an observation that says nothing new should move the record's AsOf on. Without that, a file
// that comes late could undo what a newer file has confirmed, and pages would say for months that nothing was heard.
// Once in ConfirmAfter is enough: a write unit a person and day, for agencies that send everybody daily. The rows of a
// roster need it not: there the feed knows up to when everyone on it is vouched for.
func (o Observation) Confirms(r Record) bool { return o.AsOf.Sub(r.AsOf) >= ConfirmAfter }

// Protects returns the record with the law's protection, when the observation says so and the record does not. That is
// taken from any row, however old: nobody is harmed by silence about a person who was protected once, until a newer
// row says otherwise.
func (o Observation) Protects(r Record, uploadID string, receivedAt time.Time) (Record, bool) {
	if o.Protected == nil || !*o.Protected || r.Protected != nil && *r.Protected {
		return r, false
	}
	protected := true
	r.Protected, r.UploadID = &protected, uploadID
	if receivedAt.After(r.ReceivedAt) { // not back: the record would count as dated ahead (Older), and an older row as newer
		r.ReceivedAt = receivedAt
	}
	r.RowHash, r.Retracts = "", nil
	r.Version++
	return r, true
}

func say[T ~string](field *T, value T) {
	if value != "" {
		*field = value
	}
}

func sayTime(field *time.Time, value time.Time) {
	if !value.IsZero() {
		*field = value
	}
}

// equal compares what two records say of the person, not when and how we came to know it.
func (r Record) equal(other Record) bool {
	return r.LastName == other.LastName && r.FirstName == other.FirstName && r.DateOfBirth == other.DateOfBirth &&
		r.CountryOfBirth == other.CountryOfBirth && sameFlag(r.Protected, other.Protected) &&
		r.Status == other.Status && r.InTransit == other.InTransit && r.Since.Equal(other.Since) &&
		r.BookedIn.Equal(other.BookedIn) && r.StintStart.Equal(other.StintStart) && r.Facility == other.Facility &&
		r.FacilityCode == other.FacilityCode && r.FieldOffice == other.FieldOffice && r.ReleaseReason == other.ReleaseReason
}

func sameFlag(a, b *bool) bool {
	if a == nil || b == nil {
		return a == b
	}
	return *a == *b
}
