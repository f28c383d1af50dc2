package main

import (
	"fmt"
	"os"
	"os/exec"
	"runtime"
	"strings"
)

// machine is what a report says of where it was made.
type machine struct {
	CPU    string `json:"cpu,omitempty"`
	Cores  int    `json:"cores"`
	MiB    int    `json:"mib,omitempty"`
	Go     string `json:"go"`
	Python string `json:"python,omitempty"`
}

func thisMachine(python string) machine {
	m := machine{Cores: runtime.NumCPU(), Go: runtime.Version(), CPU: field("/proc/cpuinfo", "model name")}
	fmt.Sscan(field("/proc/meminfo", "MemTotal"), &m.MiB)
	m.MiB /= 1 << 10
	if out, err := exec.Command(python, "--version").Output(); err == nil {
		m.Python = strings.TrimSpace(string(out))
	}
	return m
}

// field is what the first line of that name says in a file of "name: value" lines, "" where there is none.
func field(path, name string) string {
	data, _ := os.ReadFile(path)
	for line := range strings.Lines(string(data)) {
		if key, value, ok := strings.Cut(line, ":"); ok && strings.TrimSpace(key) == name {
			return strings.TrimSpace(value)
		}
	}
	return ""
}

// thousands writes a whole number with commas.
func thousands(f float64) string {
	digits := fmt.Sprintf("%.0f", f)
	for i := len(digits) - 3; i > 0; i -= 3 {
		digits = digits[:i] + "," + digits[i:]
	}
	return digits
}
