package i18n

import (
	"strings"
	"testing"

	"golang.org/x/text/feature/plural"
	"golang.org/x/text/language"
)

func TestSay(t *testing.T) {
	c := &catalogue{language: English, files: [][]byte{[]byte(`{
  "plain": "Exit {{ not a name }}",
  "names": "{{.A}} and {{.B}}, {{.A}}",
  "open": "{{.A} and no more",
  "forms": {
    "one": "{{.Count}} day",
    "other": "{{.Count}} days"
  },
`), []byte(`{
  "one": {"one": "x"}, "within": "x",
  "list": [],
  "number": 1
}`)}}
	for _, test := range []struct {
		name, id string
		data     map[string]any
		want     string
	}{
		{"Plain", "plain", nil, "Exit {{ not a name }}"},
		{"Names", "names", map[string]any{"A": "a", "B": 2}, "a and 2, a"},
		{"ANameIsNotReadTwice", "names", map[string]any{"A": "{{.B}}", "B": "b"}, "{{.B}} and b, {{.B}}"},
		{"EmptyIsAValue", "names", map[string]any{"A": "", "B": ""}, " and , "},
		{"OpenBraces", "open", nil, "{{.A} and no more"},
		{"One", "forms", map[string]any{"Count": 1}, "1 day"},
		{"Other", "forms", map[string]any{"Count": 0}, "0 days"},
		{"ErrNoMessage", "none", nil, ""},
		{"ErrNotAtTheBeginningOfALine", "within", nil, ""},
		{"ErrOther", "other", nil, ""},
		{"ErrNoValue", "names", map[string]any{"A": "a"}, ""},
		{"ErrNil", "names", map[string]any{"A": "a", "B": nil}, ""},
		{"ErrNoCount", "forms", nil, ""},
		{"ErrNoOther", "one", nil, ""},
		{"ErrList", "list", nil, ""},
		{"ErrNumber", "number", nil, ""},
	} {
		t.Run(test.name, func(t *testing.T) {
			for range 2 { // from the file, and as it was read
				if got, err := c.say(test.id, test.data); got != test.want || (err != nil) != strings.HasPrefix(test.name, "Err") {
					t.Errorf("got %q, %v", got, err)
				}
			}
		})
	}
}

// TestIsOne compares with Unicode's rules the numbers that take the form "one", in the languages that have it.
func TestIsOne(t *testing.T) {
	for _, l := range Languages() {
		c := &catalogue{language: l}
		for n := range 1000 {
			want := plural.Cardinal.MatchPlural(language.Make(string(l)), n, 0, 0, 0, 0) == plural.One
			if got := c.isOne(n); got != want && (l != HaitianCreole && l != Vietnamese && l != Chinese) {
				t.Errorf("%s: %d: got %v", l, n, got)
			}
		}
	}
}
