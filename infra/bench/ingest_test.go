package main

import (
	"bytes"
	"context"
	"encoding/csv"
	"encoding/json"
	"encoding/xml"
	"errors"
	"io"
	"log/slog"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/feature/dynamodb/attributevalue"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb"

	"voice.example/shared/custody"
	"voice.example/shared/roster"
)

// TestMain lets the test binary be the processes that the bench starts.
func TestMain(m *testing.M) {
	if len(os.Args) > 1 && slices.Contains([]string{"measure", "worker", "tell"}, os.Args[1]) {
		main()
		return
	}
	os.Exit(m.Run())
}

func TestPeople(t *testing.T) {
	text := func(p people, r round) string {
		var b bytes.Buffer
		if err := p.write(&b, r); err != nil {
			t.Fatal(err)
		}
		return b.String()
	}
	cells := func(s string) [][]string {
		all, err := csv.NewReader(strings.NewReader(s)).ReadAll()
		if err != nil {
			t.Fatal(err)
		}
		return all[1:]
	}
	all := people{rows: 1000, seed: 1}
	t.Run("SameSeedSameFile", func(t *testing.T) {
		for _, r := range []round{first, second, daily} {
			// Another value of the same people, as another process has: nothing hangs on what was written before.
			if before, now := text(all, r), text(people{rows: 1000, seed: 1}, r); before != now {
				t.Errorf("%s differs from one time to the next", r)
			}
		}
		if text(all, first) == text(people{rows: 1000, seed: 2}, first) {
			t.Error("another seed makes the same people")
		}
	})
	t.Run("CountsAreThoseOfTheFiles", func(t *testing.T) {
		before, after := cells(text(all, first)), cells(text(all, second))
		got := count{rows: len(after)}
		for i := range after {
			if !slices.Equal(before[i], after[i]) {
				got.changed++
			}
			if after[i][11] != "" {
				got.released++
			}
		}
		if want := all.count(second); got != want || got.changed != 10 || got.released != 5 {
			t.Errorf("the files have %+v, want %+v", got, want)
		}
		if c := all.count(first); c != (count{rows: 1000, changed: 1000}) {
			t.Errorf("of the first load: %+v", c)
		}
	})
	t.Run("EveryRowIsReadAsMeant", func(t *testing.T) {
		numbers, now := map[custody.ANumber]bool{}, time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC)
		for _, r := range []round{first, second, daily} {
			clear(numbers)
			rows, err := roster.Open(strings.NewReader(text(all, r)), roster.Options{Zone: time.UTC, Now: now})
			if err != nil {
				t.Fatal(err)
			}
			released := 0
			for {
				row, err := rows.Next()
				if errors.Is(err, io.EOF) {
					break
				}
				if err != nil || len(row.Rejects)+len(row.Warnings) > 0 {
					t.Fatalf("%s: %+v, %v", r, row, err)
				}
				numbers[row.Observation.ANumber] = true
				if row.Observation.Status == custody.Released {
					released++
				}
				if r == daily && row.Observation.AsOf != time.Date(2025, 7, 1, 6, 0, 0, 0, time.UTC) {
					t.Fatalf("as of %v", row.Observation.AsOf)
				}
			}
			if want := all.count(r); len(numbers) != want.rows || released != want.released {
				t.Errorf("%s: %d people, %d released, want %+v", r, len(numbers), released, want)
			}
		}
	})
	t.Run("NoTwoShareANumber", func(t *testing.T) {
		seen := map[string]bool{}
		for i := range 300_000 {
			if n := number(i); len(n) != 9 || seen[n] {
				t.Fatalf("%s", n)
			} else {
				seen[n] = true
			}
		}
	})
}

// The bench itself, small, so that it cannot rot. Python may not be there.
func TestBench(t *testing.T) {
	t.Run("OK", func(t *testing.T) {
		var out bytes.Buffer
		svg := filepath.Join(t.TempDir(), "chart.svg")
		args := []string{"--rows", "200", "--runs", "1", "--json", "--svg", svg, "--python", "no-such-python"}
		if err := run(t.Context(), args, &out, t.Output()); err != nil {
			t.Fatal(err)
		}
		var r report
		if err := json.Unmarshal(out.Bytes(), &r); err != nil {
			t.Fatal(err)
		}
		names := map[string][]string{}
		for _, o := range r.Scenarios {
			for _, m := range o.Results {
				names[o.Name] = append(names[o.Name], m.Candidate)
				if m.Wall <= 0 || m.CPU <= 0 || m.PeakMiB < 5 || m.Calls == 0 || m.WRU < 2 || m.Rows != 200 {
					t.Errorf("%s: %+v", o.Name, m)
				}
			}
		}
		for name, want := range map[string][]string{"first": {"voice", "go-putitem", "floor"}, "second": {"voice", "go-putitem", "floor"}, "roster": {dailyRoster}} {
			if !slices.Equal(names[name], want) {
				t.Errorf("%s has %v", name, names[name])
			}
		}
		if r.LeftOut[pythonPeer] == "" || len(r.Aims) == 0 {
			t.Errorf("got %+v", r)
		}
		var table bytes.Buffer
		if r.markdown(&table); !strings.Contains(table.String(), "| python-batch | left out: ") {
			t.Errorf("the table does not say that Python was left out:\n%s", &table)
		}
		drawn, err := os.ReadFile(svg)
		if err != nil {
			t.Fatal(err)
		}
		if err := xml.Unmarshal(drawn, new(struct{ XMLName xml.Name })); err != nil || bytes.Count(drawn, []byte(`<rect`)) != 3+2*7 {
			t.Errorf("the chart is no SVG of all bars: %v\n%s", err, drawn)
		}
	})
	t.Run("Large", func(t *testing.T) {
		var out bytes.Buffer
		if err := run(t.Context(), []string{"--large", "--rows", "200", "--slice", "30"}, &out, t.Output()); err != nil {
			t.Fatal(err)
		}
		if !strings.Contains(out.String(), "Dry run of 200 people") {
			t.Errorf("got %s", &out)
		}
	})
	t.Run("ErrWrongCount", func(t *testing.T) {
		s := newSuite(t)
		stage, err := newStage(t.Context(), s.folder, true)
		if err != nil {
			t.Fatal(err)
		}
		defer stage.close()
		tables, err := stage.fresh(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		if err := tables.check(t.Context(), s.people, first); err == nil {
			t.Error("an empty table passes for a full one")
		}
	})
	t.Run("PeersWriteThePipelinesAttributes", func(t *testing.T) {
		s := newSuite(t)
		var err error
		if s.stage, err = newStage(t.Context(), s.folder, true); err != nil {
			t.Fatal(err)
		}
		defer s.stage.close()
		if err := s.writeFiles(); err != nil {
			t.Fatal(err)
		}
		var want []string
		for _, c := range candidates() {
			if c.name == dailyRoster || c.name == pythonPeer {
				continue
			}
			tables, err := s.stage.fresh(t.Context())
			if err != nil {
				t.Fatal(err)
			}
			if _, err := s.load(t.Context(), tables, c, first, 0); err != nil {
				t.Fatal(err)
			}
			got := s.one(t, tables)
			if want == nil {
				want = got
			}
			if !slices.Equal(got, want) {
				t.Errorf("%s writes %v, the pipeline %v", c.name, got, want)
			}
		}
	})
}

func newSuite(t *testing.T) *suite {
	return &suite{people: people{rows: 200, seed: 1}, folder: t.TempDir(), log: slog.New(slog.NewTextHandler(t.Output(), nil))}
}

// one is the first item of a table: its attributes, and the values of those that do not depend on the load.
func (s *suite) one(t *testing.T, tables *set) []string {
	t.Helper()
	name := tables.custody()
	out, err := s.stage.db.Scan(context.Background(), &dynamodb.ScanInput{TableName: &name})
	if err != nil {
		t.Fatal(err)
	}
	wanted := number(0)
	for _, item := range out.Items {
		var text map[string]any
		if err := attributevalue.UnmarshalMap(item, &text); err != nil {
			t.Fatal(err)
		}
		if text["a_number"] != wanted {
			continue
		}
		var all []string
		for _, attribute := range slices.Sorted(maps.Keys(text)) {
			value, _ := json.Marshal(text[attribute])
			if attribute == "received_at" || attribute == "upload_id" || attribute == "row_hash" {
				value = nil
			}
			all = append(all, attribute+"="+string(value))
		}
		return all
	}
	t.Fatal("the first person is not there")
	return nil
}
