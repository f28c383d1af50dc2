package subscription

import (
	"context"
	"errors"
	"testing"

	"github.com/aws/aws-sdk-go-v2/service/dynamodb"

	"voice.example/shared/keyring"
	"voice.example/shared/keyring/keyringtest"
	"voice.example/shared/secret"
)

func TestSealedFields(t *testing.T) {
	d := newDesk(t)
	p := d.request(t, withContacts)
	if _, err := d.Confirm(context.Background(), p.ID, d.lastCode(t)); err != nil {
		t.Fatal(err)
	}
	d.confirm(t, p.ID, d.lastCode(t)) // the second phone's by now
	d.confirm(t, p.ID, d.mailCode(t))
	out, err := d.Client.Scan(context.Background(), &dynamodb.ScanInput{TableName: &d.Table})
	if err != nil || len(out.Items) != 1 {
		t.Fatalf("%d, %v", len(out.Items), err)
	}
	fields, err := SealedFields(out.Items[0])
	if err != nil || len(fields) != 3 || len(keyring.Sealed(out.Items[0])) != len(fields) {
		t.Errorf("%d of %d, %v", len(fields), len(keyring.Sealed(out.Items[0])), err)
	}
	for _, f := range fields {
		if text, err := d.Keys.OpenField(context.Background(), f.Purpose, f.Sealed, f.Of...); err != nil || text == "" {
			t.Errorf("%v: %v", f.Path, err)
		}
		if _, err := d.Keys.OpenField(context.Background(), f.Purpose, f.Sealed, "another subscription"); !errors.Is(err, secret.ErrSealed) {
			t.Errorf("%v opens for another subscription: %v", f.Path, err)
		}
	}
}

// TestKeysDown has the keys out of reach: whoever asks is told so, and may ask again; nothing is half done.
func TestKeysDown(t *testing.T) {
	d := newDesk(t)
	up, down := d.Keys, errors.New("KMS does not answer")
	d.Keys = keyringtest.Down(t, down)
	if _, err := d.Request(context.Background(), application, ""); !errors.Is(err, down) || len(d.sent) != 0 {
		t.Errorf("%v, and %d texts", err, len(d.sent))
	}
	d.Keys = up
	p := d.request(t, application)
	code := d.lastCode(t)
	d.Keys = keyringtest.Down(t, down)
	if _, err := d.Confirm(context.Background(), p.ID, code); !errors.Is(err, down) {
		t.Errorf("%v", err)
	}
	if out, err := d.Client.Scan(context.Background(), &dynamodb.ScanInput{TableName: &d.Table}); err != nil || len(out.Items) != 0 {
		t.Errorf("%d subscriptions, %v", len(out.Items), err)
	}
	d.Keys = up
	if _, err := d.Confirm(context.Background(), p.ID, code); err != nil {
		t.Errorf("when the keys are back: %v", err)
	}
}
