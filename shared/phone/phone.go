// Package phone reads the numbers that people type and keeps them out of sight.
//
// A Number is in E.164 and is never printed by accident: fmt, slog and encoding/json get its last two digits or
// nothing. Only E164 gives the digits.
//
// Limits: whether a phone exists, is a mobile and belongs to the one who typed it is not known here; the one-time
// code proves that. In North America a landline looks like a mobile and passes. fmt cannot call the methods of an
// unexported struct field, so a struct that hides a Number in one prints its digits.
package phone

import (
	"errors"
	"fmt"
	"log/slog"
	"strings"

	"github.com/nyaruka/phonenumbers"
)

// Region is where a number without a country code is taken to be.
const Region = "US"

// maxTyped is more than any number needs, punctuation and all.
const maxTyped = 64

// Why Parse refused a text. The values are distinct, so that a page can say what to do about each.
var (
	ErrEmpty       = errors.New("phone number is missing")
	ErrNotNumber   = errors.New("not a phone number")
	ErrLength      = errors.New("phone number has too few or too many digits")
	ErrLandline    = errors.New("phone number is a landline, which cannot get texts")
	ErrNotTextable = errors.New("phone number is of a kind that cannot get texts")
	ErrNotCalled   = errors.New("phone number costs whoever calls it, or nobody answers it")
	// ErrExtension is an ErrNotTextable: texts go to no extension, and E.164 has none.
	ErrExtension = fmt.Errorf("phone number has an extension: %w", ErrNotTextable)
	errMarshal   = errors.New("a phone number is not written to JSON by itself: call E164 or Masked")
)

// Number is a phone number in E.164, such as +12025550143. Make one with Parse.
type Number string

// Parse reads a phone number as people write it, in the United States unless it begins with a country code. It
// takes any possible number, assigned or not, unless its kind is known not to get texts. It returns one of this
// package's errors otherwise.
func Parse(text string) (Number, error) {
	number, err := parse(text)
	if err != nil {
		return "", err
	}
	switch phonenumbers.GetNumberType(number) {
	case phonenumbers.FIXED_LINE:
		return "", ErrLandline
	case phonenumbers.PREMIUM_RATE, phonenumbers.TOLL_FREE, phonenumbers.SHARED_COST, phonenumbers.UAN,
		phonenumbers.VOICEMAIL, phonenumbers.PAGER:
		return "", ErrNotTextable
	}
	return e164(number), nil
}

// ParseToCall is Parse for a number that is called and never texted, such as an office's: landlines and toll-free numbers
// pass. A call to some kinds costs more than a call, as to a 900 number, and nobody answers a pager: those are ErrNotCalled.
func ParseToCall(text string) (Number, error) {
	number, err := parse(text)
	if err != nil {
		return "", err
	}
	switch phonenumbers.GetNumberType(number) {
	case phonenumbers.PREMIUM_RATE, phonenumbers.SHARED_COST, phonenumbers.PAGER, phonenumbers.VOICEMAIL:
		return "", ErrNotCalled
	}
	return e164(number), nil
}

func e164(number *phonenumbers.PhoneNumber) Number {
	return Number(phonenumbers.Format(number, phonenumbers.E164))
}

// parse reads a possible number, without an extension.
func parse(text string) (*phonenumbers.PhoneNumber, error) {
	text = strings.TrimSpace(text)
	if text == "" {
		return nil, ErrEmpty
	}
	if len(text) > maxTyped {
		return nil, ErrNotNumber
	}
	number, err := phonenumbers.Parse(text, Region)
	switch {
	case errors.Is(err, phonenumbers.ErrNumTooLong), errors.Is(err, phonenumbers.ErrTooShortNSN),
		errors.Is(err, phonenumbers.ErrTooShortAfterIDD):
		return nil, ErrLength
	case err != nil:
		return nil, ErrNotNumber
	case number.GetExtension() != "":
		return nil, ErrExtension
	}
	// A number that is possible only within its own area (seven digits) has no E.164 form.
	switch phonenumbers.IsPossibleNumberWithReason(number) {
	case phonenumbers.IS_POSSIBLE:
	case phonenumbers.INVALID_COUNTRY_CODE:
		return nil, ErrNotNumber
	default:
		return nil, ErrLength
	}
	return number, nil
}

// Zone gives the time zone that numbers like this one belong to, as the IANA database calls it; false where they belong
// to several or none is known. A mobile phone may be far from where its number is from.
func (n Number) Zone() (string, bool) {
	zones, err := phonenumbers.GetTimezonesForPrefix(n.E164())
	if err != nil || len(zones) != 1 || zones[0] == phonenumbers.UNKNOWN_TIMEZONE {
		return "", false
	}
	return zones[0], true
}

// Country gives the country or territory whose number this is, by its code of two letters (ISO 3166); "" where that is not
// known. An area code of North America that is too new for our tables is taken for the United States', since those of the
// Caribbean islands and Canada, which share +1, are all in them.
func (n Number) Country() string {
	parsed, err := phonenumbers.Parse(n.E164(), phonenumbers.UNKNOWN_REGION)
	if err != nil {
		return ""
	}
	region := phonenumbers.GetRegionCodeForNumber(parsed)
	if (region == "" || region == phonenumbers.UNKNOWN_REGION) && parsed.GetCountryCode() == 1 {
		return Region
	}
	return region
}

// Block gives the thousand numbers that this one is among: it without its last three digits. Carriers get numbers in such
// blocks.
func (n Number) Block() string { return string(n[:max(0, len(n)-3)]) }

// E164 gives the whole number, as +12025550143: for the sender and for encryption, never for a log.
func (n Number) E164() string { return string(n) }

// Masked gives the last two digits, such as "43", enough for a person to recognise their own phone; it is empty for
// an empty Number.
func (n Number) Masked() string {
	if len(n) < 2 {
		return ""
	}
	return string(n[len(n)-2:])
}

// String gives "phone ending in 43".
func (n Number) String() string {
	if n == "" {
		return "no phone"
	}
	return "phone ending in " + n.Masked()
}

// Format prints String for every verb, %#v and %d among them.
func (n Number) Format(state fmt.State, _ rune) { fmt.Fprint(state, n.String()) }

// LogValue keeps the digits out of slog.
func (n Number) LogValue() slog.Value { return slog.StringValue(n.String()) }

// MarshalText always fails, so that a struct which holds a Number and is logged or answered as JSON cannot give it
// away, and one that is meant to be stored cannot lose it unnoticed.
func (n Number) MarshalText() ([]byte, error) { return nil, errMarshal }
