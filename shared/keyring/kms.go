package keyring

import (
	"bytes"
	"context"
	"fmt"

	"github.com/aws/aws-sdk-go-v2/service/kms"
	"github.com/tink-crypto/tink-go/v2/keyset"
)

// wrapper encrypts keysets by a key of KMS, as Tink's AEADWithContext. Tink's own client of KMS puts what it binds to into the
// context as base 16; ours is in plain letters, so that a policy and CloudTrail can be read.
type wrapper struct {
	client *kms.Client
	key    string // ARN
}

// contextKeyset is the name in the encryption context under which a keyset's name stands.
const contextKeyset = "keyset"

// EncryptWithContext encrypts by KMS. associated is the keyset's name.
func (w wrapper) EncryptWithContext(ctx context.Context, plain, associated []byte) ([]byte, error) {
	out, err := w.client.Encrypt(ctx, &kms.EncryptInput{KeyId: &w.key, Plaintext: plain, EncryptionContext: map[string]string{contextKeyset: string(associated)}})
	if err != nil {
		return nil, err
	}
	return out.CiphertextBlob, nil
}

// DecryptWithContext decrypts what EncryptWithContext made of the same key and the same associated.
func (w wrapper) DecryptWithContext(ctx context.Context, blob, associated []byte) ([]byte, error) {
	out, err := w.client.Decrypt(ctx, &kms.DecryptInput{KeyId: &w.key, CiphertextBlob: blob, EncryptionContext: map[string]string{contextKeyset: string(associated)}})
	if err != nil {
		return nil, err
	}
	return out.Plaintext, nil
}

func (w wrapper) wrap(ctx context.Context, name Name, k *Keyset) ([]byte, error) {
	var out bytes.Buffer
	if err := k.handle.WriteWithContext(ctx, keyset.NewBinaryWriter(&out), w, []byte(name)); err != nil {
		return nil, fmt.Errorf("keyring: encrypting keyset %s by KMS: %w", name, err)
	}
	return out.Bytes(), nil
}

func (w wrapper) unwrap(ctx context.Context, name Name, wrapped []byte) (*Keyset, error) {
	handle, err := keyset.ReadWithContext(ctx, keyset.NewBinaryReader(bytes.NewReader(wrapped)), w, []byte(name))
	if err != nil {
		return nil, fmt.Errorf("keyring: decrypting keyset %s by KMS: %w", name, err)
	}
	return of(handle)
}
