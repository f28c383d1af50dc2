package feed

import (
	"testing"
	"time"

	"voice.example/shared/custody"
)

var noon = time.Date(2026, 6, 1, 12, 0, 0, 0, time.UTC)

func TestSilentSince(t *testing.T) {
	const byDefault = 26 * time.Hour
	for name, c := range map[string]struct {
		f      Feed
		since  time.Time
		silent bool
	}{
		"HeardToday":                {Feed{HeardAt: noon.Add(-26 * time.Hour)}, noon.Add(-26 * time.Hour), false},
		"NotHeardForLonger":         {Feed{HeardAt: noon.Add(-26*time.Hour - time.Second)}, noon.Add(-26*time.Hour - time.Second), true},
		"WithinItsOwnInterval":      {Feed{HeardAt: noon.Add(-100 * time.Hour), Every: 168 * time.Hour}, noon.Add(-100 * time.Hour), false},
		"BeyondItsOwnInterval":      {Feed{HeardAt: noon.Add(-2 * time.Hour), Every: time.Hour}, noon.Add(-2 * time.Hour), true},
		"NeverHeard":                {Feed{ExpectedAt: noon.Add(-48 * time.Hour)}, noon.Add(-48 * time.Hour), true},
		"NeverHeardButJustExpected": {Feed{ExpectedAt: noon.Add(-time.Hour)}, noon.Add(-time.Hour), false},
		"NeitherHeardNorExpected":   {Feed{}, time.Time{}, false},
		"HeardAfterItWasExpected":   {Feed{ExpectedAt: noon.AddDate(-1, 0, 0), HeardAt: noon}, noon, false},
	} {
		t.Run(name, func(t *testing.T) {
			if since, silent := c.f.SilentSince(noon, byDefault); silent != c.silent || !since.Equal(c.since) {
				t.Errorf("got %s, %v", since, silent)
			}
		})
	}
}

func TestKnownAsOf(t *testing.T) {
	feed := Feed{Name: "north", ConfirmedAsOf: noon, ConfirmedAt: noon.Add(time.Hour)}
	held := custody.Record{Status: custody.InCustody, Feed: "north", AsOf: noon.AddDate(0, 0, -9), ReceivedAt: noon.AddDate(0, 0, -8)}
	with := func(edit func(*custody.Record)) custody.Record { r := held; edit(&r); return r }
	for name, c := range map[string]struct {
		f    Feed
		r    custody.Record
		want time.Time
	}{
		"OnTheRoster":               {feed, held, noon},
		"ChangedByThatRoster":       {feed, with(func(r *custody.Record) { r.ReceivedAt = noon.Add(time.Hour) }), noon},
		"NewerNews":                 {feed, with(func(r *custody.Record) { r.AsOf, r.ReceivedAt = noon.Add(time.Minute), noon.Add(2*time.Hour) }), noon.Add(time.Minute)},
		"OldNewsThatCameAfterwards": {feed, with(func(r *custody.Record) { r.ReceivedAt = noon.Add(2 * time.Hour) }), held.AsOf},
		"OfAnotherFeed":             {feed, with(func(r *custody.Record) { r.Feed = "south" }), held.AsOf},
		"OfNoFeed":                  {Feed{}, with(func(r *custody.Record) { r.Feed = "" }), held.AsOf},
		"NotOnTheList":              {feed, with(func(r *custody.Record) { r.UnlistedSince = noon.Add(-time.Hour) }), held.AsOf},
		"Released":                  {feed, with(func(r *custody.Record) { r.Status = custody.Released }), held.AsOf},
		"OfAFeedThatSendsNoRosters": {Feed{Name: "north", HeardAt: noon}, held, held.AsOf},
		"DatedAhead":                {Feed{}, with(func(r *custody.Record) { r.AsOf = noon.AddDate(0, 1, 0) }), held.ReceivedAt},
	} {
		t.Run(name, func(t *testing.T) {
			if got := c.f.KnownAsOf(c.r); !got.Equal(c.want) {
				t.Errorf("got %s, want %s", got, c.want)
			}
		})
	}
}

func TestValidName(t *testing.T) {
	for name, want := range map[string]bool{"default": true, "north-2": true, "": false, "North": false, "a b": false, "a/b": false,
		"aaaaaaaaaabbbbbbbbbbccccccccccdddddddddd": true, "aaaaaaaaaabbbbbbbbbbccccccccccdddddddddde": false, "a\n": false} {
		if got := ValidName(name); got != want {
			t.Errorf("%q: %v", name, got)
		}
	}
}
