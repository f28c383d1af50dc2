package secret

import (
	"errors"
	"strings"
	"testing"

	"pgregory.net/rapid"
)

func newKeys(t testing.TB, key string) *Keys {
	t.Helper()
	keys, err := New(key)
	if err != nil {
		t.Fatal(err)
	}
	return keys
}

var (
	keyA = strings.Repeat("a", 64)
	keyB = strings.Repeat("b", 64)
)

func TestSealAndOpen(t *testing.T) {
	keys, others := newKeys(t, keyA), newKeys(t, keyB)
	t.Run("OpensWhatItSealed", func(t *testing.T) {
		rapid.Check(t, func(t *rapid.T) {
			text := rapid.String().Draw(t, "text")
			opened, err := keys.Open("phone", keys.Seal("phone", text))
			if err != nil || opened != text {
				t.Fatalf("opened %q, %v", opened, err)
			}
		})
	})
	t.Run("NeverSealsTwiceAlike", func(t *testing.T) {
		//lint:ignore SA4000 each seal has a nonce of its own
		if keys.Seal("phone", "x") == keys.Seal("phone", "x") {
			t.Error("two seals of the same text are equal")
		}
	})
	sealed := keys.Seal("phone", "text")
	for name, open := range map[string]func() (string, error){
		"ErrOtherPurpose": func() (string, error) { return keys.Open("token", sealed) },
		"ErrOtherKey":     func() (string, error) { return others.Open("phone", sealed) },
		"ErrTampered":     func() (string, error) { return keys.Open("phone", "A"+sealed[1:]+"A") },
		"ErrNotBase64":    func() (string, error) { return keys.Open("phone", "***") },
		"ErrEmpty":        func() (string, error) { return keys.Open("phone", "") },
	} {
		t.Run(name, func(t *testing.T) {
			if text, err := open(); !errors.Is(err, ErrSealed) || text != "" {
				t.Errorf("got %q, %v", text, err)
			}
		})
	}
}

func TestHash(t *testing.T) {
	keys := newKeys(t, keyA)
	//lint:ignore SA4000 whether it is a function of its input is what is asked
	if keys.Hash("a", "b") != keys.Hash("a", "b") {
		t.Error("the same hash twice differs")
	}
	distinct := map[string]string{}
	for name, hash := range map[string]string{
		"a|b,c": keys.Hash("a", "b", "c"), "a|bc": keys.Hash("a", "bc"), "ab|c": keys.Hash("ab", "c"),
		"other purpose": keys.Hash("x", "b", "c"), "other key": newKeys(t, keyB).Hash("a", "b", "c"),
	} {
		if !ValidID(hash) {
			t.Errorf("%s: %q is not a valid id", name, hash)
		}
		if other, seen := distinct[hash]; seen {
			t.Errorf("%s and %s collide", name, other)
		}
		distinct[hash] = name
	}
}

func TestNew(t *testing.T) {
	t.Run("ErrShortKey", func(t *testing.T) {
		if _, err := New("short"); err == nil || strings.Contains(err.Error(), "short\"") {
			t.Errorf("got %v", err)
		}
	})
}
