package subscription

import (
	"time"

	"voice.example/shared/phone"
)

// Quiet is when a subscriber wants no texts but urgent ones: from one time of day to another, which is on the next day if
// it is the earlier one, as their clock says it.
type Quiet struct {
	From string `dynamodbav:"from" json:"from"`           // 22:00
	To   string `dynamodbav:"to" json:"to"`               // 07:00
	Zone string `dynamodbav:"time_zone" json:"time_zone"` // of the IANA database, such as America/Chicago
}

const (
	day = 24 * time.Hour
	// maxQuiet is the longest that anything is held up, whatever becomes of the clock.
	maxQuiet = 25 * time.Hour
)

// Until returns the moment at which the quiet hours that now lies in end; false when it lies in none. It is always after
// now, and never by more than 25 hours. None, a nil Quiet, hold nothing up, and neither do hours that cannot be read.
//
// What the clock on the wall says decides. Where it skips the end, quiet hours end as it jumps; where it repeats the end,
// they end the first time, and may begin again when it is set back into them.
func (q *Quiet) Until(now time.Time) (time.Time, bool) {
	from, to, zone, ok := q.read()
	if !ok {
		return time.Time{}, false
	}
	t := now.In(zone)
	for t.Sub(now) < maxQuiet {
		clock := timeOfDay(t)
		if after(from, clock) >= after(from, to) {
			return t, t.After(now)
		}
		end := t.Add(after(clock, to))
		// The clock is right up to the moment at which it is set anew.
		if _, set := t.ZoneBounds(); !set.IsZero() && set.Before(end) {
			t = set.In(zone)
			continue
		}
		t = end
	}
	return now.Add(maxQuiet).In(zone), true
}

// after is how long it is from one time of day to the next time that it is another.
func after(from, to time.Duration) time.Duration { return (to - from + day) % day }

func timeOfDay(t time.Time) time.Duration {
	hour, minute, second := t.Clock()
	return time.Duration(hour)*time.Hour + time.Duration(minute)*time.Minute + time.Duration(second)*time.Second + time.Duration(t.Nanosecond())
}

// read gives what the hours say; false where they say nothing that can be kept to.
func (q *Quiet) read() (from, to time.Duration, zone *time.Location, ok bool) {
	if q == nil {
		return 0, 0, nil, false
	}
	from, fromOK := parseClock(q.From)
	to, toOK := parseClock(q.To)
	if !fromOK || !toOK || from == to || q.Zone == "" || q.Zone == "Local" {
		return 0, 0, nil, false
	}
	zone, err := time.LoadLocation(q.Zone)
	return from, to, zone, err == nil
}

// parseClock reads a time of day of 24 hours, such as 07:00.
func parseClock(text string) (time.Duration, bool) {
	t, err := time.Parse("15:04", text)
	return timeOfDay(t), err == nil && len(text) == len("15:04")
}

// checkQuiet returns the hours with a time zone, if need be that of the phone's number, else the store's.
func (s *Store) checkQuiet(q Quiet, n phone.Number) (*Quiet, error) {
	if q.Zone == "" {
		if s.ZoneOf != nil {
			q.Zone, _ = s.ZoneOf(n)
		}
		if _, err := time.LoadLocation(q.Zone); q.Zone == "" || err != nil {
			q.Zone = s.Zone.String()
		}
	}
	if _, _, _, ok := q.read(); !ok {
		return nil, &InvalidError{"quiet_hours", ProblemUnknown}
	}
	return &q, nil
}
