package e2e

import (
	"reflect"
	"strconv"
	"testing"
	"time"
)

// inventStays makes up two thousand people and their stints: several facilities each, several reasons, minors
// and protected people among them, A-numbers in several spellings, from the first number on. It is the same file on
// every run of a day.
func inventStays(t *testing.T, firstNumber int) []byte {
	t.Helper()
	random := dice()
	pick := func(from ...string) string { return from[random.IntN(len(from))] }
	midnight := today.In(feedZone).Truncate(24 * time.Hour)
	lines := [][]string{agencyTitles}
	for n := range 2000 {
		number := strconv.Itoa(firstNumber + n*7)
		p := person{
			aNumber: pick("0"+number, "A0"+number, "A"+number, "0"+number[:2]+"-"+number[2:5]+"-"+number[5:]),
			last:    pick("Ejemplo Muestra", "Exemple", "Beispiel", "Udaharan", "O'Sample", "da Amostra"),
			first:   pick("Ana María", "João", "Wei", "Amina", "Jean-Paul", "Nguyễn"),
			born:    midnight.AddDate(-16-random.IntN(50), 0, -random.IntN(365)).Format(time.DateOnly),
			country: pick("MEXICO", "HONDURAS", "GUATEMALA", "VENEZUELA", "CHINA, PEOPLES REPUBLIC OF", "INDIA", "HAITI"),
		}
		p.protected = "N"
		if random.IntN(50) == 0 {
			p.protected = "Y"
		}
		stay := midnight.AddDate(0, 0, -30-random.IntN(300)).Add(time.Duration(random.IntN(1440)) * time.Minute)
		in := stay
		for left := random.IntN(4); ; left-- {
			site := random.IntN(40)
			row := stint{person: p, stay: stay, in: in, facility: "EXAMPLE CENTER, No. " + strconv.Itoa(site), code: "EX" + strconv.Itoa(site)}
			if left <= 0 && random.IntN(8) == 0 {
				lines = append(lines, row.cells())
				break
			}
			row.out = in.Add(time.Duration(1+random.IntN(7*1440)) * time.Minute)
			row.reason = "Transferred"
			if left <= 0 {
				row.reason = pick("Removed", "Removed", "Removed", "Paroled", "Order of recognizance", "Bonded Out - IJ", "Transferred",
					"Order of supervision", "Voluntary departure", "Paroled - Fear Found", "Processing Disposition Changed Locally",
					"U.S. Marshals or other agency (explain in Detention Comments)", "Died", "Escaped", "ORR - Office of Refugee Resettlement")
			}
			lines = append(lines, row.cells())
			if left <= 0 {
				break
			}
			in = row.out
		}
	}
	// In the order in which a feed might come, not sorted by person.
	random.Shuffle(len(lines)-1, func(i, j int) { lines[i+1], lines[j+1] = lines[j+1], lines[i+1] })
	return sheet(t, lines)
}

func sameItem(a, b map[string]any) bool { return reflect.DeepEqual(a, b) }

// testInventedStays does the same with the made-up file, which has what the agency's has not: deaths,
// escapes, juveniles and rows in no order.
func testInventedStays(t *testing.T, s *stack) {
	body := inventStays(t, 83_000_000)
	rows := readTitled(t, body)
	m := s.upload(t, key("invented"), body)
	want, rejected := latestStints(t, rows, time.Now())
	if m.State != "done" || m.Rows != len(rows) || m.Rejected != rejected || m.Applied != len(want) || m.Superseded != len(rows)-rejected-len(want) {
		t.Errorf("%+v, want %d rows and %d people", m, len(rows), len(want))
	}
	have := s.custody(t)
	for a, w := range want {
		if got := standingOf(t, have[a]); got != w {
			t.Fatalf("%s: have %+v, want %+v", a, got, w)
		}
	}
}
