package upload

import (
	"cmp"
	"context"
	"slices"

	"voice.example/shared/custody"
)

// gathered is what a file says in one part.
type gathered struct {
	people     []latest          // one for each person, in the order of their lines
	superseded int               // rows that another row of the same person outdid
	missing    []custody.ANumber // people whom the feed holds and the roster lacks
}

// gather brings the rows of each person of a part together.
func (p *Pipeline) gather(ctx context.Context, u *item, part int) (gathered, error) {
	var g gathered
	people, unread := map[custody.ANumber]latest{}, map[custody.ANumber]bool{}
	take := func(row latest) {
		a := row.Observation.ANumber
		if row.Unread {
			unread[a] = true
			return
		}
		if seen, again := people[a]; again {
			g.superseded++
			row = later(seen, row)
		}
		people[a] = row
	}
	var held []custody.ANumber
	if u.small() {
		for _, row := range u.memory.rows {
			take(row)
		}
		held = u.memory.held
	} else {
		var spools spooled
		if err := p.readJSON(ctx, u.Bucket, workKey(u.ID, "spools.json"), &spools); err != nil {
			return gathered{}, err
		}
		for _, key := range spools.Rows {
			if err := p.unspool(ctx, u, key, part, take); err != nil {
				return gathered{}, err
			}
		}
		for _, key := range spools.Held {
			if err := p.unspool(ctx, u, key, part, func(row latest) { held = append(held, row.Observation.ANumber) }); err != nil {
				return gathered{}, err
			}
		}
	}
	for _, a := range held {
		if _, listed := people[a]; !listed && !unread[a] {
			g.missing = append(g.missing, a)
		}
	}
	g.people = make([]latest, 0, len(people))
	for _, person := range people {
		g.people = append(g.people, person)
	}
	slices.SortFunc(g.people, func(a, b latest) int { return cmp.Compare(a.Line, b.Line) })
	return g, nil
}

// later is the row of two of one person that counts: the one of the later moment, and of two equal ones the further
// down. Who the person is, it takes from the other row where it does not say itself. If either says that the law
// protects the person, so does the result.
func later(a, b latest) latest {
	winner, other := b, a
	if a.Observation.Later(b.Observation) || a.Line > b.Line && !b.Observation.Later(a.Observation) {
		winner, other = a, b
	}
	w, o := &winner.Observation, &other.Observation
	fill(&w.LastName, o.LastName)
	fill(&w.FirstName, o.FirstName)
	fill(&w.DateOfBirth, o.DateOfBirth)
	fill(&w.CountryOfBirth, o.CountryOfBirth)
	if w.Protected == nil || o.Protected != nil && *o.Protected {
		w.Protected = o.Protected
	}
	return winner
}

func fill[T ~string](field *T, value T) {
	if *field == "" {
		*field = value
	}
}
