package keyring

import (
	"context"
	"errors"

	sdk "github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
	"github.com/aws/aws-sdk-go-v2/service/kms"

	"voice.example/shared/aws"
	"voice.example/shared/secret"
)

// Keys are a function's keys: both hash and make tokens alike, and each seals fields with a keyset of its own.
type Keys struct {
	Fields *secret.Keys
	Audit  *secret.Keys
	table  *Table
}

// New makes a function's keys of its environment: DATA_KEY, KEYS_TABLE and DATA_KMS_KEY, the ARN of a KMS key. It calls
// nothing: a keyset is fetched by the first that seals or opens.
func New(cfg sdk.Config, env *aws.Variables) (Keys, error) {
	keys, err := secret.New(env.Text("DATA_KEY"))
	if err != nil {
		return Keys{}, err
	}
	return Of(keys, &Table{Client: dynamodb.NewFromConfig(cfg), Name: env.Text("KEYS_TABLE"), KMS: kms.NewFromConfig(cfg),
		Key: env.Text("DATA_KMS_KEY"), Now: aws.Now}), nil
}

// Of makes keys of their parts.
func Of(keys *secret.Keys, table *Table) Keys {
	return Keys{table: table, Fields: keys.With(&Ring{Table: table, Keyset: Fields}), Audit: keys.With(&Ring{Table: table, Keyset: Audit})}
}

// Make makes the keysets that a new deployment does not have yet.
func (k Keys) Make(ctx context.Context, by string) error {
	var failed []error
	for _, name := range Names() {
		_, err := k.table.Make(ctx, name, by)
		failed = append(failed, err)
	}
	return errors.Join(failed...)
}
