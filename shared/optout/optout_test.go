package optout

import (
	"context"
	"testing"
	"time"

	"pgregory.net/rapid"

	"voice.example/infra/local/dynamodb/dynamodbtest"
)

func newList(t *testing.T) *List {
	db := dynamodbtest.New(t, "optouts")
	return &List{Client: db.Client, Table: db.Table("optouts")}
}

func TestList(t *testing.T) {
	ctx := context.Background()
	at := func(second int) time.Time { return time.Date(2026, 6, 1, 12, 0, second, 0, time.UTC) }
	t.Run("NobodyIsOnAnEmptyList", func(t *testing.T) {
		if stopped, err := newList(t).Stopped(ctx, "h"); stopped || err != nil {
			t.Errorf("got %v, %v", stopped, err)
		}
	})
	t.Run("StopStartStop", func(t *testing.T) {
		l := newList(t)
		if e, err := l.Stop(ctx, "h", at(1), "a", Replied); err != nil || !e.Stopped || e.By != "a" || e.Why != Replied {
			t.Errorf("got %+v, %v", e, err)
		}
		if e, err := l.Start(ctx, "h", at(2), "b"); err != nil || e.Stopped || e.By != "b" {
			t.Errorf("got %+v, %v", e, err)
		}
		if e, err := l.Stop(ctx, "h", at(3), "c", Receipt); err != nil || !e.Stopped || e.By != "c" || e.Why != Receipt {
			t.Errorf("got %+v, %v", e, err)
		}
	})
	t.Run("TheFirstStopIsTheOneThatCounts", func(t *testing.T) {
		l := newList(t)
		for i, by := range []string{"a", "b", "a"} {
			e, err := l.Stop(ctx, "h", at(i+1), by, Replied)
			if err != nil || !e.Stopped || e.By != "a" || !e.Since.Equal(at(1)) {
				t.Errorf("got %+v, %v", e, err)
			}
		}
	})
	t.Run("StopFromBeforeTheStartIsOvertaken", func(t *testing.T) {
		l := newList(t)
		if _, err := l.Start(ctx, "h", at(2), "b"); err != nil {
			t.Fatal(err)
		}
		if e, err := l.Stop(ctx, "h", at(1), "a", Receipt); err != nil || e.Stopped || e.By != "b" {
			t.Errorf("got %+v, %v", e, err)
		}
	})
}

// However words arrive, in whatever order and however often, the latest counts, and of two at one moment STOP.
func TestLatestWordCounts(t *testing.T) {
	l, n := newList(t), 0
	rapid.Check(t, func(t *rapid.T) {
		n++
		hash := string(rune('a'+n%26)) + time.Duration(n).String()
		type word struct{ stop, at int }
		words := rapid.SliceOfN(rapid.Custom(func(t *rapid.T) word {
			return word{rapid.IntRange(0, 1).Draw(t, "stop"), rapid.IntRange(0, 4).Draw(t, "at")}
		}), 1, 8).Draw(t, "words")
		last := word{at: -1}
		for _, w := range words {
			at := time.UnixMilli(int64(1_000_000 + w.at))
			var err error
			if w.stop == 1 {
				_, err = l.Stop(context.Background(), hash, at, "m", Replied)
			} else {
				_, err = l.Start(context.Background(), hash, at, "m")
			}
			if err != nil {
				t.Fatal(err)
			}
			if w.at > last.at || w.at == last.at && w.stop == 1 {
				last = w
			}
		}
		if stopped, err := l.Stopped(context.Background(), hash); err != nil || stopped != (last.stop == 1) {
			t.Fatalf("stopped is %v after %v, %v", stopped, words, err)
		}
	})
}
