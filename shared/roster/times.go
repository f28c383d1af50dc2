package roster

import (
	"errors"
	"strings"
	"time"
)

// layouts are the ways in which files write times. A month stands before the day where slashes divide them, as the
// agency writes it; a day that could not be one is an error and never turned round.
var layouts = []string{
	time.RFC3339Nano,
	"2006-01-02 15:04:05Z07:00",
	"2006-01-02 15:04:05",
	"2006-01-02T15:04:05",
	"2006-01-02 15:04",
	"2006-01-02T15:04",
	"2006-01-02",
	"1/2/2006 15:04:05",
	"1/2/2006 15:04",
	"1/2/2006 3:04:05 PM",
	"1/2/2006 3:04 PM",
	"1/2/2006",
}

var errTime = errors.New("not a time that can be read")

// parseTime reads a time, in the zone if it names none, as UTC.
func parseTime(text string, zone *time.Location) (time.Time, error) {
	text = strings.Join(strings.Fields(text), " ")
	for _, layout := range layouts {
		if t, err := time.ParseInLocation(layout, text, zone); err == nil {
			return t.UTC().Truncate(time.Second), nil
		}
	}
	return time.Time{}, errTime
}

// parseDate reads a day, whose time, if any, is midnight, as 2006-01-02.
func parseDate(text string) (string, error) {
	t, err := parseTime(text, time.UTC)
	if err != nil || !t.Equal(t.Truncate(24*time.Hour)) {
		return "", errTime
	}
	return t.Format(time.DateOnly), nil
}
