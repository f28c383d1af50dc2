package e2e

import (
	"net"
	"os"
	"strings"
	"testing"
	"time"
)

// TestConsole starts the runner where it cannot run, and reads what it says.
func TestConsole(t *testing.T) {
	t.Parallel()
	taken, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer taken.Close()
	_, number, err := net.SplitHostPort(taken.Addr().String())
	if err != nil {
		t.Fatal(err)
	}
	// refused waits for the runner to end, and gives what it said.
	refused := func(t *testing.T, s *stack) string {
		t.Helper()
		select {
		case <-s.Ended:
		case <-time.After(20 * time.Second):
			t.Fatal("the runner goes on")
		}
		if code := s.Cmd.ProcessState.ExitCode(); code != 1 {
			t.Errorf("exit status %d", code)
		}
		if strings.Contains(s.Output(), "ready in") {
			t.Error("it said that it is ready")
		}
		return s.Output()
	}
	for _, variable := range []string{"VOICE_API_PORT", "VOICE_PHONE_PORT", "VOICE_S3_PORT", "VOICE_SNS_PORT", "VOICE_DYNAMODB_PORT"} {
		t.Run("TakenPortIsNamed/"+variable, func(t *testing.T) {
			said := refused(t, launch(t, t.TempDir(), []string{variable + "=" + number}))
			if !strings.Contains(said, number) || !strings.Contains(said, variable) {
				t.Errorf("it said %q", said)
			}
		})
	}
	t.Run("MissingToolIsNamed", func(t *testing.T) {
		template := impatient(t)
		if err := os.Remove(strings.Replace(template, "template.yaml", "infra", 1)); err != nil {
			t.Fatal(err)
		}
		if said := refused(t, launch(t, t.TempDir(), nil, "--template", template)); !strings.Contains(said, "make tools") {
			t.Errorf("it said %q", said)
		}
	})
	t.Run("MissingBuildIsNamed", func(t *testing.T) {
		if said := refused(t, launch(t, t.TempDir(), nil, "--build", t.TempDir())); !strings.Contains(said, "make build") {
			t.Errorf("it said %q", said)
		}
	})
	t.Run("SecondRunnerOnTheSameStateIsRefused", func(t *testing.T) {
		first := start(t)
		said := refused(t, launch(t, first.State, nil))
		if !strings.Contains(said, "VOICE_STATE") || !strings.Contains(said, "another runner") {
			t.Errorf("it said %q", said)
		}
		if r := ask(t, "GET", first.API+"/", "", ""); r.status != 200 {
			t.Errorf("the first one answers %d", r.status)
		}
		first.Stop(t)
	})
}
