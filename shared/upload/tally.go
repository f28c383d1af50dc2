package upload

import "voice.example/shared/custody"

// Tally is what a plan would do.
type Tally struct {
	Changes     int                   `json:"changes" dynamodbav:"changes"`
	Known       int                   `json:"known" dynamodbav:"known"`               // people of the file who have a record
	EndsOf      map[string]int        `json:"ends_of,omitempty" dynamodbav:"ends_of"` // whose custody would end, by the feed that holds them
	Missing     int                   `json:"missing" dynamodbav:"missing"`           // people held whom a roster lacks
	Identities  int                   `json:"identities" dynamodbav:"identities"`     // names, dates and countries of birth that change
	Moves       int                   `json:"moves" dynamodbav:"moves"`               // people whom a roster takes from another feed
	Unprotected int                   `json:"unprotected" dynamodbav:"unprotected"`   // people whose protection would end
	Events      int                   `json:"events" dynamodbav:"events"`
	Alerts      int                   `json:"alerts" dynamodbav:"alerts"`
	ByEvent     map[custody.Event]int `json:"by_event,omitempty" dynamodbav:"by_event"`
}

// ends is how many people's custody would end.
func (t *Tally) ends() int { return sum(t.EndsOf) }

// count adds one change.
func (t *Tally) count(c Change) {
	if c.Old != nil && feedOf(*c.Old) != DefaultFeed && feedOf(c.Record) != feedOf(*c.Old) {
		t.Moves++
	}
	if c.Confirms {
		return
	}
	t.Changes++
	if c.Event != custody.NoEvent {
		t.Events++
		t.Alerts += c.Alerts
		t.ByEvent = bump(t.ByEvent, c.Event, 1)
	}
	if c.Old == nil {
		return
	}
	if c.Old.Status == custody.InCustody && c.Record.Status != custody.InCustody {
		t.EndsOf = bump(t.EndsOf, feedOf(*c.Old), 1)
	}
	if !c.Old.SamePerson(c.Record) {
		t.Identities++
	}
	if isProtected(c.Old.Protected) && !isProtected(c.Record.Protected) {
		t.Unprotected++
	}
}

func isProtected(flag *bool) bool { return flag != nil && *flag }

func (t *Tally) add(other Tally) {
	t.Changes += other.Changes
	t.Known += other.Known
	t.Missing += other.Missing
	t.Identities += other.Identities
	t.Moves += other.Moves
	t.Unprotected += other.Unprotected
	t.Events += other.Events
	t.Alerts += other.Alerts
	for feed, n := range other.EndsOf {
		t.EndsOf = bump(t.EndsOf, feed, n)
	}
	for event, n := range other.ByEvent {
		t.ByEvent = bump(t.ByEvent, event, n)
	}
}

func bump[K comparable](counts map[K]int, key K, n int) map[K]int {
	if counts == nil {
		counts = map[K]int{}
	}
	counts[key] += n
	return counts
}

// feedOf is the feed that holds a person; records of before there were feeds name none.
func feedOf(r custody.Record) string {
	if r.Feed == "" {
		return DefaultFeed
	}
	return r.Feed
}
