//go:build unix && !linux

package child

import (
	"fmt"
	"os/exec"
	"syscall"
)

// protect only separates the child from the terminal's process group.
func protect(cmd *exec.Cmd) {
	cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: true}
}

// watch starts a shell that waits for the runner's end of a pipe to close, which happens when the
// runner dies, and then kills the child's group. release ends the shell without that. If no shell can
// be started the child runs unwatched.
func watch(pid int) (release func()) {
	cmd := exec.Command("/bin/sh", "-c", fmt.Sprintf("cat >/dev/null; kill -9 -%d", pid))
	cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: true}
	stdin, err := cmd.StdinPipe()
	if err != nil || cmd.Start() != nil {
		return func() {}
	}
	return func() {
		_ = syscall.Kill(-cmd.Process.Pid, syscall.SIGKILL)
		_ = cmd.Wait()
		_ = stdin.Close()
	}
}
