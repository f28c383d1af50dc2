package volume

import (
	"errors"
	"fmt"
	"time"
)

// Date is a day of the agency's zone, as 2026-06-01. Dates compare as text does.
type Date string

// ErrDate is a text that is no date.
var ErrDate = errors.New("volume: no date")

// DateOf is the day of a moment in a zone.
func DateOf(at time.Time, zone *time.Location) Date { return Date(at.In(zone).Format(time.DateOnly)) }

// ParseDate reads a date. A text that is none is ErrDate.
func ParseDate(text string) (Date, error) {
	if _, err := time.Parse(time.DateOnly, text); err != nil {
		return "", ErrDate
	}
	return Date(text), nil
}

// Time is noon of the day in UTC, for what calendars say of it; the zero time of what is no date.
func (d Date) Time() time.Time {
	at, err := time.Parse(time.DateOnly, string(d))
	if err != nil {
		return time.Time{}
	}
	return at.Add(12 * time.Hour)
}

// Add is the date so many days later.
func (d Date) Add(days int) Date { return Date(d.Time().AddDate(0, 0, days).Format(time.DateOnly)) }

// DaysTo is how many days lie between d and another date: 1 to the next day.
func (d Date) DaysTo(other Date) int { return int(other.Time().Sub(d.Time()) / (24 * time.Hour)) }

// Per is a length of time that days are summed up by.
type Per string

const (
	PerDay   Per = "day"
	PerWeek  Per = "week" // ISO 8601: from Monday to Sunday
	PerMonth Per = "month"
)

// Pers lists them all.
func Pers() []Per { return []Per{PerDay, PerWeek, PerMonth} }

// label names the day, week or month that a date is in: 2026-06-01, 2026-W23, 2026-06. Labels compare as text does.
func (p Per) label(d Date) string {
	switch p {
	case PerWeek:
		year, week := d.Time().ISOWeek()
		return fmt.Sprintf("%d-W%02d", year, week)
	case PerMonth:
		return string(d)[:len("2026-06")]
	}
	return string(d)
}
