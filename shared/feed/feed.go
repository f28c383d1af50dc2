// Package feed is the sources of files: when each was heard last, up to when its rosters vouch for the people on them,
// and whether it has been silent for too long.
//
// A feed is noted when its first file comes, or when staff say how often it is expected. What is noted only moves on: a
// call that is repeated, late or out of order changes nothing. Readers that answer the public use a Watch, which asks the
// table once a minute at most.
package feed

import (
	"errors"
	"regexp"
	"time"

	"voice.example/shared/custody"
)

// Default is the feed of files that name none.
const Default = "default"

// What a call may answer.
var (
	ErrNotFound = errors.New("feed: no such feed")
	ErrName     = errors.New("feed: a name has 1 to 40 small letters, digits and dashes")
	ErrEvery    = errors.New("feed: files are expected every 1 to 744 hours")
	ErrTold     = errors.New("feed: somebody else has told it, or the feed has spoken")
)

// MinEvery and MaxEvery are the bounds of an expected interval.
const (
	MinEvery = time.Hour
	MaxEvery = 744 * time.Hour
)

// Feed is a source of files. Times that are not known are zero.
type Feed struct {
	Name       string        `dynamodbav:"feed"`
	Every      time.Duration `dynamodbav:"-"`           // how often files are expected; 0 is the deployment's default
	ExpectedAt time.Time     `dynamodbav:"expected_at"` // since when files are expected, for a feed that never spoke
	HeardAt    time.Time     `dynamodbav:"heard_at"`    // when its last usable file was received
	AsOf       time.Time     `dynamodbav:"as_of"`       // the latest moment that a file of it spoke of, never after that file was received
	// ConfirmedAsOf is the moment of the last roster that was complete: all whom the feed held by then were on it.
	ConfirmedAsOf time.Time `dynamodbav:"confirmed_as_of"`
	ConfirmedAt   time.Time `dynamodbav:"confirmed_at"`    // when that roster was received
	SilenceToldAt time.Time `dynamodbav:"silence_told_at"` // when staff were told last that it is silent
}

var names = regexp.MustCompile(`^[a-z0-9-]{1,40}$`)

// ValidName reports whether a feed may be called so.
func ValidName(name string) bool { return names.MatchString(name) }

// SilentSince reports whether the feed has been silent for longer than its interval, and since when: since its last file
// or, if none ever came, since files are expected.
func (f Feed) SilentSince(now time.Time, byDefault time.Duration) (time.Time, bool) {
	since, every := f.HeardAt, f.Every
	if since.IsZero() {
		since = f.ExpectedAt
	}
	if every == 0 {
		every = byDefault
	}
	return since, !since.IsZero() && now.Sub(since) > every
}

// Told reports whether staff were told of the silence that began at that moment.
func (f Feed) Told(since time.Time) bool { return f.SilenceToldAt.After(since) }

// KnownAsOf is the moment up to which a record can be trusted: its own, or that of the feed's last complete roster, if it
// is a later one that vouches for the person. A roster vouches for those whom the feed held when it came: a record that a
// later file made of old news was not among them.
func (f Feed) KnownAsOf(r custody.Record) time.Time {
	asOf := r.KnownAsOf()
	if f.Name == "" || r.HeldBy() != f.Name || r.ReceivedAt.After(f.ConfirmedAt) || !f.ConfirmedAsOf.After(asOf) {
		return asOf
	}
	return f.ConfirmedAsOf
}
