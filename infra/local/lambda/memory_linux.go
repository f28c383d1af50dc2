package lambda

import (
	"bytes"
	"os"
	"strconv"
)

// residentMB is the memory that a process has now, rounded down; 0 when it is gone.
func residentMB(pid int) int { return statusMB(pid, "VmRSS:") }

// peakResidentMB is the most memory that a process has had.
func peakResidentMB(pid int) int { return statusMB(pid, "VmHWM:") }

// statusMB reads a line such as "VmRSS:	    5632 kB" of the process's status.
func statusMB(pid int, field string) int {
	data, err := os.ReadFile("/proc/" + strconv.Itoa(pid) + "/status")
	if err != nil {
		return 0
	}
	_, after, found := bytes.Cut(data, []byte("\n"+field))
	if !found {
		return 0
	}
	fields := bytes.Fields(after)
	if len(fields) == 0 {
		return 0
	}
	kb, err := strconv.Atoi(string(fields[0]))
	if err != nil {
		return 0
	}
	return kb >> 10
}
