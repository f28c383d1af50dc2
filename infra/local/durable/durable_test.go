package durable

import (
	"context"
	"encoding/json"
	"errors"
	"path/filepath"
	"slices"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"go.etcd.io/bbolt"
)

func open(t *testing.T, path string) *DB {
	t.Helper()
	db, err := Open(path)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { db.Close() })
	return db
}

func put(n int) func(*bbolt.Tx) error {
	return func(tx *bbolt.Tx) error {
		b, err := Buckets(tx, "a", "b")
		if err != nil {
			return err
		}
		return Put(b, Key(uint64(n)), n)
	}
}

func TestDB(t *testing.T) {
	t.Run("FailedChangeUndoesOnlyItself", func(t *testing.T) {
		path := filepath.Join(t.TempDir(), "state", "db")
		db := open(t, path)
		refused := errors.New("refused")
		var all sync.WaitGroup
		errs := make([]error, 60)
		for i := range errs {
			all.Go(func() {
				errs[i] = db.Update(func(tx *bbolt.Tx) error {
					if err := put(i)(tx); err != nil {
						return err
					}
					if i%3 == 0 {
						return refused
					}
					return nil
				})
			})
		}
		all.Wait()
		db.Close()
		db = open(t, path)
		for i, err := range errs {
			var got int
			getErr := db.View(func(tx *bbolt.Tx) error { return Get(Find(tx, "a", "b"), Key(uint64(i)), &got) })
			if i%3 == 0 && (err != refused || !errors.Is(getErr, ErrNotFound)) {
				t.Errorf("change %d: error %v, kept: %v", i, err, getErr == nil)
			}
			if i%3 != 0 && (err != nil || getErr != nil || got != i) {
				t.Errorf("change %d: %v, %v, got %d", i, err, getErr, got)
			}
		}
	})
	t.Run("SecondProcessIsToldWhoHasTheFile", func(t *testing.T) {
		path := filepath.Join(t.TempDir(), "db")
		open(t, path)
		if _, err := Open(path); !errors.Is(err, ErrLocked) {
			t.Fatalf("error %v, want ErrLocked", err)
		}
	})
}

func TestOutbox(t *testing.T) {
	add := func(t *testing.T, db *DB, o *Outbox, due time.Time, text string) {
		t.Helper()
		if err := db.Update(func(tx *bbolt.Tx) error { return o.Add(tx, due, text) }); err != nil {
			t.Fatal(err)
		}
		o.Wake()
	}
	t.Run("HandsOnInOrderOfDueTimeAndTriesAgain", func(t *testing.T) {
		path := filepath.Join(t.TempDir(), "db")
		synctest.Test(t, func(t *testing.T) {
			db := open(t, path)
			o := NewOutbox(db, "x", time.Now)
			start := time.Now()
			add(t, db, o, start.Add(time.Second), "late")
			add(t, db, o, start, "first")
			ctx, stop := context.WithCancel(t.Context())
			var mu sync.Mutex
			var got []string
			soFar := func() []string {
				mu.Lock()
				defer mu.Unlock()
				return slices.Clone(got)
			}
			failures := 0
			done := make(chan struct{})
			go func() {
				defer close(done)
				o.Run(ctx, func(_ context.Context, payload json.RawMessage) error {
					mu.Lock()
					defer mu.Unlock()
					if len(got) == 0 && failures < 3 {
						failures++
						return errors.New("not now")
					}
					var s string
					json.Unmarshal(payload, &s)
					got = append(got, s)
					return nil
				}, nil)
			}()
			time.Sleep(999 * time.Millisecond)
			synctest.Wait()
			if got := soFar(); !slices.Equal(got, []string{"first"}) {
				t.Errorf("before its time: %v", got)
			}
			time.Sleep(2 * time.Millisecond)
			synctest.Wait()
			add(t, db, o, time.Now(), "new")
			synctest.Wait()
			stop()
			<-done
			if want := []string{"first", "late", "new"}; !slices.Equal(soFar(), want) {
				t.Errorf("got %v, want %v", soFar(), want)
			}
		})
	})
	t.Run("WhatACrashLeftIsHandedOnAfterIt", func(t *testing.T) {
		path := filepath.Join(t.TempDir(), "db")
		db := open(t, path)
		add(t, db, NewOutbox(db, "x", time.Now), time.Now(), "kept")
		db.Close()
		db = open(t, path)
		ctx, stop := context.WithCancel(t.Context())
		var got string
		NewOutbox(db, "x", time.Now).Run(ctx, func(_ context.Context, payload json.RawMessage) error {
			defer stop()
			return json.Unmarshal(payload, &got)
		}, nil)
		if got != "kept" {
			t.Fatalf("got %q", got)
		}
	})
}
