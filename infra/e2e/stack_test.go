package e2e

import (
	"testing"

	"voice.example/infra/local/stacktest"
)

// stack is one running service, and whom the tests told it about.
type stack struct {
	*stacktest.Stack
	used    *private
	earlier string // what runners before this one printed on the same state
}

// start runs a stack on a fresh state and free ports until it is ready. It is stopped with the test.
func start(t *testing.T, args ...string) *stack {
	t.Helper()
	return startOn(t, t.TempDir(), args...)
}

// startOn is start on a state that may be another stack's.
func startOn(t *testing.T, state string, args ...string) *stack {
	t.Helper()
	return &stack{Stack: made.StartOn(t, state, append([]string{"--no-sample"}, args...)...), used: &private{}}
}

// launch starts the runner and does not wait for it.
func launch(t *testing.T, state string, env []string, args ...string) *stack {
	t.Helper()
	return &stack{Stack: made.Launch(t, state, env, append([]string{"--no-sample"}, args...)...), used: &private{}}
}
