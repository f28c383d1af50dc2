package queue

import (
	"context"
	"encoding/base64"
	"errors"
	"fmt"
	"strconv"
	"strings"
	"time"

	"go.etcd.io/bbolt"

	"voice.example/infra/local/durable"
)

// handle is what a receipt handle says: which message, and which of its receives.
type handle struct {
	number uint64
	nonce  string
}

// String writes the handle as receivers see it.
func (h handle) String() string {
	return base64.URLEncoding.EncodeToString([]byte(strconv.FormatUint(h.number, 10) + "." + h.nonce))
}

// parseHandle reads what String wrote, or reports ErrReceiptHandle.
func parseHandle(text string) (handle, error) {
	raw, err := base64.URLEncoding.DecodeString(text)
	if err != nil {
		return handle{}, ErrReceiptHandle
	}
	number, nonce, ok := strings.Cut(string(raw), ".")
	n, err := strconv.ParseUint(number, 10, 64)
	if !ok || err != nil {
		return handle{}, ErrReceiptHandle
	}
	return handle{n, nonce}, nil
}

// Delete removes the messages that the receipt handles name and gives one error for each, nil for done.
// As in SQS, a handle of an earlier receive succeeds and removes nothing.
func (q *Queue) Delete(ctx context.Context, handles ...string) []error {
	errs := make([]error, len(handles))
	parsed := make([]handle, len(handles))
	for i, text := range handles {
		parsed[i], errs[i] = parseHandle(text)
	}
	var gone []uint64
	err := q.service.db.Update(func(tx *bbolt.Tx) error {
		gone = gone[:0]
		b, err := q.bucket(tx)
		if err != nil {
			return err
		}
		for i, h := range parsed {
			if errs[i] != nil {
				continue
			}
			var m stored
			err := durable.Get(b, durable.Key(h.number), &m)
			if errors.Is(err, durable.ErrNotFound) || err == nil && m.Nonce != h.nonce {
				continue
			}
			if err == nil {
				err = b.Delete(durable.Key(h.number))
			}
			if err != nil {
				return err
			}
			gone = append(gone, h.number)
		}
		return nil
	})
	if err != nil {
		for i := range errs {
			errs[i] = errors.Join(errs[i], err)
		}
		return errs
	}
	q.forget(gone...)
	return errs
}

// ChangeVisibility hides a received message for d from now; 0 makes it visible at once. The error is
// ErrReceiptHandle or, when the message is not being held, ErrNotInFlight.
func (q *Queue) ChangeVisibility(ctx context.Context, receiptHandle string, d time.Duration) error {
	h, err := parseHandle(receiptHandle)
	if err != nil {
		return err
	}
	if d < 0 || d > 12*time.Hour {
		return fmt.Errorf("a visibility timeout is between 0 and 12 hours, not %v", d)
	}
	now := q.service.now()
	err = q.service.db.Update(func(tx *bbolt.Tx) error {
		b, err := q.bucket(tx)
		if err != nil {
			return err
		}
		var m stored
		err = durable.Get(b, durable.Key(h.number), &m)
		if errors.Is(err, durable.ErrNotFound) || err == nil && (m.Nonce != h.nonce || !m.VisibleAt.After(now)) {
			return ErrNotInFlight
		}
		if err != nil {
			return err
		}
		m.VisibleAt = now.Add(d)
		return durable.Put(b, durable.Key(h.number), m)
	})
	if err != nil {
		return err
	}
	q.reschedule(h.number, now.Add(d), true)
	return nil
}

// Purge deletes every message.
func (q *Queue) Purge(ctx context.Context) error {
	var gone []uint64
	err := q.service.db.Update(func(tx *bbolt.Tx) error {
		gone = gone[:0]
		b, err := q.bucket(tx)
		if err != nil {
			return err
		}
		c := b.Cursor()
		for key, _ := c.First(); key != nil; key, _ = c.Next() {
			gone = append(gone, durable.Number(key))
		}
		for _, n := range gone {
			if err := b.Delete(durable.Key(n)); err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		return err
	}
	q.forget(gone...)
	return nil
}

// MoveAll sends every message that is visible to another queue, or with an empty ARN each to the queue it
// was redriven from, as new messages (new id, count and time of sending), and says how many.
func (q *Queue) MoveAll(ctx context.Context, toARN string) (int, error) {
	entries, _, _ := q.take(1 << 30)
	moved := make([]addressed, 0, len(entries))
	var gone []uint64
	err := q.service.db.Update(func(tx *bbolt.Tx) error {
		moved, gone = moved[:0], gone[:0]
		b, err := q.bucket(tx)
		if err != nil {
			return err
		}
		for _, e := range entries {
			var m stored
			if err := durable.Get(b, durable.Key(e.number), &m); errors.Is(err, durable.ErrNotFound) {
				gone = append(gone, e.number)
				continue
			} else if err != nil {
				return err
			}
			to := q.service.byARN[toARN]
			if toARN == "" {
				to = q.service.byARN[m.DeadLetterOf]
			}
			if to == nil {
				continue // nobody redrove it here: it has no way back
			}
			now := q.service.now()
			n, err := to.put(tx, stored{ID: newID(), Body: m.Body, Attributes: m.Attributes, Sent: now, VisibleAt: now})
			if err != nil {
				return err
			}
			if err := b.Delete(durable.Key(e.number)); err != nil {
				return err
			}
			moved = append(moved, addressed{to, n, now})
			gone = append(gone, e.number)
		}
		return nil
	})
	if err == nil {
		q.forget(gone...)
		for _, a := range moved {
			a.queue.add(&entry{number: a.number, visibleAt: a.visible})
		}
	}
	for _, e := range entries {
		q.reschedule(e.number, e.visibleAt, e.inFlight) // those that stayed
	}
	return len(moved), err
}
