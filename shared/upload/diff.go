package upload

import (
	"cmp"
	"context"
	"slices"
	"sync"

	"golang.org/x/sync/errgroup"

	"voice.example/shared/custody"
)

// chunk is how many people are compared at a time, and readers how many chunks at once.
const (
	chunk   = 100
	readers = 8
)

// diffed is what came of comparing one part.
type diffed struct {
	Counts  Counts   `json:"counts"`
	Tally   Tally    `json:"tally"`
	Plan    planPart `json:"plan"`
	Missing planPart `json:"missing"` // what people missing from a roster would be told
	Used    Used     `json:"used"`
}

// diff compares one part of an upload with the custody table and writes what it would change. It only reads the table:
// an eventually consistent half unit for each person, and as much again for each who changes.
func (p *Pipeline) diff(ctx context.Context, u *item, part int) (diffed, error) {
	if u.Kind == Retraction {
		return p.diffRetracted(ctx, u, part)
	}
	g, err := p.gather(ctx, u, part)
	if err != nil {
		return diffed{}, err
	}
	feeds, err := p.sources(ctx)
	if err != nil {
		return diffed{}, err
	}
	d := diffed{Counts: Counts{Superseded: g.superseded}}
	changes, err := p.diffPeople(ctx, u, feeds, g.people, &d)
	if err != nil {
		return diffed{}, err
	}
	if err := p.countAlerts(ctx, changes); err != nil {
		return diffed{}, err
	}
	for _, c := range changes {
		d.Tally.count(c)
	}
	if d.Plan, err = p.writePart(ctx, u, partKey(u.ID, "part", part), changes); err != nil {
		return diffed{}, err
	}
	if len(g.missing) > 0 && !u.AsOf.Before(feeds[u.Feed].ConfirmedAsOf) { // an older roster that comes late misses nobody
		if d.Missing, err = p.diffMissing(ctx, u, feeds[u.Feed], part, g.missing); err != nil {
			return diffed{}, err
		}
		d.Tally.Missing = d.Missing.Changes
	}
	if u.small() {
		u.memory.rows, u.memory.plan = nil, changes
	}
	return d, nil
}

// sources reads all feeds: there are a handful, or a few hundred.
func (p *Pipeline) sources(ctx context.Context) (sources, error) {
	all, err := p.Feeds.List(ctx)
	if err != nil {
		return nil, err
	}
	s := make(sources, len(all))
	for _, f := range all {
		s[f.Name] = f
	}
	return s, nil
}

// diffPeople compares people with their records: first a glance at each, and then the whole record of those who may change.
func (p *Pipeline) diffPeople(ctx context.Context, u *item, s sources, people []latest, d *diffed) ([]Change, error) {
	var mu sync.Mutex
	var closer []latest
	known := map[custody.ANumber]bool{} // of closer, who have a record
	err := chunks(ctx, people, func(ctx context.Context, some []latest) error {
		glances, err := p.Custody.GlanceMany(ctx, numbers(some))
		if err != nil {
			return err
		}
		mu.Lock()
		defer mu.Unlock()
		d.Tally.Known += len(glances)
		for _, person := range some {
			g, ok := glances[person.Observation.ANumber]
			if ok {
				outcome, more := p.glance(u, s, person.Observation, g)
				if !more {
					d.Counts.add(outcome)
					continue
				}
				known[person.Observation.ANumber] = true
			}
			closer = append(closer, person)
		}
		return nil
	})
	if err != nil {
		return nil, err
	}
	changes := make([]Change, 0, len(closer))
	err = chunks(ctx, closer, func(ctx context.Context, some []latest) error {
		records, err := p.Custody.GetMany(ctx, slices.DeleteFunc(numbers(some), func(a custody.ANumber) bool { return !known[a] }))
		if err != nil {
			return err
		}
		mu.Lock()
		defer mu.Unlock()
		for _, person := range some {
			var old *custody.Record
			if r, ok := records[person.Observation.ANumber]; ok {
				old = &r
			}
			change, outcome := p.compare(u, s, person, old)
			if outcome != (Counts{}) {
				d.Counts.add(outcome)
				continue
			}
			changes = append(changes, change)
		}
		return nil
	})
	slices.SortFunc(changes, func(a, b Change) int { return cmp.Compare(a.Line, b.Line) })
	return changes, err
}

// chunks works through people side by side, chunk by chunk.
func chunks(ctx context.Context, people []latest, work func(context.Context, []latest) error) error {
	group, ctx := errgroup.WithContext(ctx)
	group.SetLimit(readers)
	for some := range slices.Chunk(people, chunk) {
		group.Go(func() error { return work(ctx, some) })
	}
	return group.Wait()
}

func numbers(people []latest) []custody.ANumber {
	all := make([]custody.ANumber, len(people))
	for i := range people {
		all[i] = people[i].Observation.ANumber
	}
	return all
}

// countAlerts counts the subscriptions that each event goes to.
func (p *Pipeline) countAlerts(ctx context.Context, changes []Change) error {
	var told []custody.ANumber
	for i := range changes {
		if p.tells(changes[i]) {
			told = append(told, changes[i].Record.ANumber)
		}
	}
	if len(told) == 0 {
		return nil
	}
	counts, err := p.Subscribers.Counts(ctx, told)
	if err != nil {
		return err
	}
	for i := range changes {
		if p.tells(changes[i]) {
			changes[i].Alerts = counts[changes[i].Record.ANumber]
		}
	}
	return nil
}

// tells reports whether anybody may be told of a change. A retraction is told to those who were told before.
func (p *Pipeline) tells(c Change) bool {
	return c.Event != custody.NoEvent && (c.Record.Retracts != nil || custody.Disclosable(c.Record, p.Now()))
}
