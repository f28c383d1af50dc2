package child_test

import (
	"bytes"
	"os"
	"os/exec"
	"strconv"
	"strings"
	"testing"
	"time"

	"voice.example/infra/local/child"
	"voice.example/infra/local/child/childtest"
)

// TestMain plays the parent in the test of a parent that is killed: it starts a child, says which, waits.
func TestMain(m *testing.M) {
	if os.Getenv("PLAY_PARENT") == "" {
		os.Exit(m.Run())
	}
	process, err := child.Start(exec.Command("sleep", "60"))
	if err != nil {
		os.Exit(1)
	}
	_, _ = os.Stdout.WriteString(strconv.Itoa(process.PID()) + "\n")
	select {}
}

func eventually(t *testing.T, what string, holds func() bool) {
	t.Helper()
	for deadline := time.Now().Add(5 * time.Second); !holds(); time.Sleep(2 * time.Millisecond) {
		if time.Now().After(deadline) {
			t.Fatal("not within 5 s: " + what)
		}
	}
}

func TestStart(t *testing.T) {
	t.Run("OutputIsCompleteWhenDone", func(t *testing.T) {
		var out bytes.Buffer
		cmd := exec.Command("echo", "hello")
		cmd.Stdout = &out
		process, err := child.Start(cmd)
		if err != nil {
			t.Fatal(err)
		}
		<-process.Done()
		if process.Err() != nil || out.String() != "hello\n" {
			t.Fatalf("%q, %v", out.String(), process.Err())
		}
	})
	t.Run("ErrNoProgram", func(t *testing.T) {
		if _, err := child.Start(exec.Command("/nowhere/program")); err == nil || !strings.Contains(err.Error(), "/nowhere/program") {
			t.Fatalf("err = %v", err)
		}
	})
}

func TestEnd(t *testing.T) {
	start := func(t *testing.T, script string) *child.Process {
		t.Helper()
		process, err := child.Start(exec.Command("sh", "-c", script))
		if err != nil {
			t.Fatal(err)
		}
		return process
	}
	t.Run("StopIsPolite", func(t *testing.T) {
		var out bytes.Buffer
		cmd := exec.Command("sh", "-c", "trap 'echo bye; exit 0' TERM; echo up; while :; do sleep 0.01; done")
		r, w, err := os.Pipe()
		if err != nil {
			t.Fatal(err)
		}
		defer r.Close()
		cmd.Stdout = w
		process, err := child.Start(cmd)
		if err != nil {
			t.Fatal(err)
		}
		_ = w.Close()
		first := make([]byte, 3) // wait for "up\n": before it there is no trap
		if _, err := r.Read(first); err != nil {
			t.Fatal(err)
		}
		process.Stop(10 * time.Second)
		_, _ = out.ReadFrom(r)
		if process.Err() != nil || out.String() != "bye\n" {
			t.Fatalf("%q, %v", out.String(), process.Err())
		}
	})
	t.Run("StopKillsWhatDoesNotListen", func(t *testing.T) {
		process := start(t, "trap '' TERM; while :; do sleep 0.01; done")
		process.Stop(50 * time.Millisecond)
		if childtest.Runs(t, process.PID()) {
			t.Fatal("it is still there")
		}
	})
	t.Run("KillTakesGrandchildrenToo", func(t *testing.T) {
		r, w, err := os.Pipe()
		if err != nil {
			t.Fatal(err)
		}
		defer r.Close()
		cmd := exec.Command("sh", "-c", "sleep 60 & echo $!; wait")
		cmd.Stdout = w
		process, err := child.Start(cmd)
		if err != nil {
			t.Fatal(err)
		}
		_ = w.Close()
		line := make([]byte, 16)
		n, err := r.Read(line)
		if err != nil {
			t.Fatal(err)
		}
		grandchild, err := strconv.Atoi(strings.TrimSpace(string(line[:n])))
		if err != nil {
			t.Fatal(err)
		}
		process.Kill()
		eventually(t, "the grandchild is gone", func() bool { return !childtest.Runs(t, grandchild) })
	})
	t.Run("AKilledParentTakesItsChildrenAlong", func(t *testing.T) {
		parent := exec.Command(os.Args[0])
		parent.Env = append(os.Environ(), "PLAY_PARENT=1")
		out, err := parent.StdoutPipe()
		if err != nil {
			t.Fatal(err)
		}
		if err := parent.Start(); err != nil {
			t.Fatal(err)
		}
		line := make([]byte, 16)
		n, err := out.Read(line)
		if err != nil {
			t.Fatal(err)
		}
		pid, err := strconv.Atoi(strings.TrimSpace(string(line[:n])))
		if err != nil {
			t.Fatal(err)
		}
		if !childtest.Runs(t, pid) {
			t.Fatal("the child is gone before its parent")
		}
		_ = parent.Process.Kill()
		_ = parent.Wait()
		eventually(t, "the child is gone", func() bool { return !childtest.Runs(t, pid) })
	})
}
