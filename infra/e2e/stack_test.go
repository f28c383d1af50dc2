package e2e

import (
	"bytes"
	"encoding/json"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"voice.example/infra/local/child/childtest"
)

// stack is one running service. It knows nothing that a user of the runner would not.
type stack struct {
	state   string
	cmd     *exec.Cmd
	ended   chan struct{}
	used    *private // whom the tests told it about
	earlier string   // what runners before this one printed on the same state

	mu  sync.Mutex
	out bytes.Buffer

	API, Phone, S3, SNS, DynamoDB string // addresses
	SignIn                        string `json:"sign_in"`
}

// Write takes what the runner prints.
func (s *stack) Write(p []byte) (int, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.out.Write(p)
}

func (s *stack) output() string {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.out.String()
}

// start runs a stack on a fresh state and free ports until it is ready. It is stopped with the test.
func start(t *testing.T, args ...string) *stack {
	t.Helper()
	return startOn(t, t.TempDir(), args...)
}

// startOn is start on a state that may be another stack's.
func startOn(t *testing.T, state string, args ...string) *stack {
	t.Helper()
	s := launch(t, state, nil, args...)
	eventually(t, 30*time.Second, "the runner is ready", func() bool {
		select {
		case <-s.ended:
			t.Fatalf("the runner ended by itself:\n%s", s.output())
		default:
		}
		return strings.Contains(s.output(), "\nready in ")
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

// launch starts the runner and does not wait for it.
func launch(t *testing.T, state string, env []string, args ...string) *stack {
	t.Helper()
	if err := watchSources(); err != nil {
		t.Fatal(err)
	}
	s := &stack{state: state, ended: make(chan struct{}), used: &private{}}
	s.cmd = exec.Command(runner, append([]string{"--build", build, "--no-sample"}, args...)...)
	s.cmd.Dir = root
	s.cmd.Env = append(os.Environ(), "VOICE_STATE="+state, "DYNAMODB_ENDPOINT=", "VOICE_API_PORT=0",
		"VOICE_PHONE_PORT=0", "VOICE_S3_PORT=0", "VOICE_DYNAMODB_PORT=0", "VOICE_SNS_PORT=0", "VOICE_OIDC_PORT=0")
	s.cmd.Env = append(s.cmd.Env, env...)
	s.cmd.Stdout, s.cmd.Stderr = s, s
	if err := s.cmd.Start(); err != nil {
		t.Fatal(err)
	}
	go func() {
		_ = s.cmd.Wait()
		close(s.ended)
	}()
	t.Cleanup(func() {
		s.kill()
		if t.Failed() {
			t.Logf("the last of what the runner printed:\n%s", tail(s.output(), 60))
		}
	})
	return s
}

// kill ends the runner as a power cut would.
func (s *stack) kill() {
	_ = s.cmd.Process.Kill()
	<-s.ended
}

// stop asks the runner to end as Ctrl-C does, and checks that it does so well, leaving no process.
func (s *stack) stop(t *testing.T) {
	t.Helper()
	children := s.children(t)
	_ = s.cmd.Process.Signal(os.Interrupt)
	select {
	case <-s.ended:
	case <-time.After(20 * time.Second):
		t.Fatal("the runner goes on 20 s after Ctrl-C")
	}
	if code := s.cmd.ProcessState.ExitCode(); code != 0 {
		t.Errorf("the runner ended with status %d:\n%s", code, tail(s.output(), 10))
	}
	awaitGone(t, children)
}

// awaitGone waits until none of the processes runs any more.
func awaitGone(t *testing.T, children []childtest.Process) {
	t.Helper()
	eventually(t, 5*time.Second, "no process is left", func() bool {
		for _, p := range children {
			if childtest.Runs(t, p.PID) {
				return false
			}
		}
		return true
	})
}

// eventually waits until something holds.
func eventually(t *testing.T, within time.Duration, what string, holds func() bool) {
	t.Helper()
	if !waitFor(within, holds) {
		t.Fatalf("not within %s: %s", within, what)
	}
}

// waitFor reports whether something comes to hold in time.
func waitFor(within time.Duration, holds func() bool) bool {
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
