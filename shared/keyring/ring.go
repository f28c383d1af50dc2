package keyring

import (
	"context"
	"fmt"
	"log/slog"
	"sync"
	"time"

	"voice.example/shared/secret"
)

const (
	// Refresh is how long a keyset is used before it is looked up whether there is a newer version: one read each time.
	Refresh = 10 * time.Minute
	// Stale is how long a keyset seals after it was last known to be the newest. It opens for as long as its process lives.
	Stale = 24 * time.Hour
)

// Ring seals and opens with a keyset that it fetches when it is first needed, and keeps. It is a secret.Fields, and safe for
// use by several goroutines: those that need the keyset while it is fetched wait for it.
type Ring struct {
	Table  *Table
	Keyset Name

	mu      sync.Mutex
	keys    *Keyset // nil: not fetched yet
	version int
	newest  time.Time // when keys was last known to be the newest
	asked   time.Time // when that was last asked, with whatever answer
}

// Seal encrypts text with the primary key. Errors: ErrNoKeyset, those of DynamoDB and KMS.
func (r *Ring) Seal(ctx context.Context, bound []byte, text string) (string, error) {
	r.mu.Lock()
	keys, err := r.current(ctx)
	r.mu.Unlock()
	if err != nil {
		return "", err
	}
	return keys.Seal(bound, text)
}

// Open decrypts what Seal made, of this process or another. Errors: secret.ErrSealed, and as Seal's.
func (r *Ring) Open(ctx context.Context, bound []byte, sealed string) (string, error) {
	id, ok := KeyOf(sealed)
	if !ok {
		return "", secret.ErrSealed
	}
	r.mu.Lock()
	keys, err := r.having(ctx, id)
	r.mu.Unlock()
	if err != nil {
		return "", err
	}
	return keys.Open(bound, sealed)
}

// current is the keyset, no staler than it may be for sealing.
func (r *Ring) current(ctx context.Context) (*Keyset, error) {
	now := r.Table.Now()
	if r.keys != nil && now.Sub(r.asked) < Refresh && now.Sub(r.newest) < Stale {
		return r.keys, nil
	}
	err := r.fetch(ctx)
	if err != nil && r.keys != nil && now.Sub(r.newest) < Stale {
		slog.WarnContext(ctx, "keyset not refreshed", "keyset", r.Keyset, "since", r.newest, "error", err)
		err = nil
	}
	return r.keys, err
}

// having is the keyset with this key, fetched anew if it has none such.
func (r *Ring) having(ctx context.Context, id KeyID) (*Keyset, error) {
	if r.keys != nil && r.keys.Has(id) {
		return r.keys, nil
	}
	return r.keys, r.fetch(ctx)
}

// fetch reads the keyset. KMS is asked only for a version that is not here.
func (r *Ring) fetch(ctx context.Context) error {
	now := r.Table.Now()
	r.asked = now
	e, err := r.Table.Get(ctx, r.Keyset)
	if err != nil {
		return err
	}
	if r.keys == nil || e.Version != r.version {
		keys, err := r.Table.wrapper().unwrap(ctx, r.Keyset, e.Wrapped)
		if err != nil {
			return err
		}
		r.keys, r.version = keys, e.Version
	}
	r.newest = now
	return nil
}

// String keeps what is in it out of logs.
func (r *Ring) String() string { return fmt.Sprintf("keyring %s", r.Keyset) }
