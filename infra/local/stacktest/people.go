package stacktest

import (
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
)

// keepsSecrets looks through everything that a stack has printed and logged for anybody whom the tests have told any stack about.
// It is called when the stack has ended, so that no line is missing.
func (s *Stack) keepsSecrets(t *testing.T) {
	t.Helper()
	printed := map[string]string{"what the runner printed": invitation.ReplaceAllString(s.Output(), "")}
	logs, err := filepath.Glob(filepath.Join(s.State, "logs", "*"))
	if err != nil {
		t.Fatal(err)
	}
	for _, path := range logs {
		body, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		printed[filepath.Base(path)] = string(body)
	}
	for name, body := range printed {
		if found := s.made.People.In(body); found != "" {
			t.Errorf("%s holds what is personal, in the line:\n%s", name, lineWith(body, found))
		}
	}
}

// invitation is the line in which the runner says whom of its own invented people to look up.
var invitation = regexp.MustCompile(`(?m)^uploaded \d+ invented people as .*$`)

func lineWith(body, found string) string {
	for line := range strings.Lines(body) {
		if strings.Contains(line, found) {
			return line
		}
	}
	return found
}
