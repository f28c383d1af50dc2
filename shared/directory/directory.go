package directory

import (
	"errors"
	"slices"
	"strings"

	"voice.example/shared/county"
	"voice.example/shared/staff"
)

// What the directory does not have.
var (
	ErrNoOffice = errors.New("directory: no such office")
	ErrNoPerson = errors.New("directory: no such person")
	// ErrNowhere is a county that no office is known to be for: what is asked there is for the national queue.
	ErrNowhere = errors.New("directory: no office is known for the county")
)

// Directory is the whole of it, as it was when it was read.
type Directory struct {
	Offices []Office // by code
	People  []Person // by e-mail address
	// Editions say who loaded which file when; of a kind that never was, the zero Edition.
	Editions map[Kind]Edition

	byState map[string]coverage // two digits → offices of its counties
}

// coverage is the offices of a state's counties, by FIPS code.
type coverage map[string]string

// of gives the office of a county, else the one office of its state if there is only one. A code that was retired stands for
// the one in its place. Connecticut's older codes are in no newer list: the one office of the state is theirs.
func (c coverage) of(fips string) (string, error) {
	if office, ok := c[county.Current(fips)]; ok {
		return office, nil
	}
	only := ""
	for _, office := range c {
		if only != "" && office != only {
			return "", ErrNowhere
		}
		only = office
	}
	if only == "" {
		return "", ErrNowhere
	}
	return only, nil
}

// OfficeOf gives the code of the office of a county, or ErrNowhere.
func (d *Directory) OfficeOf(fips string) (string, error) {
	if len(fips) != 5 {
		return "", ErrNowhere
	}
	return d.byState[fips[:2]].of(fips)
}

// Office gives an office by its code, or ErrNoOffice.
func (d *Directory) Office(code string) (Office, error) {
	i, ok := slices.BinarySearchFunc(d.Offices, code, func(o Office, code string) int { return strings.Compare(o.Code, code) })
	if !ok {
		return Office{}, ErrNoOffice
	}
	return d.Offices[i], nil
}

// Person gives a person by their e-mail address, in any case of letters, or ErrNoPerson.
func (d *Directory) Person(email string) (Person, error) {
	i, ok := slices.BinarySearchFunc(d.People, strings.ToLower(email), func(p Person, email string) int { return strings.Compare(p.Email, email) })
	if !ok {
		return Person{}, ErrNoPerson
	}
	return d.People[i], nil
}

// Candidates are the people of an office, or of National, who have a role, absent ones among them.
func (d *Directory) Candidates(office string, role staff.Role) []Person {
	var found []Person
	for _, p := range d.People {
		if p.Office == office && p.Role == role {
			found = append(found, p)
		}
	}
	return found
}

// index makes what lookups need of the offices.
func (d *Directory) index() {
	d.byState = map[string]coverage{}
	for _, o := range d.Offices {
		for _, fips := range o.Counties {
			if d.byState[fips[:2]] == nil {
				d.byState[fips[:2]] = coverage{}
			}
			d.byState[fips[:2]][fips] = o.Code
		}
	}
}
