package alert

import (
	"context"
	"errors"
	"strings"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/service/dynamodb"

	"voice.example/infra/local/dynamodb/dynamodbtest"
	"voice.example/shared/aws"
	"voice.example/shared/custody"
	"voice.example/shared/secret"
)

func TestCheckOf(t *testing.T) {
	keys, err := secret.New(strings.Repeat("k", 64))
	if err != nil {
		t.Fatal(err)
	}
	first := New("event", custody.EventReleased, custody.Record{}, "s")
	seen := map[string]string{}
	for _, a := range []Alert{first, first.Again(1), first.Again(2), first.For(Second), first.For(Email), New("event", custody.EventReleased, custody.Record{}, "other")} {
		check := CheckOf(keys, a.ID)
		if check != CheckOf(keys, a.ID) || seen[check] != "" {
			t.Errorf("%s and %s have the code %s", a.ID, seen[check], check)
		}
		if read, ok := ParseCheck(check); !ok || read != check {
			t.Errorf("%s is read as %s", check, read)
		}
		seen[check] = a.ID
	}
}

func TestParseCheck(t *testing.T) {
	for name, c := range map[string]struct {
		text, want string
		ok         bool
	}{
		"AsWritten":             {"K7P4-QDX2", "K7P4-QDX2", true},
		"InSmallLetters":        {" k7p4 qdx2 ", "K7P4-QDX2", true},
		"WithTheWordBefore":     {"Ref K7P4-QDX2", "K7P4-QDX2", true},
		"WithTheWordAndAColon":  {"ref:K7P4QDX2", "K7P4-QDX2", true},
		"BeginningLikeTheWord":  {"REF4-QDX2", "REF4-QDX2", true},
		"ErrEmpty":              {"", "", false},
		"ErrOnlyTheWord":        {"Ref", "", false},
		"ErrAOneTimeCode":       {"123456", "", false},
		"ErrTheWholeText":       {"VOICE: There is news. Ref K7P4-QDX2", "", false},
		"ErrTheWordInTheMiddle": {"K7P4 Ref QDX2", "", false},
	} {
		t.Run(name, func(t *testing.T) {
			if got, ok := ParseCheck(c.text); got != c.want || ok != c.ok {
				t.Errorf("got %q, %v", got, ok)
			}
		})
	}
}

func TestTold(t *testing.T) {
	ctx := context.Background()
	// claimed is a planned alert in deliver's hands, whose text ends in the code.
	claimed := func(t *testing.T, l *Ledger, subscription string) Alert {
		t.Helper()
		a, err := l.Claim(ctx, plan(t, l, subscription).ID)
		if err != nil {
			t.Fatal(err)
		}
		a.Check = code
		return a
	}
	told := func(t *testing.T, l *Ledger, want time.Time) {
		t.Helper()
		at, err := l.Told(ctx, code)
		if want.IsZero() && !errors.Is(err, ErrNotFound) || !want.IsZero() && err != nil || !at.Equal(want) {
			t.Errorf("got %s, %v; want %s", at, err, want)
		}
	}
	none := time.Time{}
	t.Run("OnlyWhatWasSent", func(t *testing.T) {
		l, c := newLedger(t)
		a := claimed(t, l, "s")
		told(t, l, none)
		c.now = c.now.Add(Lease / 2)
		if err := l.SettleSent(ctx, a, "m-1"); err != nil {
			t.Fatal(err)
		}
		told(t, l, c.now)
		if _, err := l.Told(ctx, "K7P4-QDX3"); !errors.Is(err, ErrNotFound) {
			t.Errorf("one letter changed: %v", err)
		}
	})
	for name, settle := range map[string]func(*Ledger, Alert) error{
		"NotWhatCouldNotBe":   func(l *Ledger, a Alert) error { return l.SettleFailed(ctx, a, Unreachable) },
		"NotWhatWasWithheld":  func(l *Ledger, a Alert) error { return l.SettleUnsent(ctx, a, OptedOut, "ended") },
		"NotWhatWasGivenBack": func(l *Ledger, a Alert) error { return l.Release(ctx, a) },
		"NotWhatWaits":        func(l *Ledger, a Alert) error { return l.Postpone(ctx, a, l.Now().Add(time.Hour)) },
	} {
		t.Run(name, func(t *testing.T) {
			l, _ := newLedger(t)
			if err := settle(l, claimed(t, l, "s")); err != nil {
				t.Fatal(err)
			}
			told(t, l, none)
		})
	}
	// Whoever has its code has got it, whatever we know.
	for name, settle := range map[string]func(*Ledger, Alert) error{
		"WhatMayHaveBeenSentAndIsTriedAgain": func(l *Ledger, a Alert) error { return l.PostponeUnknown(ctx, a, l.Now().Add(time.Hour)) },
		"WhatMayHaveBeenSent":                func(l *Ledger, a Alert) error { return l.SettleFailed(ctx, a, Unknown) },
	} {
		t.Run(name, func(t *testing.T) {
			l, c := newLedger(t)
			if err := settle(l, claimed(t, l, "s")); err != nil {
				t.Fatal(err)
			}
			told(t, l, c.now)
		})
	}
	t.Run("NotWhatIsForgotten", func(t *testing.T) {
		l, c := newLedger(t)
		if err := l.SettleSent(ctx, claimed(t, l, "s"), "m-1"); err != nil {
			t.Fatal(err)
		}
		c.now = c.now.Add(l.Retention) // DynamoDB deletes what has expired late
		told(t, l, none)
	})
	t.Run("OfTwoWithOneCodeTheLater", func(t *testing.T) {
		l, c := newLedger(t)
		for _, subscription := range []string{"s", "t"} {
			c.now = c.now.Add(time.Hour)
			if err := l.SettleSent(ctx, claimed(t, l, subscription), "m-"+subscription); err != nil {
				t.Fatal(err)
			}
		}
		told(t, l, c.now)
	})
}

// The look-up has the same work to do whatever there is, and the index is read alone.
func TestToldReadsAsMuchOfNothing(t *testing.T) {
	ctx, meter := context.Background(), new(aws.Meter)
	db := dynamodbtest.New(t)
	l := &Ledger{Client: dynamodb.New(db.Client.Options(), meter.Attach), Table: db.Table("alerts"), Retention: time.Hour, Now: time.Now}
	a, err := l.Claim(ctx, plan(t, l, "s").ID)
	if err != nil {
		t.Fatal(err)
	}
	a.Check, a.PhoneHash = code, "p"
	if err := l.SettleSent(ctx, a, "m"); err != nil {
		t.Fatal(err)
	}
	if units := meter.Read().WRU; units != 7 {
		t.Errorf("an alert takes %v write units, crashes.md says seven", units)
	}
	counts := db.CountsCapacity()
	for _, check := range []string{code, "K7P4-QDX3", "AEIO-0000"} {
		before := meter.Read()
		_, _ = l.Told(ctx, check)
		after := meter.Read()
		if counts && after.RRU-before.RRU != 0.5 || after.Calls-before.Calls != 1 || after.WRU != before.WRU {
			t.Errorf("%s: %+v before, %+v after", check, before, after)
		}
	}
}
