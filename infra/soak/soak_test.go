package main

import (
	"bytes"
	"encoding/json"
	"os"
	"testing"
	"time"
)

// TestSoak is half a minute of it, always of the same seed; make soak has others, and as long as one likes.
func TestSoak(t *testing.T) {
	var progress bytes.Buffer
	s := soak{Seed: 3, Duration: 30 * time.Second, Progress: &progress}
	if err := s.run(t.Context()); err != nil {
		t.Fatal(err)
	}
	s.report().write(os.Stderr)
	for _, what := range s.wrong {
		t.Error(what)
	}
	for _, line := range s.notes {
		t.Log(line)
	}
	r := s.report()
	hit := 0
	for _, n := range r.Faults {
		hit += n
	}
	if hit == 0 || r.Texts == 0 || r.Counts["records compared"] == 0 || r.Counts["alerts sent"] == 0 || r.Counts["uploads done"] == 0 {
		t.Errorf("so little has happened that nothing was tested: %+v", r)
	}
	t.Run("JSON", func(t *testing.T) {
		var out bytes.Buffer
		var back report
		if err := r.writeJSON(&out); err != nil {
			t.Fatal(err)
		}
		if err := json.Unmarshal(out.Bytes(), &back); err != nil || back.Texts != r.Texts || len(back.Calls) != len(r.Calls) {
			t.Errorf("%v: %s", err, &out)
		}
	})
}
