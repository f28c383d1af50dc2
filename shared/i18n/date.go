package i18n

import (
	"fmt"
	"strings"
	"time"
)

// monthsSpanish are the names of the months, January first.
func monthsSpanish() [12]string {
	return [12]string{"enero", "febrero", "marzo", "abril", "mayo", "junio", "julio", "agosto", "septiembre", "octubre",
		"noviembre", "diciembre"}
}

// Date writes a day as people say it, in t's own location: "May 28, 2026", "28 de mayo de 2026".
func (l Language) Date(t time.Time) string {
	if l == Spanish {
		return fmt.Sprintf("%d de %s de %d", t.Day(), monthsSpanish()[t.Month()-1], t.Year())
	}
	return t.Format("January 2, 2006")
}

// DateTime writes a day and a time with the abbreviation of its zone, in t's own location: "May 28, 2026, 4:28 PM
// EDT", "28 de mayo de 2026, 4:28 p. m. EDT". A zone known only by its offset is written as "UTC-03".
func (l Language) DateTime(t time.Time) string {
	zone, _ := t.Zone()
	if strings.HasPrefix(zone, "+") || strings.HasPrefix(zone, "-") {
		zone = "UTC" + zone
	}
	clock := t.Format("3:04 PM")
	if l == Spanish {
		clock = strings.NewReplacer("AM", "a. m.", "PM", "p. m.").Replace(clock)
	}
	return fmt.Sprintf("%s, %s %s", l.Date(t), clock, zone)
}
