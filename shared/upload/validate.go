package upload

import (
	"context"
	"errors"
	"io"
	"sort"

	"voice.example/shared/custody"
	"voice.example/shared/roster"
)

// latest is the latest row of one person in a file.
type latest struct {
	Line        int
	Observation custody.Observation
}

// validated is a file after validate.
type validated struct {
	people   []latest // in the order of their lines
	counts   Counts   // superseded and rejected so far
	rejects  []roster.Reject
	warnings []roster.Reject
	ignored  []string
}

// validate reads the whole file. A *roster.FileError means that none of it may be used.
func (p *Pipeline) validate(ctx context.Context, o Object) (validated, error) {
	body, err := p.open(ctx, o)
	if err != nil {
		return validated{}, err
	}
	defer body.Close()
	rows, err := roster.Open(body, p.options())
	if err != nil {
		return validated{}, err
	}
	v := validated{ignored: rows.Ignored()}
	people := map[custody.ANumber]latest{}
	for {
		row, err := rows.Next()
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			return validated{}, err
		}
		v.warnings = append(v.warnings, row.Warnings...)
		if len(row.Rejects) > 0 {
			v.counts.add(Counts{Rejected: 1})
			v.rejects = append(v.rejects, row.Rejects...)
			continue
		}
		next := latest{Line: row.Line, Observation: row.Observation}
		if seen, again := people[next.Observation.ANumber]; again {
			v.counts.add(Counts{Superseded: 1})
			next = later(seen, next)
		}
		people[next.Observation.ANumber] = next
	}
	for _, person := range people {
		v.people = append(v.people, person)
	}
	sort.Slice(v.people, func(i, j int) bool { return v.people[i].Line < v.people[j].Line })
	return v, nil
}

// later is the row of two of one person that counts: the one of the later moment, and of two equal ones the further
// down. Who the person is, it takes from the other row where it does not say itself. If either says that the law
// protects the person, so does the result.
func later(a, b latest) latest {
	winner, other := b, a
	if a.Observation.Later(b.Observation) || a.Line > b.Line && !b.Observation.Later(a.Observation) {
		winner, other = a, b
	}
	w, o := &winner.Observation, other.Observation
	for field, value := range map[*string]string{&w.LastName: o.LastName, &w.FirstName: o.FirstName, &w.DateOfBirth: o.DateOfBirth} {
		if *field == "" {
			*field = value
		}
	}
	if w.CountryOfBirth == "" {
		w.CountryOfBirth = o.CountryOfBirth
	}
	if w.Protected == nil || o.Protected != nil && *o.Protected {
		w.Protected = o.Protected
	}
	return winner
}
