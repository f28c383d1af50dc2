package custody

import (
	"context"
	"errors"
	"testing"
	"time"

	"voice.example/infra/local/dynamodb/dynamodbtest"
)

// kept is a table that keeps records for ten days, and what is known of somebody who was released.
func kept(t *testing.T) (*Table, Record) {
	t.Helper()
	db := dynamodbtest.New(t, "custody")
	table := NewTable(db.Client, db.Table("custody"))
	table.Retention = 10 * 24 * time.Hour
	no := false
	return table, Record{ANumber: "001234567", Version: 1, FirstName: "Ada", LastName: "Test", DateOfBirth: "1980-01-01", CountryOfBirth: "MX",
		Protected: &no, Status: Released, AsOf: time.Date(2026, 6, 1, 12, 0, 0, 0, time.UTC), UploadID: "u"}
}

func TestLife(t *testing.T) {
	ctx := context.Background()
	read := func(t *testing.T, table *Table) Record {
		t.Helper()
		r, err := table.Get(ctx, "001234567", true)
		if err != nil {
			t.Fatal(err)
		}
		return r
	}
	t.Run("EndsAWhileAfterCustodyEnded", func(t *testing.T) {
		table, r := kept(t)
		over := r.AsOf.Add(table.Retention)
		if err := table.Apply(ctx, r); err != nil {
			t.Fatal(err)
		}
		got := read(t, table)
		if got.ExpiresAt != over.Unix() || !Disclosable(got, over.Add(-time.Second)) || Disclosable(got, over) {
			t.Errorf("%d, %t", got.ExpiresAt, Disclosable(got, over))
		}
	})
	t.Run("OfManyAtOnce", func(t *testing.T) {
		table, r := kept(t)
		if _, err := table.Insert(ctx, []Record{r}); err != nil {
			t.Fatal(err)
		}
		if got := read(t, table); got.ExpiresAt == 0 {
			t.Error("it is kept for ever")
		}
	})
	t.Run("WhoIsInCustodyIsKept", func(t *testing.T) {
		table, r := kept(t)
		r.Status, r.ExpiresAt = InCustody, 1
		if err := table.Apply(ctx, r); err != nil {
			t.Fatal(err)
		}
		if got := read(t, table); got.ExpiresAt != 0 {
			t.Errorf("%d", got.ExpiresAt)
		}
	})
	t.Run("HeldForACourt", func(t *testing.T) {
		table, r := kept(t)
		if err := table.Apply(ctx, r); err != nil {
			t.Fatal(err)
		}
		for range 2 {
			if err := table.Hold(ctx, r.ANumber, true); err != nil {
				t.Fatal(err)
			}
		}
		held := read(t, table)
		if !held.LegalHold || held.ExpiresAt != 0 || held.Version != 2 {
			t.Errorf("%+v", held)
		}
		if event := Change(&r, &held, r.AsOf); event != NoEvent {
			t.Errorf("a hold is told as %s", event)
		}
		if err := table.Apply(ctx, Record{ANumber: r.ANumber, Version: 2, Status: Removed, UploadID: "v"}); !errors.Is(err, ErrConflict) {
			t.Errorf("an upload that knew nothing of the hold: %v", err)
		}
		next := held
		next.Version, next.Status, next.UploadID = 3, Removed, "v"
		if err := table.Apply(ctx, next); err != nil {
			t.Fatal(err)
		}
		if got := read(t, table); !got.LegalHold || got.ExpiresAt != 0 {
			t.Errorf("%+v", got)
		}
		if err := table.Hold(ctx, r.ANumber, false); err != nil {
			t.Fatal(err)
		}
		if got := read(t, table); got.LegalHold || got.ExpiresAt == 0 {
			t.Errorf("%+v", got)
		}
	})
	t.Run("HeldItCanStillBeTakenBack", func(t *testing.T) {
		_, wrong := kept(t)
		before := wrong
		before.Status, before.UploadID = InCustody, "before"
		wrong.Version = 2
		held := wrong
		held.Version, held.LegalHold = 3, true
		next, ok := held.Retract(&before, wrong, "r", wrong.AsOf)
		if !ok || next.Status != InCustody || !next.LegalHold || next.Version != 4 || next.Retracts.Version != 2 {
			t.Errorf("%+v, %t", next, ok)
		}
	})
	t.Run("ErrNotFound", func(t *testing.T) {
		table, r := kept(t)
		if err := table.Hold(ctx, r.ANumber, true); !errors.Is(err, ErrNotFound) {
			t.Errorf("%v", err)
		}
	})
}
