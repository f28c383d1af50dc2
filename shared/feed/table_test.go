package feed

import (
	"context"
	"errors"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"pgregory.net/rapid"

	"voice.example/infra/local/dynamodb/dynamodbtest"
)

func newTable(t *testing.T) *Table {
	db := dynamodbtest.New(t)
	return &Table{Client: db.Client, Name: db.Table("feeds"), Now: func() time.Time { return noon }}
}

func must(t *testing.T, errs ...error) {
	t.Helper()
	if err := errors.Join(errs...); err != nil {
		t.Fatal(err)
	}
}

func get(t *testing.T, table *Table, name string) Feed {
	t.Helper()
	f, err := table.Get(context.Background(), name)
	must(t, err)
	return f
}

func TestTable(t *testing.T) {
	ctx := context.Background()
	t.Run("HeardAndConfirmed", func(t *testing.T) {
		table := newTable(t)
		must(t, table.Heard(ctx, "north", noon, noon.Add(-time.Hour)), table.Confirm(ctx, "north", noon, noon.Add(-2*time.Hour)))
		f := get(t, table, "north")
		if f.Name != "north" || !f.HeardAt.Equal(noon) || !f.AsOf.Equal(noon.Add(-time.Hour)) || !f.ConfirmedAsOf.Equal(noon.Add(-2*time.Hour)) ||
			!f.ConfirmedAt.Equal(noon) || f.Every != 0 || !f.SilenceToldAt.IsZero() {
			t.Errorf("got %+v", f)
		}
	})
	t.Run("SameAgainOrLateChangesNothing", func(t *testing.T) {
		table := newTable(t)
		must(t, table.Heard(ctx, "north", noon, noon), table.Confirm(ctx, "north", noon, noon))
		before := get(t, table, "north")
		must(t, table.Heard(ctx, "north", noon, noon), table.Heard(ctx, "north", noon.Add(-time.Hour), noon.Add(-time.Hour)),
			table.Confirm(ctx, "north", noon, noon), table.Confirm(ctx, "north", noon.Add(time.Hour), noon.Add(-time.Nanosecond)),
			table.Heard(ctx, "north", noon.Add(-time.Hour), time.Time{}))
		if after := get(t, table, "north"); after != before {
			t.Errorf("got %+v, was %+v", after, before)
		}
	})
	t.Run("LaterByLessThanASecondIsLater", func(t *testing.T) {
		table := newTable(t)
		must(t, table.Heard(ctx, "north", noon, noon), table.Heard(ctx, "north", noon.Add(time.Millisecond), noon))
		if f := get(t, table, "north"); !f.HeardAt.Equal(noon.Add(time.Millisecond)) {
			t.Errorf("got %s", f.HeardAt)
		}
	})
	t.Run("FileThatSpeaksOfTheFutureDoesNot", func(t *testing.T) {
		table := newTable(t)
		must(t, table.Heard(ctx, "north", noon, noon.AddDate(0, 1, 0)), table.Confirm(ctx, "north", noon, noon.AddDate(0, 1, 0)))
		if f := get(t, table, "north"); !f.AsOf.Equal(noon) || !f.ConfirmedAsOf.Equal(noon) {
			t.Errorf("got %+v", f)
		}
	})
	t.Run("Expected", func(t *testing.T) {
		table := newTable(t)
		must(t, table.Expect(ctx, "north", 90*time.Minute))
		table.Now = func() time.Time { return noon.Add(time.Hour) }
		must(t, table.Heard(ctx, "north", noon, noon), table.Expect(ctx, "north", 168*time.Hour))
		if f := get(t, table, "north"); f.Every != 168*time.Hour || !f.ExpectedAt.Equal(noon) || !f.HeardAt.Equal(noon) {
			t.Errorf("got %+v", f)
		}
		must(t, table.Expect(ctx, "north", 0))
		if f := get(t, table, "north"); f.Every != 0 {
			t.Errorf("got %+v", f)
		}
	})
	t.Run("ListedByName", func(t *testing.T) {
		table := newTable(t)
		must(t, table.Heard(ctx, "south", noon, noon), table.Heard(ctx, Default, noon, noon), table.Confirm(ctx, "north", noon, noon))
		feeds, err := table.List(ctx)
		if err != nil || len(feeds) != 3 || feeds[0].Name != Default || feeds[1].Name != "north" || feeds[2].Name != "south" {
			t.Errorf("got %+v, %v", feeds, err)
		}
		north, err := table.Get(ctx, "north")
		if err != nil || !north.ConfirmedAsOf.Equal(noon) {
			t.Errorf("got %+v, %v", north, err)
		}
	})
	t.Run("ErrNotFound", func(t *testing.T) {
		if f, err := newTable(t).Get(ctx, "north"); !errors.Is(err, ErrNotFound) {
			t.Errorf("got %+v, %v", f, err)
		}
	})
	t.Run("ErrNameAndErrEvery", func(t *testing.T) {
		table := newTable(t)
		for _, err := range []error{table.Heard(ctx, "North", noon, noon), table.Confirm(ctx, "", noon, noon), table.Expect(ctx, "a b", 0)} {
			if !errors.Is(err, ErrName) {
				t.Errorf("got %v", err)
			}
		}
		for _, every := range []time.Duration{time.Minute, 745 * time.Hour, -time.Hour} {
			if err := table.Expect(ctx, "north", every); !errors.Is(err, ErrEvery) {
				t.Errorf("%s: %v", every, err)
			}
		}
		if feeds, err := table.List(ctx); err != nil || len(feeds) != 0 {
			t.Errorf("got %+v, %v", feeds, err)
		}
	})
}

func TestMarkTold(t *testing.T) {
	ctx := context.Background()
	silent := func(t *testing.T) (*Table, Feed) {
		table := newTable(t)
		must(t, table.Heard(ctx, "north", noon.AddDate(0, 0, -3), noon.AddDate(0, 0, -3)))
		return table, get(t, table, "north")
	}
	t.Run("OneOfManyTells", func(t *testing.T) {
		table, f := silent(t)
		var won atomic.Int32
		var wg sync.WaitGroup
		for range 8 {
			wg.Go(func() {
				switch _, err := table.MarkTold(ctx, f, noon); {
				case err == nil:
					won.Add(1)
				case !errors.Is(err, ErrTold):
					t.Error(err)
				}
			})
		}
		wg.Wait()
		if won.Load() != 1 {
			t.Errorf("%d told it", won.Load())
		}
	})
	t.Run("ErrToldWhenItHasSpoken", func(t *testing.T) {
		table, f := silent(t)
		must(t, table.Heard(ctx, "north", noon, noon))
		if _, err := table.MarkTold(ctx, f, noon); !errors.Is(err, ErrTold) {
			t.Errorf("got %v", err)
		}
	})
	t.Run("AgainTheNextDay", func(t *testing.T) {
		table, f := silent(t)
		f, err := table.MarkTold(ctx, f, noon)
		must(t, err)
		if !f.Told(f.HeardAt) {
			t.Error("it does not count as told")
		}
		f, err = table.MarkTold(ctx, f, noon.AddDate(0, 0, 1))
		must(t, err)
		if got := get(t, table, "north"); got != f {
			t.Errorf("got %+v, want %+v", got, f)
		}
	})
	t.Run("UnmarkedIsAsBefore", func(t *testing.T) {
		table, f := silent(t)
		marked, err := table.MarkTold(ctx, f, noon)
		must(t, err, table.Unmark(ctx, marked, f))
		if got := get(t, table, "north"); got != f {
			t.Errorf("got %+v, want %+v", got, f)
		}
		again, err := table.MarkTold(ctx, f, noon.Add(time.Minute))
		must(t, err, table.Unmark(ctx, marked, f)) // late: it is another's mark now
		if got := get(t, table, "north"); got != again {
			t.Errorf("got %+v, want %+v", got, again)
		}
	})
}

// Whatever the order in which files are noted, the feed ends with the latest of each moment.
func TestHeardInAnyOrder(t *testing.T) {
	ctx, table := context.Background(), newTable(t)
	run := 0
	rapid.Check(t, func(t *rapid.T) {
		name := time.Duration(run).String()
		run++
		var heard, confirmed time.Time
		for range rapid.IntRange(1, 5).Draw(t, "files") {
			at := noon.Add(time.Duration(rapid.IntRange(0, 5).Draw(t, "minutes")) * time.Minute)
			if at.After(heard) {
				heard = at
			}
			if err := table.Heard(ctx, name, at, at); err != nil {
				t.Fatal(err)
			}
			if rapid.Bool().Draw(t, "complete") {
				if at.After(confirmed) {
					confirmed = at
				}
				if err := table.Confirm(ctx, name, at, at); err != nil {
					t.Fatal(err)
				}
			}
		}
		if f, err := table.Get(ctx, name); err != nil || !f.HeardAt.Equal(heard) || !f.AsOf.Equal(heard) || !f.ConfirmedAsOf.Equal(confirmed) {
			t.Fatalf("got %+v, %v", f, err)
		}
	})
}
