// Package phone keeps the numbers of phones out of sight. Package numbering reads what people type.
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
)

// Why a text is no Number. The values are distinct, so that a page can say what to do about each.
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

// Number is a phone number in E.164, such as +12025550143. Make one with numbering.Parse.
type Number string

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
