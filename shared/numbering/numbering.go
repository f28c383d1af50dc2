// Package numbering knows the numbering plans of the world's countries: it reads the numbers that people type, and says where
// a number is from.
//
// It is apart from package phone because its tables, and what reads them, would be a fifth of the program of every function
// that only has a phone's number at hand.
//
// Limits: whether a phone exists, is a mobile and belongs to the one who typed it is not known here; the one-time code proves
// that. In North America a landline looks like a mobile and passes.
package numbering

import (
	"errors"
	"strings"

	"github.com/nyaruka/phonenumbers"

	"voice.example/shared/phone"
)

// Region is where a number without a country code is taken to be.
const Region = "US"

// maxTyped is more than any number needs, punctuation and all.
const maxTyped = 64

// Parse reads a phone number as people write it, in the United States unless it begins with a country code. It
// takes any possible number, assigned or not, unless its kind is known not to get texts. It returns one of package
// phone's errors otherwise.
func Parse(text string) (phone.Number, error) {
	number, err := parse(text)
	if err != nil {
		return "", err
	}
	switch phonenumbers.GetNumberType(number) {
	case phonenumbers.FIXED_LINE:
		return "", phone.ErrLandline
	case phonenumbers.PREMIUM_RATE, phonenumbers.TOLL_FREE, phonenumbers.SHARED_COST, phonenumbers.UAN,
		phonenumbers.VOICEMAIL, phonenumbers.PAGER:
		return "", phone.ErrNotTextable
	}
	return e164(number), nil
}

// ParseToCall is Parse for a number that is called and never texted, such as an office's: landlines and toll-free numbers
// pass. A call to some kinds costs more than a call, as to a 900 number, and nobody answers a pager: those are phone.ErrNotCalled.
func ParseToCall(text string) (phone.Number, error) {
	number, err := parse(text)
	if err != nil {
		return "", err
	}
	switch phonenumbers.GetNumberType(number) {
	case phonenumbers.PREMIUM_RATE, phonenumbers.SHARED_COST, phonenumbers.PAGER, phonenumbers.VOICEMAIL:
		return "", phone.ErrNotCalled
	}
	return e164(number), nil
}

func e164(number *phonenumbers.PhoneNumber) phone.Number {
	return phone.Number(phonenumbers.Format(number, phonenumbers.E164))
}

// parse reads a possible number, without an extension.
func parse(text string) (*phonenumbers.PhoneNumber, error) {
	text = strings.TrimSpace(text)
	if text == "" {
		return nil, phone.ErrEmpty
	}
	if len(text) > maxTyped {
		return nil, phone.ErrNotNumber
	}
	number, err := phonenumbers.Parse(text, Region)
	switch {
	case errors.Is(err, phonenumbers.ErrNumTooLong), errors.Is(err, phonenumbers.ErrTooShortNSN),
		errors.Is(err, phonenumbers.ErrTooShortAfterIDD):
		return nil, phone.ErrLength
	case err != nil:
		return nil, phone.ErrNotNumber
	case number.GetExtension() != "":
		return nil, phone.ErrExtension
	}
	// A number that is possible only within its own area (seven digits) has no E.164 form.
	switch phonenumbers.IsPossibleNumberWithReason(number) {
	case phonenumbers.IS_POSSIBLE:
	case phonenumbers.INVALID_COUNTRY_CODE:
		return nil, phone.ErrNotNumber
	default:
		return nil, phone.ErrLength
	}
	return number, nil
}

// ZoneOf gives the time zone that numbers like this one belong to, as the IANA database calls it; false where they belong
// to several or none is known. A mobile phone may be far from where its number is from.
func ZoneOf(n phone.Number) (string, bool) {
	zones, err := phonenumbers.GetTimezonesForPrefix(n.E164())
	if err != nil || len(zones) != 1 || zones[0] == phonenumbers.UNKNOWN_TIMEZONE {
		return "", false
	}
	return zones[0], true
}

// CountryOf gives the country or territory whose number this is, by its code of two letters (ISO 3166); "" where that is not
// known. An area code of North America that is too new for our tables is taken for the United States', since those of the
// Caribbean islands and Canada, which share +1, are all in them.
func CountryOf(n phone.Number) string {
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
