package kms_test

import (
	"bytes"
	"errors"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/credentials"
	sdk "github.com/aws/aws-sdk-go-v2/service/kms"
	"github.com/aws/aws-sdk-go-v2/service/kms/types"

	"voice.example/infra/local/kms"
)

const (
	one = "arn:aws:kms:us-east-1:123456789012:key/one"
	two = "arn:aws:kms:us-east-1:123456789012:key/two"
)

func client(t *testing.T, folder string) *sdk.Client {
	t.Helper()
	service, err := kms.OpenIn(folder, one, two)
	if err != nil {
		t.Fatal(err)
	}
	server := httptest.NewServer(service.Mux(http.NotFoundHandler()))
	t.Cleanup(server.Close)
	return sdk.New(sdk.Options{Region: "us-east-1", BaseEndpoint: &server.URL, Retryer: aws.NopRetryer{},
		Credentials: credentials.NewStaticCredentialsProvider("local", "local-secret", "")})
}

func TestKMS(t *testing.T) {
	ctx, folder := t.Context(), t.TempDir()
	c := client(t, folder)
	bound := map[string]string{"keyset": "fields", "of": "a test"}
	made, err := c.Encrypt(ctx, &sdk.EncryptInput{KeyId: aws.String(one), Plaintext: []byte("a secret"), EncryptionContext: bound})
	if err != nil {
		t.Fatal(err)
	}
	decrypt := func(c *sdk.Client, key string, blob []byte, bound map[string]string) ([]byte, error) {
		in := &sdk.DecryptInput{CiphertextBlob: blob, EncryptionContext: bound}
		if key != "" {
			in.KeyId = &key
		}
		out, err := c.Decrypt(ctx, in)
		if err != nil {
			return nil, err
		}
		return out.Plaintext, nil
	}
	t.Run("OK", func(t *testing.T) {
		if bytes.Contains(made.CiphertextBlob, []byte("secret")) || *made.KeyId != one {
			t.Errorf("%q by %s", made.CiphertextBlob, *made.KeyId)
		}
		for _, key := range []string{"", one, "one"} {
			if plain, err := decrypt(c, key, made.CiphertextBlob, bound); err != nil || string(plain) != "a secret" {
				t.Errorf("by %q: %q, %v", key, plain, err)
			}
		}
	})
	t.Run("KeysOutliveTheRunner", func(t *testing.T) {
		if plain, err := decrypt(client(t, folder), one, made.CiphertextBlob, bound); err != nil || string(plain) != "a secret" {
			t.Errorf("%q, %v", plain, err)
		}
		info, err := os.Stat(filepath.Join(folder, "kms-keys.json"))
		if err != nil || info.Mode().Perm() != 0o600 {
			t.Errorf("%v, %v", info.Mode(), err)
		}
	})
	t.Run("DataKey", func(t *testing.T) {
		key, err := c.GenerateDataKey(ctx, &sdk.GenerateDataKeyInput{KeyId: aws.String(one), KeySpec: types.DataKeySpecAes256, EncryptionContext: bound})
		if err != nil || len(key.Plaintext) != 32 {
			t.Fatalf("%v", err)
		}
		if plain, err := decrypt(c, one, key.CiphertextBlob, bound); err != nil || !bytes.Equal(plain, key.Plaintext) {
			t.Errorf("%v", err)
		}
	})
	t.Run("DescribesItsKeys", func(t *testing.T) {
		out, err := c.DescribeKey(ctx, &sdk.DescribeKeyInput{KeyId: aws.String("two")})
		if err != nil || *out.KeyMetadata.Arn != two || !out.KeyMetadata.Enabled {
			t.Errorf("%+v, %v", out, err)
		}
	})
	refused := func(name string, err error, want any) {
		t.Run(name, func(t *testing.T) {
			if err == nil || !errors.As(err, want) {
				t.Errorf("%v", err)
			}
		})
	}
	tampered := bytes.Clone(made.CiphertextBlob)
	tampered[len(tampered)-1] ^= 1
	_, err = decrypt(c, one, tampered, bound)
	refused("ErrTampered", err, new(*types.InvalidCiphertextException))
	_, err = decrypt(c, one, made.CiphertextBlob, map[string]string{"keyset": "audit", "of": "a test"})
	refused("ErrOtherContext", err, new(*types.InvalidCiphertextException))
	_, err = decrypt(c, one, made.CiphertextBlob, nil)
	refused("ErrNoContext", err, new(*types.InvalidCiphertextException))
	_, err = decrypt(c, one, []byte("no blob"), nil)
	refused("ErrNoBlob", err, new(*types.InvalidCiphertextException))
	_, err = decrypt(c, two, made.CiphertextBlob, bound)
	refused("ErrOtherKey", err, new(*types.IncorrectKeyException))
	_, err = c.Encrypt(ctx, &sdk.EncryptInput{KeyId: aws.String("three"), Plaintext: []byte("x")})
	refused("ErrNoSuchKey", err, new(*types.NotFoundException))
	_, err = decrypt(client(t, t.TempDir()), one, made.CiphertextBlob, bound)
	refused("ErrOtherDeployment", err, new(*types.InvalidCiphertextException))
}
