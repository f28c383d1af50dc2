package e2e

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// impatient makes a copy of template.yaml in which what failed comes again sooner: timeouts as short as the
// functions can bear, and queues' visibility just above them, as Lambda asks. All else stays.
func impatient(t *testing.T) (path string) {
	t.Helper()
	text, err := os.ReadFile(filepath.Join(made.Root, "template.yaml"))
	if err != nil {
		t.Fatal(err)
	}
	changed := string(text)
	for _, c := range []struct {
		from, to string
		times    int
	}{
		{"VisibilityTimeout: 70", "VisibilityTimeout: 16", 1}, // uploads
		{"Timeout: 60\n      LoggingConfig: {LogGroup: !Ref IngestLogs}", "Timeout: 15\n      LoggingConfig: {LogGroup: !Ref IngestLogs}", 1},
		{"VisibilityTimeout: 60", "VisibilityTimeout: 7", 3},                           // texts and mail
		{"    Default: 60\n    MinValue: 0\n", "    Default: 0\n    MinValue: 0\n", 1}, // transfers wait for none
		{"    MemorySize: 256\n    Timeout: 10\n", "    MemorySize: 256\n    Timeout: 7\n", 1},
	} {
		if n := strings.Count(changed, c.from); n != c.times {
			t.Fatalf("template.yaml has %q %d times, not %d: this copy must follow it", c.from, n, c.times)
		}
		changed = strings.ReplaceAll(changed, c.from, c.to)
	}
	// The runner looks for its database above the template, from the folder with the go.mod.
	folder := t.TempDir()
	path = filepath.Join(folder, "template.yaml")
	for name, body := range map[string]string{"template.yaml": changed, "go.mod": "module copy\n"} {
		if err := os.WriteFile(filepath.Join(folder, name), []byte(body), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	if err := os.Symlink(filepath.Join(made.Root, "infra"), filepath.Join(folder, "infra")); err != nil {
		t.Fatal(err)
	}
	return path
}
