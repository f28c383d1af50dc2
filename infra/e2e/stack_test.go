package e2e

import (
	"testing"

	"voice.example/infra/local/stacktest"
)

// stack is one running service. When it ends, everything that it logged is looked through for everybody whom the suite has told
// any of them about.
type stack struct{ *stacktest.Stack }

// start runs a stack on a fresh state and free ports until it is ready. It is stopped with the test.
func start(t *testing.T, args ...string) *stack {
	t.Helper()
	return startOn(t, t.TempDir(), args...)
}

// startOn is start on a state that may be another stack's.
func startOn(t *testing.T, state string, args ...string) *stack {
	t.Helper()
	return &stack{made.StartOn(t, state, append([]string{"--no-sample"}, args...)...)}
}

// launch starts the runner and does not wait for it.
func launch(t *testing.T, state string, env []string, args ...string) *stack {
	t.Helper()
	return &stack{made.Launch(t, state, env, append([]string{"--no-sample"}, args...)...)}
}
