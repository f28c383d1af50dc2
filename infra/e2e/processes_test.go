package e2e

import (
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
)

// listed is a process with its parent.
type listed struct {
	process
	parent int
}

// processes lists what runs on this machine, zombies left out: from /proc where there is one, since a bare
// machine may have no ps.
func processes(t *testing.T) []listed {
	t.Helper()
	stats, err := filepath.Glob("/proc/[0-9]*/stat")
	if err != nil || len(stats) == 0 {
		return processesByPS(t)
	}
	var all []listed
	for _, path := range stats {
		stat, err := os.ReadFile(path)
		if err != nil {
			continue // it has ended meanwhile
		}
		command, _ := os.ReadFile(filepath.Join(filepath.Dir(path), "cmdline"))
		// PID (NAME) STATE PARENT ...; the name may hold anything, so the last bracket counts.
		after := strings.Fields(string(stat[strings.LastIndexByte(string(stat), ')')+1:]))
		pid, _ := strconv.Atoi(filepath.Base(filepath.Dir(path)))
		if len(after) < 2 || after[0] == "Z" || after[0] == "X" {
			continue
		}
		parent, _ := strconv.Atoi(after[1])
		all = append(all, listed{process{pid, strings.TrimSpace(strings.ReplaceAll(string(command), "\x00", " "))}, parent})
	}
	return all
}

func processesByPS(t *testing.T) []listed {
	t.Helper()
	out, err := exec.Command("ps", "-A", "-o", "pid=,ppid=,stat=,command=").Output()
	if err != nil {
		t.Fatalf("there is neither /proc nor ps: %v", err)
	}
	var all []listed
	for line := range strings.Lines(string(out)) {
		fields := strings.Fields(line)
		if len(fields) < 4 || strings.HasPrefix(fields[2], "Z") {
			continue
		}
		pid, _ := strconv.Atoi(fields[0])
		parent, _ := strconv.Atoi(fields[1])
		all = append(all, listed{process{pid, strings.Join(fields[3:], " ")}, parent})
	}
	return all
}

// children are the processes that the runner has started: the functions and the database.
func (s *stack) children(t *testing.T) []process {
	t.Helper()
	var found []process
	for _, p := range processes(t) {
		if p.parent == s.cmd.Process.Pid {
			found = append(found, p.process)
		}
	}
	return found
}

// functions are the runner's processes of one function, or of all for "".
func (s *stack) functions(t *testing.T, name string) []process {
	t.Helper()
	var found []process
	for _, p := range s.children(t) {
		if strings.Contains(p.command, filepath.Join(build, name)) && strings.HasSuffix(p.command, "bootstrap") {
			found = append(found, p)
		}
	}
	return found
}
