package volume

import (
	"context"
	"fmt"
	"maps"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"
	"pgregory.net/rapid"

	"voice.example/infra/local/dynamodb/dynamodbtest"
	"voice.example/shared/aws"
)

var noon = time.Date(2026, 6, 1, 16, 0, 0, 0, time.UTC)

// newTable is a table of its own, and the meter of what it consumes.
func newTable(t *testing.T) (*Table, *dynamodbtest.DB, *aws.Meter) {
	db, meter := dynamodbtest.New(t, "volumes"), new(aws.Meter)
	client := dynamodb.New(db.Client.Options(), meter.Attach)
	return &Table{Client: client, Name: db.Table("volumes"), Now: func() time.Time { return noon }}, db, meter
}

// change adds 1 to a counter of a day.
func change(id string, day Date, name string) Change {
	a := Adds{}
	a.Add(On(Inquiries, day), name, 1)
	return Change{id, a}
}

func (t *Table) mustCount(tb testing.TB, changes ...Change) {
	tb.Helper()
	if done, err := t.Count(context.Background(), changes); err != nil || done != len(changes) {
		tb.Fatalf("counted %d of %d: %v", done, len(changes), err)
	}
}

func (t *Table) day(tb testing.TB, d Date) Counts {
	tb.Helper()
	days, err := t.Days(context.Background(), Inquiries, d, d)
	if err != nil {
		tb.Fatal(err)
	}
	return days[0].Counts
}

func TestCount(t *testing.T) {
	ctx := context.Background()
	t.Run("OnceHoweverOften", func(t *testing.T) {
		table, _, _ := newTable(t)
		a, b := change("a", "2026-06-01", Opened), change("b", "2026-06-01", Opened)
		table.mustCount(t, a, b)
		table.mustCount(t, b, change("c", "2026-06-01", Opened), a, a)
		if got := table.day(t, "2026-06-01"); !maps.Equal(got, Counts{Opened: 3}) {
			t.Errorf("got %v", got)
		}
	})
	t.Run("WhatIsTakenAwayAgain", func(t *testing.T) {
		table, _, _ := newTable(t)
		back := Adds{}
		back.Add(On(Inquiries, "2026-06-01"), Opened, -1)
		back.Add(On(Inquiries, "2026-06-02"), Opened, 1)
		table.mustCount(t, change("a", "2026-06-01", Opened), Change{"b", back})
		days, err := table.Days(ctx, Inquiries, "2026-06-01", "2026-06-02")
		if err != nil || days[0].Counts[Opened] != 0 || days[1].Counts[Opened] != 1 {
			t.Errorf("got %v, %v", days, err)
		}
	})
	t.Run("NothingToAddIsNoCall", func(t *testing.T) {
		table, _, meter := newTable(t)
		none := Adds{}
		none.Add(Standing(), "open", 0)
		table.mustCount(t, Change{"a", Adds{}}, Change{"b", none})
		if c := meter.Read(); c.Calls != 0 {
			t.Errorf("%+v", c)
		}
	})
	t.Run("ManyChangesAreFewCalls", func(t *testing.T) {
		table, _, meter := newTable(t)
		var changes []Change
		for i := range 250 {
			changes = append(changes, change(fmt.Sprint(i), Date("2026-06-01").Add(i%3), Opened))
		}
		table.mustCount(t, changes...)
		if c := meter.Read(); c.Calls != 3 {
			t.Errorf("%+v", c)
		}
		if days, _ := table.Days(ctx, Inquiries, "2026-06-01", "2026-06-03"); Total(days)[Opened] != 250 {
			t.Errorf("got %v", days)
		}
	})
	t.Run("OneChangeOfVeryManyCounters", func(t *testing.T) {
		table, _, _ := newTable(t)
		a := Adds{}
		for i := range maxNames {
			a.Add(On(Inquiries, "2026-06-01"), fmt.Sprintf("office:%s%d", strings.Repeat("O", 20), i), 1)
		}
		table.mustCount(t, Change{"a", a}, change("b", "2026-06-01", Opened))
		if got := table.day(t, "2026-06-01"); len(got) != maxNames+1 {
			t.Errorf("got %d", len(got))
		}
	})
	t.Run("AMarkerGoesAfterItsLife", func(t *testing.T) {
		table, db, _ := newTable(t)
		table.mustCount(t, change("a", "2026-06-01", Opened))
		got, err := db.Client.GetItem(ctx, &dynamodb.GetItemInput{TableName: &table.Name, Key: Slot{counted, "a"}.key()})
		if err != nil || got.Item["expires_at"].(*types.AttributeValueMemberN).Value != fmt.Sprint(noon.Add(MarkerLife).Unix()) {
			t.Errorf("got %v, %v", got, err)
		}
	})
	t.Run("OthersInTheWay", func(t *testing.T) {
		table, db, _ := newTable(t)
		n := 0
		table.Client = db.Faulty(func() dynamodbtest.Fault {
			if n++; n <= 3 {
				return dynamodbtest.Conflict
			}
			return dynamodbtest.NoFault
		})
		table.mustCount(t, change("a", "2026-06-01", Opened))
		if n != 4 {
			t.Errorf("%d calls", n)
		}
	})
	t.Run("ErrAlwaysInTheWay", func(t *testing.T) {
		table, db, _ := newTable(t)
		table.Client = db.Faulty(func() dynamodbtest.Fault { return dynamodbtest.Conflict })
		ctx, cancel := context.WithTimeout(ctx, 50*time.Millisecond)
		defer cancel()
		if done, err := table.Count(ctx, []Change{change("a", "2026-06-01", Opened)}); err == nil || done != 0 {
			t.Errorf("got %d, %v", done, err)
		}
	})
	t.Run("ErrDoesNotRepeatTheItem", func(t *testing.T) {
		table, db, _ := newTable(t)
		item := On(Inquiries, "2026-06-01").key()
		item[Opened] = text("no number")
		if _, err := db.Client.PutItem(ctx, &dynamodb.PutItemInput{TableName: &table.Name, Item: item}); err != nil {
			t.Fatal(err)
		}
		done, err := table.Count(ctx, []Change{change("a", "2026-06-01", Opened)})
		if err == nil || done != 0 || strings.Contains(err.Error(), "no number") {
			t.Errorf("got %d, %v", done, err)
		}
	})
}

// TestCountIsExact delivers changes as streams do: again, in batches that begin anywhere, with any call going wrong.
func TestCountIsExact(t *testing.T) {
	table, db, _ := newTable(t)
	run := 0
	rapid.Check(t, func(t *rapid.T) {
		run++
		first := Date("2026-01-01").Add(10 * run) // days of its own
		changes := rapid.SliceOfN(rapid.Custom(func(t *rapid.T) Change {
			a := Adds{}
			for range rapid.IntRange(0, 3).Draw(t, "adds") {
				day := first.Add(rapid.IntRange(0, 4).Draw(t, "day"))
				a.Add(On(Inquiries, day), rapid.SampledFrom([]string{Opened, Resolved, "reason:other"}).Draw(t, "name"), int64(rapid.IntRange(-2, 3).Draw(t, "n")))
			}
			return Change{Adds: a}
		}), 0, 140).Draw(t, "changes")
		want := Adds{}
		for i := range changes {
			changes[i].ID = fmt.Sprintf("%d/%d", run, i)
			want.Merge(changes[i].Adds)
		}
		faulty := *table
		faulty.Client = db.Faulty(func() dynamodbtest.Fault {
			return dynamodbtest.Fault(max(0, rapid.IntRange(-6, int(dynamodbtest.Faults)-1).Draw(t, "fault")))
		})
		for at, deliveries := 0, 0; at < len(changes); deliveries++ {
			from, to := at, min(len(changes), at+rapid.IntRange(1, 120).Draw(t, "batch"))
			if deliveries < 30 { // as when a checkpoint is lost
				from = rapid.IntRange(0, at).Draw(t, "from")
			}
			done, err := faulty.Count(context.Background(), changes[from:to])
			if err == nil && done != to-from {
				t.Fatalf("counted %d of %d without an error", done, to-from)
			}
			at = max(at, from+done)
		}
		want.trim()
		days, err := table.Days(context.Background(), Inquiries, first, first.Add(4))
		if err != nil {
			t.Fatal(err)
		}
		for _, d := range days {
			if w := want[On(Inquiries, d.Date)]; !equal(d.Counts, w) {
				t.Fatalf("%s: got %v, want %v", d.Date, d.Counts, w)
			}
		}
	})
}

func equal(a, b Counts) bool {
	return slices.EqualFunc(a.Names(), b.Names(), func(x, y string) bool { return x == y && a[x] == b[y] })
}
