// Package kms is the local runner's Key Management Service: symmetric keys that encrypt, decrypt and make data keys.
//
// What it encrypts is encrypted (AES-256-GCM), under keys that are kept in one file, and bound to its encryption context as AWS
// binds it. Errors have AWS's names.
//
// Limits: of the API Encrypt, Decrypt, GenerateDataKey and DescribeKey; a key is named by its id or its ARN, not by an alias; no
// signature and no policy is checked; keys do not rotate by themselves, and none is ever deleted.
package kms

import (
	"crypto/aes"
	"crypto/cipher"
	"crypto/rand"
	"crypto/sha256"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
)

// Service is the keys, by their ARNs.
type Service struct {
	mu   sync.RWMutex
	keys map[string][]byte
}

// Open reads the keys of a file, and makes those of these ARNs that are not in it.
func Open(path string, arns ...string) (*Service, error) {
	s := &Service{keys: map[string][]byte{}}
	data, err := os.ReadFile(path)
	switch {
	case errors.Is(err, os.ErrNotExist):
	case err != nil:
		return nil, fmt.Errorf("read the keys of KMS: %w", err)
	default:
		if err := json.Unmarshal(data, &s.keys); err != nil {
			return nil, fmt.Errorf("%s holds no keys of KMS", path)
		}
	}
	changed := false
	for _, arn := range arns {
		if len(s.keys[arn]) != 32 {
			key := make([]byte, 32)
			rand.Read(key) // never fails: crypto/rand ends the process instead
			s.keys[arn], changed = key, true
		}
	}
	if !changed {
		return s, nil
	}
	if data, err = json.Marshal(s.keys); err != nil {
		return nil, err
	}
	// Written aside first: half a file would lose everything that was ever encrypted.
	if err := os.WriteFile(path+".new", data, 0o600); err != nil {
		return nil, fmt.Errorf("keep the keys of KMS: %w", err)
	}
	return s, os.Rename(path+".new", path)
}

// find gives a key's ARN and bytes, of its ARN or its id.
func (s *Service) find(id string) (arn string, key []byte, ok bool) {
	s.mu.RLock()
	defer s.mu.RUnlock()
	if key, ok := s.keys[id]; ok {
		return id, key, true
	}
	for _, arn := range slices.Sorted(maps.Keys(s.keys)) {
		if id != "" && strings.HasSuffix(arn, ":key/"+id) {
			return arn, s.keys[arn], true
		}
	}
	return "", nil, false
}

// A blob is a digest of the ARN, by which its key is found, and what was encrypted.
const digestLength = 16

func digest(arn string) []byte {
	sum := sha256.Sum256([]byte(arn))
	return sum[:digestLength]
}

func (s *Service) ofBlob(blob []byte) (arn string, key []byte, ok bool) {
	if len(blob) <= digestLength {
		return "", nil, false
	}
	s.mu.RLock()
	defer s.mu.RUnlock()
	for arn, key := range s.keys {
		if string(digest(arn)) == string(blob[:digestLength]) {
			return arn, key, true
		}
	}
	return "", nil, false
}

func seal(arn string, key, plain []byte, context map[string]string) ([]byte, error) {
	aead, err := gcm(key)
	if err != nil {
		return nil, err
	}
	return append(digest(arn), aead.Seal(nil, nil, plain, canonical(context))...), nil
}

func open(key, blob []byte, context map[string]string) ([]byte, error) {
	aead, err := gcm(key)
	if err != nil {
		return nil, err
	}
	return aead.Open(nil, nil, blob[digestLength:], canonical(context))
}

func gcm(key []byte) (cipher.AEAD, error) {
	block, err := aes.NewCipher(key)
	if err != nil {
		return nil, err
	}
	return cipher.NewGCMWithRandomNonce(block)
}

// canonical writes a context in one way, whatever order it came in.
func canonical(context map[string]string) []byte {
	text, _ := json.Marshal(context) // strings never fail, and their names are sorted
	return text
}

// path is where the runner keeps keys within a folder.
func path(folder string) string { return filepath.Join(folder, "kms-keys.json") }

// OpenIn is Open with the file's usual name.
func OpenIn(folder string, arns ...string) (*Service, error) { return Open(path(folder), arns...) }
