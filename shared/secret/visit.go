package secret

import (
	"errors"
	"fmt"
	"strconv"
	"strings"
	"time"
)

const (
	// VisitIdle is how long the token of a visit is good for. Visit.Renew makes another.
	VisitIdle = 10 * time.Minute
	// MaxVisit is how long a visit can last with all its tokens.
	MaxVisit = time.Hour
)

// ErrVisitOver is a visit's token that is too old, or none.
var ErrVisitOver = errors.New("secret: the visit is over")

// Visit is a short time in which somebody who has shown that something is theirs may see, change and end it, without showing it
// again on each page. It is kept nowhere: its token says all of it.
type Visit struct {
	Of    string // what is theirs: a keyed hash, or a reference
	Began time.Time
	Until time.Time
}

// BeginVisit begins a visit now.
func BeginVisit(of string, now time.Time) Visit {
	now = now.UTC().Truncate(time.Second)
	return Visit{Of: of, Began: now, Until: now.Add(VisitIdle)}
}

// Renew lets a visit last VisitIdle from now, but not longer than MaxVisit in all.
func (v Visit) Renew(now time.Time) Visit {
	v.Until = now.UTC().Truncate(time.Second).Add(VisitIdle)
	if end := v.Began.Add(MaxVisit); v.Until.After(end) {
		v.Until = end
	}
	return v
}

// VisitToken seals a visit for a purpose, to be taken from page to page.
func (k *Keys) VisitToken(purpose string, v Visit) string {
	return k.Seal(purpose, fmt.Sprintf("%s|%d|%d", v.Of, v.Began.Unix(), v.Until.Unix()))
}

// OpenVisit reads the token of a visit that was made for the same purpose. Errors: ErrVisitOver.
func (k *Keys) OpenVisit(purpose, token string, now time.Time) (Visit, error) {
	plain, err := k.Open(purpose, token)
	if err != nil {
		return Visit{}, ErrVisitOver
	}
	parts := strings.Split(plain, "|")
	if len(parts) != 3 {
		return Visit{}, ErrVisitOver
	}
	began, beganErr := strconv.ParseInt(parts[1], 10, 64)
	until, untilErr := strconv.ParseInt(parts[2], 10, 64)
	if beganErr != nil || untilErr != nil || !now.Before(time.Unix(until, 0)) {
		return Visit{}, ErrVisitOver
	}
	return Visit{Of: parts[0], Began: time.Unix(began, 0).UTC(), Until: time.Unix(until, 0).UTC()}, nil
}
