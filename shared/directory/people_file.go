package directory

import (
	"cmp"
	"errors"
	"fmt"
	"net/mail"
	"slices"
	"strings"

	"voice.example/shared/i18n"
	"voice.example/shared/phone"
	"voice.example/shared/staff"
)

// peopleColumns are those of a file of people. Languages have "|" or spaces between them.
var peopleColumns = []column{
	{name: "email", needed: true, personal: true}, {name: "name", needed: true, personal: true}, {name: "role", needed: true},
	{name: "office", needed: true}, {name: "languages"}, {name: "phone", personal: true}, {name: "absent_from"}, {name: "absent_until"},
}

// Roles lists those that people of the directory have.
func Roles() []staff.Role {
	return []staff.Role{staff.Operator, staff.Officer, staff.Specialist, staff.Supervisor}
}

// maxEmail is how long an address may be (RFC 5321, 4.5.3.1.3, without the angle brackets).
const maxEmail = 254

// readPeople reads a file of people, who work in offices of the directory or for the whole country.
func readPeople(content []byte, offices []Office, readPhone func(string) (phone.Number, error)) ([]Person, *sheet) {
	s := readSheet(content, peopleColumns)
	s.readPhone = readPhone
	known := map[string]bool{}
	for _, o := range offices {
		known[o.Code] = true
	}
	var people []Person
	lines := map[string]int{} // address → line
	for _, r := range s.rows {
		p := Person{Email: s.email(r), Name: s.name(r), Role: staff.Role(strings.ToLower(r.cells["role"])), Phone: s.phone(r),
			Office: strings.ToUpper(r.cells["office"]), Languages: s.languages(r)}
		if lines[p.Email] > 0 {
			s.reject(r.line, "email", r.cells["email"], fmt.Sprintf("line %d has this address too", lines[p.Email]),
				"Keep one of the two lines: somebody has one role in one office.")
		} else if p.Email != "" {
			lines[p.Email] = r.line
		}
		if !slices.Contains(Roles(), p.Role) {
			s.reject(r.line, "role", r.cells["role"], "not a role", "Write operator, officer, specialist or supervisor.")
		}
		switch {
		case strings.EqualFold(p.Office, National):
			p.Office = National
		case !known[p.Office]:
			s.reject(r.line, "office", r.cells["office"], "no office of the directory has this code",
				"Write the code of one, or national; load the file of offices first.")
		}
		p.Filed = s.absence(r)
		people = append(people, p)
	}
	slices.SortFunc(people, func(a, b Person) int { return cmp.Compare(a.Email, b.Email) })
	return people, s
}

// email reads a work address, in small letters.
func (s *sheet) email(r row) string {
	cell := strings.ToLower(r.cells["email"])
	parsed, err := mail.ParseAddress(cell)
	if err != nil || parsed.Address != cell || len(cell) > maxEmail || strings.ContainsAny(cell[:1], "=+-@") || strings.ContainsFunc(cell, notPlain) {
		s.reject(r.line, "email", r.cells["email"], "not an e-mail address", "Write the address that the person signs in with, as in dana@agency.example.")
		return ""
	}
	return cell
}

// notPlain are characters of addresses that nobody's work address has, and that are trouble elsewhere.
func notPlain(r rune) bool { return r <= ' ' || r >= 0x7f || strings.ContainsRune(`"\()<>,;:[]`, r) }

// languages reads codes of languages; English where there are none.
func (s *sheet) languages(r row) []i18n.Language {
	var spoken []i18n.Language
	for code := range strings.FieldsFuncSeq(r.cells["languages"], func(r rune) bool { return r == '|' || r == ' ' }) {
		l, ok := i18n.Parse(code)
		if !ok {
			var codes []string
			for _, known := range i18n.Languages() {
				codes = append(codes, string(known))
			}
			s.reject(r.line, "languages", code, "not the code of a language of the service",
				"Write codes of "+strings.Join(codes, ", ")+", with | between them.")
		} else if !slices.Contains(spoken, l) {
			spoken = append(spoken, l)
		}
	}
	if r.cells["languages"] == "" {
		return []i18n.Language{i18n.English}
	}
	return spoken
}

// absence reads the days on which somebody is away.
func (s *sheet) absence(r row) Absence {
	var a Absence
	for _, day := range []struct {
		column string
		to     *string
	}{{"absent_from", &a.From}, {"absent_until", &a.Until}} {
		cell := r.cells[day.column]
		if _, err := check(Absence{From: cell}); err != nil {
			s.reject(r.line, day.column, cell, "not a day", "Write it as 2026-06-01.")
			continue
		}
		*day.to = cell
	}
	if _, err := check(a); errors.Is(err, ErrReverse) {
		s.reject(r.line, "absent_until", a.Until, "the absence ends before it begins", "Write the last day away, not before the first.")
	}
	return a
}
