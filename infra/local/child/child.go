// Package child starts programs that must not outlive the runner.
//
// A child gets its own process group, so that a Ctrl-C in the terminal reaches the runner alone and
// the runner decides in which order things stop. It also dies with the runner when that is killed
// outright: on Linux the kernel sees to it (the parent-death signal); on other Unix systems a small
// watching shell does, which is best effort. Grandchildren are killed with the child on an ordinary
// Kill, and are not protected when the runner itself is killed.
package child

import (
	"fmt"
	"os/exec"
	"runtime"
	"syscall"
	"time"
)

// Process is a started child.
type Process struct {
	cmd  *exec.Cmd
	done chan struct{}
	err  error
}

// Start starts cmd. It sets cmd's process attributes and wait delay; all else is the caller's.
func Start(cmd *exec.Cmd) (*Process, error) {
	protect(cmd)
	if cmd.WaitDelay == 0 {
		cmd.WaitDelay = 2 * time.Second // a grandchild that holds the output open must not hold Wait
	}
	p := &Process{cmd: cmd, done: make(chan struct{})}
	started := make(chan error, 1)
	go func() {
		// The parent-death signal is sent when the *thread* that started the child ends, so the
		// thread is kept for as long as the child runs.
		runtime.LockOSThread()
		defer runtime.UnlockOSThread()
		if err := cmd.Start(); err != nil {
			started <- err
			return
		}
		release := watch(cmd.Process.Pid)
		started <- nil
		p.err = cmd.Wait()
		release()
		close(p.done)
	}()
	if err := <-started; err != nil {
		return nil, fmt.Errorf("start %s: %w", cmd.Path, err)
	}
	return p, nil
}

// PID is the child's process id.
func (p *Process) PID() int { return p.cmd.Process.Pid }

// Done is closed once the child has ended and its output has been read to the end.
func (p *Process) Done() <-chan struct{} { return p.done }

// Err is how the child ended: nil for exit status 0. It is meaningful only after Done.
func (p *Process) Err() error { return p.err }

// Kill ends the child and its process group at once and waits for that.
func (p *Process) Kill() {
	p.signal(syscall.SIGKILL)
	<-p.done
}

// Stop asks the child to end, and kills it if it has not within grace.
func (p *Process) Stop(grace time.Duration) {
	p.signal(syscall.SIGTERM)
	select {
	case <-p.done:
	case <-time.After(grace):
		p.Kill()
	}
}

// signal sends to the whole group; a child that has been waited for is left alone, since its number
// may belong to another process by now.
func (p *Process) signal(s syscall.Signal) {
	select {
	case <-p.done:
	default:
		_ = syscall.Kill(-p.PID(), s)
	}
}
