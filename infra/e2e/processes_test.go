package e2e

import (
	"path/filepath"
	"strings"
	"testing"

	"voice.example/infra/local/child/childtest"
)

// children are the processes that the runner has started: the functions and the database.
func (s *stack) children(t *testing.T) []childtest.Process {
	t.Helper()
	var found []childtest.Process
	for _, p := range childtest.Processes(t) {
		if p.Parent == s.cmd.Process.Pid {
			found = append(found, p)
		}
	}
	return found
}

// functions are the runner's processes of one function, or of all for "".
func (s *stack) functions(t *testing.T, name string) []childtest.Process {
	t.Helper()
	var found []childtest.Process
	for _, p := range s.children(t) {
		if strings.Contains(p.Command, filepath.Join(build, name)) && strings.HasSuffix(p.Command, "bootstrap") {
			found = append(found, p)
		}
	}
	return found
}
