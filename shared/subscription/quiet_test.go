package subscription

import (
	"testing"
	"time"
	_ "time/tzdata"

	"pgregory.net/rapid"
)

func TestQuiet(t *testing.T) {
	const newYork, lordHowe, apia = "America/New_York", "Australia/Lord_Howe", "Pacific/Apia"
	for name, c := range map[string]struct {
		from, to, zone string
		now, until     string // no end when empty
	}{
		"Evening":         {"22:00", "07:00", newYork, "2026-07-02T03:30:00Z", "2026-07-02T11:00:00Z"},
		"AfterMidnight":   {"22:00", "07:00", newYork, "2026-07-02T06:30:00Z", "2026-07-02T11:00:00Z"},
		"FromItsStart":    {"22:00", "07:00", newYork, "2026-07-02T02:00:00Z", "2026-07-02T11:00:00Z"},
		"NotBefore":       {"22:00", "07:00", newYork, "2026-07-02T01:59:59Z", ""},
		"NotAtItsEnd":     {"22:00", "07:00", newYork, "2026-07-02T11:00:00Z", ""},
		"JustBeforeEnd":   {"22:00", "07:00", newYork, "2026-07-02T10:59:59Z", "2026-07-02T11:00:00Z"},
		"WithinOneDay":    {"12:00", "14:00", newYork, "2026-01-02T17:30:00Z", "2026-01-02T19:00:00Z"},
		"ShortNight":      {"22:00", "07:00", newYork, "2026-03-08T04:00:00Z", "2026-03-08T11:00:00Z"},
		"LongNight":       {"22:00", "07:00", newYork, "2026-11-01T03:00:00Z", "2026-11-01T12:00:00Z"},
		"EndSkipped":      {"22:00", "02:30", newYork, "2026-03-08T05:00:00Z", "2026-03-08T07:00:00Z"},
		"StartSkipped":    {"02:30", "05:00", newYork, "2026-03-08T07:00:00Z", "2026-03-08T09:00:00Z"},
		"WholeSkipped":    {"02:10", "02:50", newYork, "2026-03-08T07:00:00Z", ""},
		"EndRepeated":     {"22:00", "01:30", newYork, "2026-11-01T03:00:00Z", "2026-11-01T05:30:00Z"},
		"EndTheSecond":    {"22:00", "01:30", newYork, "2026-11-01T06:10:00Z", "2026-11-01T06:30:00Z"},
		"LongerThanADay":  {"02:30", "02:00", newYork, "2026-10-31T06:30:00Z", "2026-11-01T07:00:00Z"},
		"HalfAnHourSkip":  {"22:00", "02:15", lordHowe, "2026-10-03T14:00:00Z", "2026-10-03T15:30:00Z"},
		"ADaySkipped":     {"22:00", "07:00", apia, "2011-12-30T09:00:00Z", "2011-12-30T17:00:00Z"},
		"StartIsEnd":      {"22:00", "22:00", newYork, "2026-07-02T03:30:00Z", ""},
		"ZoneThatIsGone":  {"22:00", "07:00", "America/Atlantis", "2026-07-02T03:30:00Z", ""},
		"NoZone":          {"22:00", "07:00", "", "2026-07-02T03:30:00Z", ""},
		"ZoneOfTheServer": {"22:00", "07:00", "Local", "2026-07-02T03:30:00Z", ""},
		"NoTime":          {"", "07:00", newYork, "2026-07-02T03:30:00Z", ""},
	} {
		t.Run(name, func(t *testing.T) {
			now, err := time.Parse(time.RFC3339, c.now)
			if err != nil {
				t.Fatal(err)
			}
			until, quiet := (&Quiet{c.from, c.to, c.zone}).Until(now)
			got := ""
			if quiet {
				got = until.UTC().Format(time.RFC3339)
			}
			if got != c.until {
				t.Errorf("got %q, want %q", got, c.until)
			}
		})
	}
	t.Run("None", func(t *testing.T) {
		if _, quiet := (*Quiet)(nil).Until(time.Now()); quiet {
			t.Error("no quiet hours are quiet")
		}
	})
}

// TestQuietByTheClock holds Until against a clock on the wall that is looked at every minute.
func TestQuietByTheClock(t *testing.T) {
	zones := []string{"America/New_York", "America/Phoenix", "America/Anchorage", "America/Puerto_Rico", "Australia/Lord_Howe", "Pacific/Apia"}
	loaded := map[string]*time.Location{}
	changes := map[string][]time.Time{}
	for _, name := range zones {
		zone, err := time.LoadLocation(name)
		if err != nil {
			t.Fatal(err)
		}
		loaded[name] = zone
		for at := time.Date(2009, 1, 1, 0, 0, 0, 0, zone); at.Year() < 2040; {
			_, set := at.ZoneBounds()
			if set.IsZero() {
				break
			}
			changes[name], at = append(changes[name], set), set
		}
	}
	clock := func(minute int) string { return time.Date(2000, 1, 1, 0, minute, 0, 0, time.UTC).Format("15:04") }
	rapid.Check(t, func(t *rapid.T) {
		name := rapid.SampledFrom(zones).Draw(t, "zone")
		from := rapid.IntRange(0, 24*60-1).Draw(t, "from")
		to := (from + rapid.IntRange(1, 24*60-1).Draw(t, "long")) % (24 * 60)
		// Any minute of any year, and every second time one near to where the clock is set anew.
		now := time.Date(2009, 1, 1, 0, rapid.IntRange(0, 31*365*24*60).Draw(t, "minute"), 0, 0, time.UTC)
		if set := changes[name]; len(set) > 0 && rapid.Bool().Draw(t, "near") {
			now = rapid.SampledFrom(set).Draw(t, "change").Add(time.Duration(rapid.IntRange(-30*60, 4*60).Draw(t, "from it")) * time.Minute)
		}
		now = now.Add(time.Duration(rapid.IntRange(0, 59).Draw(t, "second")) * time.Second)
		quietAt := func(at time.Time) bool {
			h, m, _ := at.In(loaded[name]).Clock()
			minute := h*60 + m
			if from < to {
				return from <= minute && minute < to
			}
			return from <= minute || minute < to
		}
		until, quiet := (&Quiet{clock(from), clock(to), name}).Until(now)
		if quiet != quietAt(now) {
			t.Fatalf("at %v: %v", now.In(loaded[name]), quiet)
		}
		if !quiet {
			return
		}
		if !until.After(now) || until.Sub(now) > maxQuiet {
			t.Fatalf("at %v until %v", now.In(loaded[name]), until)
		}
		want := now.Truncate(time.Minute)
		for quietAt(want) {
			want = want.Add(time.Minute)
		}
		if !until.Equal(want) {
			t.Fatalf("at %v until %v, want %v", now.In(loaded[name]), until, want.In(loaded[name]))
		}
	})
}
