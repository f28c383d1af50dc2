package queue

import (
	"container/heap"
	"fmt"
	"sync"
	"time"

	"go.etcd.io/bbolt"

	"voice.example/infra/local/durable"
)

// Queue is one queue. Its methods may be called from many goroutines.
type Queue struct {
	service *Service
	config  Config

	mu      sync.Mutex
	entries map[uint64]*entry
	waiting schedule      // entries that nobody is receiving at this moment, soonest first
	changed chan struct{} // closed and replaced when something may have become receivable
}

// stored is a message as it is kept on disk.
type stored struct {
	ID           string               `json:"id"`
	Body         string               `json:"body"`
	Attributes   map[string]Attribute `json:"attributes,omitempty"`
	Sent         time.Time            `json:"sent"`
	First        time.Time            `json:"first,omitzero"`
	VisibleAt    time.Time            `json:"visible_at"`
	Count        int                  `json:"count,omitempty"`
	Nonce        string               `json:"nonce,omitempty"` // of the newest receipt handle
	Mapped       bool                 `json:"mapped,omitempty"`
	DeadLetterOf string               `json:"dead_letter_of,omitempty"`
}

// entry is a message's outline in memory.
type entry struct {
	number    uint64 // the message's key on disk; it grows, so it is also the order of sending
	visibleAt time.Time
	inFlight  bool // received at least once and not visible again yet
	place     int  // in the schedule; -1 while it is being received
}

func newQueue(s *Service, c Config) *Queue {
	if c.VisibilityTimeout == 0 {
		c.VisibilityTimeout = DefaultVisibility
	}
	if c.RetentionPeriod == 0 {
		c.RetentionPeriod = DefaultRetention
	}
	return &Queue{service: s, config: c, entries: map[uint64]*entry{}, changed: make(chan struct{})}
}

// Config tells how the queue was set up, defaults filled in.
func (q *Queue) Config() Config { return q.config }

// Counts says how many messages are visible, in flight and delayed.
func (q *Queue) Counts() Counts {
	now := q.service.now()
	q.mu.Lock()
	defer q.mu.Unlock()
	var c Counts
	for _, e := range q.entries {
		switch {
		case !e.visibleAt.After(now):
			c.Visible++
		case e.inFlight:
			c.InFlight++
		default:
			c.Delayed++
		}
	}
	return c
}

// load reads the outlines of the messages on disk.
func (q *Queue) load() error {
	now := q.service.now()
	return q.service.db.Update(func(tx *bbolt.Tx) error {
		b, err := q.bucket(tx)
		if err != nil {
			return err
		}
		q.entries, q.waiting = map[uint64]*entry{}, nil
		freed := map[uint64]stored{}
		err = b.ForEach(func(key, _ []byte) error {
			var m stored
			if err := durable.Get(b, key, &m); err != nil {
				return err
			}
			n := durable.Number(key)
			if m.Mapped && m.VisibleAt.After(now) {
				m.VisibleAt, m.Mapped = now, false
				freed[n] = m
			}
			e := &entry{number: n, visibleAt: m.VisibleAt, inFlight: m.Count > 0}
			q.entries[n] = e
			heap.Push(&q.waiting, e)
			return nil
		})
		if err != nil {
			return err
		}
		for n, m := range freed {
			if err := durable.Put(b, durable.Key(n), m); err != nil {
				return err
			}
		}
		return nil
	})
}

// bucket is where the queue's messages are kept.
func (q *Queue) bucket(tx *bbolt.Tx) (*bbolt.Bucket, error) {
	return durable.Buckets(tx, "queues", q.config.Name)
}

// put writes a new message and gives its number.
func (q *Queue) put(tx *bbolt.Tx, m stored) (uint64, error) {
	b, err := q.bucket(tx)
	if err != nil {
		return 0, err
	}
	n, err := b.NextSequence()
	if err != nil {
		return 0, fmt.Errorf("number a message: %w", err)
	}
	return n, durable.Put(b, durable.Key(n), m)
}

// add makes a message that is on disk known to receivers.
func (q *Queue) add(e *entry) {
	q.mu.Lock()
	defer q.mu.Unlock()
	q.entries[e.number] = e
	heap.Push(&q.waiting, e)
	q.announce()
}

// forget drops messages that are no longer on disk.
func (q *Queue) forget(numbers ...uint64) {
	q.mu.Lock()
	defer q.mu.Unlock()
	for _, n := range numbers {
		e := q.entries[n]
		if e == nil {
			continue
		}
		delete(q.entries, n)
		if e.place >= 0 {
			heap.Remove(&q.waiting, e.place)
		}
	}
}

// reschedule makes a known message visible at another time. It does nothing for one that is gone.
func (q *Queue) reschedule(number uint64, at time.Time, inFlight bool) {
	q.mu.Lock()
	defer q.mu.Unlock()
	e := q.entries[number]
	if e == nil {
		return
	}
	e.visibleAt, e.inFlight = at, inFlight
	if e.place >= 0 {
		heap.Fix(&q.waiting, e.place)
	} else {
		heap.Push(&q.waiting, e)
	}
	q.announce()
}

// announce wakes whoever waits for a message. The caller holds the lock.
func (q *Queue) announce() {
	close(q.changed)
	q.changed = make(chan struct{})
}

// take removes up to limit visible entries from the schedule, for the caller to receive. When there is
// none it says when the next becomes visible (zero: nothing is waiting) and what to listen to.
func (q *Queue) take(limit int) (taken []*entry, next time.Time, changed <-chan struct{}) {
	now := q.service.now()
	q.mu.Lock()
	defer q.mu.Unlock()
	for len(taken) < limit && len(q.waiting) > 0 && !q.waiting[0].visibleAt.After(now) {
		taken = append(taken, heap.Pop(&q.waiting).(*entry))
	}
	if len(q.waiting) > 0 {
		next = q.waiting[0].visibleAt
	}
	return taken, next, q.changed
}

// schedule is a heap of entries by the time they become visible, then by order of sending.
type schedule []*entry

func (s schedule) Len() int { return len(s) }
func (s schedule) Less(i, j int) bool {
	if !s[i].visibleAt.Equal(s[j].visibleAt) {
		return s[i].visibleAt.Before(s[j].visibleAt)
	}
	return s[i].number < s[j].number
}
func (s schedule) Swap(i, j int) {
	s[i], s[j] = s[j], s[i]
	s[i].place, s[j].place = i, j
}
func (s *schedule) Push(x any) {
	e := x.(*entry)
	e.place = len(*s)
	*s = append(*s, e)
}
func (s *schedule) Pop() any {
	old := *s
	e := old[len(old)-1]
	old[len(old)-1] = nil
	*s = old[:len(old)-1]
	e.place = -1
	return e
}
