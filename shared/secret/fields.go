package secret

import (
	"context"
	"encoding/binary"
	"errors"
	"strings"
)

// Fields seals what is kept in a table, and opens it; keyring.Ring does. bound is what a value belongs to: it opens for the
// very same alone. What was not sealed so is ErrSealed.
type Fields interface {
	Seal(ctx context.Context, bound []byte, text string) (string, error)
	Open(ctx context.Context, bound []byte, sealed string) (string, error)
}

// FieldMark begins what Fields seals: a letter that Seal, whose values are URL-safe base64, never writes.
const FieldMark = "~"

// ErrNoFields is an attempt to seal or open a field with keys that were made without Fields.
var ErrNoFields = errors.New("secret: these keys seal no fields")

// With returns keys that hash, seal and open as these do, and fields as given.
func (k *Keys) With(f Fields) *Keys {
	with := *k
	with.fields = f
	return &with
}

// SealField encrypts text for a purpose and, where it belongs to one item of a table, for that item: of names it, by what
// never changes of it. Errors are those of Fields: nothing may be written then.
func (k *Keys) SealField(ctx context.Context, purpose, text string, of ...string) (string, error) {
	if k.fields == nil {
		return "", ErrNoFields
	}
	return k.fields.Seal(ctx, Bound(purpose, of...), text)
}

// OpenField decrypts what SealField made for the same purpose and item, or what Seal made for the same purpose. ErrSealed: it
// is neither. Any other error is of Fields: the value may be good.
func (k *Keys) OpenField(ctx context.Context, purpose, sealed string, of ...string) (string, error) {
	if !strings.HasPrefix(sealed, FieldMark) {
		return k.Open(purpose, sealed)
	}
	if k.fields == nil {
		return "", ErrNoFields
	}
	return k.fields.Open(ctx, Bound(purpose, of...), sealed)
}

// Bound is what a field is bound to, in a form in which no two differ only by where one part ends.
func Bound(purpose string, of ...string) []byte {
	var bound []byte
	for _, part := range append([]string{purpose}, of...) {
		bound = binary.AppendUvarint(bound, uint64(len(part)))
		bound = append(bound, part...)
	}
	return bound
}

// Field is one sealed value of an item, and what it was sealed for.
type Field struct {
	Path    []any // names of attributes, and places in lists, from the item down to the value
	Purpose string
	Of      []string
	Sealed  string
}
