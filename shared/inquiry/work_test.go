package inquiry

import (
	"errors"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"voice.example/shared/staff"
)

func TestTake(t *testing.T) {
	t.Run("OK", func(t *testing.T) {
		table, _ := newTable(t)
		i := open(t, table, "a", Inquiry{Reason: Other})
		got, err := table.Take(ctx, i.Reference, theo)
		if err != nil || got.State != Assigned || got.Assignee != theo.Email || got.Queue != "national#assigned" || got.Worklist != theo.Email+"#assigned" ||
			kinds(got) != "opened taken" {
			t.Errorf("%+v, %v", got, err)
		}
		if again, err := table.Take(ctx, i.Reference, theo); err != nil || again.Assignee != theo.Email {
			t.Errorf("a second tap: %v", err)
		}
	})
	t.Run("OnlyOneOfTwo", func(t *testing.T) {
		table, _ := newTable(t)
		for range 5 {
			i := open(t, table, time.Now().String(), Inquiry{Reason: Unanswered, Office: "PHO"})
			var taken, refused atomic.Int32
			var group sync.WaitGroup
			for _, who := range []staff.Identity{rosa, ines} {
				group.Go(func() {
					switch _, err := table.Take(ctx, i.Reference, who); {
					case err == nil:
						taken.Add(1)
					case errors.Is(err, ErrTaken):
						refused.Add(1)
					default:
						t.Error(err)
					}
				})
			}
			group.Wait()
			if taken.Load() != 1 || refused.Load() != 1 {
				t.Errorf("%d took it, %d were told that it is taken", taken.Load(), refused.Load())
			}
		}
	})
	t.Run("ErrOfAnotherOffice", func(t *testing.T) {
		table, _ := newTable(t)
		i := open(t, table, "a", Inquiry{Reason: Unanswered, Office: "PHO"})
		if _, err := table.Take(ctx, i.Reference, abel); !errors.Is(err, ErrNotYours) {
			t.Errorf("%v", err)
		}
	})
	t.Run("ErrResolved", func(t *testing.T) {
		table, _ := newTable(t)
		i := open(t, table, "a", Inquiry{Reason: Other})
		if _, err := table.Resolve(ctx, i.Reference, 0, theo, Answered, ""); err != nil {
			t.Fatal(err)
		}
		if _, err := table.Take(ctx, i.Reference, theo); !errors.Is(err, ErrResolved) {
			t.Errorf("%v", err)
		}
	})
}

func TestLife(t *testing.T) {
	table, now := newTable(t)
	table.Terms = Terms{Unanswered: 30 * time.Minute}
	i := open(t, table, "a", Inquiry{Reason: Unanswered, Office: "PHO"})
	i, err := table.Take(ctx, i.Reference, rosa)
	if err != nil {
		t.Fatal(err)
	}
	t.Run("OthersOfTheOfficeReadAndNote", func(t *testing.T) {
		if !i.MayRead(ines) || i.MayRead(abel) || !i.MayRead(theo) || !i.MayRead(sofia) {
			t.Error("who may read it")
		}
		if i, err = table.Note(ctx, i.Reference, ines, "She called me before."); err != nil {
			t.Fatal(err)
		}
		if text, err := table.Text(ctx, i.Timeline[len(i.Timeline)-1]); err != nil || text != "She called me before." || strings.Contains(i.Timeline[2].SealedText, "called") {
			t.Errorf("%q, %v", text, err)
		}
	})
	t.Run("ErrOthersDoNotChangeIt", func(t *testing.T) {
		for name, err := range map[string]error{
			"put back": second(table.PutBack(ctx, i.Reference, 0, ines, "")), "contacted": second(table.Contacted(ctx, i.Reference, 0, ines, true, "")),
			"referred": second(table.Refer(ctx, i.Reference, 0, ines, Referral{}, "")), "resolved": second(table.Resolve(ctx, i.Reference, 0, ines, Answered, "")),
		} {
			if !errors.Is(err, ErrTaken) {
				t.Errorf("%s: %v", name, err)
			}
		}
		if err := second(table.Note(ctx, i.Reference, abel, "x")); !errors.Is(err, ErrNotYours) {
			t.Errorf("%v", err)
		}
		if err := second(table.Hold(ctx, i.Reference, rosa, true, "x")); !errors.Is(err, ErrNotYours) {
			t.Errorf("%v", err)
		}
	})
	t.Run("ErrWhatWasSeenIsOld", func(t *testing.T) {
		if _, err := table.Contacted(ctx, i.Reference, Seen(i.Version-1), rosa, true, ""); !errors.Is(err, ErrChanged) {
			t.Errorf("%v", err)
		}
	})
	t.Run("NobodyAnsweredIsNoContact", func(t *testing.T) {
		if i, err = table.Contacted(ctx, i.Reference, Seen(i.Version), rosa, false, ""); err != nil || i.FirstContactAt != nil || i.DueShard == "" {
			t.Errorf("%+v, %v", i, err)
		}
	})
	t.Run("TheFirstContactCounts", func(t *testing.T) {
		*now = now.Add(10 * time.Minute)
		if i, err = table.Contacted(ctx, i.Reference, Seen(i.Version), rosa, true, "Told her."); err != nil || i.FirstContactAt == nil || i.DueShard+i.DueAt != "" {
			t.Fatalf("%+v, %v", i, err)
		}
		first := *i.FirstContactAt
		*now = now.Add(10 * time.Minute)
		if i, err = table.Contacted(ctx, i.Reference, Seen(i.Version), rosa, true, ""); err != nil || !i.FirstContactAt.Equal(first) {
			t.Errorf("%+v, %v", i.FirstContactAt, err)
		}
	})
	t.Run("HandedOver", func(t *testing.T) {
		if i, err = table.Refer(ctx, i.Reference, Seen(i.Version), rosa, Referral{Person: abel.Email, Office: "CHI", Role: staff.Officer}, "She moved."); err != nil ||
			i.Assignee != abel.Email || i.Office != "CHI" || i.Transfers != 1 || i.Queue != "CHI#assigned" || i.MayRead(rosa) || !i.MayRead(abel) {
			t.Errorf("%+v, %v", i, err)
		}
	})
	t.Run("Resolved", func(t *testing.T) {
		if i, err = table.Resolve(ctx, i.Reference, Seen(i.Version), abel, ReferredOutside, "A shelter."); err != nil || i.State != Resolved || i.Outcome != ReferredOutside ||
			i.ExpiresAt != now.Add(24*time.Hour).Unix() || i.ResolvedAt == nil {
			t.Errorf("%+v, %v", i, err)
		}
		if err := second(table.Resolve(ctx, i.Reference, 0, abel, Answered, "")); !errors.Is(err, ErrResolved) {
			t.Errorf("%v", err)
		}
	})
	t.Run("HeldForACourtItIsKept", func(t *testing.T) {
		if i, err = table.Hold(ctx, i.Reference, sofia, true, "Case 12."); err != nil || !i.LegalHold || i.ExpiresAt != 0 {
			t.Fatalf("%+v, %v", i, err)
		}
		if err := table.Forget(ctx, i.Reference); !errors.Is(err, ErrHeld) {
			t.Errorf("%v", err)
		}
		if i, err = table.Hold(ctx, i.Reference, sofia, false, "It is over."); err != nil || i.LegalHold || i.ExpiresAt == 0 {
			t.Errorf("%+v, %v", i, err)
		}
	})
	t.Run("Reopened", func(t *testing.T) {
		if i, err = table.Reopen(ctx, i.Reference, Seen(i.Version), abel, "She called again."); err != nil || i.State != Assigned || i.ExpiresAt != 0 || i.Outcome != "" || i.ResolvedAt != nil {
			t.Errorf("%+v, %v", i, err)
		}
	})
	t.Run("Forgotten", func(t *testing.T) {
		for range 2 {
			if err := table.Forget(ctx, i.Reference); err != nil {
				t.Error(err)
			}
		}
		if _, err := table.Get(ctx, i.Reference); !errors.Is(err, ErrNotFound) {
			t.Errorf("%v", err)
		}
	})
}

func second(_ Inquiry, err error) error { return err }

func TestFull(t *testing.T) {
	for name, text := range map[string]string{"Entries": "", "Texts": strings.Repeat("ü", MaxText)} {
		t.Run(name, func(t *testing.T) {
			table, _ := newTable(t)
			i := open(t, table, "a", Inquiry{Reason: Other})
			for !full(i) {
				if err := table.noteText(ctx, &i, WasNoted, theo, text); err != nil {
					t.Fatal(err)
				}
			}
			i.Timeline = i.Timeline[:len(i.Timeline)-2]
			if err := table.write(ctx, "", &i); err != nil {
				t.Fatalf("an inquiry as full as may be is no item: %v", err)
			}
			if _, err := table.Note(ctx, i.Reference, theo, text); err != nil {
				t.Errorf("%v", err)
			}
			if _, err := table.Note(ctx, i.Reference, theo, text); !errors.Is(err, ErrFull) {
				t.Errorf("%v", err)
			}
		})
	}
}

func TestEscalate(t *testing.T) {
	table, now := newTable(t)
	table.Terms = Terms{Unanswered: 30 * time.Minute}
	i := open(t, table, "a", Inquiry{Reason: Unanswered, Office: "PHO"})
	if _, err := table.Take(ctx, i.Reference, rosa); err != nil {
		t.Fatal(err)
	}
	due := func() []Inquiry {
		t.Helper()
		all, err := table.Due(ctx, 10)
		if err != nil {
			t.Fatal(err)
		}
		return all
	}
	if ok, err := table.Told(ctx, due()[0], now.Add(4*time.Hour)); err != nil || !ok {
		t.Fatalf("%t, %v", ok, err)
	}
	t.Run("WhoIsToldIsToldOnce", func(t *testing.T) {
		if ok, err := table.Told(ctx, i, now.Add(time.Hour)); err != nil || ok || len(due()) != 0 {
			t.Errorf("%t, %v", ok, err)
		}
	})
	*now = now.Add(30*time.Minute + time.Second)
	t.Run("WhatIsOverdueGoesToTheNationalQueue", func(t *testing.T) {
		if len(due()) != 1 || due()[0].InTime(*now) {
			t.Fatalf("%+v", due())
		}
		got, err := table.Escalate(ctx, i.Reference, now.Add(4*time.Hour))
		if err != nil || got.State != Open || got.Queue != "national#open" || !got.Overdue || got.Assignee+got.Worklist != "" || len(due()) != 0 ||
			kinds(got) != "opened taken escalated" {
			t.Errorf("%+v, %v", got, err)
		}
	})
	t.Run("AgainAndAgain", func(t *testing.T) {
		*now = now.Add(4 * time.Hour)
		if len(due()) != 1 {
			t.Fatal("nobody is told again")
		}
		if got, err := table.Escalate(ctx, i.Reference, now.Add(4*time.Hour)); err != nil || kinds(got) != "opened taken escalated" || len(due()) != 0 {
			t.Errorf("%v", err)
		}
	})
	t.Run("UntilSomebodyIsInContact", func(t *testing.T) {
		if _, err := table.Take(ctx, i.Reference, theo); err != nil {
			t.Fatal(err)
		}
		if _, err := table.Contacted(ctx, i.Reference, 0, theo, true, ""); err != nil {
			t.Fatal(err)
		}
		got, err := table.Escalate(ctx, i.Reference, now.Add(4*time.Hour))
		if err != nil || got.State != Assigned || got.Assignee != theo.Email || got.DueShard != "" {
			t.Errorf("%+v, %v", got, err)
		}
	})
}

func TestTerms(t *testing.T) {
	t.Run("OK", func(t *testing.T) {
		if terms, err := ParseTerms("alerts=60, other=5"); err != nil || terms.of(Alerts) != time.Hour || terms.of(Other) != 5*time.Minute || terms.of(CallMe) != 24*time.Hour {
			t.Errorf("%v, %v", terms, err)
		}
	})
	for _, text := range []string{"", "alerts", "alerts=", "alerts=0", "alerts=x", "rumours=5", "alerts=1,,other=2"} {
		t.Run("Err"+text, func(t *testing.T) {
			if terms, err := ParseTerms(text); err == nil {
				t.Errorf("%v", terms)
			}
		})
	}
}
