package inquiry

import (
	"context"
	"errors"
	"fmt"
	"regexp"
	"strings"
	"sync"
	"testing"
	"time"

	"voice.example/infra/local/dynamodb/dynamodbtest"
	"voice.example/shared/i18n"
	"voice.example/shared/keyring/keyringtest"
	"voice.example/shared/staff"
)

var ctx = context.Background()

// noon is when the tests begin.
var noon = time.Date(2026, 6, 1, 12, 0, 0, 0, time.UTC)

func newTable(t *testing.T) (*Table, *time.Time) {
	t.Helper()
	db := dynamodbtest.New(t, "inquiries")
	keys := keyringtest.Keys(t)
	now := noon
	return &Table{Client: db.Client, Name: db.Table("inquiries"), Keys: keys, Retention: 24 * time.Hour, Now: func() time.Time { return now }}, &now
}

// The staff of the tests. Ines and Rosa are of one office.
var (
	theo  = staff.Identity{Subject: "theo", Name: "Theo Sample", Email: "theo@voice.example", Roles: []staff.Role{staff.Operator}}
	rosa  = staff.Identity{Subject: "rosa", Name: "Rosa Sample", Email: "rosa@voice.example", Office: "PHO", Roles: []staff.Role{staff.Officer}}
	ines  = staff.Identity{Subject: "ines", Name: "Ines Sample", Email: "ines@voice.example", Office: "PHO", Roles: []staff.Role{staff.Officer}}
	abel  = staff.Identity{Subject: "abel", Name: "Abel Sample", Email: "abel@voice.example", Office: "CHI", Roles: []staff.Role{staff.Officer}}
	sofia = staff.Identity{Subject: "sofia", Name: "Sofia Sample", Email: "sofia@voice.example", Roles: []staff.Role{staff.Supervisor}}
)

func open(t *testing.T, table *Table, cause string, i Inquiry) Inquiry {
	t.Helper()
	if i.Language == "" {
		i.Language = i18n.English
	}
	opened, isNew, err := table.Open(ctx, cause, i, staff.Identity{})
	if err != nil || !isNew {
		t.Fatalf("%v, new: %t", err, isNew)
	}
	return opened
}

func get(t *testing.T, table *Table, reference string) Inquiry {
	t.Helper()
	i, err := table.Get(ctx, reference)
	if err != nil {
		t.Fatal(err)
	}
	return i
}

// kinds is what happened to an inquiry.
func kinds(i Inquiry) string {
	var all []string
	for _, e := range i.Timeline {
		all = append(all, string(e.Kind))
	}
	return strings.Join(all, " ")
}

func TestOpen(t *testing.T) {
	t.Run("OK", func(t *testing.T) {
		table, now := newTable(t)
		table.Terms = Terms{CustodyStatus: 4 * time.Hour}
		i := open(t, table, "key", Inquiry{Reason: CustodyStatus, Channel: Web, County: "04013"})
		if !regexp.MustCompile(`^[2-9B-DF-HJ-NP-TV-Z]{4}-[2-9B-DF-HJ-NP-TV-Z]{4}$`).MatchString(i.Reference) {
			t.Errorf("%s", i.Reference)
		}
		got := get(t, table, i.Reference)
		if got.State != Open || got.Queue != "national#open" || got.Role != staff.Operator || got.Version != 1 || got.ExpiresAt != 0 ||
			!got.OpenedAt.Equal(*now) || got.DueBy != "2026-06-01T16:00:00Z" || got.DueAt != got.DueBy || kinds(got) != "opened" || got.County != "04013" {
			t.Errorf("%+v", got)
		}
		if strings.Contains(got.Cause, "key") || strings.Contains(fmt.Sprint(got), table.PIN(i)) {
			t.Error("the cause or the PIN is written out")
		}
	})
	t.Run("StaffAreToldAtOnceOfWhatTheServiceAsks", func(t *testing.T) {
		table, _ := newTable(t)
		open(t, table, "a", Inquiry{Reason: Unanswered, Office: "PHO"})
		open(t, table, "b", Inquiry{Reason: Other})
		if due, err := table.Due(ctx, 10); err != nil || len(due) != 1 || due[0].Reason != Unanswered || due[0].Office != "PHO" {
			t.Errorf("%+v, %v", due, err)
		}
	})
	t.Run("TheSameCauseIsOneInquiry", func(t *testing.T) {
		table, _ := newTable(t)
		first := open(t, table, "phone/2026-06-01", Inquiry{Reason: CallMe})
		again, isNew, err := table.Open(ctx, "phone/2026-06-01", Inquiry{Reason: CallMe}, staff.Identity{})
		other := open(t, table, "phone/2026-06-02", Inquiry{Reason: CallMe})
		if err != nil || isNew || again.Reference != first.Reference || table.PIN(again) != table.PIN(first) || other.Reference == first.Reference {
			t.Errorf("%s, %s, %v, %s", first.Reference, again.Reference, err, other.Reference)
		}
	})
	t.Run("SideBySideToo", func(t *testing.T) {
		table, _ := newTable(t)
		var all sync.Map
		var news sync.Map
		var group sync.WaitGroup
		for n := range 8 {
			group.Go(func() {
				i, isNew, err := table.Open(ctx, "one", Inquiry{Reason: Other}, staff.Identity{})
				if err != nil {
					t.Error(err)
				}
				all.Store(i.Reference, true)
				if isNew {
					news.Store(n, true)
				}
			})
		}
		group.Wait()
		if count(&all) != 1 || count(&news) != 1 {
			t.Errorf("%d references, %d are new", count(&all), count(&news))
		}
	})
	t.Run("WhoAsksAgainAfterItWasSeenToGetsAnother", func(t *testing.T) {
		table, _ := newTable(t)
		for reason, another := range map[Reason]bool{CallMe: true, Unanswered: false} {
			first := open(t, table, "cause", Inquiry{Reason: reason})
			if _, err := table.Resolve(ctx, first.Reference, 0, sofia, Answered, ""); err != nil {
				t.Fatal(err)
			}
			second, isNew, err := table.Open(ctx, "cause", Inquiry{Reason: reason}, staff.Identity{})
			if err != nil || isNew != another || (second.Reference != first.Reference) != another {
				t.Errorf("%s: got %s after %s, %v, %v", reason, second.Reference, first.Reference, isNew, err)
			}
		}
	})
	t.Run("AnotherCauseWithTheSameReference", func(t *testing.T) {
		table, _ := newTable(t)
		taken := Inquiry{Reason: CallMe, Cause: "another", State: Open, Office: National, Language: i18n.English,
			Reference: table.Keys.Reference("reference", table.Keys.Hash("inquiry", string(CallMe), "cause"), "0"), DueBy: stamp(noon)}
		if err := table.write(ctx, "", &taken); err != nil {
			t.Fatal(err)
		}
		if i := open(t, table, "cause", Inquiry{Reason: CallMe}); i.Reference == taken.Reference {
			t.Errorf("%+v", i)
		}
	})
	t.Run("WhatOthersAnswerIsCountedAndNothingElse", func(t *testing.T) {
		table, now := newTable(t)
		i := Inquiry{Reason: ReportCrime, Channel: Phone, County: "04013", ANumber: "001234567", CallSeconds: 40}
		if err := table.Reach(ctx, &i, Contact{Name: "Ada", Phone: "+12025550143", MayText: true}); err != nil {
			t.Fatal(err)
		}
		table.Say(ctx, &i, "There is something next door.")
		got := get(t, table, open(t, table, "key", i).Reference)
		if got.State != Resolved || got.Outcome != OffTopic || got.CallSeconds != 40 || got.ExpiresAt != now.Add(24*time.Hour).Unix() ||
			got.SealedContact+got.SealedMessage+got.PhoneHash+got.County+string(got.ANumber) != "" || got.MayText || got.DueShard != "" {
			t.Errorf("%+v", got)
		}
		if followed, err := table.Follow(ctx, got.Reference, table.PIN(got)); err != nil || followed.Reference != got.Reference {
			t.Errorf("whoever asked cannot follow it: %v", err)
		}
	})
}

func count(m *sync.Map) (n int) {
	m.Range(func(any, any) bool { n++; return true })
	return n
}

func TestContact(t *testing.T) {
	table, _ := newTable(t)
	i := Inquiry{Reason: LocalContact, Channel: Web}
	c := Contact{Name: "Ada", Phone: "+12025550143", Email: "ada@example.org", MayText: true, MayVoicemail: true, Hours: "after six", Note: "he reads my mail"}
	if err := table.Reach(ctx, &i, c); err != nil {
		t.Fatal(err)
	}
	table.Say(ctx, &i, "Who is the officer here?")
	got := get(t, table, open(t, table, "key", i).Reference)
	t.Run("OK", func(t *testing.T) {
		opened, err := table.Contact(ctx, got)
		message, err2 := table.Message(ctx, got)
		if err != nil || err2 != nil || opened != c || message != "Who is the officer here?" || !got.MayText || got.PhoneHash == "" {
			t.Errorf("%v, %v, %t", err, err2, opened == c)
		}
	})
	t.Run("NothingIsWrittenOut", func(t *testing.T) {
		text := fmt.Sprintf("%+v", got)
		for _, part := range []string{"Ada", "2025550143", "example.org", "after six", "mail", "officer here"} {
			if strings.Contains(text, part) {
				t.Errorf("%q is in the item", part)
			}
		}
	})
	t.Run("NoPhoneIsNoText", func(t *testing.T) {
		i := Inquiry{}
		if err := table.Reach(ctx, &i, Contact{MayText: true, Email: "ada@example.org"}); err != nil || i.MayText || i.PhoneHash != "" {
			t.Errorf("%+v, %v", i, err)
		}
	})
	t.Run("OfAPhone", func(t *testing.T) {
		found, err := table.OfPhone(ctx, got.PhoneHash, 10)
		if err != nil || len(found) != 1 || found[0].Reference != got.Reference || found[0].SealedContact != "" {
			t.Errorf("%+v, %v", found, err)
		}
	})
}

func TestFollow(t *testing.T) {
	table, now := newTable(t)
	i := open(t, table, "key", Inquiry{Reason: Other})
	pin := table.PIN(i)
	t.Run("OK", func(t *testing.T) {
		if got, err := table.Follow(ctx, i.Reference, pin); err != nil || got.Reference != i.Reference || len(pin) != 6 {
			t.Errorf("%v, %q", err, pin)
		}
	})
	for name, try := range map[string][2]string{
		"ErrPIN": {i.Reference, "x" + pin[1:]}, "ErrNoPIN": {i.Reference, ""}, "ErrReference": {"2222-2222", pin},
	} {
		t.Run(name, func(t *testing.T) {
			if got, err := table.Follow(ctx, try[0], try[1]); !errors.Is(err, ErrNotFound) || got.Reference != "" {
				t.Errorf("%v", err)
			}
		})
	}
	t.Run("ErrItsLifeIsOver", func(t *testing.T) {
		if _, err := table.Resolve(ctx, i.Reference, 0, theo, Answered, ""); err != nil {
			t.Fatal(err)
		}
		if _, err := table.Follow(ctx, i.Reference, pin); err != nil {
			t.Error(err)
		}
		*now = now.Add(24 * time.Hour)
		if _, err := table.Follow(ctx, i.Reference, pin); !errors.Is(err, ErrNotFound) {
			t.Errorf("%v", err)
		}
	})
}
