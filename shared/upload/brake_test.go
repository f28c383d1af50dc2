package upload

import (
	"fmt"
	"strings"
	"testing"

	"voice.example/shared/custody"
)

func TestBrake(t *testing.T) {
	held := func(t *testing.T, u item, want ...string) {
		t.Helper()
		if u.Kind == "" {
			u.Kind = File
		}
		b := DefaultLimits().weigh(&u)
		if len(b.Reasons) != len(want) {
			t.Fatalf("got %q, want %q", b.Reasons, want)
		}
		for i, part := range want {
			if !strings.Contains(b.Reasons[i], part) {
				t.Errorf("got %q, want %q", b.Reasons[i], part)
			}
		}
	}
	ends := func(n int) map[string]int { return map[string]int{"a": n} }
	of := func(n int) map[string]int { return map[string]int{"a": n} }
	t.Run("OrdinaryDayPasses", func(t *testing.T) {
		held(t, item{Planned: Tally{Changes: 1670, Known: 60000, EndsOf: ends(820), Alerts: 400}, HeldOf: of(65000)})
	})
	t.Run("SmallJailsOrdinaryDayPasses", func(t *testing.T) { held(t, item{Planned: Tally{EndsOf: ends(20)}, HeldOf: of(60)}) })
	t.Run("EndsOfTooMany", func(t *testing.T) {
		held(t, item{Planned: Tally{EndsOf: ends(1891)}, HeldOf: of(14000)}, "end the custody of 1891 people, 13.5 % of the 14000")
	})
	t.Run("SmallFeedIsNotHiddenBehindALargeOne", func(t *testing.T) {
		held(t, item{Planned: Tally{EndsOf: map[string]int{"large": 1, "small": 30}}, HeldOf: map[string]int{"large": 7000, "small": 30}}, "30 people, 100.0 % of the 30 whom the feed small")
	})
	t.Run("ManyFeedsTogether", func(t *testing.T) {
		all, of := map[string]int{}, map[string]int{}
		for i := range 100 {
			all[fmt.Sprint(i)], of[fmt.Sprint(i)] = 20, 60
		}
		held(t, item{Planned: Tally{EndsOf: all}, HeldOf: of}, "2000 people, 33.3 % of the 6000 whom its feeds together")
	})
	t.Run("EndsOfPeopleWhomNoFeedHolds", func(t *testing.T) { held(t, item{Planned: Tally{EndsOf: ends(21)}}, "100.0 %") })
	t.Run("Alerts", func(t *testing.T) { held(t, item{Planned: Tally{Alerts: 8000}}, "8000 alerts (limit 1000)") })
	t.Run("Rejects", func(t *testing.T) {
		held(t, item{Counts: Counts{Rows: 200, Rejected: 21}}, "21 of 200 rows, 10.5 %")
		held(t, item{Counts: Counts{Rows: 20, Rejected: 20}})
	})
	t.Run("SlippedColumnsChangeNames", func(t *testing.T) {
		held(t, item{Planned: Tally{Known: 400, Identities: 300}}, "name, date or country of birth of 300 people, 75.0 %")
	})
	t.Run("ProtectionOfManyEnds", func(t *testing.T) { held(t, item{Planned: Tally{Unprotected: 11}}, "end the protection of 11") })
	t.Run("ManySmallOnesAreOneLarge", func(t *testing.T) {
		held(t, item{Planned: Tally{EndsOf: ends(20)}, HeldOf: of(900), Recent: Recent{EndsOf: of(100)}}, "end the custody of 120 people, 12.0 % of the 1000")
		held(t, item{Planned: Tally{Alerts: 10}, Recent: Recent{Alerts: 4991}}, "5001 alerts")
		held(t, item{Planned: Tally{}, Recent: Recent{EndsOf: of(100), Alerts: 5000}})
	})
	t.Run("MissingPeopleAlways", func(t *testing.T) {
		held(t, item{Kind: Missing, Planned: Tally{Missing: 1}, HeldOf: of(1000)}, "never released without approval")
	})
	t.Run("RosterOfHalf", func(t *testing.T) {
		held(t, item{Feed: "a", Planned: Tally{Missing: 500}, HeldOf: of(1000)}, "500 people, 50.0 %")
	})
	t.Run("RetractionAlways", func(t *testing.T) { held(t, item{Kind: Retraction}, "somebody else") })
	t.Run("ZeroLimitsHoldWhatAnybodyWouldNotice", func(t *testing.T) {
		for _, tally := range []Tally{{EndsOf: ends(1)}, {Alerts: 1}, {Unprotected: 1}, {Identities: 1}} {
			if b := (Limits{}).weigh(&item{Planned: tally, HeldOf: of(1000)}); len(b.Reasons) != 1 {
				t.Errorf("%+v: %q", tally, b.Reasons)
			}
		}
	})
	t.Run("FiguresForPeople", func(t *testing.T) {
		b := DefaultLimits().weigh(&item{Planned: Tally{Changes: 100, Alerts: 1200, ByEvent: map[custody.Event]int{custody.EventReleased: 100}}})
		if b.TextParts != 2400 || b.Minutes != 2 || b.WriteUnits != 300 || b.CostUSD != 17.93 || b.ByEvent[custody.EventReleased] != 100 {
			t.Errorf("got %+v", b)
		}
	})
}
