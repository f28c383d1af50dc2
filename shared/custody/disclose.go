package custody

import "time"

// AdultAge is the age, in years, from which a record may be disclosed. Source: DESIGN section 5, rule 1.
const AdultAge = 18

// Disclosable is the one place that decides whether anything about a person may be shown or sent. It says no
// unless the person is proven adult (a date of birth on file, 18 or over) and a file has said explicitly that
// they are not protected. Every reader calls it.
//
// A record whose life is over is as none: DynamoDB deletes late.
//
// "Today" is taken twelve hours behind UTC, where each day begins last, so that nobody is an adult here before
// it is their birthday everywhere.
func Disclosable(r Record, now time.Time) bool {
	if r.Protected == nil || *r.Protected || r.Over(now) {
		return false
	}
	born, err := time.Parse(time.DateOnly, r.DateOfBirth)
	if err != nil {
		return false
	}
	// A birthday on 29 February falls on 1 March in other years (AddDate normalises it so): the later day.
	adultFrom := born.AddDate(AdultAge, 0, 0)
	return !now.UTC().Add(-12 * time.Hour).Before(adultFrom)
}

// Hidden is why nothing about a person may be disclosed.
type Hidden string

// The reasons, as Why gives them.
const (
	NotHidden      Hidden = ""
	HiddenOver     Hidden = "over"      // the record's life is over
	HiddenFlag     Hidden = "protected" // a file says that the law protects them
	HiddenUnstated Hidden = "unstated"  // no file has said whether it does
	HiddenNoBirth  Hidden = "no_birth"  // no date of birth on file: nobody knows that they are an adult
	HiddenMinor    Hidden = "minor"     // under AdultAge
)

// Why says to staff why Disclosable says no; NotHidden where it says yes. It decides nothing.
func Why(r Record, now time.Time) Hidden {
	_, err := time.Parse(time.DateOnly, r.DateOfBirth)
	switch {
	case Disclosable(r, now):
		return NotHidden
	case r.Over(now):
		return HiddenOver
	case r.Protected == nil:
		return HiddenUnstated
	case *r.Protected:
		return HiddenFlag
	case err != nil:
		return HiddenNoBirth
	}
	return HiddenMinor
}
