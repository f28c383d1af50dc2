package e2e

import (
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"testing"

	"voice.example/shared/aws"
	"voice.example/shared/aws/awstest"
)

// called is how the runner tells of an invocation that ended well: the function, what called it, and the request id.
var called = regexp.MustCompile(`(?m)^\S+ +(\w+) .* ([0-9a-f-]{36}) ok\b`)

// leavesLines compares the invocations that the runner made with the lines that functions left: one each, with what has to be
// in it, and metrics that CloudWatch would take. Call it once the stack has stopped.
func (s *stack) leavesLines(t *testing.T) {
	t.Helper()
	lines, functions, seen := map[string][]awstest.Line{}, map[string]bool{}, map[string]bool{}
	paths, err := filepath.Glob(filepath.Join(s.State, "logs", "*"))
	if err != nil {
		t.Fatal(err)
	}
	for _, path := range paths {
		log, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		for _, l := range awstest.Invocations(log) {
			id := l.Text("requestId")
			lines[id] = append(lines[id], l)
			if bad := awstest.CheckMetrics(l); bad != nil {
				t.Errorf("%s: %v, in %v", filepath.Base(path), bad, l)
			}
			for _, m := range aws.Metrics() {
				seen[m.Name] = seen[m.Name] || l[m.Name] != nil
			}
			counts := l["records"] != nil || l["route"] != nil || l["due"] != nil || l["step"] != nil
			if id == "" || l.Text("outcome") == "" || l["ms"] == nil || l.Text("outcome") == "ok" && !counts {
				t.Errorf("%s: a line lacks something: %v", filepath.Base(path), l)
			}
		}
	}
	all := called.FindAllStringSubmatch(s.Output(), -1)
	for _, c := range all {
		functions[c[1]] = true
		if n := len(lines[c[2]]); n != 1 {
			t.Errorf("%s: the request %s left %d lines", c[1], c[2], n)
		}
	}
	if len(all) < 100 || len(functions) < 10 {
		t.Errorf("%d invocations of %d functions are too few to tell", len(all), len(functions))
	}
	var never []string
	for _, m := range aws.Metrics() {
		if !seen[m.Name] {
			never = append(never, m.Name)
		}
	}
	// What does not happen while all goes well, and what escalate reports, which may not have had its minute. Each has its test
	// beside the code that reports it.
	if want := []string{"AlertsRefused", "TextsNotSent", "ReceiptsFailed", "ReceiptsBlocked", "ChangesKept", "KeptForReplay", "InquiriesOverdue",
		"UploadsFailed", "AuditAltered", "LookupsSlowed", "MinutesDone", "OldestUrgentWaiting", "OldestDueWaiting", "UploadsHeld", "OldestHeldUpload",
		"FeedsSilent"}; slices.ContainsFunc(never, func(name string) bool {
		return !slices.Contains(want, name)
	}) {
		t.Errorf("nothing reported %v", never)
	}
}
