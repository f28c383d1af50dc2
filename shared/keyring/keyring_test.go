package keyring_test

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"

	"voice.example/infra/local/dynamodb/dynamodbtest"
	"voice.example/infra/local/kms/kmstest"
	"voice.example/shared/keyring"
	"voice.example/shared/secret"
)

// bench is a keys table with its KMS, and a clock.
type bench struct {
	*keyring.Table
	db  *dynamodbtest.DB
	kms *kmstest.KMS
	mu  sync.Mutex
	now time.Time
}

func newBench(t *testing.T) *bench {
	t.Helper()
	b := &bench{db: dynamodbtest.New(t, "keys", "subscriptions"), kms: kmstest.New(t), now: time.Date(2026, 6, 1, 12, 0, 0, 0, time.UTC)}
	b.Table = &keyring.Table{Client: b.db.Client, Name: b.db.Table("keys"), KMS: b.kms.Client, Key: b.kms.Key, Now: func() time.Time {
		b.mu.Lock()
		defer b.mu.Unlock()
		return b.now
	}}
	return b
}

// made is newBench with keysets.
func made(t *testing.T) *bench {
	t.Helper()
	b := newBench(t)
	for _, name := range keyring.Names() {
		if ok, err := b.Make(t.Context(), name, "test"); !ok || err != nil {
			t.Fatalf("%v, %v", ok, err)
		}
	}
	return b
}

func (b *bench) later(d time.Duration) {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.now = b.now.Add(d)
}

// process is a new process's ring, which has fetched nothing.
func (b *bench) process() *keyring.Ring { return &keyring.Ring{Table: b.Table, Keyset: keyring.Fields} }

var bound = secret.Bound("a purpose", "an item")

func seal(t *testing.T, r *keyring.Ring, text string) string {
	t.Helper()
	sealed, err := r.Seal(t.Context(), bound, text)
	if err != nil {
		t.Fatal(err)
	}
	return sealed
}

func (b *bench) rotate(t *testing.T) keyring.Entry {
	t.Helper()
	e, err := b.Rotate(t.Context(), keyring.Fields, "test")
	if err != nil {
		t.Fatal(err)
	}
	return e
}

func TestMake(t *testing.T) {
	t.Run("OfManyAtOnceOneWinsAndAllSealWithIts", func(t *testing.T) {
		b := newBench(t)
		var wg sync.WaitGroup
		wins, sealed, errs := make([]bool, 8), make([]string, 8), make([]error, 16)
		for i := range wins {
			wg.Go(func() {
				wins[i], errs[i] = b.Make(t.Context(), keyring.Fields, fmt.Sprint(i))
				sealed[i], errs[8+i] = b.process().Seal(t.Context(), bound, "text")
			})
		}
		wg.Wait()
		if err := errors.Join(errs...); err != nil {
			t.Fatal(err)
		}
		won, reader := 0, b.process()
		for i := range wins {
			if wins[i] {
				won++
			}
			if text, err := reader.Open(t.Context(), bound, sealed[i]); err != nil || text != "text" {
				t.Errorf("%q, %v", text, err)
			}
		}
		if won != 1 {
			t.Errorf("%d have won", won)
		}
	})
	t.Run("ErrNoKeyset", func(t *testing.T) {
		if _, err := newBench(t).process().Seal(t.Context(), bound, "text"); !errors.Is(err, keyring.ErrNoKeyset) {
			t.Errorf("%v", err)
		}
	})
	t.Run("WhatIsKeptIsNotInTheClear", func(t *testing.T) {
		b := made(t)
		e, err := b.Get(t.Context(), keyring.Fields)
		if err != nil || e.Version != 1 || len(e.Keys) != 1 || e.Keys[0].By != "test" {
			t.Fatalf("%+v, %v", e, err)
		}
		if strings.Contains(string(e.Wrapped), "AesGcmKey\x12\x22") {
			t.Error("the keyset is there as it is")
		}
		// The wrapped keyset of one name does not open under the other.
		name := b.Name
		if _, err := b.Client.UpdateItem(t.Context(), &dynamodb.UpdateItemInput{TableName: &name,
			Key:              map[string]types.AttributeValue{"name": &types.AttributeValueMemberS{Value: "audit"}},
			UpdateExpression: new("SET keyset = :k"), ExpressionAttributeValues: map[string]types.AttributeValue{":k": &types.AttributeValueMemberB{Value: e.Wrapped}}}); err != nil {
			t.Fatal(err)
		}
		if _, _, err := b.Load(t.Context(), keyring.Audit); err == nil {
			t.Error("a keyset opens under another's name")
		}
	})
}

func TestRing(t *testing.T) {
	t.Run("OneReadAndOneCallOfKMSInAProcess", func(t *testing.T) {
		b := made(t)
		before, r := b.kms.Calls(), b.process()
		var wg sync.WaitGroup
		for range 20 {
			wg.Go(func() {
				if sealed, err := r.Seal(t.Context(), bound, "text"); err != nil {
					t.Error(err)
				} else if text, err := r.Open(t.Context(), bound, sealed); err != nil || text != "text" {
					t.Errorf("%q, %v", text, err)
				}
			})
		}
		wg.Wait()
		if calls := b.kms.Calls() - before; calls != 1 {
			t.Errorf("%d calls of KMS", calls)
		}
	})
	t.Run("RefreshAsksKMSOnlyForWhatIsNew", func(t *testing.T) {
		b := made(t)
		r := b.process()
		seal(t, r, "text")
		before := b.kms.Calls()
		b.later(keyring.Refresh)
		seal(t, r, "text")
		if calls := b.kms.Calls() - before; calls != 0 {
			t.Errorf("%d calls of KMS for the same keyset", calls)
		}
		e := b.rotate(t)
		b.later(keyring.Refresh)
		if id, _ := keyring.KeyOf(seal(t, r, "text")); id != e.Keys[1].ID {
			t.Error("it seals with the old key")
		}
	})
	t.Run("AnOldProcessOpensWhatANewerSealed", func(t *testing.T) {
		b := made(t)
		old := b.process()
		before := seal(t, old, "before")
		b.rotate(t)
		sealed := seal(t, b.process(), "after")
		if text, err := old.Open(t.Context(), bound, sealed); err != nil || text != "after" {
			t.Errorf("%q, %v", text, err)
		}
		if text, err := b.process().Open(t.Context(), bound, before); err != nil || text != "before" {
			t.Errorf("%q, %v", text, err)
		}
	})
	t.Run("RetiredItOpensNoMore", func(t *testing.T) {
		b := made(t)
		sealed := seal(t, b.process(), "text")
		id, _ := keyring.KeyOf(sealed)
		if _, err := b.Retire(t.Context(), keyring.Fields, id, "test"); !errors.Is(err, keyring.ErrPrimary) {
			t.Errorf("the primary: %v", err)
		}
		b.rotate(t)
		if e, err := b.Retire(t.Context(), keyring.Fields, id, "test"); err != nil || len(e.Keys) != 1 || e.Keys[0].ID == id {
			t.Fatalf("%+v, %v", e, err)
		}
		if _, err := b.process().Open(t.Context(), bound, sealed); !errors.Is(err, secret.ErrSealed) {
			t.Errorf("%v", err)
		}
		if _, err := b.Retire(t.Context(), keyring.Fields, id, "test"); !errors.Is(err, keyring.ErrNoKey) {
			t.Errorf("again: %v", err)
		}
	})
	t.Run("KMSDown", func(t *testing.T) {
		b := made(t)
		r, cold := b.process(), b.process()
		sealed := seal(t, r, "text")
		b.kms.Down(true)
		if _, err := cold.Seal(t.Context(), bound, "text"); err == nil || errors.Is(err, secret.ErrSealed) || !strings.Contains(err.Error(), "decrypting keyset fields by KMS") {
			t.Errorf("a process without the keyset: %v", err)
		}
		if _, err := cold.Open(t.Context(), bound, sealed); err == nil || errors.Is(err, secret.ErrSealed) {
			t.Errorf("what does not open now is not lost: %v", err)
		}
		if text, err := r.Open(t.Context(), bound, sealed); err != nil || text != "text" {
			t.Errorf("a process that has the keyset: %q, %v", text, err)
		}
		if _, err := b.Rotate(t.Context(), keyring.Fields, "test"); err == nil {
			t.Error("rotated without KMS")
		}
		b.kms.Down(false)
		if e, err := b.Get(t.Context(), keyring.Fields); err != nil || e.Version != 1 {
			t.Errorf("half a rotation: %+v, %v", e, err)
		}
		if text, err := cold.Open(t.Context(), bound, sealed); err != nil || text != "text" {
			t.Errorf("when KMS is back: %q, %v", text, err)
		}
	})
	t.Run("WithoutTheTableItSealsUntilItIsStale", func(t *testing.T) {
		b := made(t)
		r := b.process()
		sealed := seal(t, r, "text")
		b.Table.Name = "no-such-table"
		b.later(keyring.Stale - time.Minute)
		seal(t, r, "text")
		b.later(2 * time.Minute)
		if _, err := r.Seal(t.Context(), bound, "text"); err == nil {
			t.Error("it seals with what may be an old key")
		}
		if text, err := r.Open(t.Context(), bound, sealed); err != nil || text != "text" {
			t.Errorf("%q, %v", text, err)
		}
	})
	t.Run("ErrChanged", func(t *testing.T) {
		b := made(t)
		var wg sync.WaitGroup
		errs := make([]error, 6)
		for i := range errs {
			wg.Go(func() { _, errs[i] = b.Rotate(t.Context(), keyring.Fields, "test") })
		}
		wg.Wait()
		done := 0
		for _, err := range errs {
			if err == nil {
				done++
			} else if !errors.Is(err, keyring.ErrChanged) {
				t.Error(err)
			}
		}
		if e, err := b.Get(t.Context(), keyring.Fields); err != nil || e.Version != 1+done || len(e.Keys) != 1+done {
			t.Errorf("%d rotations: %+v, %v", done, e, err)
		}
	})
}

func TestKeyset(t *testing.T) {
	set, err := keyring.NewKeyset()
	if err != nil {
		t.Fatal(err)
	}
	sealed, err := set.Seal(bound, "text")
	if err != nil {
		t.Fatal(err)
	}
	if id, ok := keyring.KeyOf(sealed); !ok || id != set.Primary() {
		t.Errorf("%s of %s", id, set.Primary())
	}
	if id, err := keyring.ParseKeyID(set.Primary().String()); err != nil || id != set.Primary() {
		t.Errorf("%s, %v", id, err)
	}
	other := sealed[:len(sealed)-2] + map[bool]string{true: "A", false: "B"}[sealed[len(sealed)-2] == 'B'] + sealed[len(sealed)-1:]
	for name, one := range map[string]struct {
		bound  []byte
		sealed string
	}{
		"ErrTampered":     {bound, other},
		"ErrOtherPurpose": {secret.Bound("another", "an item"), sealed},
		"ErrOtherItem":    {secret.Bound("a purpose", "another"), sealed},
		"ErrSplitElse":    {secret.Bound("a purposean item"), sealed},
		"ErrNoMark":       {bound, sealed[1:]},
		"ErrShort":        {bound, sealed[:6]},
		"ErrEmpty":        {bound, ""},
	} {
		t.Run(name, func(t *testing.T) {
			if text, err := set.Open(one.bound, one.sealed); !errors.Is(err, secret.ErrSealed) || text != "" {
				t.Errorf("%q, %v", text, err)
			}
		})
	}
	for _, text := range []string{"", "0a1b2c3", "0A1B2C3D", "0a1b2c3d4", "zzzzzzzz"} {
		if _, err := keyring.ParseKeyID(text); err == nil {
			t.Errorf("%q is an id", text)
		}
	}
}

func TestField(t *testing.T) {
	b := made(t)
	plain, err := secret.New(strings.Repeat("k", 64))
	if err != nil {
		t.Fatal(err)
	}
	keys := keyring.Of(plain, b.Table)
	t.Run("WhatWasSealedBeforeThereWereKeysetsOpens", func(t *testing.T) {
		if text, err := keys.Fields.OpenField(t.Context(), "phone", plain.Seal("phone", "text"), "an item"); err != nil || text != "text" {
			t.Errorf("%q, %v", text, err)
		}
	})
	t.Run("OneKeysetsFieldIsNotTheOthers", func(t *testing.T) {
		sealed, err := keys.Audit.SealField(t.Context(), "phone", "text")
		if err != nil {
			t.Fatal(err)
		}
		if _, err := keys.Fields.OpenField(t.Context(), "phone", sealed); !errors.Is(err, secret.ErrSealed) {
			t.Errorf("%v", err)
		}
	})
	t.Run("HashesAndTokensNeedNoKeyset", func(t *testing.T) {
		b.kms.Down(true)
		defer b.kms.Down(false)
		again := keyring.Of(plain, b.Table)
		if again.Fields.Hash("a", "b") != plain.Hash("a", "b") {
			t.Error("another hash")
		}
		if text, err := again.Fields.Open("token", again.Audit.Seal("token", "text")); err != nil || text != "text" {
			t.Errorf("%q, %v", text, err)
		}
	})
	t.Run("ErrNoFields", func(t *testing.T) {
		if _, err := plain.SealField(context.Background(), "phone", "text"); !errors.Is(err, secret.ErrNoFields) {
			t.Errorf("%v", err)
		}
	})
}
