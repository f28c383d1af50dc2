package e2e

import (
	"fmt"
	"os"
	"strings"
	"syscall"
	"testing"
	"time"

	"voice.example/infra/local/stacktest"
)

// TestKilledIngest kills ingest in the midst of a file of 20,000 rows of 5,000 people, each time further on in its work.
func TestKilledIngest(t *testing.T) {
	t.Parallel()
	const rows, people = 20_000, 5_000
	s := start(t, "--template", steadier(t))
	watched, phone := s.person(), s.phone()
	s.subscribe(t, watched.application(phone))
	name := inFeed("uploads", "killed")
	s.put(t, name, manyRows(t, rows, people, watched))

	var m summary
	reported := func() bool {
		for _, m = range s.reports(t, name) {
			return true
		}
		return false
	}
	for i, step := range []struct {
		name string
		has  func(u map[string]any) bool
	}{
		{"it reads the file", func(u map[string]any) bool { return u["state"] == "validating" || u["state"] == "diffing" }},
		{"it writes", func(u map[string]any) bool { return u["state"] == "applying" }},
		{"some of it is written", func(u map[string]any) bool {
			progress, _ := u["progress"].(map[string]any)
			return u["next_change"] != 0.0 || progress["applied"] != 0.0
		}},
	} {
		// What was killed has the upload until its time is up, and its message comes again a second later.
		stacktest.Eventually(t, crashWithin, step.name, func() bool {
			for _, u := range s.scan(t, "UploadsTable", "upload_id") {
				if attempts, _ := u["attempts"].(float64); int(attempts) > i && step.has(u) {
					return true
				}
			}
			return reported()
		})
		for _, p := range s.Functions(t, "ingest") {
			_ = syscall.Kill(p.PID, syscall.SIGKILL)
		}
	}
	if !stacktest.WaitFor(crashWithin, reported) {
		t.Fatalf("no report: %v", s.scan(t, "UploadsTable", "upload_id"))
	}
	cut := strings.Count(s.Output(), " Runtime.ExitError ")
	t.Logf("%d times killed at work", cut)
	if cut < 2 {
		t.Error("too few processes were killed at work, so that little has been tested")
	}
	if m.State != "done" || m.counts() != (counts{Rows: rows, Applied: people, Superseded: rows - people}) || m.Events != people {
		t.Errorf("%+v", m)
	}
	have := s.custody(t)
	if len(have) != people {
		t.Errorf("%d records of %d people", len(have), people)
	}
	for a, record := range have {
		if record["version"] != 1.0 || record["upload_id"] != m.UploadID || record["facility_code"] != "NF4" {
			t.Errorf("%s is %v", a, record)
			break
		}
	}
	if n := len(s.reports(t, name)); n != 1 {
		t.Errorf("%d reports", n)
	}
	s.awaitAlerts(t, phone, 1, crashWithin)
	s.noMore(t, map[string]int{phone: 1})
	s.Stop(t)
}

// steadier is the impatient template with as much time for ingest as so many rows may take here.
func steadier(t *testing.T) (path string) {
	t.Helper()
	path = impatient(t)
	text, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	changed := strings.NewReplacer("VisibilityTimeout: 16", "VisibilityTimeout: 21",
		"Timeout: 15\n      LoggingConfig: {LogGroup: !Ref IngestLogs}", "Timeout: 20\n      LoggingConfig: {LogGroup: !Ref IngestLogs}").Replace(string(text))
	if err := os.WriteFile(path, []byte(changed), 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}

// manyRows is a file of so many rows, wide enough to be worked through in several parts. Its people, of whom one is
// watched, have as many rows each, in no order; the last of each is at the facility NF4.
func manyRows(t *testing.T, rows, people int, watched person) []byte {
	t.Helper()
	remark := strings.Repeat("nothing to remark on; ", 15)
	lines := [][]string{append([]string{"Remarks"}, agencyTitles...)}
	for i := range rows {
		p := watched
		if n := i % people; n > 0 {
			p.aNumber, p.last = fmt.Sprintf("%09d", 85_000_000+n), word("Q", n)
		}
		stay, of := i/people+1, rows/people
		row := stint{person: p, stay: ago(40), in: ago(10 + of - stay), facility: "NORTHFIELD EXAMPLE CENTER", code: fmt.Sprintf("NF%d", stay)}
		if stay < of {
			row.out, row.reason = row.in.Add(time.Hour), "Transferred"
		}
		lines = append(lines, append([]string{remark}, row.cells()...))
	}
	dice().Shuffle(rows, func(i, j int) { lines[i+1], lines[j+1] = lines[j+1], lines[i+1] })
	return sheet(t, lines)
}
