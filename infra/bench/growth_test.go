package main

import (
	"bytes"
	"log/slog"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

func TestGrowth(t *testing.T) {
	g := &growth{sizes: []int{20, 60}, runs: 1, count: 2, folder: t.TempDir(), log: slog.New(slog.DiscardHandler)}
	r, err := g.run(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	if len(r.Sizes) != 2 {
		t.Fatalf("got %+v", r)
	}
	for _, s := range r.Sizes {
		if s.LookUp.calls() != 1 || s.LookUp.RRU != 0.5 || s.Request.calls() < 3 || s.RecordBytes < 200 || s.SubscriptionBytes < 200 {
			t.Errorf("with %d records: %+v", s.Records, s)
		}
	}
	t.Run("ABillionIsWorkedOut", func(t *testing.T) {
		s := grownSize{RecordBytes: 412, SubscriptionBytes: 412} // 512 each with DynamoDB's own
		if dollars, partitions := s.storage(1 << 30); dollars != 256 || partitions != 51.2 {
			t.Errorf("got $%v and %v partitions", dollars, partitions)
		}
		if _, partitions := s.storage(10); partitions != 1 {
			t.Errorf("ten records have %v partitions", partitions)
		}
	})
	t.Run("IsWritten", func(t *testing.T) {
		folder := t.TempDir()
		readme := filepath.Join(folder, "README.md")
		if err := os.WriteFile(readme, []byte("<!-- growth: written by the bench -->\n<!-- growth ends -->\n"), 0o600); err != nil {
			t.Fatal(err)
		}
		if err := r.write(folder); err != nil {
			t.Fatal(err)
		}
		text, err := os.ReadFile(readme)
		if err != nil || !strings.Contains(string(text), "| 1,000,000,000 | look-up |") {
			t.Errorf("%v: %s", err, text)
		}
		if picture, err := os.ReadFile(filepath.Join(folder, "growth.svg")); err != nil || !bytes.Contains(picture, []byte("</svg>")) {
			t.Error(err)
		}
	})
}
