// Package durable keeps the local runner's state in one file that survives a kill at any moment.
//
// Everything that a queue, a phone, a bucket index or a stream checkpoint must not forget goes through
// DB.Update: when it returns nil the change is on disk. Changes made at the same time share one write
// to disk, so many small acknowledged writes stay cheap.
//
// Limits: one process at a time may hold the file (Open says so when another has it), and a change
// function may run more than once, so it must not alter memory outside its transaction.
package durable

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"sync"
	"time"

	"go.etcd.io/bbolt"
	bbolterrors "go.etcd.io/bbolt/errors"
)

// lockTimeout is how long Open waits for another process to let go of the file.
const lockTimeout = 2 * time.Second

// ErrLocked is what Open reports, wrapped with the path, when another process holds the file.
var ErrLocked = errors.New("another process is using the state file")

// DB is one state file. Its methods may be called from many goroutines.
type DB struct {
	bolt *bbolt.DB

	waitMu  sync.Mutex
	waiting []*change // changes that the next commit takes together

	commitMu sync.Mutex // held by the goroutine that commits for all
}

// change is one caller's wish, waiting to be committed with others.
type change struct {
	do   func(*bbolt.Tx) error
	done bool
	err  error
}

// Open opens the state file at path, making it and its folder when they are missing.
// The error wraps ErrLocked when another process still holds it after two seconds.
func Open(path string) (*DB, error) {
	if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
		return nil, fmt.Errorf("make the state folder: %w", err)
	}
	bolt, err := bbolt.Open(path, 0o600, &bbolt.Options{
		Timeout:        lockTimeout,
		NoFreelistSync: true, // rebuilt on open; keeps every commit small
		FreelistType:   bbolt.FreelistMapType,
	})
	if errors.Is(err, bbolterrors.ErrTimeout) {
		return nil, fmt.Errorf("%w: %s", ErrLocked, path)
	}
	if err != nil {
		return nil, fmt.Errorf("open the state file %s: %w", path, err)
	}
	return &DB{bolt: bolt}, nil
}

// Close waits for running transactions and lets go of the file.
func (d *DB) Close() error { return d.bolt.Close() }

// View runs read in a transaction that sees one moment of the file.
func (d *DB) View(read func(*bbolt.Tx) error) error { return d.bolt.View(read) }

// Update runs do in a transaction and returns once its outcome is on disk. An error from do is
// returned as it is and undoes only do's own changes, not those of callers that share the commit.
func (d *DB) Update(do func(*bbolt.Tx) error) error {
	mine := &change{do: do}
	d.waitMu.Lock()
	d.waiting = append(d.waiting, mine)
	d.waitMu.Unlock()

	d.commitMu.Lock()
	defer d.commitMu.Unlock()
	if mine.done { // an earlier holder of the lock has committed it for us
		return mine.err
	}
	d.waitMu.Lock()
	group := d.waiting
	d.waiting = nil
	d.waitMu.Unlock()
	d.commit(group)
	return mine.err
}

// commit applies group in one transaction. A change that fails is taken out and the others are tried
// again without it, because a transaction can only be undone as a whole.
func (d *DB) commit(group []*change) {
	for pending := group; len(pending) > 0; {
		failed := -1
		err := d.bolt.Update(func(tx *bbolt.Tx) error {
			for i, c := range pending {
				if err := c.do(tx); err != nil {
					failed = i
					return err
				}
			}
			return nil
		})
		if failed >= 0 {
			pending[failed].done, pending[failed].err = true, err
			pending = append(append([]*change{}, pending[:failed]...), pending[failed+1:]...)
			continue
		}
		for _, c := range pending {
			c.done = true
			if err != nil {
				c.err = fmt.Errorf("write the state file: %w", err)
			}
		}
		return
	}
}
