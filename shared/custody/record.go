package custody

import (
	"strings"
	"time"
	"unicode"
	"unicode/utf8"

	"golang.org/x/text/unicode/norm"

	"voice.example/shared/country"
)

// Record is what is known of one person. Every time in it is UTC.
type Record struct {
	ANumber ANumber `dynamodbav:"a_number" json:"a_number"`
	// Version counts the changes and confirmations applied to this record, from 1.
	Version int64 `dynamodbav:"version" json:"version"`

	LastName  string `dynamodbav:"last_name,omitempty" json:"last_name,omitempty"`
	FirstName string `dynamodbav:"first_name,omitempty" json:"first_name,omitempty"`
	// NameKey is the key of the by_name index, see NameKeyOf. Empty keeps the record out of it.
	NameKey        string       `dynamodbav:"name_key,omitempty" json:"name_key,omitempty"`
	DateOfBirth    string       `dynamodbav:"date_of_birth,omitempty" json:"date_of_birth,omitempty"` // 2006-01-02
	CountryOfBirth country.Code `dynamodbav:"country_of_birth,omitempty" json:"country_of_birth,omitempty"`
	// Protected is nil while no file has said whether the law protects this person.
	Protected *bool `dynamodbav:"protected,omitempty" json:"protected,omitempty"`

	Status    Status    `dynamodbav:"status" json:"status"`
	InTransit bool      `dynamodbav:"in_transit,omitempty" json:"in_transit,omitempty"`
	Since     time.Time `dynamodbav:"since" json:"since,omitzero"`                   // when the status, or the stay at this facility, began
	BookedIn  time.Time `dynamodbav:"booked_in,omitempty" json:"booked_in,omitzero"` // when the whole stay in custody began
	// StintStart is when the latest known stint, the part of a stay at one facility, began. It tells a stint that
	// begins from the one that ends at the same moment.
	StintStart    time.Time `dynamodbav:"stint_start,omitempty" json:"stint_start,omitzero"`
	Facility      string    `dynamodbav:"facility,omitempty" json:"facility,omitempty"`
	FacilityCode  string    `dynamodbav:"facility_code,omitempty" json:"facility_code,omitempty"`
	FieldOffice   string    `dynamodbav:"field_office,omitempty" json:"field_office,omitempty"`     // the office's code
	ReleaseReason string    `dynamodbav:"release_reason,omitempty" json:"release_reason,omitempty"` // the agency's own words

	AsOf       time.Time `dynamodbav:"as_of" json:"as_of,omitzero"`             // the moment that the agency's row speaks of
	ReceivedAt time.Time `dynamodbav:"received_at" json:"received_at,omitzero"` // when VOICE received that row
	UploadID   string    `dynamodbav:"upload_id" json:"upload_id,omitempty"`    // the upload that it came in
	// RowHash is Observation.Hash of the row that was applied last; empty when the record is not just what rows made it.
	RowHash string `dynamodbav:"row_hash,omitempty" json:"row_hash,omitempty"`
	// Feed is the source of the files that speak of this person, see shared/feed.
	Feed string `dynamodbav:"feed,omitempty" json:"feed,omitempty"`
	// UnlistedSince is the moment of the first roster of the feed that lacked a person in custody. Nobody knows then where
	// they are; zero while rosters name them.
	UnlistedSince time.Time `dynamodbav:"unlisted_since,omitempty" json:"unlisted_since,omitzero"`
	// Retracts is set on a version that takes back what an earlier version told.
	Retracts *Retraction `dynamodbav:"retracts,omitempty" json:"retracts,omitempty"`
	// LegalHold keeps the record beyond its life, as for a court.
	LegalHold bool `dynamodbav:"legal_hold,omitempty" json:"legal_hold,omitempty"`
	// ExpiresAt is when the record's life is over, in epoch seconds; 0 for never. The table fills it in.
	ExpiresAt int64 `dynamodbav:"expires_at,omitempty" json:"-"`
}

// Retraction names the version of a record, and the upload which made it, that turned out to be wrong.
type Retraction struct {
	UploadID string `dynamodbav:"upload_id" json:"upload_id,omitempty"`
	Version  int64  `dynamodbav:"version" json:"version"`
}

// HeldBy is the feed whose rosters must have this person: the one that holds them, until one of its rosters lacked them.
// It is empty for everybody else. The table keeps it as the key of its index by_feed.
func (r Record) HeldBy() string {
	if r.Status != InCustody || r.Unlisted() {
		return ""
	}
	return r.Feed
}

// SamePerson reports whether next, a later version of the record, says of nothing that tells who the person is something
// else than this one does. What was not known before may become known.
func (r Record) SamePerson(next Record) bool {
	same := func(before, after string) bool { return before == "" || before == after }
	return same(foldName(r.LastName), foldName(next.LastName)) && same(foldName(r.FirstName), foldName(next.FirstName)) &&
		same(r.DateOfBirth, next.DateOfBirth) && same(string(r.CountryOfBirth), string(next.CountryOfBirth))
}

// NameKeyOf returns the by_name index key: last name, first name and country of birth, without accents, case,
// spaces and punctuation. It is empty unless all three are there.
func NameKeyOf(last, first string, born country.Code) string {
	l, f := foldName(last), foldName(first)
	if l == "" || f == "" || born == "" {
		return ""
	}
	return l + "|" + f + "|" + string(born)
}

func foldName(name string) string {
	var b strings.Builder
	for _, r := range norm.NFKD.String(name) {
		if unicode.IsLetter(r) || unicode.IsDigit(r) {
			b.WriteRune(unicode.ToLower(r))
		}
	}
	return b.String()
}

// Initials returns the person's initials without accents, such as "J.P.", or "" when no name is known.
// They are all that a text says of a name.
func (r Record) Initials() string {
	var b strings.Builder
	for _, name := range []string{r.FirstName, r.LastName} {
		for _, letter := range norm.NFKD.String(name) {
			if unicode.IsLetter(letter) && letter != utf8.RuneError {
				b.WriteRune(unicode.ToUpper(letter))
				b.WriteByte('.')
				break
			}
		}
	}
	return b.String()
}
