package main

import (
	"bytes"
	"log/slog"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// TestFunctions runs the bench of functions once, with few requests and without Python, which has to be installed.
func TestFunctions(t *testing.T) {
	b := &functionsBench{runs: 1, colds: 1, rows: 200, records: 200, python: "/nowhere", folder: t.TempDir(), log: slog.New(slog.DiscardHandler),
		counts: map[string]int{taskLookUp: 5, taskSubscribe: 2, taskIngest: 1, taskAlerts: 2}}
	r, err := b.run(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	if len(r.Tasks) != 4 || r.LeftOut[namePython] == "" {
		t.Fatalf("got %+v", r)
	}
	for _, task := range r.Tasks {
		for _, f := range task.Figures {
			if f.cold() <= 0 || f.p50() <= 0 || f.cpu() <= 0 || f.mib() <= 0 || f.calls() < 1 || f.USD <= 0 {
				t.Errorf("%s of %s: %+v", f.Contender, task.Name, f)
			}
		}
	}
	t.Run("OneReadALookUp", func(t *testing.T) {
		f, _ := r.find(taskLookUp, nameVoice)
		if f.Calls["dynamodb"] != 1 || f.calls() != 1 || f.RRU != 0.5 || f.WRU != 0 {
			t.Errorf("a look-up calls %v and consumes %v read and %v write units", f.Calls, f.RRU, f.WRU)
		}
	})
	t.Run("IsWrittenBetweenItsMarks", func(t *testing.T) {
		folder := t.TempDir()
		readme := filepath.Join(folder, "README.md")
		if err := os.WriteFile(readme, []byte("before\n<!-- functions: written by the bench -->\nearlier figures\n<!-- functions ends -->\nafter\n"), 0o600); err != nil {
			t.Fatal(err)
		}
		if err := r.write(folder); err != nil {
			t.Fatal(err)
		}
		text, err := os.ReadFile(readme)
		if err != nil {
			t.Fatal(err)
		}
		if s := string(text); !strings.HasPrefix(s, "before\n") || !strings.HasSuffix(s, "\nafter\n") || strings.Contains(s, "earlier figures") || !strings.Contains(s, "| voice |") {
			t.Errorf("got %s", s)
		}
		for _, name := range []string{"functions.svg", "cold.svg"} {
			picture, err := os.ReadFile(filepath.Join(folder, name))
			if err != nil || !bytes.Contains(picture, []byte("</svg>")) {
				t.Errorf("%s: %v", name, err)
			}
		}
	})
}
