package alert

import (
	"context"
	"errors"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"voice.example/infra/local/dynamodb/dynamodbtest"
	"voice.example/shared/custody"
)

type clock struct{ now time.Time }

func newLedger(t *testing.T) (*Ledger, *clock) {
	db := dynamodbtest.New(t)
	c := &clock{now: time.Date(2026, 6, 1, 12, 0, 0, 0, time.UTC)}
	return &Ledger{Client: db.Client, Table: db.Table("alerts"), Retention: 24 * time.Hour, Now: func() time.Time { return c.now }}, c
}

func plan(t *testing.T, l *Ledger, subscription string) Alert {
	t.Helper()
	a := New("event", custody.EventReleased, custody.Record{ANumber: "001234567", FirstName: "Ada", LastName: "Test", Since: l.Now(), AsOf: l.Now()}, subscription)
	if err := l.Plan(context.Background(), a); err != nil {
		t.Fatal(err)
	}
	return a
}

func TestLedger(t *testing.T) {
	ctx := context.Background()
	t.Run("PlannedClaimedSent", func(t *testing.T) {
		l, _ := newLedger(t)
		a := plan(t, l, "s")
		claimed, err := l.Claim(ctx, a.ID)
		if err != nil || claimed.Initials != "A.T." || claimed.Attempts != 1 || claimed.State != Claimed {
			t.Fatalf("got %+v, %v", claimed, err)
		}
		if err := l.SettleSent(ctx, claimed, "m-1"); err != nil {
			t.Fatal(err)
		}
		got, err := l.Get(ctx, a.ID)
		if err != nil || got.State != Sent || got.MessageID != "m-1" || got.SentAt.IsZero() || got.ExpiresAt != l.Now().Add(l.Retention).Unix() {
			t.Errorf("got %+v, %v", got, err)
		}
	})
	t.Run("PlanningAgainChangesNothing", func(t *testing.T) {
		l, _ := newLedger(t)
		a := plan(t, l, "s")
		claimed, _ := l.Claim(ctx, a.ID)
		if err := l.SettleSent(ctx, claimed, "m-1"); err != nil {
			t.Fatal(err)
		}
		plan(t, l, "s")
		if _, err := l.Claim(ctx, a.ID); err != ErrSettled {
			t.Errorf("a sent alert can be claimed again: %v", err)
		}
	})
	t.Run("ErrClaimedWhileTheLeaseLasts", func(t *testing.T) {
		l, c := newLedger(t)
		a := plan(t, l, "s")
		first, err := l.Claim(ctx, a.ID)
		if err != nil {
			t.Fatal(err)
		}
		c.now = c.now.Add(Lease - time.Millisecond)
		if _, err := l.Claim(ctx, a.ID); err != ErrClaimed {
			t.Fatalf("within the lease: %v", err)
		}
		c.now = c.now.Add(time.Millisecond)
		second, err := l.Claim(ctx, a.ID)
		if err != nil || second.Attempts != 2 {
			t.Fatalf("after the lease: %+v, %v", second, err)
		}
		if err := l.SettleSent(ctx, first, "late"); err != ErrClaimed {
			t.Errorf("the first holder may still settle: %v", err)
		}
		if err := l.SettleSent(ctx, second, "m-2"); err != nil {
			t.Error(err)
		}
	})
	t.Run("ReleasedIsFreeAtOnce", func(t *testing.T) {
		l, _ := newLedger(t)
		a := plan(t, l, "s")
		claimed, _ := l.Claim(ctx, a.ID)
		if err := l.Release(ctx, claimed); err != nil {
			t.Fatal(err)
		}
		if again, err := l.Claim(ctx, a.ID); err != nil || again.Attempts != 2 {
			t.Errorf("got %+v, %v", again, err)
		}
	})
	t.Run("UnsentIsSettledWithItsReason", func(t *testing.T) {
		l, _ := newLedger(t)
		a := plan(t, l, "s")
		claimed, _ := l.Claim(ctx, a.ID)
		if err := l.SettleUnsent(ctx, claimed, OptedOut, "ended"); err != nil {
			t.Fatal(err)
		}
		if got, _ := l.Get(ctx, a.ID); got.State != OptedOut || got.Outcome != "ended" {
			t.Errorf("got %+v", got)
		}
		if _, err := l.Claim(ctx, a.ID); err != ErrSettled {
			t.Errorf("got %v", err)
		}
	})
	t.Run("ErrNotFound", func(t *testing.T) {
		l, _ := newLedger(t)
		if _, err := l.Claim(ctx, "nothing"); !errors.Is(err, ErrNotFound) {
			t.Errorf("got %v", err)
		}
	})
	t.Run("OneOfManyClaims", func(t *testing.T) {
		l, _ := newLedger(t)
		a := plan(t, l, "s")
		var won atomic.Int32
		var wg sync.WaitGroup
		for range 16 {
			wg.Go(func() {
				if _, err := l.Claim(ctx, a.ID); err == nil {
					won.Add(1)
				}
			})
		}
		wg.Wait()
		if won.Load() != 1 {
			t.Errorf("%d hold it", won.Load())
		}
	})
}
