package roster

import (
	"strings"
	"unicode"
)

// Column is what a column of a file holds.
type Column uint8

const (
	ANumber Column = iota
	LastName
	FirstName
	DateOfBirth
	CountryOfBirth
	Protected
	Status
	Since
	AsOf
	BookedIn   // begin of the whole stay
	StintStart // begin of the part of it at this facility
	StintEnd
	ReleaseReason
	Facility
	FacilityCode
	FieldOffice
	columnCount
)

// String is the design's own name of the column.
func (c Column) String() string { return titles[c].name }

// titles lists each column's own name, and the titles under which files carry it besides. Case, spaces, dashes and
// underscores do not matter. The first ones are the agency's own.
var titles = [columnCount]struct {
	name string
	also []string
}{
	ANumber:        {"a_number", []string{"A-Number", "Alien Number", "Alien File Number", "Alien Registration Number", "A Num", "A No"}},
	LastName:       {"last_name", []string{"Last Name", "Surname", "Family Name"}},
	FirstName:      {"first_name", []string{"First Name", "Given Name", "Forename"}},
	DateOfBirth:    {"date_of_birth", []string{"Date of Birth", "Birth Date", "DOB"}},
	CountryOfBirth: {"country_of_birth", []string{"Birth Country", "Country of Birth", "COB"}},
	Protected:      {"protected", []string{"Protected", "Protected Person", "Is Protected"}},
	Status:         {"status", []string{"Status", "Custody Status"}},
	Since:          {"since", []string{"Since", "Status Since", "Status Date"}},
	AsOf:           {"as_of", []string{"As Of", "As Of Date", "As Of Date Time", "Record As Of", "Last Updated", "Updated At"}},
	BookedIn:       {"booked_in", []string{"Stay Book In Date Time", "Stay Book In Date", "Stay Book In", "Booked In At"}},
	StintStart:     {"stint_start", []string{"Book In Date Time", "Detention Book In Date Time", "Book In Date", "Book In"}},
	StintEnd:       {"stint_end", []string{"Book Out Date Time", "Detention Book Out Date Time", "Book Out Date", "Book Out"}},
	ReleaseReason:  {"release_reason", []string{"Detention Release Reason", "Release Reason", "Stay Release Reason"}},
	Facility:       {"facility", []string{"Detention Facility", "Facility Name", "Facility"}},
	FacilityCode:   {"facility_code", []string{"Detention Facility Code", "Facility Code"}},
	FieldOffice:    {"field_office", []string{"Book In AOR", "AOR", "Area of Responsibility", "Field Office", "Field Office Code"}},
}

// byTitle is titles turned round, folded.
var byTitle = func() map[string]Column {
	found := map[string]Column{}
	for i, known := range titles {
		found[foldTitle(known.name)] = Column(i)
		for _, title := range known.also {
			found[foldTitle(title)] = Column(i)
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
