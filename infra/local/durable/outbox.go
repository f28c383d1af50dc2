package durable

import (
	"context"
	"encoding/json"
	"fmt"
	"sync"
	"time"

	"go.etcd.io/bbolt"
)

const (
	firstRetry = 50 * time.Millisecond
	lastRetry  = 5 * time.Second
)

// Outbox hands on, at least once and in order of their due time, entries that were put down in the
// same transaction as the fact they tell of. Whatever was put down before a crash is handed on after it.
//
// Limits: entries are handed on one at a time; one that keeps failing holds back those due after it,
// for as long as it fails.
type Outbox struct {
	db   *DB
	name string
	now  func() time.Time
	wake chan struct{}
	once sync.Mutex // one Run at a time
}

// outboxEntry is one thing to hand on.
type outboxEntry struct {
	Due     time.Time       `json:"due"`
	Payload json.RawMessage `json:"payload"`
}

// NewOutbox gives the outbox kept under name, with what is still in it.
func NewOutbox(db *DB, name string, now func() time.Time) *Outbox {
	return &Outbox{db: db, name: name, now: now, wake: make(chan struct{}, 1)}
}

// Add puts payload down as part of tx, to be handed on from due onwards. Call Wake after the
// transaction has been committed.
func (o *Outbox) Add(tx *bbolt.Tx, due time.Time, payload any) error {
	text, err := json.Marshal(payload)
	if err != nil {
		return fmt.Errorf("encode an outbox entry: %w", err)
	}
	b, err := Buckets(tx, "outbox", o.name)
	if err != nil {
		return err
	}
	n, err := b.NextSequence()
	if err != nil {
		return fmt.Errorf("number an outbox entry: %w", err)
	}
	key := append(Key(uint64(max(due.UnixMilli(), 0))), Key(n)...)
	return Put(b, key, outboxEntry{Due: due, Payload: text})
}

// Wake tells Run that there may be something new.
func (o *Outbox) Wake() {
	select {
	case o.wake <- struct{}{}:
	default:
	}
}

// Run hands on what is due until ctx ends. An error from send is tried again, more slowly each time,
// and told to failed, which may be nil.
func (o *Outbox) Run(ctx context.Context, send func(context.Context, json.RawMessage) error, failed func(error)) {
	o.once.Lock()
	defer o.once.Unlock()
	for pause := firstRetry; ctx.Err() == nil; {
		wait, err := o.step(ctx, send)
		if err == nil {
			pause = firstRetry
		} else {
			if failed != nil && ctx.Err() == nil {
				failed(err)
			}
			wait, pause = pause, min(2*pause, lastRetry)
		}
		o.sleep(ctx, wait, err == nil)
	}
}

// step hands on the first entry if it is due and says how long to wait for the next: 0 for not at
// all, negative for until woken.
func (o *Outbox) step(ctx context.Context, send func(context.Context, json.RawMessage) error) (time.Duration, error) {
	var key []byte
	var entry outboxEntry
	err := o.db.View(func(tx *bbolt.Tx) error {
		b := Find(tx, "outbox", o.name)
		if b == nil {
			return nil
		}
		first, text := b.Cursor().First()
		if first == nil {
			return nil
		}
		key = append(key, first...)
		return json.Unmarshal(text, &entry)
	})
	if err != nil {
		return 0, fmt.Errorf("read the outbox %s: %w", o.name, err)
	}
	if key == nil {
		return -1, nil
	}
	if wait := entry.Due.Sub(o.now()); wait > 0 {
		return wait, nil
	}
	if err := send(ctx, entry.Payload); err != nil {
		return 0, err
	}
	return 0, o.db.Update(func(tx *bbolt.Tx) error {
		b, err := Buckets(tx, "outbox", o.name)
		if err != nil {
			return err
		}
		return b.Delete(key)
	})
}

// sleep waits for d (negative: without limit), or less when ctx ends or, if wakeable, something new comes.
func (o *Outbox) sleep(ctx context.Context, d time.Duration, wakeable bool) {
	if d == 0 {
		return
	}
	var wake <-chan struct{}
	if wakeable {
		wake = o.wake
	}
	var timeout <-chan time.Time
	if d > 0 {
		timer := time.NewTimer(d)
		defer timer.Stop()
		timeout = timer.C
	}
	select {
	case <-ctx.Done():
	case <-wake:
	case <-timeout:
	}
}
