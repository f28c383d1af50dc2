package queue

import (
	"context"
	"crypto/rand"
	"errors"
	"time"

	"go.etcd.io/bbolt"

	"voice.example/infra/local/durable"
)

// Ask says what a receiver wants.
type Ask struct {
	Max        int            // messages; 0 = 1
	MaxBytes   int            // of bodies and attributes together; 0 = no limit. One message always passes
	Wait       time.Duration  // how long to wait for a first message
	Visibility *time.Duration // nil: the queue's own
	// Mapped marks what is received as held by a Source: visible again at once when the process ends.
	Mapped bool
}

// Receive takes visible messages, oldest first, and hides them for the visibility timeout. Those that
// have been received too often go to the dead-letter queue on the way, those past the retention period
// are dropped. Without a message it gives none and no error, after waiting as asked or when ctx ends.
func (q *Queue) Receive(ctx context.Context, ask Ask) ([]Message, error) {
	deadline := q.service.now().Add(ask.Wait)
	for {
		entries, next, changed := q.take(max(ask.Max, 1))
		if len(entries) > 0 {
			messages, err := q.receive(entries, ask)
			if err != nil || len(messages) > 0 {
				return messages, err
			}
			continue // all were redriven or expired: look again
		}
		now := q.service.now()
		wait := deadline.Sub(now)
		if wait <= 0 {
			return nil, nil
		}
		if !next.IsZero() {
			wait = min(wait, max(next.Sub(now), time.Millisecond))
		}
		timer := time.NewTimer(wait)
		select {
		case <-ctx.Done():
			timer.Stop()
			return nil, nil
		case <-changed:
		case <-timer.C:
		}
		timer.Stop()
	}
}

// outcome is what became of one entry in a receive.
type outcome struct {
	message  *Message   // received
	moved    *addressed // redriven
	gone     bool       // deleted, expired or redriven: no longer here
	visible  time.Time
	inFlight bool
}

// addressed is a message's new place.
type addressed struct {
	queue   *Queue
	number  uint64
	visible time.Time
}

// receive decides what becomes of entries, writes it down and only then tells the memory.
func (q *Queue) receive(entries []*entry, ask Ask) ([]Message, error) {
	outcomes := make([]outcome, len(entries))
	err := q.service.db.Update(func(tx *bbolt.Tx) error {
		b, err := q.bucket(tx)
		if err != nil {
			return err
		}
		total, given := 0, 0
		for i, e := range entries {
			outcomes[i] = outcome{visible: e.visibleAt}
			var m stored
			err := durable.Get(b, durable.Key(e.number), &m)
			if errors.Is(err, durable.ErrNotFound) {
				outcomes[i].gone = true
				continue
			}
			if err != nil {
				return err
			}
			bytes := size(m.Body, m.Attributes)
			if ask.MaxBytes > 0 && given > 0 && total+bytes > ask.MaxBytes {
				continue // stays visible, for the next receive
			}
			if outcomes[i], err = q.receiveOne(tx, b, e.number, m, ask); err != nil {
				return err
			}
			if outcomes[i].message != nil {
				total, given = total+bytes, given+1
			}
		}
		return nil
	})
	if err != nil {
		for _, e := range entries {
			q.reschedule(e.number, e.visibleAt, e.inFlight)
		}
		return nil, err
	}
	var messages []Message
	for i, o := range outcomes {
		if o.moved != nil {
			o.moved.queue.add(&entry{number: o.moved.number, visibleAt: o.moved.visible})
		}
		if o.gone {
			q.forget(entries[i].number)
			continue
		}
		q.reschedule(entries[i].number, o.visible, o.inFlight)
		if o.message != nil {
			messages = append(messages, *o.message)
		}
	}
	return messages, nil
}

// receiveOne redrives, expires or hides one message.
func (q *Queue) receiveOne(tx *bbolt.Tx, b *bbolt.Bucket, number uint64, m stored, ask Ask) (outcome, error) {
	now := q.service.now()
	key := durable.Key(number)
	if !m.Sent.Add(q.config.RetentionPeriod).After(now) {
		return outcome{gone: true}, b.Delete(key)
	}
	if r := q.config.Redrive; r != nil && m.Count >= r.MaxReceiveCount {
		to := q.service.byARN[r.DeadLetterARN]
		m.DeadLetterOf, m.VisibleAt, m.Mapped, m.Nonce = q.config.ARN, now, false, ""
		n, err := to.put(tx, m)
		if err != nil {
			return outcome{}, err
		}
		return outcome{gone: true, moved: &addressed{queue: to, number: n, visible: now}}, b.Delete(key)
	}
	hide := q.config.VisibilityTimeout
	if ask.Visibility != nil {
		hide = *ask.Visibility
	}
	m.Count++
	if m.First.IsZero() {
		m.First = now
	}
	m.VisibleAt, m.Nonce, m.Mapped = now.Add(hide), rand.Text(), ask.Mapped
	if err := durable.Put(b, key, m); err != nil {
		return outcome{}, err
	}
	return outcome{visible: m.VisibleAt, inFlight: true, message: &Message{
		ID: m.ID, ReceiptHandle: handle{number, m.Nonce}.String(), Body: m.Body, Attributes: m.Attributes,
		Sent: m.Sent, FirstReceived: m.First, ReceiveCount: m.Count, DeadLetterOf: m.DeadLetterOf,
	}}, nil
}
