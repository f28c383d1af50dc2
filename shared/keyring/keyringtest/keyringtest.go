// Package keyringtest gives tests keys that seal fields without a table or KMS.
package keyringtest

import (
	"context"
	"strings"
	"testing"

	"voice.example/shared/keyring"
	"voice.example/shared/secret"
)

// DataKey is the data key of New's keys.
var DataKey = strings.Repeat("k", 64)

// Keys are keys whose keyset is made anew, in memory, and stays as it is.
func Keys(t testing.TB) *secret.Keys {
	t.Helper()
	keys, err := secret.New(DataKey)
	if err != nil {
		t.Fatal(err)
	}
	set, err := keyring.NewKeyset()
	if err != nil {
		t.Fatal(err)
	}
	return keys.With(fields{set})
}

// Down are keys that hash and make tokens as those of Keys do, and whose fields fail: KMS, or the table, cannot be reached.
func Down(t testing.TB, err error) *secret.Keys {
	t.Helper()
	return Keys(t).With(down{err})
}

type fields struct{ *keyring.Keyset }

// Seal is for secret.Fields.
func (f fields) Seal(_ context.Context, bound []byte, text string) (string, error) {
	return f.Keyset.Seal(bound, text)
}

// Open is for secret.Fields.
func (f fields) Open(_ context.Context, bound []byte, sealed string) (string, error) {
	return f.Keyset.Open(bound, sealed)
}

type down struct{ err error }

// Seal is for secret.Fields.
func (d down) Seal(context.Context, []byte, string) (string, error) { return "", d.err }

// Open is for secret.Fields.
func (d down) Open(context.Context, []byte, string) (string, error) { return "", d.err }
