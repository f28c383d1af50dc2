package stream

import (
	"errors"
	"time"

	"go.etcd.io/bbolt"

	"voice.example/infra/local/durable"
)

// checkpoint says how far a shard has been handled.
type checkpoint struct {
	Sequence string `json:"sequence,omitempty"` // every record up to this one is done
	Closed   bool   `json:"closed,omitempty"`   // the shard has ended and all of it is done
}

// checkpoint reads a shard's checkpoint, empty when there is none.
func (m *Mapping) checkpoint(arn, shard string) (checkpoint, error) {
	var c checkpoint
	err := m.config.DB.View(func(tx *bbolt.Tx) error {
		b := durable.Find(tx, "streams", m.config.Name, arn)
		if b == nil {
			return nil
		}
		err := durable.Get(b, []byte("shard "+shard), &c)
		if errors.Is(err, durable.ErrNotFound) {
			return nil
		}
		return err
	})
	return c, err
}

// save writes a shard's checkpoint.
func (m *Mapping) save(arn, shard string, c checkpoint) error {
	return m.config.DB.Update(func(tx *bbolt.Tx) error {
		b, err := durable.Buckets(tx, "streams", m.config.Name, arn)
		if err != nil {
			return err
		}
		return durable.Put(b, []byte("shard "+shard), c)
	})
}

// startedAt is when this mapping first met the stream. LATEST means everything from that moment on:
// kept on disk, so that a kill before the first batch loses nothing.
func (m *Mapping) startedAt(arn string) (time.Time, error) {
	var at time.Time
	err := m.config.DB.Update(func(tx *bbolt.Tx) error {
		b, err := durable.Buckets(tx, "streams", m.config.Name, arn)
		if err != nil {
			return err
		}
		err = durable.Get(b, []byte("started"), &at)
		if errors.Is(err, durable.ErrNotFound) {
			at = m.config.Now()
			return durable.Put(b, []byte("started"), at)
		}
		return err
	})
	return at, err
}
