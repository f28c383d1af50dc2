package custody

import (
	"errors"
	"log/slog"
	"strings"
)

// ANumber is an alien registration number as VOICE keys records by it: nine digits, zero-padded.
// It prints and logs as "A*********"; convert it to a string to get the digits.
type ANumber string

// ErrANumber is the one thing that can be wrong with an A-number.
var ErrANumber = errors.New("an A-number has 7 to 9 digits, with or without a leading A")

// ParseANumber reads 7 to 9 digits with an optional leading A, dashes and spaces anywhere.
func ParseANumber(text string) (ANumber, error) {
	digits := make([]byte, 0, 9)
	for i, r := range strings.TrimSpace(text) {
		switch {
		case r >= '0' && r <= '9':
			if len(digits) == 9 {
				return "", ErrANumber
			}
			digits = append(digits, byte(r))
		case (r == 'A' || r == 'a') && i == 0:
		case r == '-' || r == ' ' || r == '\u00a0' || r == '\u2011' || r == '\u2013':
		default:
			return "", ErrANumber
		}
	}
	if len(digits) < 7 {
		return "", ErrANumber
	}
	return ANumber(strings.Repeat("0", 9-len(digits)) + string(digits)), nil
}

// String hides the digits, so that no %v puts them into a log or an error.
func (ANumber) String() string { return "A*********" }

// LogValue hides the digits from structured logs.
func (a ANumber) LogValue() slog.Value { return slog.StringValue(a.String()) }
