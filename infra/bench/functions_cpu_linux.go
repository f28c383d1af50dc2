package main

import (
	"syscall"
	"time"
	"unsafe"
)

// cpuOf is how many seconds of a processor a process has used, to the nanosecond, by the clock that Linux keeps of it: as
// clock_getcpuclockid(3) makes its name.
func cpuOf(pid int) float64 {
	const sched = 2
	var spent syscall.Timespec
	clock := ^pid<<3 | sched
	if _, _, failed := syscall.Syscall(syscall.SYS_CLOCK_GETTIME, uintptr(clock), uintptr(unsafe.Pointer(&spent)), 0); failed != 0 { // #nosec G103 -- the call fills it in
		return 0
	}
	return time.Duration(spent.Nano()).Seconds()
}
