package main

import (
	"fmt"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	sdk "github.com/aws/aws-sdk-go-v2/service/dynamodb"

	"voice.example/infra/local/child/childtest"
	"voice.example/infra/local/dynamodb"
)

func TestStop(t *testing.T) {
	t.Run("RequestEndsAndNoProcessIsLeft", func(t *testing.T) {
		r := run(t, t.TempDir(), "--no-sample")
		r.call("hello", "")
		children := r.children()
		if len(children) < 2 {
			t.Fatalf("children = %v, want DynamoDB and a function", children)
		}
		result := make(chan error, 1)
		go func() {
			response, err := http.Get(r.Endpoints.API + "/sleep?with=500ms")
			if err == nil {
				defer response.Body.Close()
				if response.StatusCode != 200 {
					err = fmt.Errorf("status %s", response.Status)
				}
			}
			result <- err
		}()
		r.eventually("the request runs", r.sleeps)
		_ = r.cmd.Process.Signal(os.Interrupt)
		if err := <-result; err != nil {
			t.Errorf("the running request: %v", err)
		}
		<-r.ended
		if code := r.cmd.ProcessState.ExitCode(); code != 0 {
			t.Errorf("exit status %d", code)
		}
		if !gone(t, children) {
			t.Errorf("some of %v are left", children)
		}
		if _, err := os.Stat(filepath.Join(r.state, "endpoints.json")); err == nil {
			t.Error("endpoints.json is left")
		}
	})

	t.Run("KilledRunnerLeavesNoChildAndLosesNothing", func(t *testing.T) {
		state := t.TempDir()
		first := run(t, state, "--no-sample")
		secret := first.call("put", "kept").Secret
		first.call("publish", "kept too")
		children := first.children()
		_ = first.cmd.Process.Kill()
		<-first.ended
		first.eventuallyGone(children)

		second := run(t, state, "--no-sample")
		if again := second.call("hello", "").Secret; again != secret {
			t.Error("the secret has changed")
		}
		second.eventually("the record has been seen", func() bool { _, ok := second.seen("stream/")["kept"]; return ok })
		second.eventually("the message has been seen", func() bool { return second.queueHas("kept too") })
	})

	t.Run("ASecondSignalEndsItAtOnce", func(t *testing.T) {
		r := run(t, t.TempDir(), "--no-sample")
		r.call("hello", "")
		children := r.children()
		go func() { // is cut off
			if response, err := http.Get(r.Endpoints.API + "/sleep?with=8s"); err == nil {
				_ = response.Body.Close()
			}
		}()
		r.eventually("the request runs", r.sleeps)
		_ = r.cmd.Process.Signal(os.Interrupt)
		r.eventually("it is stopping", func() bool {
			_, err := os.Stat(filepath.Join(r.state, "endpoints.json"))
			return err != nil
		})
		_ = r.cmd.Process.Signal(os.Interrupt)
		select {
		case <-r.ended:
		case <-time.After(3 * time.Second):
			t.Fatal("it waits for the request")
		}
		r.eventuallyGone(children)
	})

	t.Run("ItEndsWithItsDatabase", func(t *testing.T) {
		r := run(t, t.TempDir(), "--no-sample")
		for _, p := range childtest.Processes(t) {
			if p.Parent == r.cmd.Process.Pid && strings.Contains(p.Command, "dynoxide") {
				_ = syscall.Kill(p.PID, syscall.SIGKILL)
			}
		}
		<-r.ended
		if r.cmd.ProcessState.ExitCode() != 1 || !strings.Contains(r.output(), "DynamoDB ended") {
			t.Fatalf("%d %s", r.cmd.ProcessState.ExitCode(), r.output())
		}
	})

	t.Run("AnExistingDatabaseIsUsedAndLeftRunning", func(t *testing.T) {
		binary, err := dynamodb.FindBinary("../..")
		if err != nil {
			t.Fatal(err)
		}
		database, err := dynamodb.Start(t.Context(), dynamodb.Config{Binary: binary})
		if err != nil {
			t.Fatal(err)
		}
		defer database.Stop()
		r := launch(t, t.TempDir(), []string{"DYNAMODB_ENDPOINT=" + database.Endpoint}, "--no-sample")
		r.awaitReady()
		r.call("put", "there")
		r.eventually("the record has been seen", func() bool { _, ok := r.seen("stream/")["there"]; return ok })
		_ = r.cmd.Process.Signal(syscall.SIGTERM)
		<-r.ended
		tables, err := dynamodb.Client(database.Endpoint).ListTables(t.Context(), &sdk.ListTablesInput{})
		if err != nil || len(tables.TableNames) != 1 {
			t.Fatalf("%v, %v", tables, err)
		}
	})

	t.Run("KilledFunctionIsReplaced", func(t *testing.T) {
		r := run(t, t.TempDir(), "--no-sample")
		first := r.call("hello", "")
		_ = syscall.Kill(first.PID, syscall.SIGKILL)
		r.eventuallyGone([]int{first.PID})
		if second := r.call("hello", ""); second.PID == first.PID {
			t.Fatal("the same process answers")
		}
	})

	t.Run("ErrNotCompiled", func(t *testing.T) {
		r := launch(t, t.TempDir(), nil, "--build", t.TempDir())
		<-r.ended
		if r.cmd.ProcessState.ExitCode() != 1 || !strings.Contains(r.output(), "run make build") {
			t.Fatalf("%d %s", r.cmd.ProcessState.ExitCode(), r.output())
		}
	})
}
