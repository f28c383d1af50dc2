package upload

import (
	"fmt"
	"maps"
	"math"
	"slices"
	"time"

	"voice.example/shared/aws"
	"voice.example/shared/custody"
)

// Limits is how much an upload may do before the brake holds it. The zero value holds everything that would end
// somebody's custody or alert somebody; DefaultLimits are the template's defaults.
type Limits struct {
	EndPercent      float64 // people whose custody would end, of those whom the feed holds
	EndsAllowed     int     // that many ends are always allowed, so that a small jail's ordinary day is
	Alerts          int     // alerts that would go out
	RejectPercent   float64 // rows that could not be understood
	RejectsAllowed  int     // that many are always allowed
	IdentityPercent float64 // people of the file whose name, date or country of birth would change
	IdentityAllowed int     // that many are always allowed
	MovePercent     float64 // people of the file whom a roster would take from another feed
	MovesAllowed    int     // that many are always allowed
	Unprotected     int     // people whose protection would end
	TextsPerSecond  float64 // how fast texts go out, for the figures only
}

// DefaultLimits are safe for an agency that holds 200 people or 70,000. On an ordinary day about 1.3 % of the people held
// leave custody (820 of 65,000; DESIGN section 1); a table of data whose columns have slipped changes every name.
func DefaultLimits() Limits {
	return Limits{EndPercent: 5, EndsAllowed: 20, Alerts: 1000, RejectPercent: 10, RejectsAllowed: 20,
		IdentityPercent: 5, IdentityAllowed: 20,
		MovePercent: 20, MovesAllowed: 20, Unprotected: 10, TextsPerSecond: 20}
}

// Brake is what staff see of a plan, and why it is held, if it is.
type Brake struct {
	Reasons []string `json:"reasons" dynamodbav:"reasons"` // empty: not held

	Changes     int                   `json:"changes" dynamodbav:"changes"`
	ByEvent     map[custody.Event]int `json:"by_event" dynamodbav:"by_event"`
	PeopleHeld  int                   `json:"people_held" dynamodbav:"people_held"` // by the feeds whom it takes people from, before
	Ends        int                   `json:"ends" dynamodbav:"ends"`               // of custody
	Missing     int                   `json:"missing" dynamodbav:"missing"`         // people held whom a roster lacks
	Identities  int                   `json:"identities" dynamodbav:"identities"`   // names, dates and countries of birth that change
	Unprotected int                   `json:"unprotected" dynamodbav:"unprotected"` // people whose protection would end
	// Recent is what other uploads of the last 24 hours did that nobody had to approve: the brake counts it in, so that a
	// file cannot do in many pieces what it may not do in one.
	Recent Recent `json:"recent" dynamodbav:"recent"`
	Alerts int    `json:"alerts" dynamodbav:"alerts"`
	// EndPercent and MostAlerts are the limits that it was held against, Limits.EndPercent and Limits.Alerts.
	EndPercent float64 `json:"end_percent" dynamodbav:"end_percent"`
	MostAlerts int     `json:"most_alerts" dynamodbav:"most_alerts"`
	TextParts  int     `json:"text_parts" dynamodbav:"text_parts"` // at most; carriers bill by the part
	Minutes    float64 `json:"minutes_to_send" dynamodbav:"minutes_to_send"`
	WriteUnits int     `json:"write_units" dynamodbav:"write_units"` // that applying it takes, about
	CostUSD    float64 `json:"cost_usd" dynamodbav:"cost_usd"`       // of applying it and of its texts, about
}

// Recent is what unapproved uploads did lately.
type Recent struct {
	EndsOf map[string]int `json:"ends_of,omitempty" dynamodbav:"ends_of"` // of custody, by the feed that held the people
	Alerts int            `json:"alerts" dynamodbav:"alerts"`
}

// recently is how far back the brake looks. Together with what others did since then an upload may do more than alone: a
// day's news comes in many files, and to hold it would be to say nothing when somebody is free.
const (
	recently     = 24 * time.Hour
	recentEnds   = 2 // times the share of ends, and the number that is always allowed
	recentAlerts = 5 // times the alerts
)

// partsPerText is the most parts of a text; alert.MaxParts says the same, one floor up.
const partsPerText = 2

// unitsPerChange is what a change takes at most: the table and its two indexes.
const unitsPerChange = 3

// weigh says what a plan would do, and holds it if that is too much.
func (l Limits) weigh(u *item) Brake {
	t := u.Planned
	ends := t.ends()
	b := Brake{Reasons: []string{}, Changes: t.Changes, ByEvent: t.ByEvent, PeopleHeld: sum(u.HeldOf), Ends: ends, Missing: t.Missing,
		Identities: t.Identities, Unprotected: t.Unprotected, Recent: u.Recent, Alerts: t.Alerts, TextParts: t.Alerts * partsPerText,
		WriteUnits: t.Changes * unitsPerChange, EndPercent: l.EndPercent, MostAlerts: l.Alerts}
	if l.TextsPerSecond > 0 {
		b.Minutes = math.Round(float64(b.TextParts)/l.TextsPerSecond/60*10) / 10
	}
	b.CostUSD = math.Round((float64(b.WriteUnits)*aws.DollarsPerWRU+float64(b.TextParts)*aws.DollarsPerTextPart)*100) / 100
	hold := func(format string, figures ...any) { b.Reasons = append(b.Reasons, fmt.Sprintf(format, figures...)) }

	for _, feed := range slices.Sorted(maps.Keys(t.EndsOf)) {
		l.weighEnds(hold, "the feed "+feed, t.EndsOf[feed], u.Recent.EndsOf[feed], u.HeldOf[feed])
	}
	if len(t.EndsOf) > 1 {
		l.weighEnds(hold, "its feeds together", ends, sum(u.Recent.EndsOf), sum(u.HeldOf))
	}
	if held := u.HeldOf[u.Feed]; t.Missing > l.EndsAllowed && percent(t.Missing, held) > l.EndPercent {
		hold("%d people, %s of the %d whom the feed holds, are not on the roster (limit %g %%)", t.Missing, shown(percent(t.Missing, held)), held, l.EndPercent)
	}
	switch all := t.Alerts + u.Recent.Alerts; {
	case t.Alerts > l.Alerts:
		hold("it would send %d alerts (limit %d)", t.Alerts, l.Alerts)
	case t.Alerts > 0 && all > recentAlerts*l.Alerts:
		hold("with other uploads of the last 24 hours it would send %d alerts (limit %d)", all, recentAlerts*l.Alerts)
	}
	rows, rejected := u.Counts.Rows+t.Changes, u.Counts.Rejected
	if share := percent(rejected, rows); rejected > l.RejectsAllowed && share > l.RejectPercent {
		hold("%d of %d rows, %s, could not be understood (limit %g %%)", rejected, rows, shown(share), l.RejectPercent)
	}
	if share := percent(t.Identities, t.Known); t.Identities > l.IdentityAllowed && share > l.IdentityPercent {
		hold("it would change the name, date or country of birth of %d people, %s of those in the file whom we know (limit %g %%): have its columns slipped?",
			t.Identities, shown(share), l.IdentityPercent)
	}
	if share := percent(t.Moves, t.Known); t.Moves > l.MovesAllowed && share > l.MovePercent {
		hold("it would take %d people, %s of those in the file whom we know, from other feeds (limit %g %%): is it in the right folder?",
			t.Moves, shown(share), l.MovePercent)
	}
	if t.Unprotected > l.Unprotected {
		hold("it would end the protection of %d people (limit %d)", t.Unprotected, l.Unprotected)
	}
	switch u.Kind {
	case Missing:
		hold("people who are missing from a roster are never released without approval")
	case Retraction:
		hold("a retraction takes back what people were told; somebody else must approve it")
	}
	return b
}

// weighEnds holds a plan that would end the custody of too large a share of the people whom a feed holds.
func (l Limits) weighEnds(hold func(string, ...any), whose string, ends, recent, held int) {
	alone, together := percent(ends, held), percent(ends+recent, held+recent)
	switch {
	case ends > l.EndsAllowed && alone > l.EndPercent:
		hold("it would end the custody of %d people, %s of the %d whom %s held (limit %g %%)", ends, shown(alone), held, whose, l.EndPercent)
	case ends > 0 && ends+recent > recentEnds*l.EndsAllowed && together > recentEnds*l.EndPercent:
		hold("with other uploads of the last 24 hours it would end the custody of %d people, %s of the %d whom %s held (limit %g %%)",
			ends+recent, shown(together), held+recent, whose, recentEnds*l.EndPercent)
	}
}

func sum(counts map[string]int) (all int) {
	for _, n := range counts {
		all += n
	}
	return all
}

// percent is n of all, and 100 when there is nothing to compare with.
func percent(n, all int) float64 {
	if all <= 0 {
		return 100
	}
	return 100 * float64(n) / float64(all)
}

func shown(share float64) string { return fmt.Sprintf("%.1f %%", share) }
