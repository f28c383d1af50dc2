package durable

import (
	"encoding/binary"
	"encoding/json"
	"errors"
	"fmt"

	"go.etcd.io/bbolt"
)

// ErrNotFound is reported by Get when nothing is kept under the key.
var ErrNotFound = errors.New("not in the state file")

// Key turns a sequence number into a key that sorts in number order.
func Key(n uint64) []byte { return binary.BigEndian.AppendUint64(nil, n) }

// Number reads back what Key made; it is 0 for a key of another length.
func Number(key []byte) uint64 {
	if len(key) != 8 {
		return 0
	}
	return binary.BigEndian.Uint64(key)
}

// Put keeps value under key as JSON.
func Put(b *bbolt.Bucket, key []byte, value any) error {
	text, err := json.Marshal(value)
	if err != nil {
		return fmt.Errorf("encode a state entry: %w", err)
	}
	return b.Put(key, text)
}

// Get reads the value kept under key into value, or reports ErrNotFound.
func Get(b *bbolt.Bucket, key []byte, value any) error {
	text := b.Get(key)
	if text == nil {
		return ErrNotFound
	}
	if err := json.Unmarshal(text, value); err != nil {
		return fmt.Errorf("decode a state entry: %w", err)
	}
	return nil
}

// Buckets walks to the nested bucket that path names, making each one that is missing.
// Call it in an Update.
func Buckets(tx *bbolt.Tx, path ...string) (*bbolt.Bucket, error) {
	b, err := tx.CreateBucketIfNotExists([]byte(path[0]))
	for _, name := range path[1:] {
		if err != nil {
			break
		}
		b, err = b.CreateBucketIfNotExists([]byte(name))
	}
	if err != nil {
		return nil, fmt.Errorf("open the state of %v: %w", path, err)
	}
	return b, nil
}

// Find walks to the nested bucket that path names; it is nil when any part is missing.
func Find(tx *bbolt.Tx, path ...string) *bbolt.Bucket {
	b := tx.Bucket([]byte(path[0]))
	for _, name := range path[1:] {
		if b == nil {
			return nil
		}
		b = b.Bucket([]byte(name))
	}
	return b
}
