package reject

import (
	"strings"
	"testing"
)

func TestWriter(t *testing.T) {
	var b strings.Builder
	w := NewWriter(&b)
	for _, r := range []Row{{Line: 3, Column: "=cmd()", Value: "@x", Problem: `say "no"`, Fix: "-1"}, {Line: 4, Value: "+9", Problem: "a,b", Fix: "\tx"}} {
		if err := w.Write(r); err != nil {
			t.Fatal(err)
		}
	}
	if err := w.Flush(); err != nil {
		t.Fatal(err)
	}
	want := "line,column,value,problem,fix\n3,'=cmd(),'@x,\"say \"\"no\"\"\",'-1\n4,,'+9,\"a,b\",'\tx\n"
	if b.String() != want {
		t.Errorf("got %q, want %q", b.String(), want)
	}
}

func TestMask(t *testing.T) {
	for value, want := range map[string]string{"": "", "Ana-12 é\t": "xxx-99 x?", strings.Repeat("a", 61): strings.Repeat("x", 60) + "…"} {
		if got := Mask(value); got != want {
			t.Errorf("%q: %q", value, got)
		}
	}
}

func TestPlain(t *testing.T) {
	for value, want := range map[string]string{"Bonded Out": "Bonded Out", "a\nb\uFFFD": "a?b?", strings.Repeat("é", 61): strings.Repeat("é", 60) + "…"} {
		if got := Plain(value); got != want {
			t.Errorf("%q: %q", value, got)
		}
	}
}
