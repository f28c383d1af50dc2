package main

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"testing"

	"voice.example/shared/alert"
	"voice.example/shared/custody"
	"voice.example/shared/phone"
	"voice.example/shared/subscription"
)

// The story of these tests: version 2 said released and was wrong, version 3 takes it back.
var (
	wrong    = held(2, release...)
	takes    = []string{`"upload_id":{"S":"u"}}`, `"upload_id":{"S":"r"},"retracts":{"M":{"upload_id":{"S":"u"},"version":{"N":"2"}}}}`}
	restored = held(3, takes...)
	nobody   = `{"a_number":{"S":"001234567"},"version":{"N":"3"},"status":{"S":"released"},"upload_id":{"S":"r"},` +
		`"retracts":{"M":{"upload_id":{"S":"u"},"version":{"N":"2"}}}}`
)

// settle gives the one alert of a subscriber, by an event, a state.
func (b *bench) settle(id string, outcome func(*alert.Ledger, alert.Alert) error) {
	b.t.Helper()
	a, err := b.Ledger.Claim(context.Background(), id)
	if err != nil {
		b.t.Fatal(err)
	}
	if err := outcome(b.Ledger, a); err != nil {
		b.t.Fatal(err)
	}
}

func sent(l *alert.Ledger, a alert.Alert) error { return l.SettleSent(context.Background(), a, "m") }

func unsent(l *alert.Ledger, a alert.Alert) error {
	return l.SettleUnsent(context.Background(), a, alert.Failed, "phone")
}

func ended(l *alert.Ledger, a alert.Alert) error {
	return l.SettleUnsent(context.Background(), a, alert.OptedOut, "ended")
}

func claimed(*alert.Ledger, alert.Alert) error { return nil }

func TestCorrections(t *testing.T) {
	ctx := context.Background()
	numbered := func(n int, edit func(*subscription.Application)) subscription.Application {
		app := adult
		app.Phone = phone.Number(fmt.Sprintf("+1202555%04d", 100+n))
		if edit != nil {
			edit(&app)
		}
		return app
	}
	// corrections gives the ids of the alerts that are corrected, from what was published.
	corrections := func(t *testing.T, b *bench) (corrected []string, notices []alert.Notice) {
		t.Helper()
		jobs, notices := b.published()
		for id, attributes := range jobs {
			a, err := b.Ledger.Get(ctx, id)
			if err != nil || a.State != alert.Planned || a.Event != custody.Corrected || attributes["urgency"] != "urgent" || attributes["event"] != "corrected" {
				t.Errorf("got %+v, %v, %v", a, err, attributes)
			}
			corrected = append(corrected, a.Corrects)
		}
		return corrected, notices
	}
	t.Run("ExactlyThoseWhoGotItOrMayGetIt", func(t *testing.T) {
		b := newBench(t)
		got := b.subscribe(numbered(0, func(a *subscription.Application) { a.Events = []custody.Event{custody.EventReleased} }))
		waiting, taken := b.subscribe(numbered(1, nil)), b.subscribe(numbered(2, nil))
		unreachable, stopped := b.subscribe(numbered(3, nil)), b.subscribe(numbered(4, nil))
		b.subscribe(numbered(5, func(a *subscription.Application) { a.Events = []custody.Event{custody.EventRemoved} }))
		b.subscribe(numbered(6, func(a *subscription.Application) { a.CountryOfBirth = "CU" }))
		b.handle(changed("1", held(1), wrong))
		_, notices := b.published()
		eventID := notices[0].EventID
		b.settle(eventID+"."+got.ID, sent)
		b.settle(eventID+"."+taken.ID, claimed)
		b.settle(eventID+"."+unreachable.ID, unsent)
		b.settle(eventID+"."+stopped.ID, ended)
		b.subscribe(numbered(7, nil)) // after the wrong text

		if failed := b.handle(changed("2", wrong, restored)); failed != nil {
			t.Fatalf("failed %v", failed)
		}
		corrected, notices := corrections(t, b)
		if len(corrected) != 3 {
			t.Errorf("corrects %v", corrected)
		}
		for _, sub := range []subscription.Subscription{got, waiting, taken} {
			if !strings.Contains(strings.Join(corrected, " "), eventID+"."+sub.ID) {
				t.Errorf("%s is not corrected", sub.ID)
			}
		}
		if len(notices) != 1 || notices[0].RetractsEventID != eventID || notices[0].Event != custody.Corrected || notices[0].Status != custody.InCustody {
			t.Errorf("partners hear %+v", notices)
		}
	})
	for name, after := range map[string]string{
		"NothingWasKnownBefore": nobody,
		"TheyAreProtectedNow":   held(3, append([]string{`"BOOL":false`, `"BOOL":true`}, takes...)...),
	} {
		t.Run("AlsoWhen"+name, func(t *testing.T) {
			b := newBench(t)
			sub := b.subscribe(adult)
			b.handle(changed("1", "", wrong))
			_, notices := b.published()
			eventID := notices[0].EventID
			b.settle(eventID+"."+sub.ID, sent)
			if failed := b.handle(changed("2", wrong, after)); failed != nil {
				t.Fatalf("failed %v", failed)
			}
			corrected, notices := corrections(t, b)
			if fmt.Sprint(corrected) != fmt.Sprint([]string{eventID + "." + sub.ID}) {
				t.Errorf("corrects %v", corrected)
			}
			if len(notices) != 1 || notices[0] != (alert.Notice{EventID: notices[0].EventID, Event: custody.Corrected, RetractsEventID: eventID}) {
				t.Errorf("partners hear %+v", notices)
			}
		})
	}
	t.Run("WhatCouldNotBeToldNeedsNoCorrection", func(t *testing.T) {
		b := newBench(t)
		b.subscribe(adult)
		hidden := held(2, append([]string{`"BOOL":false`, `"BOOL":true`}, release...)...)
		b.handle(changed("1", held(1), hidden), changed("2", hidden, restored))
		if jobs, notices := b.published(); len(jobs)+len(notices) != 0 {
			t.Errorf("got %v, %+v", jobs, notices)
		}
	})
	t.Run("AfterNewerNewsThatStays", func(t *testing.T) {
		b := newBench(t)
		sub := b.subscribe(adult)
		b.handle(changed("1", held(1), wrong))
		_, notices := b.published()
		eventID := notices[0].EventID
		b.settle(eventID+"."+sub.ID, sent)
		removed := held(3, `"in_custody"`, `"removed"`)
		b.handle(changed("2", wrong, removed), changed("3", removed, held(4, append([]string{`"in_custody"`, `"removed"`}, takes...)...)))
		jobs, notices := b.published()
		slices.SortFunc(notices, func(a, b alert.Notice) int { return int(a.Version - b.Version) })
		if len(jobs) != 2 || len(notices) != 2 || notices[1].RetractsEventID != eventID || notices[1].Status != custody.Removed {
			t.Errorf("got %v, %+v", jobs, notices)
		}
	})
	t.Run("SameRetractionTwiceIsOneCorrection", func(t *testing.T) {
		b := newBench(t)
		b.subscribe(adult)
		b.handle(changed("1", held(1), wrong))
		b.published()
		b.handle(changed("2", wrong, restored), changed("2", wrong, restored))
		if corrected, _ := corrections(t, b); len(corrected) != 1 {
			t.Errorf("corrects %v", corrected)
		}
	})
	t.Run("ConfirmedAfterwardsCorrectsNothingMore", func(t *testing.T) {
		b := newBench(t)
		b.subscribe(adult)
		b.handle(changed("1", held(1), wrong), changed("2", wrong, restored))
		b.published()
		b.handle(changed("3", restored, held(4, takes...)))
		if jobs, notices := b.published(); len(jobs)+len(notices) != 0 {
			t.Errorf("got %v, %+v", jobs, notices)
		}
	})
	t.Run("MoreThanAPageOfThem", func(t *testing.T) {
		b := newBench(t)
		b.Subscriptions.CodesPerHour = 10000
		for i := range page + 20 {
			b.subscribe(numbered(i, nil))
		}
		b.handle(changed("1", held(1), wrong))
		b.published()
		b.handle(changed("2", wrong, restored))
		if corrected, _ := corrections(t, b); len(corrected) != page+20 {
			t.Errorf("corrects %d", len(corrected))
		}
	})
}

func TestUnlisted(t *testing.T) {
	ctx := context.Background()
	gone := held(2, `"upload_id"`, `"unlisted_since":{"S":"2026-05-08T00:00:00Z"},"upload_id"`)
	t.Run("NotOnTheListIsToldAtOnce", func(t *testing.T) {
		b := newBench(t)
		sub := b.subscribe(adult)
		b.handle(changed("1", held(1), gone))
		jobs, notices := b.published()
		if len(jobs) != 1 || len(notices) != 1 || notices[0].Event != custody.Unlisted || notices[0].UnlistedSince.IsZero() {
			t.Fatalf("got %v, %+v", jobs, notices)
		}
		id := notices[0].EventID + "." + sub.ID
		a, err := b.Ledger.Get(ctx, id)
		if err != nil || jobs[id]["urgency"] != "urgent" || a.AsOf.Format("2006-01-02") != "2026-05-08" || a.UnlistedSince.IsZero() {
			t.Errorf("got %+v, %v, %v", a, err, jobs)
		}
	})
	t.Run("WhoAskedForReleasesIsToldThatTheyMayBeFree", func(t *testing.T) {
		b := newBench(t)
		app := adult
		app.Events = []custody.Event{custody.EventReleased}
		b.subscribe(app)
		b.handle(changed("1", held(1), gone))
		if jobs, _ := b.published(); len(jobs) != 1 {
			t.Errorf("got %v", jobs)
		}
	})
	t.Run("OnTheListAgain", func(t *testing.T) {
		b := newBench(t)
		sub := b.subscribe(adult)
		b.handle(changed("1", gone, held(3)))
		_, notices := b.published()
		a, err := b.Ledger.Get(ctx, notices[0].EventID+"."+sub.ID)
		if err != nil || a.Event != custody.Returned || !a.Relisted {
			t.Errorf("got %+v, %v", a, err)
		}
	})
	t.Run("BackInCustodyIsNotBackOnAList", func(t *testing.T) {
		b := newBench(t)
		sub := b.subscribe(adult)
		b.handle(changed("1", wrong, held(3)))
		_, notices := b.published()
		a, err := b.Ledger.Get(ctx, notices[0].EventID+"."+sub.ID)
		if err != nil || a.Event != custody.Returned || a.Relisted {
			t.Errorf("got %+v, %v", a, err)
		}
	})
}
