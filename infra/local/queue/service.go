package queue

import (
	"context"
	"crypto/rand"
	"encoding/hex"
	"fmt"
	"strings"
	"time"
	"unicode/utf8"

	"go.etcd.io/bbolt"

	"voice.example/infra/local/durable"
)

// Service is every queue of the stack, in one state file.
type Service struct {
	db     *durable.DB
	now    func() time.Time
	region string
	order  []*Queue
	byName map[string]*Queue
	byARN  map[string]*Queue
}

// Open gives the queues that configs describe, with the messages that are still in them. Messages that
// a Source of an earlier process had taken are visible again at once, since their reader is gone; those
// that anyone else received keep their visibility timeout. A nil now means time.Now, an empty region
// us-east-1.
func Open(db *durable.DB, now func() time.Time, region string, configs ...Config) (*Service, error) {
	if now == nil {
		now = time.Now
	}
	if region == "" {
		region = "us-east-1"
	}
	s := &Service{db: db, now: now, region: region, byName: map[string]*Queue{}, byARN: map[string]*Queue{}}
	for _, c := range configs {
		if c.Name == "" || c.ARN == "" {
			return nil, fmt.Errorf("a queue needs a name and an ARN: %q, %q", c.Name, c.ARN)
		}
		if s.byName[c.Name] != nil {
			return nil, fmt.Errorf("two queues are called %s", c.Name)
		}
		q := newQueue(s, c)
		s.order = append(s.order, q)
		s.byName[c.Name], s.byARN[c.ARN] = q, q
	}
	for _, q := range s.order {
		if r := q.config.Redrive; r != nil {
			if s.byARN[r.DeadLetterARN] == nil {
				return nil, fmt.Errorf("the dead-letter queue %s of %s does not exist", r.DeadLetterARN, q.config.Name)
			}
			if r.MaxReceiveCount < 1 {
				return nil, fmt.Errorf("the maxReceiveCount of %s must be at least 1", q.config.Name)
			}
		}
		if err := q.load(); err != nil {
			return nil, fmt.Errorf("load the queue %s: %w", q.config.Name, err)
		}
	}
	return s, nil
}

// Queue finds a queue by its name, ARN or URL; the error is ErrNoQueue.
func (s *Service) Queue(name string) (*Queue, error) {
	if q := s.byARN[name]; q != nil {
		return q, nil
	}
	if i := strings.LastIndexByte(name, '/'); i >= 0 {
		name = name[i+1:]
	}
	if q := s.byName[name]; q != nil {
		return q, nil
	}
	return nil, fmt.Errorf("%w: %s", ErrNoQueue, name)
}

// Queues gives every queue in the order of the configuration.
func (s *Service) Queues() []*Queue { return append([]*Queue(nil), s.order...) }

// SendAll puts messages in their queues: all of them, on disk when it returns nil, or none.
func (s *Service) SendAll(ctx context.Context, messages []Addressed) error {
	_, err := s.sendAll(ctx, messages)
	return err
}

func (s *Service) sendAll(ctx context.Context, messages []Addressed) ([]string, error) {
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	queues := make([]*Queue, len(messages))
	for i, m := range messages {
		q, err := s.Queue(m.QueueARN)
		if err != nil {
			return nil, err
		}
		if err := check(m.Outgoing); err != nil {
			return nil, err
		}
		queues[i] = q
	}
	sent := s.now()
	ids := make([]string, len(messages))
	kept := make([]stored, len(messages))
	for i, m := range messages {
		ids[i] = newID()
		delay := queues[i].config.Delay
		if m.Delay != nil {
			delay = *m.Delay
		}
		kept[i] = stored{ID: ids[i], Body: m.Body, Attributes: m.Attributes, Sent: sent, VisibleAt: sent.Add(delay)}
	}
	numbers := make([]uint64, len(messages))
	err := s.db.Update(func(tx *bbolt.Tx) error {
		for i := range kept {
			n, err := queues[i].put(tx, kept[i])
			if err != nil {
				return err
			}
			numbers[i] = n
		}
		return nil
	})
	if err != nil {
		return nil, err
	}
	for i, q := range queues {
		q.add(&entry{number: numbers[i], visibleAt: kept[i].VisibleAt})
	}
	return ids, nil
}

// check refuses what SQS refuses of a message.
func check(m Outgoing) error {
	if m.Body == "" {
		return fmt.Errorf("%w: the body is empty", ErrInvalidContent)
	}
	if size(m.Body, m.Attributes) > MaxMessageBytes {
		return ErrTooLong
	}
	if !utf8.ValidString(m.Body) {
		return fmt.Errorf("%w: it is not UTF-8", ErrInvalidContent)
	}
	for _, r := range m.Body {
		if r < 0x20 && r != '\t' && r != '\n' && r != '\r' || r == 0xFFFE || r == 0xFFFF {
			return fmt.Errorf("%w: U+%04X", ErrInvalidContent, r)
		}
	}
	return nil
}

// size is what counts against MaxMessageBytes.
func size(body string, attributes map[string]Attribute) int {
	n := len(body)
	for name, a := range attributes {
		n += len(name) + len(a.DataType) + len(a.StringValue) + len(a.BinaryValue)
	}
	return n
}

// newID gives a random UUID.
func newID() string {
	var b [16]byte
	rand.Read(b[:]) // never fails (crypto/rand)
	b[6], b[8] = b[6]&0x0f|0x40, b[8]&0x3f|0x80
	h := hex.EncodeToString(b[:])
	return strings.Join([]string{h[:8], h[8:12], h[12:16], h[16:20], h[20:]}, "-")
}
