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
	people, more, unread := map[custody.ANumber]latest{}, map[custody.ANumber][]latest{}, map[custody.ANumber]bool{}
	take := func(row latest) {
		a := row.Observation.ANumber
		if row.Unread {
			unread[a] = true
			return
		}
		if _, again := people[a]; again {
			g.superseded++
			more[a] = append(more[a], row)
			return
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
		if err := p.unspoolAll(ctx, u, spools.Rows, part, take); err != nil {
			return gathered{}, err
		}
		hold := func(row latest) { held = append(held, row.Observation.ANumber) }
		if err := p.unspoolAll(ctx, u, spools.Held, part, hold); err != nil {
			return gathered{}, err
		}
	}
	for a, rows := range more {
		people[a] = together(append(rows, people[a]))
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

// together is what the rows of one person come to, whatever order they are in: the one of the latest moment and, of equal
// ones, the furthest down. Who the person is, it takes from the next latest that says so where it does not say itself. If
// any says that the law protects the person, so does the result.
func together(rows []latest) latest {
	slices.SortFunc(rows, func(a, b latest) int {
		switch {
		case a.Observation.Later(b.Observation):
			return -1
		case b.Observation.Later(a.Observation):
			return 1
		}
		return cmp.Compare(b.Line, a.Line)
	})
	first := rows[0]
	w := &first.Observation
	for _, row := range rows[1:] {
		o := &row.Observation
		fill(&w.LastName, o.LastName)
		fill(&w.FirstName, o.FirstName)
		fill(&w.DateOfBirth, o.DateOfBirth)
		fill(&w.CountryOfBirth, o.CountryOfBirth)
		if w.Protected == nil || o.Protected != nil && *o.Protected {
			w.Protected = o.Protected
		}
	}
	return first
}

func fill[T ~string](field *T, value T) {
	if *field == "" {
		*field = value
	}
}
