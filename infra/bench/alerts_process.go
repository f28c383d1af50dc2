package main

import (
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"strings"
)

// ticks are the units of the kernel's process times in a second, on every Linux there is.
const ticks = 100

// spent is what the processes of one function have used since they began. Only Linux tells: elsewhere it is zero.
type spent struct {
	CPU     float64
	PeakMiB float64 // of the one that had most
}

// spentBy reads it from the kernel, of the children of this process that run the function's binary.
func spentBy(folder string) spent {
	var s spent
	self := strconv.Itoa(os.Getpid())
	all, _ := filepath.Glob("/proc/[0-9]*")
	for _, process := range all {
		stat, err := os.ReadFile(filepath.Join(process, "stat"))
		if err != nil {
			continue // it has ended
		}
		// After the name, which may have anything in it: state, parent, and on to user and system time, the 12th and 13th.
		fields := strings.Fields(string(stat[strings.LastIndexByte(string(stat), ')')+1:]))
		if len(fields) < 13 || fields[1] != self {
			continue
		}
		binary, _ := os.Readlink(filepath.Join(process, "exe"))
		if !strings.HasSuffix(strings.TrimSuffix(binary, " (deleted)"), filepath.Join(folder, "bootstrap")) {
			continue
		}
		for _, field := range fields[11:13] {
			n, _ := strconv.ParseFloat(field, 64)
			s.CPU += n / ticks
		}
		var peak float64
		_, _ = fmt.Sscan(field(filepath.Join(process, "status"), "VmHWM"), &peak)
		s.PeakMiB = max(s.PeakMiB, peak/(1<<10))
	}
	return s
}
