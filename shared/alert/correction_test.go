package alert

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"testing"

	"voice.example/shared/custody"
	"voice.example/shared/secret"
)

func TestTakeBack(t *testing.T) {
	ctx := context.Background()
	t.Run("PlannedIsNeverSent", func(t *testing.T) {
		l, _ := newLedger(t)
		a := plan(t, l, "s")
		got, err := l.TakeBack(ctx, a.ID)
		if err != nil || got.MayArrive() || got.Outcome != Retracted {
			t.Fatalf("got %+v, %v", got, err)
		}
		if _, err := l.Claim(ctx, a.ID); err != ErrSettled {
			t.Errorf("it can be claimed: %v", err)
		}
		if again, err := l.TakeBack(ctx, a.ID); err != nil || again.MayArrive() {
			t.Errorf("a second time: %+v, %v", again, err)
		}
	})
	t.Run("ThrottledCertainlyDidNotArrive", func(t *testing.T) {
		l, _ := newLedger(t)
		a := plan(t, l, "s")
		for range 3 {
			claimed, err := l.Claim(ctx, a.ID)
			if err != nil {
				t.Fatal(err)
			}
			if err := l.Release(ctx, claimed); err != nil {
				t.Fatal(err)
			}
		}
		if got, err := l.TakeBack(ctx, a.ID); err != nil || got.MayArrive() {
			t.Errorf("got %+v, %v", got, err)
		}
	})
	t.Run("SentStaysSent", func(t *testing.T) {
		l, c := newLedger(t)
		a := plan(t, l, "s")
		claimed, _ := l.Claim(ctx, a.ID)
		c.now = c.now.Add(Lease / 2)
		if err := l.SettleSent(ctx, claimed, "m-1"); err != nil {
			t.Fatal(err)
		}
		got, err := l.TakeBack(ctx, a.ID)
		if err != nil || !got.MayArrive() || got.State != Sent || !got.ToldAt().Equal(c.now) {
			t.Errorf("got %+v, %v", got, err)
		}
	})
	t.Run("ErrPendingWhileSomebodySendsIt", func(t *testing.T) {
		l, c := newLedger(t)
		a := plan(t, l, "s")
		if _, err := l.Claim(ctx, a.ID); err != nil {
			t.Fatal(err)
		}
		if got, err := l.TakeBack(ctx, a.ID); !errors.Is(err, ErrPending) {
			t.Errorf("got %+v, %v", got, err)
		}
		c.now = c.now.Add(Lease)
		got, err := l.TakeBack(ctx, a.ID)
		if err != nil || got.State != Failed || !got.MayArrive() || !got.ToldAt().Equal(got.PlannedAt) {
			t.Errorf("its sender died, and nobody knows whether it went: %+v, %v", got, err)
		}
		if again, err := l.TakeBack(ctx, a.ID); err != nil || !again.MayArrive() {
			t.Errorf("a second time: %+v, %v", again, err)
		}
	})
	t.Run("ErrNotFound", func(t *testing.T) {
		l, _ := newLedger(t)
		if _, err := l.TakeBack(ctx, "nothing"); !errors.Is(err, ErrNotFound) {
			t.Errorf("got %v", err)
		}
	})
}

func TestGetMany(t *testing.T) {
	l, _ := newLedger(t)
	ids := []string{"nothing"}
	for i := range 230 {
		ids = append(ids, plan(t, l, fmt.Sprint("s", i)).ID)
	}
	got, err := l.GetMany(context.Background(), ids)
	if err != nil || len(got) != 230 || got[ids[1]].SubscriptionID != "s0" || got[ids[230]].SubscriptionID != "s229" {
		t.Errorf("got %d, %v", len(got), err)
	}
	if got, err := l.GetMany(context.Background(), nil); err != nil || len(got) != 0 {
		t.Errorf("of none: %v, %v", got, err)
	}
}

func TestTakenBack(t *testing.T) {
	keys, err := secret.New(strings.Repeat("k", 64))
	if err != nil {
		t.Fatal(err)
	}
	wrong := custody.Record{ANumber: "001234567", Version: 2, UploadID: "w", Status: custody.Released}
	a := New(EventID(keys, wrong), custody.EventReleased, wrong, "s")
	for name, c := range map[string]struct {
		record custody.Record
		want   bool
	}{
		"ByTheRecord":                {custody.Record{ANumber: "001234567", Version: 3, Status: custody.Released, Retracts: &custody.Retraction{UploadID: "w", Version: 2}}, true},
		"AnotherVersion":             {custody.Record{ANumber: "001234567", Version: 3, Retracts: &custody.Retraction{UploadID: "w", Version: 1}}, false},
		"SameVersionRestored":        {custody.Record{ANumber: "001234567", Version: 3, Retracts: &custody.Retraction{UploadID: "x", Version: 2}}, false},
		"RecordThatTakesNothingBack": {custody.Record{ANumber: "001234567", Version: 3}, false},
	} {
		t.Run(name, func(t *testing.T) {
			if got := a.TakenBack(keys, c.record); got != c.want {
				t.Errorf("got %v", got)
			}
		})
	}
}
