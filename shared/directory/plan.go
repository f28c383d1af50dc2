package directory

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"slices"

	"voice.example/shared/county"
	"voice.example/shared/phone"
	"voice.example/shared/reject"
)

// ErrKind is a kind of file that there is not.
var ErrKind = errors.New("directory: a file is of offices or of people")

// Plan is what a file would do to the directory.
type Plan struct {
	Kind     Kind   `json:"kind"`
	FileHash string `json:"file_hash"`
	// Hash names the plan: the file, what it changes, and the editions that it is for. It is "" where there are rejects, of
	// which Rejected counts all and Rejects lists the first 200: nothing of such a file is used.
	Hash     string       `json:"plan_hash,omitempty"`
	Rejected int          `json:"rejected"`
	Rejects  []reject.Row `json:"rejects"`
	Warnings []reject.Row `json:"warnings"`

	Rows      int      `json:"rows"`
	Added     []Change `json:"added"`
	Changed   []Change `json:"changed"`
	Removed   []Change `json:"removed"`
	Unchanged int      `json:"unchanged"`
	// Brake says that more than half of what the directory has would be removed: Apply needs to be told that this is meant.
	Brake bool `json:"brake"`

	offices []Office // as the file has them
	people  []Person
	now     *Directory
}

// Change is one office or person that a file changes, and the fields that differ: "counties +2 -1" says how many.
type Change struct {
	ID     string   `json:"id"` // code, or e-mail address
	Name   string   `json:"name"`
	Fields []string `json:"fields,omitempty"`
}

// Plan says what a file would do, and does nothing. A file that cannot be used is no error: its plan has rejects. Errors: ErrKind.
func (t *Table) Plan(ctx context.Context, kind Kind, file []byte) (Plan, error) {
	now, err := t.Read(ctx)
	if err != nil {
		return Plan{}, err
	}
	return plan(kind, file, now, t.Today(), t.ReadPhone)
}

// plan is Plan for a directory that was read.
func plan(kind Kind, file []byte, now *Directory, today string, readPhone func(string) (phone.Number, error)) (Plan, error) {
	sum := sha256.Sum256(file)
	p := Plan{Kind: kind, FileHash: hex.EncodeToString(sum[:]), now: now,
		Rejects: []reject.Row{}, Warnings: []reject.Row{}, Added: []Change{}, Changed: []Change{}, Removed: []Change{}}
	var s *sheet
	before := 0
	switch kind {
	case OfficesFile:
		p.offices, s = readOffices(file, readPhone)
		p.Rows, before = len(p.offices), len(now.Offices)
		if s.rejected == 0 {
			p.compareOffices(s)
		}
	case PeopleFile:
		p.people, s = readPeople(file, now.Offices, readPhone)
		p.Rows, before = len(p.people), len(now.People)
		if s.rejected == 0 {
			p.comparePeople(s, today)
		}
	default:
		return Plan{}, ErrKind
	}
	if now.Editions[kind].Unfinished {
		s.warn(0, "", "", "the last file of this kind was not loaded to its end", "Load the whole list now, by this file or by that one.")
	}
	p.Rejected, p.Rejects, p.Warnings = s.rejected, append(p.Rejects, s.rejects...), append(p.Warnings, s.warnings...)
	if p.Rejected > 0 {
		p.Added, p.Changed, p.Removed, p.Unchanged = []Change{}, []Change{}, []Change{}, 0
		return p, nil
	}
	p.Brake = 2*len(p.Removed) > before
	return p, p.sign()
}

// sign gives the plan its hash.
func (p *Plan) sign() error {
	said, err := json.Marshal([]any{p.Kind, p.FileHash, p.Added, p.Changed, p.Removed, p.Unchanged,
		p.now.Editions[OfficesFile].Version, p.now.Editions[PeopleFile].Version})
	if err != nil {
		return fmt.Errorf("directory: hashing a plan: %w", err)
	}
	sum := sha256.Sum256(said)
	p.Hash = hex.EncodeToString(sum[:])
	return nil
}

// compareOffices says what differs, and what it would leave undone.
func (p *Plan) compareOffices(s *sheet) {
	at := map[string]int{}
	for _, person := range p.now.People {
		at[person.Office]++
	}
	next := &Directory{Offices: p.offices}
	for _, o := range p.offices {
		was, err := p.now.Office(o.Code)
		switch fields := officeFields(was, o); {
		case err != nil:
			p.Added = append(p.Added, Change{ID: o.Code, Name: o.Name})
		case len(fields) > 0:
			p.Changed = append(p.Changed, Change{o.Code, o.Name, fields})
		default:
			p.Unchanged++
		}
	}
	for _, was := range p.now.Offices {
		if _, err := next.Office(was.Code); err == nil {
			continue
		}
		if n := at[was.Code]; n > 0 {
			s.reject(0, "code", was.Code, fmt.Sprintf("the file leaves out an office in which %d of the directory's people work", n),
				"Keep the office, or load a file of people first in which nobody works there.")
		}
		p.Removed = append(p.Removed, Change{ID: was.Code, Name: was.Name})
	}
	next.index()
	p.now.warnUncovered(next, s)
}

// warnUncovered warns of counties that had an office and would have none, neither by themselves nor by their state.
func (d *Directory) warnUncovered(next *Directory, s *sheet) {
	const most = 20
	lost := 0
	for _, c := range county.All() {
		if _, err := d.OfficeOf(c.FIPS); err != nil {
			continue
		}
		if _, err := next.OfficeOf(c.FIPS); err == nil {
			continue
		}
		if lost++; lost <= most {
			s.warn(0, "county_fips", c.FIPS, c.String()+" would have no office any more", "Put it at an office, or let the national queue have it.")
		}
	}
	if lost > most {
		s.warn(0, "county_fips", "", fmt.Sprintf("%d counties more would have no office any more", lost-most),
			"Put them at an office, or let the national queue have them.")
	}
}

// comparePeople says what differs, and what it would leave undone.
func (p *Plan) comparePeople(s *sheet, today string) {
	next := &Directory{People: p.people}
	at := map[string]int{}
	for _, person := range p.people {
		at[person.Office]++
		was, err := p.now.Person(person.Email)
		switch fields := personFields(was, person); {
		case err != nil:
			p.Added = append(p.Added, Change{ID: person.Email, Name: person.Name})
		case len(fields) > 0:
			p.Changed = append(p.Changed, Change{person.Email, person.Name, fields})
		default:
			p.Unchanged++
		}
		if until := person.Filed.Until; until != "" && until < today {
			s.warn(0, "absent_until", until, "an absence is over already", "Nothing, if it is known.")
		}
	}
	for _, was := range p.now.People {
		if _, err := next.Person(was.Email); err == nil {
			continue
		}
		p.Removed = append(p.Removed, Change{ID: was.Email, Name: was.Name})
		if was.Open > 0 {
			s.warn(0, "email", was.Email, fmt.Sprintf("somebody whom the file leaves out has %d open inquiries", was.Open), "Give them to others.")
		}
	}
	for _, o := range p.now.Offices {
		if at[o.Code] == 0 {
			s.warn(0, "office", o.Code, "nobody would work in this office", "Nothing, if the national queue is to have its inquiries.")
		}
	}
}

// officeFields names the fields in which two offices differ.
func officeFields(was, is Office) []string {
	var fields []string
	if was.Name != is.Name {
		fields = append(fields, "name")
	}
	if was.Phone != is.Phone {
		fields = append(fields, "phone")
	}
	more, less := missingFrom(is.Counties, was.Counties), missingFrom(was.Counties, is.Counties)
	if more+less > 0 {
		fields = append(fields, fmt.Sprintf("counties +%d -%d", more, less))
	}
	return fields
}

// missingFrom counts what is in one sorted list and not in another.
func missingFrom(list, other []string) int {
	n := 0
	for _, s := range list {
		if _, found := slices.BinarySearch(other, s); !found {
			n++
		}
	}
	return n
}

// personFields names the fields in which two people of one address differ, of those that a file says.
func personFields(was, is Person) []string {
	var fields []string
	for _, f := range []struct {
		name string
		same bool
	}{
		{"name", was.Name == is.Name}, {"role", was.Role == is.Role}, {"office", was.Office == is.Office},
		{"languages", slices.Equal(was.Languages, is.Languages)}, {"phone", was.Phone == is.Phone}, {"absence", was.Filed == is.Filed},
	} {
		if !f.same {
			fields = append(fields, f.name)
		}
	}
	return fields
}
