package secret

import (
	"fmt"
	"regexp"
	"strings"
	"testing"
)

func TestReference(t *testing.T) {
	keys, others := newKeys(t, keyA), newKeys(t, keyB)
	shape, seen := regexp.MustCompile(`^[2-9BCDFGHJKMNPQRSTVWXZ]{4}-[2-9BCDFGHJKMNPQRSTVWXZ]{4}$`), map[string]bool{}
	used := map[rune]bool{}
	for i := range 1000 {
		got := keys.Reference("check", fmt.Sprint(i))
		if !shape.MatchString(got) || seen[got] || got != keys.Reference("check", fmt.Sprint(i)) {
			t.Fatalf("%d has %s", i, got)
		}
		seen[got] = true
		for _, letter := range got {
			used[letter] = true
		}
	}
	if len(used) != len(letters)+1 {
		t.Errorf("%d different letters and dashes in 1000 references", len(used))
	}
	if one := keys.Reference("check", "a"); one == keys.Reference("other", "a") || one == others.Reference("check", "a") {
		t.Error("it does not depend on the purpose and the key")
	}
	// Inquiries that are in the table are found by these, so they must not change.
	if got := keys.Reference("reference", "cause", "0"); got != "97S7-2FJZ" {
		t.Errorf("it has changed, to %s", got)
	}
}

func TestParseReference(t *testing.T) {
	for name, c := range map[string]struct {
		text, want string
		ok         bool
	}{
		"AsWritten":         {"K7P4-QDX2", "K7P4-QDX2", true},
		"WithoutItsDash":    {"K7P4QDX2", "K7P4-QDX2", true},
		"InSmallLetters":    {"k7p4-qdx2", "K7P4-QDX2", true},
		"WithBlanks":        {" k7p4 \t qdx2 ", "K7P4-QDX2", true},
		"WithALongDash":     {"K7P4 – QDX2", "K7P4-QDX2", true},
		"LettersOfNoOne":    {"AEIO-0000", "AEIO-0000", true},
		"ErrEmpty":          {"", "", false},
		"ErrShort":          {"K7P4-QDX", "", false},
		"ErrLong":           {"K7P4-QDX22", "", false},
		"ErrMark":           {"K7P4-QDX!", "", false},
		"ErrOtherScript":    {"К7Р4-QD", "", false}, // К and Р are Cyrillic: eight bytes
		"ErrAThousandTimes": {strings.Repeat("K7P4", 1000), "", false},
	} {
		t.Run(name, func(t *testing.T) {
			if got, ok := ParseReference(c.text); got != c.want || ok != c.ok {
				t.Errorf("got %q, %v", got, ok)
			}
		})
	}
}
