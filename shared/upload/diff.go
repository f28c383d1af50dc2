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

// Change is one record that an upload changes.
type Change struct {
	Line        int                 `json:"line"`
	Observation custody.Observation `json:"observation"`
	Record      custody.Record      `json:"record"` // as it will be
	Event       custody.Event       `json:"event"`
	Alerts      int                 `json:"alerts"`
}

// diff compares people with the custody table. It only reads: an eventually consistent half unit for each person, and
// another for each event, to count its subscribers.
func (p *Pipeline) diff(ctx context.Context, u item, people []latest) ([]Change, Counts, error) {
	chunks := (len(people) + chunk - 1) / chunk
	changes := make([][]Change, chunks)
	var counts Counts
	var mu sync.Mutex
	group, ctx := errgroup.WithContext(ctx)
	group.SetLimit(readers)
	for i := range chunks {
		group.Go(func() error {
			part := people[i*chunk : min((i+1)*chunk, len(people))]
			found, counted, err := p.diffChunk(ctx, u, part)
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
	return all, counts, nil
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
		if change.Event != custody.NoEvent && custody.Disclosable(change.Record, p.Now()) {
			if change.Alerts, err = p.Subscribers.Count(ctx, change.Record.ANumber); err != nil {
				return nil, Counts{}, err
			}
		}
		changes = append(changes, change)
	}
	return changes, counts, nil
}

// compare says what a row makes of a record: a change or, in the counts, why it is none.
func (p *Pipeline) compare(u item, person latest, old *custody.Record) (Change, Counts) {
	if old != nil && person.Observation.Older(*old, p.Now()) {
		return Change{}, Counts{Superseded: 1}
	}
	record, changed := person.Observation.Onto(old, u.ID, u.ReceivedAt)
	if !changed {
		return Change{}, Counts{Unchanged: 1}
	}
	return Change{Line: person.Line, Observation: person.Observation, Record: record, Event: custody.Change(old, &record)}, Counts{}
}
