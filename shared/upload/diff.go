package upload

import (
	"context"
	"sync"

	"golang.org/x/sync/errgroup"

	"voice.example/shared/custody"
)

// chunk is how many people are compared at a time, readers how many chunks at once, and counters how many counts of
// subscribers.
const (
	chunk    = 100
	readers  = 8
	counters = 32
)

// Change is one record that an upload changes.
type Change struct {
	Line        int                 `json:"line"`
	Observation custody.Observation `json:"observation"`
	Record      custody.Record      `json:"record"` // as it will be
	Event       custody.Event       `json:"event"`
	Alerts      int                 `json:"alerts"`
	// Confirms says that the row tells nothing new, but that the record's AsOf is to be moved on. It counts as unchanged.
	Confirms bool `json:"confirms,omitempty"`
}

// diff compares people with the custody table. It only reads: an eventually consistent half unit for each person, and
// another for each event that may be told, to count its subscribers.
func (p *Pipeline) diff(ctx context.Context, u item, people []latest) ([]Change, Counts, error) {
	chunks := (len(people) + chunk - 1) / chunk
	changes := make([][]Change, chunks)
	var counts Counts
	var mu sync.Mutex
	group, reading := errgroup.WithContext(ctx)
	group.SetLimit(readers)
	for i := range chunks {
		group.Go(func() error {
			part := people[i*chunk : min((i+1)*chunk, len(people))]
			found, counted, err := p.diffChunk(reading, u, part)
			if err != nil {
				return err
			}
			changes[i] = found
			mu.Lock()
			defer mu.Unlock()
			counts.add(counted)
			return nil
		})
	}
	if err := group.Wait(); err != nil {
		return nil, Counts{}, err
	}
	var all []Change
	for _, found := range changes {
		all = append(all, found...)
	}
	return all, counts, p.countAlerts(ctx, all)
}

// countAlerts counts the subscriptions that each event goes to.
func (p *Pipeline) countAlerts(ctx context.Context, changes []Change) error {
	group, ctx := errgroup.WithContext(ctx)
	group.SetLimit(counters)
	for i := range changes {
		if changes[i].Event == custody.NoEvent || !custody.Disclosable(changes[i].Record, p.Now()) {
			continue
		}
		group.Go(func() (err error) {
			changes[i].Alerts, err = p.Subscribers.Count(ctx, changes[i].Record.ANumber)
			return err
		})
	}
	return group.Wait()
}

func (p *Pipeline) diffChunk(ctx context.Context, u item, people []latest) (changes []Change, counts Counts, err error) {
	keys := make([]custody.ANumber, len(people))
	for i, person := range people {
		keys[i] = person.Observation.ANumber
	}
	records, err := p.Custody.GetMany(ctx, keys)
	if err != nil {
		return nil, Counts{}, err
	}
	for _, person := range people {
		var old *custody.Record
		if r, ok := records[person.Observation.ANumber]; ok {
			old = &r
		}
		change, outcome := p.compare(u, person, old)
		if outcome != (Counts{}) {
			counts.add(outcome)
			continue
		}
		changes = append(changes, change)
	}
	return changes, counts, nil
}

// compare says what a row makes of a record: a change or, in the counts, why it is none.
func (p *Pipeline) compare(u item, person latest, old *custody.Record) (Change, Counts) {
	o := person.Observation
	change := Change{Line: person.Line, Observation: o}
	if old != nil && (o.Older(*old, p.Now()) || o.AsOf.Equal(old.AsOf) && u.ReceivedAt.Before(old.ReceivedAt)) {
		record, changed := o.Protects(*old, u.ID, u.ReceivedAt)
		if !changed {
			return Change{}, Counts{Superseded: 1}
		}
		change.Record = record
		return change, Counts{}
	}
	record, changed := o.Onto(old, u.ID, u.ReceivedAt)
	switch {
	case changed:
		change.Record, change.Event = record, custody.Change(old, &record, p.Now())
	case o.Confirms(*old):
		record.AsOf, record.ReceivedAt = o.AsOf, u.ReceivedAt
		record.Version++
		change.Record, change.Confirms = record, true
	default:
		return Change{}, Counts{Unchanged: 1}
	}
	return change, Counts{}
}
