package directory

import (
	"cmp"
	"fmt"
	"regexp"
	"slices"
	"strings"

	"voice.example/shared/county"
	"voice.example/shared/phone"
)

// officeColumns are those of a file of offices. County codes have "|" between them.
var officeColumns = []column{
	{name: "code", needed: true}, {name: "name", needed: true}, {name: "phone"}, {name: "county_fips"},
}

// codeShape keeps codes fit for keys and addresses.
var codeShape = regexp.MustCompile(`^[A-Z][A-Z0-9]{1,11}$`)

// readOffices reads a file of offices, and their phones by readPhone.
func readOffices(content []byte, readPhone func(string) (phone.Number, error)) ([]Office, *sheet) {
	s := readSheet(content, officeColumns)
	s.readPhone = readPhone
	var offices []Office
	lines := map[string]int{} // code → line
	of := map[string]string{} // county → code
	for _, r := range s.rows {
		o := Office{Code: strings.ToUpper(r.cells["code"]), Name: s.name(r), Phone: s.phone(r)}
		switch {
		case strings.EqualFold(o.Code, National):
			s.reject(r.line, "code", r.cells["code"], "the code is the one of the whole country", "Choose another.")
		case !codeShape.MatchString(o.Code):
			s.reject(r.line, "code", r.cells["code"], "not a code", "Write 2 to 12 letters and digits, a letter first, as in PHO.")
		case lines[o.Code] > 0:
			s.reject(r.line, "code", r.cells["code"], fmt.Sprintf("line %d has this code too", lines[o.Code]), "Keep one of the two lines.")
		default:
			lines[o.Code] = r.line
		}
		for cell := range strings.SplitSeq(r.cells["county_fips"], "|") {
			if cell = strings.TrimSpace(cell); cell == "" {
				continue
			}
			c, err := county.Parse(cell)
			if err != nil {
				s.reject(r.line, "county_fips", cell, "not the FIPS code of a county",
					"Write its five digits, with | between counties; a spreadsheet takes a leading 0 away.")
				continue
			}
			if c.Former {
				s.warn(r.line, "county_fips", cell, c.String()+" is a former county, in which no ZIP code is",
					"Write the planning regions: 09110, 09120 and so on to 09190.")
			}
			if other, taken := of[c.FIPS]; taken && other != o.Code {
				s.reject(r.line, "county_fips", cell, fmt.Sprintf("%s is at %s too, in line %d", c, other, lines[other]), "Keep it at one of the two.")
			} else if !taken {
				of[c.FIPS] = o.Code
				o.Counties = append(o.Counties, c.FIPS)
			}
		}
		if r.cells["county_fips"] == "" {
			s.warn(r.line, "county_fips", "", "the office is for no county", "Nothing, if inquiries are only handed to it.")
		}
		slices.Sort(o.Counties)
		offices = append(offices, o)
	}
	slices.SortFunc(offices, func(a, b Office) int { return cmp.Compare(a.Code, b.Code) })
	return offices, s
}

// phone reads a number that is called, in E.164; "" where there is none.
func (s *sheet) phone(r row) string {
	cell := r.cells["phone"]
	if cell == "" {
		return ""
	}
	n, err := s.readPhone(cell)
	if err != nil {
		s.reject(r.line, "phone", cell, "not a phone number that can be called",
			"Write it with its area code and without an extension, as in (602) 555-0143.")
		return ""
	}
	return n.E164()
}
