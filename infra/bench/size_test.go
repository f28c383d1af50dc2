package main

import (
	"log/slog"
	"os"
	"path/filepath"
	"testing"

	local "voice.example/infra/local/dynamodb"
)

// larger are the functions that are allowed more than maxBinaryMB, in millions of bytes, and why.
var larger = map[string]float64{
	// Pages by html/template, which can call any method by its name: all that the SDK's clients can do is linked.
	"intake": 28, "staff": 28,
	// Tink, and with it Protocol Buffers; the clients of KMS, SES, and Step Functions.
	"deliver": 13.5, "inform": 13.5, "replies": 13, "escalate": 14.5,
	// S3, Step Functions, and readers of every kind of file.
	"ingest": 13.5, "ingestmap": 13.5,
}

// TestBinariesAreSmall builds the functions as they are deployed, for linux/arm64. A start takes longer the larger they are.
func TestBinariesAreSmall(t *testing.T) {
	root, err := local.FindRoot(".")
	if err != nil {
		t.Fatal(err)
	}
	b := &functionsBench{scene: &scene{root: root}, log: slog.New(slog.DiscardHandler)}
	sizes, err := b.sizes(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	functions, err := os.ReadDir(filepath.Join(root, "functions"))
	if err != nil {
		t.Fatal(err)
	}
	for _, f := range functions {
		size, most := float64(sizes[f.Name()])/1e6, larger[f.Name()]
		if most == 0 {
			most = maxBinaryMB
		}
		t.Logf("%s: %.1f MB", f.Name(), size)
		if size == 0 || size > most {
			t.Errorf("%s has %.1f MB, and may have %.1f", f.Name(), size, most)
		}
	}
}
