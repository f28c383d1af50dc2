package limit

import (
	"context"
	"errors"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"voice.example/infra/local/dynamodb/dynamodbtest"
)

func TestTake(t *testing.T) {
	db := dynamodbtest.New(t)
	now := time.Date(2026, 6, 1, 12, 20, 0, 0, time.UTC)
	table := &Table{Client: db.Client, Name: db.Table("limits"), Now: func() time.Time { return now }}
	ctx := context.Background()
	t.Run("ThrottlesPastTheMost", func(t *testing.T) {
		for i := range 3 {
			if err := table.Take(ctx, "a", 3, time.Hour); err != nil {
				t.Fatalf("use %d: %v", i+1, err)
			}
		}
		var throttled *ThrottledError
		if err := table.Take(ctx, "a", 3, time.Hour); !errors.As(err, &throttled) || throttled.RetryAfter != 40*time.Minute {
			t.Errorf("got %v", err)
		}
	})
	t.Run("KeysDoNotShare", func(t *testing.T) {
		if err := table.Take(ctx, "b", 3, time.Hour); err != nil {
			t.Error(err)
		}
	})
	t.Run("NextWindowStartsAfresh", func(t *testing.T) {
		now = now.Add(40 * time.Minute)
		if err := table.Take(ctx, "a", 3, time.Hour); err != nil {
			t.Error(err)
		}
	})
	t.Run("NeverMoreThanTheMostAtOnce", func(t *testing.T) {
		var passed atomic.Int32
		var wg sync.WaitGroup
		for range 20 {
			wg.Go(func() {
				if table.Take(ctx, "race", 5, time.Hour) == nil {
					passed.Add(1)
				}
			})
		}
		wg.Wait()
		if passed.Load() != 5 {
			t.Errorf("%d passed, want 5", passed.Load())
		}
	})
}

func TestGiveBack(t *testing.T) {
	db := dynamodbtest.New(t, "limits")
	now := time.Date(2026, 6, 1, 12, 20, 0, 0, time.UTC)
	table := &Table{Client: db.Client, Name: db.Table("limits"), Now: func() time.Time { return now }}
	ctx := context.Background()
	takes := func(want bool) {
		t.Helper()
		if err := table.Take(ctx, "a", 2, time.Hour); (err == nil) != want {
			t.Errorf("got %v", err)
		}
	}
	gives := func() {
		t.Helper()
		if err := table.GiveBack(ctx, "a", time.Hour); err != nil {
			t.Error(err)
		}
	}
	t.Run("NothingIsThereToGiveBack", func(t *testing.T) {
		gives()
		takes(true)
		takes(true)
		takes(false)
	})
	t.Run("WhatIsGivenBackCanBeTakenAgain", func(t *testing.T) {
		gives()
		takes(true)
		takes(false)
	})
	t.Run("NeverMoreThanWasTaken", func(t *testing.T) {
		for range 5 {
			gives()
		}
		takes(true)
		takes(true)
		takes(false)
	})
	t.Run("NotIntoTheNextWindow", func(t *testing.T) {
		now = now.Add(time.Hour)
		gives()
		takes(true)
		takes(true)
		takes(false)
	})
}

func TestOnce(t *testing.T) {
	ctx := context.Background()
	db := dynamodbtest.New(t, "limits")
	now := time.Date(2026, 6, 1, 12, 0, 0, 0, time.UTC)
	table := &Table{Client: db.Client, Name: db.Table("limits"), Now: func() time.Time { return now }}
	expect := func(key string, want bool) {
		t.Helper()
		if first, err := table.Once(ctx, key, time.Hour); first != want || err != nil {
			t.Errorf("%s: %v, %v", key, first, err)
		}
	}
	expect("a", true)
	expect("a", false)
	expect("b", true)
	if err := table.Forget(ctx, "a"); err != nil {
		t.Fatal(err)
	}
	expect("a", true)
	now = now.Add(time.Hour)
	expect("b", true) // DynamoDB deletes what has expired late
	var won atomic.Int32
	var wg sync.WaitGroup
	for range 8 {
		wg.Go(func() {
			if first, err := table.Once(ctx, "c", time.Hour); err == nil && first {
				won.Add(1)
			}
		})
	}
	wg.Wait()
	if won.Load() != 1 {
		t.Errorf("%d were first", won.Load())
	}
}
