package upload

import (
	"time"

	"voice.example/shared/custody"
	"voice.example/shared/feed"
)

// Change is one record that an upload changes.
type Change struct {
	Line        int                 `json:"line,omitempty"`       // 0: of no row
	Observation custody.Observation `json:"observation,omitzero"` // left out of a first version, which says the same
	Old         *custody.Record     `json:"old,omitempty"`        // as it was when the plan was made; nil: there was none
	Record      custody.Record      `json:"record"`               // as it will be
	Event       custody.Event       `json:"event,omitempty"`
	Alerts      int                 `json:"alerts,omitempty"`
	// Confirms says that the row tells nothing new, but that the record's AsOf is to be moved on. It counts as unchanged.
	Confirms bool `json:"confirms,omitempty"`
	// Dropped says that the change was not written after all, see Pipeline.drop.
	Dropped bool `json:"dropped,omitempty"`
}

// observation is what the change was made of.
func (c Change) observation() custody.Observation {
	if c.Observation.ANumber != "" {
		return c.Observation
	}
	return c.Record.Observation()
}

// sources are the feeds, by their names.
type sources map[string]feed.Feed

// known is what a row is measured by: the moment up to which a record is known to hold, and when that was received. It is
// the record's own or, if that is later, the last complete roster's of the feed that held the person when it came. A
// roster is not measured by one that it is newer than: it came of the same source, or of one that knows better now. A row
// does not put a person back on the list that a later roster lacked.
func (s sources) known(u *item, o custody.Observation, r custody.Record) (asOf, receivedAt time.Time) {
	f := s[r.HeldBy()]
	vouches := f.Name != "" && f.ConfirmedAsOf.After(r.AsOf) && !r.ReceivedAt.After(f.ConfirmedAt)
	switch {
	case vouches && (u.Mode != Roster || u.AsOf.Before(f.ConfirmedAsOf)):
		return f.ConfirmedAsOf, f.ConfirmedAt
	case u.Mode != Roster && o.Status == custody.InCustody && r.UnlistedSince.After(r.AsOf):
		return r.UnlistedSince, latestOf(r.ReceivedAt, r.UnlistedSince)
	}
	return r.AsOf, r.ReceivedAt
}

func latestOf(a, b time.Time) time.Time {
	if a.After(b) {
		return a
	}
	return b
}

// glance says what a row makes of a record by as little of it as a Glance: the count is what it is if it is no change,
// and the second result whether it takes the whole record to tell.
func (p *Pipeline) glance(u *item, s sources, o custody.Observation, g custody.Glance) (Counts, bool) {
	known := g.Record()
	known.AsOf, known.ReceivedAt = s.known(u, o, known)
	switch {
	case o.Older(known, p.Now()) || o.AsOf.Equal(known.AsOf) && u.ReceivedAt.Before(known.ReceivedAt):
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
func (p *Pipeline) compare(u *item, s sources, person latest, old *custody.Record) (Change, Counts) {
	o := person.Observation
	change := Change{Line: person.Line, Observation: o, Old: old}
	if old != nil {
		known := *old
		known.AsOf, known.ReceivedAt = s.known(u, o, *old)
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
	if old == nil {
		change.Observation = custody.Observation{}
	}
	switch {
	case changed:
		change.Record, change.Event = record, custody.Change(old, &record, p.Now())
	case moved || p.confirms(u, o, old.AsOf):
		record.AsOf, record.ReceivedAt, record.UploadID = o.AsOf, u.ReceivedAt, u.ID
		record.Version++
		change.Record, change.Confirms = record, true
	default:
		return Change{}, Counts{Unchanged: 1}
	}
	return change, Counts{}
}
