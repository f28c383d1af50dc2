package secret

import (
	"crypto/aes"
	"crypto/cipher"
	"crypto/hkdf"
	"crypto/hmac"
	"crypto/rand"
	"crypto/sha256"
	"encoding/base32"
	"encoding/base64"
	"errors"
	"fmt"
	"strings"
)

// MinKeyLength is the fewest characters a data key may have.
const MinKeyLength = 32

// ErrSealed is returned by Open for what this deployment did not seal, or did not seal for this purpose.
var ErrSealed = errors.New("secret: not sealed by this deployment for this purpose")

// encoding is lower-case base32 without padding: safe in ids, URLs, keys and logs.
var encoding = base32.NewEncoding("abcdefghijklmnopqrstuvwxyz234567").WithPadding(base32.NoPadding)

// Keys seals and hashes. It is safe for use by several goroutines.
type Keys struct {
	aead    cipher.AEAD
	hashKey []byte
	fields  Fields // nil: fields are neither sealed nor opened
}

// New derives the keys from a data key of at least MinKeyLength characters.
func New(dataKey string) (*Keys, error) {
	if len(dataKey) < MinKeyLength {
		return nil, fmt.Errorf("secret: the data key has fewer than %d characters", MinKeyLength)
	}
	derive := func(purpose string) ([]byte, error) {
		return hkdf.Key(sha256.New, []byte(dataKey), nil, "voice/"+purpose, 32)
	}
	sealKey, err := derive("seal")
	if err != nil {
		return nil, err
	}
	hashKey, err := derive("hash")
	if err != nil {
		return nil, err
	}
	block, err := aes.NewCipher(sealKey)
	if err != nil {
		return nil, err
	}
	aead, err := cipher.NewGCMWithRandomNonce(block)
	if err != nil {
		return nil, err
	}
	return &Keys{aead: aead, hashKey: hashKey}, nil
}

// Hash returns the keyed hash (HMAC-SHA-256, its first 160 bits) of the parts, for a purpose, as 32 characters
// of a-z and 2-7.
func (k *Keys) Hash(purpose string, parts ...string) string {
	mac := hmac.New(sha256.New, k.hashKey)
	for _, part := range append([]string{purpose}, parts...) {
		fmt.Fprintf(mac, "%d:%s", len(part), part) // the length keeps ("ab","c") and ("a","bc") apart
	}
	return encoding.EncodeToString(mac.Sum(nil)[:20])
}

// Seal encrypts text (AES-256-GCM, a random nonce) for a purpose, as URL-safe text. It is for what people carry: what is kept
// in a table is sealed by SealField.
func (k *Keys) Seal(purpose, text string) string {
	return base64.RawURLEncoding.EncodeToString(k.aead.Seal(nil, nil, []byte(text), []byte(purpose))) // #nosec G407 -- this AEAD draws its nonces itself
}

// Open decrypts what Seal made for the same purpose, or returns ErrSealed.
func (k *Keys) Open(purpose, sealed string) (string, error) {
	raw, err := base64.RawURLEncoding.DecodeString(sealed)
	if err != nil {
		return "", ErrSealed
	}
	text, err := k.aead.Open(nil, nil, raw, []byte(purpose))
	if err != nil {
		return "", ErrSealed
	}
	return string(text), nil
}

// Equal compares two hashes in a time that does not tell where they differ.
func Equal(a, b string) bool { return hmac.Equal([]byte(a), []byte(b)) }

// NewID returns 160 random bits as 32 characters of a-z and 2-7.
func NewID() string {
	raw := make([]byte, 20)
	rand.Read(raw) // never fails: crypto/rand ends the process instead
	return encoding.EncodeToString(raw)
}

// ValidID reports whether text could have come from NewID or Hash.
func ValidID(text string) bool {
	return len(text) == 32 && strings.Trim(text, "abcdefghijklmnopqrstuvwxyz234567") == ""
}
