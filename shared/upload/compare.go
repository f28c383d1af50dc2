package upload

import (
	"time"

	"voice.example/shared/custody"
)

// Change is one record that an upload changes.
type Change struct {
	Line        int                 `json:"line,omitempty"` // 0: of no row
	Observation custody.Observation `json:"observation,omitzero"`
	Old         *custody.Record     `json:"old,omitempty"` // as it was when the plan was made; nil: there was none
	Record      custody.Record      `json:"record"`        // as it will be
	Event       custody.Event       `json:"event,omitempty"`
	Alerts      int                 `json:"alerts,omitempty"`
	// Confirms says that the row tells nothing new, but that the record's AsOf is to be moved on. It counts as unchanged.
	Confirms bool `json:"confirms,omitempty"`
	// Dropped says that the change was not written after all, see Pipeline.settle.
	Dropped bool `json:"dropped,omitempty"`
}

// confirmed is up to when each feed's last complete roster vouches for the people on it.
type confirmed map[string]time.Time

// vouched is the moment up to which a record of that feed and moment is known to hold. A row of a roster is measured by
// the record alone: the roster before it came of the same source, which knows better now.
func (c confirmed) vouched(u *item, heldBy string, asOf time.Time) time.Time {
	if u.Mode != Roster && heldBy != "" && c[heldBy].After(asOf) {
		return c[heldBy]
	}
	return asOf
}

// glance says what a row makes of a record by as little of it as a Glance: the count is what it is if it is no change,
// and the second result whether it takes the whole record to tell.
func (p *Pipeline) glance(u *item, c confirmed, o custody.Observation, g custody.Glance) (Counts, bool) {
	g.AsOf = c.vouched(u, g.HeldBy, g.AsOf)
	switch {
	case o.OlderThan(g, p.Now()) || o.AsOf.Equal(g.AsOf) && u.ReceivedAt.Before(g.ReceivedAt):
		return Counts{Superseded: 1}, o.Protected != nil && *o.Protected
	case o.Repeats(g, u.ReceivedAt) && !p.confirms(u, o, g.AsOf) && !p.moves(u, g.Feed, o):
		return Counts{Unchanged: 1}, false
	}
	return Counts{}, true
}

// confirms reports whether a row that tells nothing new should move the record's AsOf on. The rows of a roster need not:
// the feed itself notes up to when the roster vouches for everyone on it.
func (p *Pipeline) confirms(u *item, o custody.Observation, asOf time.Time) bool {
	return u.Mode == Updates && o.Confirms(custody.Record{AsOf: asOf})
}

// moves reports whether a roster has a person whom another feed held until now.
func (p *Pipeline) moves(u *item, feed string, o custody.Observation) bool {
	return u.Mode == Roster && o.Status == custody.InCustody && feed != u.Feed
}

// compare says what a row makes of a record: a change or, in the counts, why it is none.
func (p *Pipeline) compare(u *item, c confirmed, person latest, old *custody.Record) (Change, Counts) {
	o := person.Observation
	change := Change{Line: person.Line, Observation: o, Old: old}
	if old != nil {
		known := *old
		known.AsOf = c.vouched(u, known.HeldBy(), known.AsOf)
		if o.Older(known, p.Now()) || o.AsOf.Equal(known.AsOf) && u.ReceivedAt.Before(known.ReceivedAt) {
			record, changed := o.Protects(*old, u.ID, u.ReceivedAt)
			if !changed {
				return Change{}, Counts{Superseded: 1}
			}
			change.Record = record
			return change, Counts{}
		}
	}
	record, changed := o.Onto(old, u.ID, u.ReceivedAt)
	moved := old != nil && p.moves(u, old.Feed, o)
	if old == nil || old.Feed == "" || moved {
		record.Feed = u.Feed
	}
	switch {
	case changed:
		change.Record, change.Event = record, custody.Change(old, &record, p.Now())
	case moved || p.confirms(u, o, old.AsOf):
		record.AsOf, record.ReceivedAt, record.UploadID = o.AsOf, u.ReceivedAt, u.ID
		record.Retracts = nil
		record.Version++
		change.Record, change.Confirms = record, true
	default:
		return Change{}, Counts{Unchanged: 1}
	}
	return change, Counts{}
}
