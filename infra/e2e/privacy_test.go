package e2e

import (
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
)

var (
	uuids   = regexp.MustCompile(`\b[0-9a-fA-F]{8}(?:-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}\b`)
	numbers = regexp.MustCompile(`[+A]?\d[\d() .-]{5,}\d`)
	words   = regexp.MustCompile(`[A-Za-z]{6,}`)
)

// keepsSecrets looks through everything that was logged or printed for anybody whom the tests told the stack about.
// Call it once the stack has stopped, so that no line is missing.
func (s *stack) keepsSecrets(t *testing.T) {
	t.Helper()
	logs, err := filepath.Glob(filepath.Join(s.State, "logs", "*"))
	if err != nil || len(logs) < 5 {
		t.Fatalf("the logs are %v, %v", logs, err)
	}
	printed := map[string]string{"what the runner printed": s.earlier + s.Output()}
	for _, path := range logs {
		body, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		if len(body) == 0 {
			t.Logf("%s is empty", filepath.Base(path))
		}
		printed[filepath.Base(path)] = string(body)
	}
	if len(s.used.numbers) == 0 || len(s.used.names) == 0 {
		t.Fatal("there is nothing to look for")
	}
	for name, body := range printed {
		if found := s.used.in(body); found != "" {
			t.Errorf("%s holds what is personal, in the line:\n%s", name, lineWith(body, found))
		}
	}
}

// in finds a number or name of somebody in a text, however the number is divided.
func (p *private) in(body string) string {
	p.mu.Lock()
	defer p.mu.Unlock()
	plain := uuids.ReplaceAllString(body, "-")
	for _, at := range numbers.FindAllStringIndex(plain, -1) {
		if p.numbers[significant(plain[at[0]:at[1]])] {
			return plain[at[0]:at[1]]
		}
	}
	for _, word := range words.FindAllString(plain, -1) {
		if p.names[strings.ToLower(word)] {
			return word
		}
	}
	return ""
}

func lineWith(body, found string) string {
	for line := range strings.Lines(body) {
		if strings.Contains(line, found) {
			return line
		}
	}
	return found
}

// TestKeepsSecrets makes sure that the look-out itself sees what it looks for.
func TestKeepsSecrets(t *testing.T) {
	s := &stack{used: &private{}}
	p, phone := s.person(), s.phone()
	short := strings.TrimLeft(p.aNumber, "0")
	for name, line := range map[string]string{
		"Phone":         `{"to":"` + phone + `"}`,
		"PhoneNational": "to (" + phone[2:5] + ") " + phone[5:8] + "-" + phone[8:] + ".",
		"ANumber":       "A" + p.aNumber,
		"ANumberDashed": "A" + short[:3] + "-" + short[3:6] + "-" + short[6:] + ",",
		"LastName":      `{"name":"` + strings.ToUpper(p.last) + `"}`,
		"FirstName":     "of " + p.first + ":",
	} {
		t.Run(name, func(t *testing.T) {
			if s.used.in("a line before\n"+line+"\n") == "" {
				t.Errorf("%s is not seen", line)
			}
		})
	}
	t.Run("OtherThingsAreNotTakenForIt", func(t *testing.T) {
		if found := s.used.in(`03:15:38.766 deliver queue 271828004-1111-4111-8111-123456789012 ok 5.4 ms`); found != "" {
			t.Errorf("%q", found)
		}
	})
}
