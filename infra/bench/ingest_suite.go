package main

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"log/slog"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
)

const (
	feedName    = "bench"
	updatesKey  = "uploads/" + feedName + "/people.csv"
	rosterKey   = "roster/" + feedName + "/people.csv"
	pythonPeer  = "python-batch"
	dailyRoster = "voice-roster"
)

// candidate is one way of loading the files.
type candidate struct {
	name   string
	rounds []round // the files that it loads, one after the other
}

// candidates are all of them, in the order of the report.
func candidates() []candidate {
	return []candidate{
		{"voice", []round{first, second}},
		{dailyRoster, []round{first, daily}},
		{"go-putitem", []round{first, second}},
		{pythonPeer, []round{first, second}},
		{"floor", []round{first, second}},
	}
}

// scenario is a load that candidates are compared at.
type scenario struct {
	Name, Title string
	round       round
}

var scenarios = []scenario{
	{"first", "First load: everyone is new", first},
	{"second", "Second load: 1 % of the rows have changed", second},
	{"roster", "Second load, as a daily roster: 1 % have changed, and every row is of a later moment", daily},
}

// suite is one run of the bench.
type suite struct {
	people  people
	runs    int
	only    []string // candidates; empty: all
	python  string   // an interpreter with boto3
	streams bool     // whether the tables have their streams
	profile string   // a folder for CPU profiles of voice, or ""
	folder  string   // for what is temporary
	log     *slog.Logger

	stage   *stage
	files   map[round]string
	results map[string]map[string][]measured // scenario → candidate → runs
	left    map[string]string                // candidates that were left out, and why
}

// run makes the files, and loads each by each candidate as often as wanted. Each run begins with another candidate, so
// that none always has the machine when it is cool, or the DynamoDB when it is fresh.
func (s *suite) run(ctx context.Context) (err error) {
	if s.stage, err = newStage(ctx, s.folder, s.streams); err != nil {
		return err
	}
	defer s.stage.close()
	s.results, s.left = map[string]map[string][]measured{}, map[string]string{}
	if err := s.writeFiles(); err != nil {
		return err
	}
	wanted := s.wanted(ctx)
	for n := range s.runs {
		for i := range wanted {
			c := wanted[(i+n)%len(wanted)]
			if err := s.trial(ctx, c, n); err != nil {
				return fmt.Errorf("%s, run %d: %w", c.name, n+1, err)
			}
		}
	}
	return nil
}

// wanted are the candidates of this run. Python that is not there is left out, and the report says so.
func (s *suite) wanted(ctx context.Context) (wanted []candidate) {
	for _, c := range candidates() {
		if len(s.only) > 0 && !slices.Contains(s.only, c.name) {
			s.left[c.name] = "not asked for"
			continue
		}
		if c.name == pythonPeer {
			if out, err := exec.CommandContext(ctx, s.python, "-c", "import boto3").CombinedOutput(); err != nil {
				s.left[c.name] = "Python with boto3 is not there"
				s.log.Warn("the Python peer is left out", "python", s.python, "error", err, "output", strings.TrimSpace(string(out)))
				continue
			}
		}
		wanted = append(wanted, c)
	}
	return wanted
}

func (s *suite) writeFiles() error {
	s.files = map[round]string{}
	for _, r := range []round{first, second, daily} {
		var text bytes.Buffer
		if err := s.people.write(&text, r); err != nil {
			return err
		}
		s.files[r] = filepath.Join(s.folder, string(r)+".csv")
		if err := os.WriteFile(s.files[r], text.Bytes(), 0o600); err != nil {
			return err
		}
	}
	return nil
}

// trial loads a candidate's files into fresh tables, one after the other.
func (s *suite) trial(ctx context.Context, c candidate, n int) error {
	tables, err := s.stage.fresh(ctx)
	if err != nil {
		return err
	}
	for _, r := range c.rounds {
		m, err := s.load(ctx, tables, c, r, n)
		if err != nil {
			return fmt.Errorf("%s load: %w", r, err)
		}
		s.log.Info("loaded", "run", n+1, "candidate", c.name, "round", r, "rows_per_s", int(float64(m.Rows)/m.Wall), "wall_s", m.Wall, "cpu_s", m.CPU, "peak_mib", int(m.PeakMiB))
		if c.name == dailyRoster && r == first {
			continue // it is voice's first load once more
		}
		for _, scenario := range scenarios {
			if scenario.round == r {
				if s.results[scenario.Name] == nil {
					s.results[scenario.Name] = map[string][]measured{}
				}
				s.results[scenario.Name][c.name] = append(s.results[scenario.Name][c.name], m)
			}
		}
	}
	return tables.drop(ctx)
}

// load is one load, measured and checked.
func (s *suite) load(ctx context.Context, tables *set, c candidate, r round, n int) (measured, error) {
	command, err := s.command(ctx, c, r, n)
	if err != nil {
		return measured{}, err
	}
	m, err := measure(ctx, command, tables.env())
	if err != nil {
		return measured{}, err
	}
	want := s.people.count(r)
	written, unchanged := want.changed, want.rows-want.changed
	if c.name == "go-putitem" || c.name == pythonPeer { // which do not look
		written, unchanged = want.rows, 0
	}
	if m.Rows != want.rows || m.Written != written || m.Unchanged != unchanged {
		return m, fmt.Errorf("it counts %d rows, %d written and %d unchanged; it should count %d, %d and %d", m.Rows, m.Written, m.Unchanged, want.rows, written, unchanged)
	}
	return m, tables.check(ctx, s.people, r)
}

// command is the process that does a load.
func (s *suite) command(ctx context.Context, c candidate, r round, n int) ([]string, error) {
	if c.name == pythonPeer {
		countries := map[string]string{}
		for _, b := range born {
			countries[b[0]] = b[1]
		}
		text, err := json.Marshal(countries)
		return []string{s.python, filepath.Join(s.stage.root, "infra", "bench", "peer", "load.py"), s.files[r], string(text), feedName, uploadID}, err
	}
	j := job{Candidate: c.name, Round: r, File: s.files[r]}
	if c.name == "voice" || c.name == dailyRoster {
		j.Candidate, j.Key = "voice", updatesKey
		if r == daily {
			j.Key = rosterKey
		}
		file, err := os.Open(j.File)
		if err != nil {
			return nil, err
		}
		defer file.Close()
		if j.Version, err = s.stage.put(ctx, j.Key, copyOf(file)); err != nil {
			return nil, err
		}
	}
	if s.profile != "" && (j.Candidate == "voice" || j.Candidate == "floor") {
		j.Profile = filepath.Join(s.profile, fmt.Sprintf("%s-%s-%d.prof", c.name, r, n+1))
	}
	return workerCommand(j)
}

func workerCommand(j job) ([]string, error) {
	self, err := os.Executable()
	if err != nil {
		return nil, err
	}
	text, err := json.Marshal(j)
	return []string{self, "worker", string(text)}, err
}
