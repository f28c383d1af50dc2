package subscription

import (
	"testing"

	"voice.example/shared/custody"
)

func TestWants(t *testing.T) {
	only := func(events ...custody.Event) Subscription { return Subscription{Events: events} }
	for name, c := range map[string]struct {
		sub  Subscription
		of   custody.Event
		want bool
	}{
		"AllWhenNoneIsListed":          {only(), custody.BookedIn, true},
		"Listed":                       {only(custody.EventRemoved), custody.EventRemoved, true},
		"NotListed":                    {only(custody.EventRemoved), custody.EventReleased, false},
		"CorrectionsAlways":            {only(custody.EventRemoved), custody.Corrected, true},
		"WhoMayBeFreeLikeWhoWasFreed":  {only(custody.EventReleased), custody.Unlisted, true},
		"WhoMayBeFreeWhenListed":       {only(custody.Unlisted), custody.Unlisted, true},
		"WhoMayBeFreeNotToOthers":      {only(custody.Transferred), custody.Unlisted, false},
		"WhoWasFreedNotForTheUnlisted": {only(custody.Unlisted), custody.EventReleased, false},
	} {
		t.Run(name, func(t *testing.T) {
			if got := c.sub.Wants(c.of); got != c.want {
				t.Errorf("got %v", got)
			}
		})
	}
}
