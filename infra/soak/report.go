package main

import (
	"encoding/json"
	"fmt"
	"io"
	"maps"
	"slices"
	"time"
)

// report is what came of a soak, as JSON has it.
type report struct {
	Seed       uint64         `json:"seed"`
	Seconds    float64        `json:"seconds"`
	Rounds     int            `json:"rounds"`
	Calls      []calls        `json:"calls"`
	Faults     map[string]int `json:"faults"` // that hit, by kind
	Texts      int            `json:"texts"`
	Counts     map[string]int `json:"counts"`
	Violations []string       `json:"violations"`
}

// calls are the invocations for one purpose. The times are of those that met no fault, in milliseconds.
type calls struct {
	Name string  `json:"name"`
	N    int     `json:"n"`
	P50  float64 `json:"p50_ms"`
	P99  float64 `json:"p99_ms"`
}

func (s *soak) report() report {
	t := s.tally
	t.mu.Lock()
	defer t.mu.Unlock()
	r := report{Seed: s.Seed, Seconds: s.took.Seconds(), Rounds: s.rounds, Faults: map[string]int{}, Texts: t.texts, Counts: t.done, Violations: s.wrong}
	for kind, n := range t.faults {
		r.Faults[string(kind)] = n
	}
	for _, name := range slices.Sorted(maps.Keys(t.requests)) {
		took := slices.Sorted(slices.Values(t.took[name]))
		r.Calls = append(r.Calls, calls{name, t.requests[name], share(took, 50), share(took, 99)})
	}
	if r.Violations == nil {
		r.Violations = []string{}
	}
	return r
}

// share is the time, in milliseconds, within which so many of a hundred were done.
func share(sorted []time.Duration, percent int) float64 {
	if len(sorted) == 0 {
		return 0
	}
	return float64(sorted[(len(sorted)-1)*percent/100].Microseconds()) / 1000
}

func (r report) writeJSON(w io.Writer) error {
	e := json.NewEncoder(w)
	e.SetIndent("", "  ")
	return e.Encode(r)
}

func (r report) write(w io.Writer) {
	all, hit := 0, 0
	fmt.Fprintf(w, "\n%-16s %8s %9s %9s   (without a fault)\n", "invocations", "n", "p50 ms", "p99 ms")
	for _, c := range r.Calls {
		all += c.N
		fmt.Fprintf(w, "%-16s %8d %9.1f %9.1f\n", c.Name, c.N, c.P50, c.P99)
	}
	fmt.Fprintf(w, "\n%-16s %8s\n", "faults that hit", "n")
	for _, kind := range slices.Sorted(maps.Keys(r.Faults)) {
		hit += r.Faults[kind]
		fmt.Fprintf(w, "%-16s %8d\n", kind, r.Faults[kind])
	}
	fmt.Fprintln(w)
	for _, what := range slices.Sorted(maps.Keys(r.Counts)) {
		fmt.Fprintf(w, "%8d %s\n", r.Counts[what], what)
	}
	fmt.Fprintf(w, "\nseed %d: %d rounds in %.0f s, %d invocations, %d of them with a fault, %d texts, %d violations\n",
		r.Seed, r.Rounds, r.Seconds, all, hit, r.Texts, len(r.Violations))
}
