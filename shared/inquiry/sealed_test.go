package inquiry

import (
	"errors"
	"testing"

	"github.com/aws/aws-sdk-go-v2/service/dynamodb"

	"voice.example/shared/keyring"
	"voice.example/shared/keyring/keyringtest"
)

func TestSealedFields(t *testing.T) {
	table, _ := newTable(t)
	i := Inquiry{Reason: Other}
	if err := errors.Join(table.Reach(ctx, &i, Contact{Name: "Ada", Phone: "+12025550143"}), table.Say(ctx, &i, "Please call.")); err != nil {
		t.Fatal(err)
	}
	i = open(t, table, "a", i)
	if _, err := table.Note(ctx, i.Reference, theo, "She called."); err != nil {
		t.Fatal(err)
	}
	out, err := table.Client.Scan(ctx, &dynamodb.ScanInput{TableName: &table.Name})
	if err != nil || len(out.Items) != 1 {
		t.Fatalf("%d, %v", len(out.Items), err)
	}
	fields, err := SealedFields(out.Items[0])
	if err != nil || len(fields) != 3 || len(keyring.Sealed(out.Items[0])) != len(fields) {
		t.Errorf("%d of %d, %v", len(fields), len(keyring.Sealed(out.Items[0])), err)
	}
	for _, f := range fields {
		if text, err := table.Keys.OpenField(ctx, f.Purpose, f.Sealed, f.Of...); err != nil || text == "" {
			t.Errorf("%v: %v", f.Path, err)
		}
	}
}

// TestKeysDown has the keys out of reach: a change that has something to seal is refused whole.
func TestKeysDown(t *testing.T) {
	table, _ := newTable(t)
	before := open(t, table, "a", Inquiry{Reason: Other})
	down := errors.New("KMS does not answer")
	table.Keys = keyringtest.Down(t, down)
	if _, err := table.Note(ctx, before.Reference, theo, "She called."); !errors.Is(err, down) {
		t.Errorf("%v", err)
	}
	i := Inquiry{Reason: Other}
	if err := table.Reach(ctx, &i, Contact{Phone: "+12025550143"}); !errors.Is(err, down) || i.PhoneHash != "" || i.SealedContact != "" {
		t.Errorf("%+v, %v", i, err)
	}
	if _, err := table.Take(ctx, before.Reference, theo); err != nil { // which seals nothing
		t.Errorf("%v", err)
	}
	after, err := table.Get(ctx, before.Reference)
	if err != nil || after.Version != before.Version+1 || len(after.Timeline) != len(before.Timeline)+1 {
		t.Errorf("%+v, %v", after, err)
	}
}
