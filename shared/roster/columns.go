package roster

import (
	"fmt"
	"sort"
	"strings"
	"unicode"
)

// Column is what a column of a file holds, by the design's own name for it.
type Column string

const (
	ANumber        Column = "a_number"
	LastName       Column = "last_name"
	FirstName      Column = "first_name"
	DateOfBirth    Column = "date_of_birth"
	CountryOfBirth Column = "country_of_birth"
	Protected      Column = "protected"
	Status         Column = "status"
	Since          Column = "since"
	AsOf           Column = "as_of"
	BookedIn       Column = "booked_in"   // begin of the whole stay
	StintStart     Column = "stint_start" // begin of the part of it at this facility
	StintEnd       Column = "stint_end"
	ReleaseReason  Column = "release_reason"
	Facility       Column = "facility"
	FacilityCode   Column = "facility_code"
	FieldOffice    Column = "field_office"
)

// titles lists, for each column, the titles under which files carry it, besides its own name. Case, spaces, dashes and
// underscores do not matter. The first ones are the agency's own.
var titles = map[Column][]string{
	ANumber:        {"A-Number", "Alien Number", "Alien File Number", "Alien Registration Number", "A Num", "A No"},
	LastName:       {"Last Name", "Surname", "Family Name"},
	FirstName:      {"First Name", "Given Name", "Forename"},
	DateOfBirth:    {"Date of Birth", "Birth Date", "DOB"},
	CountryOfBirth: {"Birth Country", "Country of Birth", "COB"},
	Protected:      {"Protected", "Protected Person", "Is Protected"},
	Status:         {"Status", "Custody Status"},
	Since:          {"Since", "Status Since", "Status Date"},
	AsOf:           {"As Of", "As Of Date", "As Of Date Time", "Record As Of", "Last Updated", "Updated At"},
	BookedIn:       {"Stay Book In Date Time", "Stay Book In Date", "Stay Book In", "Booked In At"},
	StintStart:     {"Book In Date Time", "Detention Book In Date Time", "Book In Date", "Book In"},
	StintEnd:       {"Book Out Date Time", "Detention Book Out Date Time", "Book Out Date", "Book Out"},
	ReleaseReason:  {"Detention Release Reason", "Release Reason", "Stay Release Reason"},
	Facility:       {"Detention Facility", "Facility Name", "Facility"},
	FacilityCode:   {"Detention Facility Code", "Facility Code"},
	FieldOffice:    {"Book In AOR", "AOR", "Area of Responsibility", "Field Office", "Field Office Code"},
}

// byTitle is titles turned round, folded.
var byTitle = func() map[string]Column {
	found := map[string]Column{}
	for column, names := range titles {
		found[foldTitle(string(column))] = column
		for _, name := range names {
			found[foldTitle(name)] = column
		}
	}
	return found
}()

func foldTitle(title string) string {
	return strings.Map(func(r rune) rune {
		if unicode.IsLetter(r) || unicode.IsDigit(r) {
			return unicode.ToLower(r)
		}
		return -1
	}, title)
}

// header says where in a row each known column is.
type header struct {
	at      map[Column]int
	title   map[Column]string // as the file writes it
	width   int
	ignored []string // titles that are not known
}

func readHeader(cells []string) (header, error) {
	h := header{at: map[Column]int{}, title: map[Column]string{}, width: len(cells)}
	for i, cell := range cells {
		cell = strings.TrimSpace(cell)
		column, known := byTitle[foldTitle(cell)]
		switch {
		case !known && cell != "":
			h.ignored = append(h.ignored, cell)
		case !known:
		case h.title[column] != "":
			return header{}, &FileError{
				Problem: fmt.Sprintf("two columns hold the same thing: %q and %q", h.title[column], cell),
				Fix:     "Keep one of the two columns."}
		default:
			h.at[column], h.title[column] = i, cell
		}
	}
	if missing := h.missing(); len(missing) > 0 {
		return header{}, &FileError{
			Problem: fmt.Sprintf("the first line is no header that can be understood: no column for %s; found %s",
				strings.Join(missing, ", "), listTitles(cells)),
			Fix: "The first line must name the columns, for example: A-Number, Status, As Of. See the README for all titles."}
	}
	return h, nil
}

// missing lists what the columns do not say that every file must say.
func (h header) missing() []string {
	has := func(columns ...Column) bool {
		for _, c := range columns {
			if _, ok := h.at[c]; !ok {
				return false
			}
		}
		return true
	}
	var missing []string
	if !has(ANumber) {
		missing = append(missing, "the A-number")
	}
	if !has(Status) && !has(StintStart, StintEnd, ReleaseReason) {
		missing = append(missing, "the status (or book-in, book-out and release reason)")
	}
	if !has(AsOf) && !has(Since) && !has(StintStart) {
		missing = append(missing, "the time that the row speaks of (as of, or book-in)")
	}
	return missing
}

func listTitles(cells []string) string {
	const most = 40
	var titles []string
	for _, cell := range cells {
		// A file without a header shows a row of data here: only its shape is repeated.
		if _, known := byTitle[foldTitle(cell)]; known {
			titles = append(titles, fmt.Sprintf("%q", strings.TrimSpace(cell)))
		} else {
			titles = append(titles, fmt.Sprintf("%q", mask(cell)))
		}
	}
	sort.Strings(titles)
	if len(titles) > most {
		titles = append(titles[:most], "…")
	}
	return strings.Join(titles, ", ")
}
