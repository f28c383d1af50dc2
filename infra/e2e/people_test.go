package e2e

import (
	"bytes"
	"encoding/csv"
	"fmt"
	"math/rand/v2"
	"sync/atomic"
	"testing"
	"time"
)

// feedZone is the zone of times in files that name none: the template's FeedTimeZone.
var feedZone = mustZone("America/New_York")

func mustZone(name string) *time.Location {
	zone, err := time.LoadLocation(name)
	if err != nil {
		panic(err) // time/tzdata is built in
	}
	return zone
}

// counter makes every phone, person and file of a test run another.
var counter atomic.Int64

// phone invents a phone that can be texted.
func (s *stack) phone() string {
	areas := []int{202, 212, 213, 305, 312, 404, 415, 512, 602, 617, 702, 713, 716, 801, 813, 904, 916, 917, 919, 954}
	n := int(counter.Add(1))
	number := fmt.Sprintf("+1%d55501%02d", areas[n/100%len(areas)], n%100)
	made.People.Number(number)
	return number
}

// person is somebody held, as a file tells of them.
type person struct {
	aNumber, last, first, born, country, protected string
}

// initials are what a text may say of a name.
func (p person) initials() string { return p.first[:1] + "." + p.last[:1] + "." }

// person invents an adult who is not protected.
func (s *stack) person() person {
	n := int(counter.Add(1))
	p := person{
		aNumber: fmt.Sprintf("%09d", 271_828_000+n*37), last: word("Q", n), first: word("Z", n),
		born: "1985-04-17", country: "HONDURAS", protected: "N",
	}
	made.People.Number(p.aNumber)
	made.People.Name(p.last)
	made.People.Name(p.first)
	return p
}

// word spells a number as a name that no log can hold by chance.
func word(start string, n int) string {
	syllables := []string{"bax", "dwin", "fyr", "gol", "hev", "jub", "kosh", "lum", "myz", "nop"}
	text := start + "u"
	for range 4 {
		text += syllables[n%10]
		n /= 10
	}
	return text
}

// minor and guarded are the same person, if they were under age or protected by law.
func (p person) minor(now time.Time) person {
	p.born = now.AddDate(-16, 0, 0).Format(time.DateOnly)
	return p
}

func (p person) guarded() person { p.protected = "Y"; return p }

// stint is one row of a file: a part of a stay, at one facility. A zero out is a stint that goes on.
type stint struct {
	person
	stay, in, out          time.Time
	facility, code, reason string
}

// held, and then booked out for a reason: the rows that tests mostly need.
func (p person) held(in time.Time) stint {
	return stint{person: p, stay: in, in: in, facility: "NORTHFIELD EXAMPLE CENTER", code: "NFEX"}
}

func (p person) out(in, out time.Time, reason string) stint {
	row := p.held(in)
	row.out, row.reason = out, reason
	return row
}

// agencyTitles are the agency's own column titles.
var agencyTitles = []string{"A-Number", "Last Name", "First Name", "Date of Birth", "Birth Country", "Gender",
	"Stay Book In Date Time", "Book In Date Time", "Detention Facility", "Detention Facility Code",
	"Book Out Date Time", "Detention Release Reason", "Book In AOR", "Protected"}

// moment writes a time as the agency does.
func moment(t time.Time) string {
	if t.IsZero() {
		return ""
	}
	return t.In(feedZone).Format(time.DateTime)
}

func (r stint) cells() []string {
	return []string{r.aNumber, r.last, r.first, r.born, r.country, "Male", moment(r.stay), moment(r.in), r.facility, r.code,
		moment(r.out), r.reason, "WAS", r.protected}
}

// file writes rows under the agency's titles.
func file(t *testing.T, rows ...stint) []byte {
	t.Helper()
	lines := [][]string{agencyTitles}
	for _, r := range rows {
		lines = append(lines, r.cells())
	}
	return sheet(t, lines)
}

func sheet(t *testing.T, lines [][]string) []byte {
	t.Helper()
	var out bytes.Buffer
	if err := csv.NewWriter(&out).WriteAll(lines); err != nil {
		t.Fatal(err)
	}
	return out.Bytes()
}

// key names a new file.
func key(name string) string { return fmt.Sprintf("uploads/%s-%d.csv", name, counter.Add(1)) }

// today is one moment for a whole test run, to the second, since files are no finer: two files must mean the
// same when they tell of the same day.
var today = time.Now().Truncate(time.Second)

// ago is the moment some days back.
func ago(days int) time.Time { return today.AddDate(0, 0, -days) }

// dice are the same on every run.
func dice() *rand.Rand { return rand.New(rand.NewPCG(20170426, 1367)) }
