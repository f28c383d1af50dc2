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

// zone reads times that name no zone. It remembers the period between two changes of the clock that it needed last, so
// that most times cost a subtraction.
type zone struct {
	location   *time.Location
	begin, end int64 // of the period, in wall clock seconds, a day and more away from its changes
	offset     int64
}

// parse reads a time, in the zone if it names none, as UTC. Skipped is true for a time that the clocks of the zone
// never showed, because they were put forward over it.
func (z *zone) parse(text string) (t time.Time, skipped bool, err error) {
	if wall, ok := plainTime(text); ok {
		seconds := wall.Unix()
		if z.begin < seconds && seconds < z.end {
			return time.Unix(seconds-z.offset, 0).UTC(), false, nil
		}
		t = z.date(wall)
		return t, z.wall(t) != seconds, nil
	}
	text = strings.Join(strings.Fields(text), " ")
	slashes := strings.Contains(text, "/")
	for _, layout := range layouts {
		if slashes != strings.Contains(layout, "/") {
			continue
		}
		t, err := time.ParseInLocation(layout, text, z.location)
		if err != nil {
			continue
		}
		if wall, err := time.Parse(layout, text); err == nil && !strings.Contains(layout, "Z07") {
			skipped = z.wall(t) != wall.Unix()
		}
		return t.UTC().Truncate(time.Second), skipped, nil
	}
	return time.Time{}, false, errTime
}

// date is the moment at which the zone's clocks show the wall time.
func (z *zone) date(wall time.Time) time.Time {
	const margin = 26 * 60 * 60 // more than any two zones are apart
	local := time.Date(wall.Year(), wall.Month(), wall.Day(), wall.Hour(), wall.Minute(), wall.Second(), 0, z.location)
	_, offset := local.Zone()
	begin, end := local.ZoneBounds()
	if !begin.IsZero() && !end.IsZero() {
		z.offset, z.begin, z.end = int64(offset), begin.Unix()+margin, end.Unix()-margin
	}
	return local.UTC()
}

// wall is what the zone's clocks show at a moment, in seconds as if they showed UTC.
func (z *zone) wall(t time.Time) int64 {
	_, offset := t.In(z.location).Zone()
	return t.Unix() + int64(offset)
}

// plainTime reads the commonest ways without a zone: 2006-01-02, 2006-01-02 15:04 and 2006-01-02 15:04:05, also with a
// T. It leaves everything else, errors among them, to the layouts.
func plainTime(text string) (time.Time, bool) {
	n := len(text)
	if n != 10 && n != 16 && n != 19 || text[4] != '-' || text[7] != '-' {
		return time.Time{}, false
	}
	year, month, day := number(text[0:2])*100+number(text[2:4]), number(text[5:7]), number(text[8:10])
	if number(text[0:2]) < 0 || number(text[2:4]) < 0 || month < 1 || month > 12 || day < 1 || day > daysIn(year, month) {
		return time.Time{}, false
	}
	hour, minute, second := 0, 0, 0
	if n > 10 {
		if text[10] != ' ' && text[10] != 'T' || text[13] != ':' {
			return time.Time{}, false
		}
		hour, minute = number(text[11:13]), number(text[14:16])
	}
	if n > 16 {
		if text[16] != ':' {
			return time.Time{}, false
		}
		second = number(text[17:19])
	}
	if hour < 0 || hour > 23 || minute < 0 || minute > 59 || second < 0 || second > 59 {
		return time.Time{}, false
	}
	return time.Date(year, time.Month(month), day, hour, minute, second, 0, time.UTC), true
}

// number is the value of two digits, or far below zero.
func number(two string) int {
	a, b := int(two[0])-'0', int(two[1])-'0'
	if a < 0 || a > 9 || b < 0 || b > 9 {
		return -1 << 20
	}
	return 10*a + b
}

func daysIn(year, month int) int {
	switch month {
	case 2:
		if year%4 == 0 && (year%100 != 0 || year%400 == 0) {
			return 29
		}
		return 28
	case 4, 6, 9, 11:
		return 30
	}
	return 31
}

// parseDate reads a day, whose time, if any, is midnight, as 2006-01-02.
func parseDate(text string) (string, error) {
	if len(text) == len(time.DateOnly) {
		if _, ok := plainTime(text); ok {
			return text, nil
		}
	}
	t, _, err := (&zone{location: time.UTC}).parse(text)
	if err != nil || !t.Equal(t.Truncate(24*time.Hour)) {
		return "", errTime
	}
	return t.Format(time.DateOnly), nil
}
