package keyring

import (
	"encoding/base64"
	"encoding/binary"
	"fmt"

	"github.com/tink-crypto/tink-go/v2/aead"
	"github.com/tink-crypto/tink-go/v2/keyset"
	"github.com/tink-crypto/tink-go/v2/tink"

	"voice.example/shared/secret"
)

// KeyID names a key within its keyset. It is no secret.
type KeyID uint32

// String writes it as eight digits of base 16.
func (id KeyID) String() string { return fmt.Sprintf("%08x", uint32(id)) }

// ParseKeyID reads what String writes.
func ParseKeyID(text string) (KeyID, error) {
	var id uint32
	if _, err := fmt.Sscanf(text, "%08x", &id); err != nil || KeyID(id).String() != text {
		return 0, fmt.Errorf("keyring: a key's id has eight digits of base 16, such as 0a1b2c3d")
	}
	return KeyID(id), nil
}

// Keyset is keys of which one seals. It does not change: Add and Remove make another.
type Keyset struct {
	handle *keyset.Handle
	aead   tink.AEAD
	ids    []KeyID
	first  KeyID
}

// NewKeyset makes a keyset of one key.
func NewKeyset() (*Keyset, error) {
	handle, err := keyset.NewHandle(aead.AES256GCMKeyTemplate())
	if err != nil {
		return nil, fmt.Errorf("keyring: making a key: %w", err)
	}
	return of(handle)
}

func of(handle *keyset.Handle) (*Keyset, error) {
	k := &Keyset{handle: handle}
	for i := range handle.Len() {
		entry, err := handle.Entry(i)
		if err != nil {
			return nil, fmt.Errorf("keyring: reading a keyset: %w", err)
		}
		k.ids = append(k.ids, KeyID(entry.KeyID()))
		if entry.IsPrimary() {
			k.first = KeyID(entry.KeyID())
		}
	}
	var err error
	if k.aead, err = aead.New(handle); err != nil {
		return nil, fmt.Errorf("keyring: reading a keyset: %w", err)
	}
	return k, nil
}

// Primary is the key that seals.
func (k *Keyset) Primary() KeyID { return k.first }

// IDs lists the keys, in the order in which they were added.
func (k *Keyset) IDs() []KeyID { return k.ids }

// Has reports whether the keyset has a key.
func (k *Keyset) Has(id KeyID) bool {
	for _, one := range k.ids {
		if one == id {
			return true
		}
	}
	return false
}

// Add returns the keyset with one more key, its primary.
func (k *Keyset) Add() (*Keyset, error) {
	manager := keyset.NewManagerFromHandle(k.handle)
	id, err := manager.Add(aead.AES256GCMKeyTemplate())
	if err == nil {
		err = manager.SetPrimary(id)
	}
	if err != nil {
		return nil, fmt.Errorf("keyring: adding a key: %w", err)
	}
	return k.changed(manager)
}

// Remove returns the keyset without a key, which must not be its primary.
func (k *Keyset) Remove(id KeyID) (*Keyset, error) {
	manager := keyset.NewManagerFromHandle(k.handle)
	if err := manager.Delete(uint32(id)); err != nil {
		return nil, fmt.Errorf("keyring: taking a key out: %w", err)
	}
	return k.changed(manager)
}

func (k *Keyset) changed(manager *keyset.Manager) (*Keyset, error) {
	handle, err := manager.Handle()
	if err != nil {
		return nil, fmt.Errorf("keyring: changing a keyset: %w", err)
	}
	return of(handle)
}

// Seal encrypts text with the primary, bound to what it belongs to.
func (k *Keyset) Seal(bound []byte, text string) (string, error) {
	sealed, err := k.aead.Encrypt([]byte(text), bound)
	if err != nil {
		return "", fmt.Errorf("keyring: sealing: %w", err)
	}
	return secret.FieldMark + base64.RawURLEncoding.EncodeToString(sealed), nil
}

// Open decrypts what Seal made of the same keys, bound to the same. Anything else is secret.ErrSealed.
func (k *Keyset) Open(bound []byte, sealed string) (string, error) {
	raw, ok := decode(sealed)
	if !ok {
		return "", secret.ErrSealed
	}
	text, err := k.aead.Decrypt(raw, bound)
	if err != nil {
		return "", secret.ErrSealed // Tink's own error says no more
	}
	return string(text), nil
}

// KeyOf is the key that a value says it was sealed with. Not ok: it was sealed by no key of a keyset.
func KeyOf(sealed string) (id KeyID, ok bool) {
	raw, ok := decode(sealed)
	if !ok {
		return 0, false
	}
	return KeyID(binary.BigEndian.Uint32(raw[1:])), true
}

// decode reads a value: Tink's own form, a byte of 1 and the key's id before what was encrypted.
func decode(sealed string) (raw []byte, ok bool) {
	if len(sealed) == 0 || sealed[:1] != secret.FieldMark {
		return nil, false
	}
	raw, err := base64.RawURLEncoding.DecodeString(sealed[1:])
	if err != nil || len(raw) < 5 || raw[0] != 1 {
		return nil, false
	}
	return raw, true
}
