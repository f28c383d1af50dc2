package upload

import (
	"context"
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

// diffPeople compares people with their records, chunk by chunk.
func (p *Pipeline) diffPeople(ctx context.Context, u *item, s sources, people []latest, d *diffed) ([]Change, error) {
	chunks := (len(people) + chunk - 1) / chunk
	changes := make([][]Change, chunks)
	var mu sync.Mutex
	group, reading := errgroup.WithContext(ctx)
	group.SetLimit(readers)
	for i := range chunks {
		group.Go(func() error {
			found, counts, known, err := p.diffChunk(reading, u, s, people[i*chunk:min((i+1)*chunk, len(people))])
			if err != nil {
				return err
			}
			changes[i] = found
			mu.Lock()
			defer mu.Unlock()
			d.Counts.add(counts)
			d.Tally.Known += known
			return nil
		})
	}
	if err := group.Wait(); err != nil {
		return nil, err
	}
	var all []Change
	for _, found := range changes {
		all = append(all, found...)
	}
	return all, nil
}

// diffChunk reads a glance of each person's record, and the whole record only of those who may change.
func (p *Pipeline) diffChunk(ctx context.Context, u *item, s sources, people []latest) (changes []Change, counts Counts, known int, err error) {
	keys := make([]custody.ANumber, len(people))
	for i, person := range people {
		keys[i] = person.Observation.ANumber
	}
	glances, err := p.Custody.GlanceMany(ctx, keys)
	if err != nil {
		return nil, Counts{}, 0, err
	}
	var closer []latest
	keys = keys[:0]
	for _, person := range people {
		g, ok := glances[person.Observation.ANumber]
		if ok {
			outcome, more := p.glance(u, s, person.Observation, g)
			if !more {
				counts.add(outcome)
				continue
			}
			keys = append(keys, person.Observation.ANumber)
		}
		closer = append(closer, person)
	}
	records, err := p.Custody.GetMany(ctx, keys)
	if err != nil {
		return nil, Counts{}, 0, err
	}
	for _, person := range closer {
		var old *custody.Record
		if r, ok := records[person.Observation.ANumber]; ok {
			old = &r
		}
		change, outcome := p.compare(u, s, person, old)
		if outcome != (Counts{}) {
			counts.add(outcome)
			continue
		}
		changes = append(changes, change)
	}
	return changes, counts, len(glances), nil
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
