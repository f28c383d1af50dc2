package limit

import (
	"context"
	"errors"
	"testing"
	"time"

	"voice.example/infra/local/dynamodb/dynamodbtest"
)

func TestTakeEach(t *testing.T) {
	db := dynamodbtest.New(t, "limits")
	now := time.Date(2026, 6, 1, 12, 20, 0, 0, time.UTC)
	table := &Table{Client: db.Client, Name: db.Table("limits"), Now: func() time.Time { return now }}
	ctx := context.Background()
	wide, narrow := Use{"wide", 3, time.Hour}, Use{"narrow", 1, time.Hour}
	if err := table.TakeEach(ctx, wide, narrow); err != nil {
		t.Fatal(err)
	}
	for range 5 { // refused by the second: the first is given back
		var throttled *ThrottledError
		if err := table.TakeEach(ctx, wide, narrow); !errors.As(err, &throttled) || throttled.RetryAfter != 40*time.Minute {
			t.Fatalf("got %v", err)
		}
	}
	for range 2 {
		if err := table.TakeEach(ctx, wide); err != nil {
			t.Errorf("what was refused was counted: %v", err)
		}
	}
	if err := table.GiveEachBack(ctx, narrow, wide); err != nil {
		t.Fatal(err)
	}
	if err := table.TakeEach(ctx, narrow, wide); err != nil {
		t.Errorf("what was given back is gone: %v", err)
	}
}
