package stacktest

import (
	"bytes"
	"encoding/json"
	"errors"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"voice.example/infra/local/child/childtest"
	"voice.example/infra/local/permission"
)

// Stack is one running service.
type Stack struct {
	State string        // the folder of its state
	Cmd   *exec.Cmd     // the runner
	Ended chan struct{} // is closed once the runner has ended

	made *Binaries
	mu   sync.Mutex
	out  bytes.Buffer

	API, Phone, S3, SNS, DynamoDB string // addresses
	SignIn                        string `json:"sign_in"`
}

// Write takes what the runner prints.
func (s *Stack) Write(p []byte) (int, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.out.Write(p)
}

// Output is what the runner has printed.
func (s *Stack) Output() string {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.out.String()
}

// Start runs a stack on a fresh state and free ports until it is ready. It is stopped with the test.
func (b *Binaries) Start(t *testing.T, args ...string) *Stack {
	t.Helper()
	return b.StartOn(t, t.TempDir(), args...)
}

// StartOn is Start on a state that may be another stack's.
func (b *Binaries) StartOn(t *testing.T, state string, args ...string) *Stack {
	t.Helper()
	s := b.Launch(t, state, nil, args...)
	Eventually(t, 30*time.Second, "the runner is ready", func() bool {
		select {
		case <-s.Ended:
			t.Fatalf("the runner ended by itself:\n%s", s.Output())
		default:
		}
		return strings.Contains(s.Output(), "\nready in ")
	})
	data, err := os.ReadFile(filepath.Join(state, "endpoints.json"))
	if err != nil {
		t.Fatal(err)
	}
	if err := json.Unmarshal(data, s); err != nil {
		t.Fatal(err)
	}
	return s
}

// Launch starts the runner and does not wait for it.
func (b *Binaries) Launch(t *testing.T, state string, env []string, args ...string) *Stack {
	t.Helper()
	if err := b.watch(); err != nil {
		t.Fatal(err)
	}
	s := &Stack{State: state, Ended: make(chan struct{}), made: b}
	s.Cmd = exec.Command(b.Runner, append([]string{"--build", b.Folder}, args...)...)
	s.Cmd.Dir = b.Root
	s.Cmd.Env = append(os.Environ(), "VOICE_STATE="+state, "DYNAMODB_ENDPOINT=", "VOICE_API_PORT=0",
		"VOICE_PHONE_PORT=0", "VOICE_S3_PORT=0", "VOICE_DYNAMODB_PORT=0", "VOICE_SNS_PORT=0", "VOICE_OIDC_PORT=0")
	s.Cmd.Env = append(s.Cmd.Env, env...)
	s.Cmd.Stdout, s.Cmd.Stderr = s, s
	if err := s.Cmd.Start(); err != nil {
		t.Fatal(err)
	}
	go func() {
		_ = s.Cmd.Wait()
		close(s.Ended)
	}()
	t.Cleanup(func() {
		s.Kill()
		s.notePermissions(t)
		s.keepsSecrets(t)
		if t.Failed() {
			t.Logf("the last of what the runner printed:\n%s", tail(s.Output(), 60))
		}
	})
	return s
}

// notePermissions keeps what the stack has noted, and fails the test for each call that a function may not make.
func (s *Stack) notePermissions(t *testing.T) {
	t.Helper()
	lines, err := permission.ReadRecord(filepath.Join(s.State, permission.FileName))
	if errors.Is(err, fs.ErrNotExist) {
		return // it has not come as far as that
	}
	if err != nil {
		t.Error(err)
	}
	for _, l := range lines {
		if l.Kind == permission.Refused {
			t.Errorf("%s was refused %s on %s, which its policies in template.yaml do not allow", l.Role, l.Action, l.Resource)
		}
	}
	s.made.mu.Lock()
	defer s.made.mu.Unlock()
	s.made.permissions = append(s.made.permissions, lines...)
}

// Kill ends the runner as a power cut would.
func (s *Stack) Kill() {
	_ = s.Cmd.Process.Kill()
	<-s.Ended
}

// Stop asks the runner to end as Ctrl-C does, and checks that it does so well, leaving no process.
func (s *Stack) Stop(t *testing.T) {
	t.Helper()
	children := s.Children(t)
	_ = s.Cmd.Process.Signal(os.Interrupt)
	select {
	case <-s.Ended:
	case <-time.After(20 * time.Second):
		t.Fatal("the runner goes on 20 s after Ctrl-C")
	}
	if code := s.Cmd.ProcessState.ExitCode(); code != 0 {
		t.Errorf("the runner ended with status %d:\n%s", code, tail(s.Output(), 10))
	}
	AwaitGone(t, children)
}

// Children are the processes that the runner has started: the functions and the database.
func (s *Stack) Children(t *testing.T) []childtest.Process {
	t.Helper()
	var found []childtest.Process
	for _, p := range childtest.Processes(t) {
		if p.Parent == s.Cmd.Process.Pid {
			found = append(found, p)
		}
	}
	return found
}

// Functions are the runner's processes of one function, or of all for "".
func (s *Stack) Functions(t *testing.T, name string) []childtest.Process {
	t.Helper()
	var found []childtest.Process
	for _, p := range s.Children(t) {
		if strings.Contains(p.Command, filepath.Join(s.made.Folder, name)) && strings.HasSuffix(p.Command, "bootstrap") {
			found = append(found, p)
		}
	}
	return found
}

// AwaitGone waits until none of the processes runs any more.
func AwaitGone(t *testing.T, children []childtest.Process) {
	t.Helper()
	Eventually(t, 5*time.Second, "no process is left", func() bool {
		for _, p := range children {
			if childtest.Runs(t, p.PID) {
				return false
			}
		}
		return true
	})
}

// Eventually waits until something holds.
func Eventually(t *testing.T, within time.Duration, what string, holds func() bool) {
	t.Helper()
	if !WaitFor(within, holds) {
		t.Fatalf("not within %s: %s", within, what)
	}
}

// WaitFor reports whether something comes to hold in time.
func WaitFor(within time.Duration, holds func() bool) bool {
	pause := 20 * time.Millisecond // longer each time, so that a long wait costs the others little
	for deadline := time.Now().Add(within); ; time.Sleep(pause) {
		if holds() {
			return true
		}
		if time.Now().After(deadline) {
			return false
		}
		pause = min(pause*11/10, 250*time.Millisecond)
	}
}

func tail(text string, lines int) string {
	all := strings.Split(strings.TrimRight(text, "\n"), "\n")
	return strings.Join(all[max(0, len(all)-lines):], "\n")
}
