package i18n

import (
	"fmt"
	"strings"
	"time"
)

// months are the names of the months, January first, where they are words that Go does not know.
func (l Language) months() (names [12]string) {
	switch l {
	case Spanish:
		return [12]string{"enero", "febrero", "marzo", "abril", "mayo", "junio", "julio", "agosto", "septiembre", "octubre",
			"noviembre", "diciembre"}
	case French:
		return [12]string{"janvier", "février", "mars", "avril", "mai", "juin", "juillet", "août", "septembre", "octobre",
			"novembre", "décembre"}
	case Portuguese:
		return [12]string{"janeiro", "fevereiro", "março", "abril", "maio", "junho", "julho", "agosto", "setembro", "outubro",
			"novembro", "dezembro"}
	case HaitianCreole:
		return [12]string{"janvye", "fevriye", "mas", "avril", "me", "jen", "jiyè", "out", "septanm", "oktòb",
			"novanm", "desanm"}
	}
	return names
}

// Date writes a day as people say it, in t's own location: "May 28, 2026", "28 de mayo de 2026", "2026年5月28日". No
// language has the month as a bare number between slashes, since people in the United States would read 5/6 otherwise
// than people elsewhere.
func (l Language) Date(t time.Time) string {
	year, month, day := t.Date()
	name := l.months()[month-1]
	switch l {
	case Spanish, Portuguese:
		return fmt.Sprintf("%d de %s de %d", day, name, year)
	case French:
		if day == 1 {
			return fmt.Sprintf("1er %s %d", name, year)
		}
		return fmt.Sprintf("%d %s %d", day, name, year)
	case HaitianCreole:
		if day == 1 {
			return fmt.Sprintf("premye %s %d", name, year)
		}
		return fmt.Sprintf("%d %s %d", day, name, year)
	case Vietnamese:
		return fmt.Sprintf("%d tháng %d, %d", day, month, year)
	case Chinese:
		return fmt.Sprintf("%d年%d月%d日", year, month, day)
	}
	return t.Format("January 2, 2006")
}

// DateTime writes a day and a time with the abbreviation of its zone, in t's own location: "May 28, 2026, 4:28 PM
// EDT", "28 de mayo de 2026, 4:28 p. m. EDT", "2026年5月28日16:28 EDT". A zone known only by its offset is written as
// "UTC-03".
func (l Language) DateTime(t time.Time) string {
	zone, _ := t.Zone()
	if strings.HasPrefix(zone, "+") || strings.HasPrefix(zone, "-") {
		zone = "UTC" + zone
	}
	date := l.Date(t)
	switch l {
	case Spanish:
		clock := strings.NewReplacer("AM", "a. m.", "PM", "p. m.").Replace(t.Format("3:04 PM"))
		return fmt.Sprintf("%s, %s %s", date, clock, zone)
	case French:
		return fmt.Sprintf("%s, %dh%02d %s", date, t.Hour(), t.Minute(), zone)
	case Portuguese:
		return fmt.Sprintf("%s, %s %s", date, t.Format("15:04"), zone)
	case Vietnamese:
		return fmt.Sprintf("%s %s %s", t.Format("15:04"), zone, date)
	case Chinese:
		return fmt.Sprintf("%s%s %s", date, t.Format("15:04"), zone)
	}
	return fmt.Sprintf("%s, %s %s", date, t.Format("3:04 PM"), zone)
}
