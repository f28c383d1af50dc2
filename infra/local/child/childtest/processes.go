// Package childtest tells tests what runs on this machine, so that they can see that nothing is left running.
package childtest

import (
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
)

// Process is one that runs: its id, its parent's, and its path and arguments.
type Process struct {
	PID, Parent int
	Command     string
}

// Processes lists what runs, without those that have ended and that nobody has waited for yet. It reads /proc where
// there is one, since a bare machine may have no ps.
func Processes(t testing.TB) []Process {
	t.Helper()
	stats, err := filepath.Glob("/proc/[0-9]*/stat")
	if err != nil || len(stats) == 0 {
		return byPS(t)
	}
	var all []Process
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
		all = append(all, Process{pid, parent, strings.TrimSpace(strings.ReplaceAll(string(command), "\x00", " "))})
	}
	return all
}

func byPS(t testing.TB) []Process {
	t.Helper()
	out, err := exec.Command("ps", "-A", "-o", "pid=,ppid=,stat=,command=").Output()
	if err != nil {
		t.Fatalf("there is neither /proc nor ps: %v", err)
	}
	var all []Process
	for line := range strings.Lines(string(out)) {
		fields := strings.Fields(line)
		if len(fields) < 4 || strings.HasPrefix(fields[2], "Z") {
			continue
		}
		pid, _ := strconv.Atoi(fields[0])
		parent, _ := strconv.Atoi(fields[1])
		all = append(all, Process{pid, parent, strings.Join(fields[3:], " ")})
	}
	return all
}

// Runs reports whether the process of that id runs.
func Runs(t testing.TB, pid int) bool {
	t.Helper()
	for _, p := range Processes(t) {
		if p.PID == pid {
			return true
		}
	}
	return false
}
