package roster

import (
	"strings"

	"voice.example/shared/country"
	"voice.example/shared/custody"
)

// lookups remembers what the few texts mean that come in every other row. It is bounded: a column of a million
// different texts costs their look-up, and no memory.
type lookups struct {
	countries map[string]country.Code
	reasons   map[string]custody.Outcome
	statuses  map[string]custody.Status
}

const maxLookups = 500

func (l *lookups) country(text string) (country.Code, error) {
	if code, ok := l.countries[text]; ok {
		return code, nil
	}
	code, err := country.Parse(text)
	if err == nil {
		remember(&l.countries, text, code)
	}
	return code, err
}

func (l *lookups) reason(text string) (custody.Outcome, bool) {
	if outcome, ok := l.reasons[text]; ok {
		return outcome, true
	}
	outcome, ok := custody.ParseReason(text)
	if ok {
		remember(&l.reasons, text, outcome)
	}
	return outcome, ok
}

func (l *lookups) status(text string) custody.Status {
	if status, ok := l.statuses[text]; ok {
		return status
	}
	status := custody.Status(strings.ReplaceAll(strings.Join(strings.Fields(strings.ToLower(text)), "_"), "-", "_"))
	if status.Valid() {
		remember(&l.statuses, text, status)
	}
	return status
}

func remember[T any](known *map[string]T, text string, value T) {
	if *known == nil {
		*known = map[string]T{}
	}
	if len(*known) < maxLookups {
		(*known)[strings.Clone(text)] = value
	}
}
