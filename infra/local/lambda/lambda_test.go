package lambda_test

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"voice.example/infra/local/lambda"
)

// binary is the probe, compiled once for all tests.
var binary string

func TestMain(m *testing.M) {
	os.Exit(func() int {
		folder, err := os.MkdirTemp("", "probe")
		if err != nil {
			fmt.Fprintln(os.Stderr, err)
			return 1
		}
		defer os.RemoveAll(folder)
		binary = filepath.Join(folder, "bootstrap")
		if out, err := exec.Command("go", "build", "-tags", "lambda.norpc", "-o", binary, "./testdata/probe").CombinedOutput(); err != nil {
			fmt.Fprintf(os.Stderr, "build the probe: %v\n%s", err, out)
			return 1
		}
		return m.Run()
	}())
}

// bench is a pool and what it reported.
type bench struct {
	*lambda.Pool
	mu      sync.Mutex
	records []lambda.Record
	output  strings.Builder
}

func (b *bench) Write(p []byte) (int, error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.output.Write(p)
}

func (b *bench) last() lambda.Record {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.records[len(b.records)-1]
}

func (b *bench) printed(text string) bool {
	b.mu.Lock()
	defer b.mu.Unlock()
	return strings.Contains(b.output.String(), text)
}

func open(t *testing.T, change func(*lambda.Config)) *bench {
	t.Helper()
	b := &bench{}
	config := lambda.Config{
		Name: "voice-Probe", ARN: "arn:aws:lambda:us-east-1:000000000000:function:voice-Probe",
		Binary: binary, Timeout: 3 * time.Second, MemoryMB: 128, Output: b,
		Environment: lambda.Environment(lambda.Variables{Name: "voice-Probe", Region: "us-east-1", MemoryMB: 128, Binary: binary, Own: map[string]string{"OWN": "1"}}),
		Report: func(r lambda.Record) {
			b.mu.Lock()
			defer b.mu.Unlock()
			b.records = append(b.records, r)
		},
	}
	if change != nil {
		change(&config)
	}
	b.Pool = lambda.New(config)
	t.Cleanup(func() {
		ctx, cancel := context.WithCancel(context.Background())
		cancel()
		b.Close(ctx)
	})
	return b
}

type answer struct {
	PID      int
	ID, ARN  string
	Deadline int64
	Env      []string
}

func call(b *bench, request string) (answer, error) {
	var a answer
	data, err := b.From("test").Invoke(context.Background(), []byte(request))
	if err == nil {
		err = json.Unmarshal(data, &a)
	}
	return a, err
}

func gone(pid int) bool { return errors.Is(syscall.Kill(pid, 0), syscall.ESRCH) }

func eventually(t *testing.T, what string, holds func() bool) {
	t.Helper()
	for deadline := time.Now().Add(5 * time.Second); !holds(); time.Sleep(2 * time.Millisecond) {
		if time.Now().After(deadline) {
			t.Fatal("not within 5 s: " + what)
		}
	}
}

func TestInvoke(t *testing.T) {
	t.Run("OK", func(t *testing.T) {
		b := open(t, nil)
		before := time.Now()
		a, err := call(b, `{}`)
		if err != nil {
			t.Fatal(err)
		}
		r := b.last()
		if a.ARN != "arn:aws:lambda:us-east-1:000000000000:function:voice-Probe" || a.ID != r.RequestID || r.Status != "ok" || r.Source != "test" || r.Init == 0 {
			t.Errorf("answer %+v, record %+v", a, r)
		}
		if left := time.UnixMilli(a.Deadline).Sub(before); left < 2900*time.Millisecond || left > 13*time.Second {
			t.Errorf("deadline is %s after the call, want some 3 s", left)
		}
		if runtime.GOOS == "linux" && r.PeakMB == 0 {
			t.Error("no peak memory")
		}
	})

	t.Run("TheSameProcessAgain", func(t *testing.T) {
		b := open(t, nil)
		first, _ := call(b, `{}`)
		second, err := call(b, `{}`)
		if err != nil || first.PID != second.PID || first.ID == second.ID || b.last().Init != 0 {
			t.Fatalf("%+v then %+v, %v", first, second, err)
		}
	})

	t.Run("EnvironmentIsLambdasAndTheFunctions", func(t *testing.T) {
		t.Setenv("RUNNERS_OWN", "secret")
		a, err := call(open(t, nil), `{"do":"env"}`)
		if err != nil {
			t.Fatal(err)
		}
		for _, want := range []string{"AWS_LAMBDA_FUNCTION_NAME=voice-Probe", "AWS_REGION=us-east-1", "TZ=UTC", "OWN=1"} {
			if !slices.Contains(a.Env, want) {
				t.Errorf("%s is missing in %q", want, a.Env)
			}
		}
		if slices.Contains(a.Env, "RUNNERS_OWN=secret") {
			t.Error("the runner's own environment leaks")
		}
	})

	t.Run("OutputIsKept", func(t *testing.T) {
		b := open(t, nil)
		if _, err := call(b, `{"do":"print"}`); err != nil {
			t.Fatal(err)
		}
		eventually(t, "the printed line arrives", func() bool { return b.printed("printed by the probe\n") })
	})

	t.Run("CallerGoesAwayButTheFunctionGoesOn", func(t *testing.T) {
		b := open(t, nil)
		if _, err := call(b, `{}`); err != nil {
			t.Fatal(err)
		}
		ctx, cancel := context.WithTimeout(t.Context(), 20*time.Millisecond)
		defer cancel()
		if _, err := b.Pool.Invoke(ctx, []byte(`{"do":"sleep","sleep":200000000}`)); !errors.Is(err, context.DeadlineExceeded) {
			t.Fatalf("err = %v", err)
		}
		eventually(t, "the request ends well", func() bool {
			r := b.last()
			return r.Status == "ok" && r.Duration >= 200*time.Millisecond
		})
	})
}

func TestFailures(t *testing.T) {
	for name, test := range map[string]struct {
		request, kind, message string
		samePID                bool
	}{
		"ErrFromTheFunction": {`{"do":"fail"}`, "errorString", "as asked", true},
		"ErrPanic":           {`{"do":"panic"}`, "string", "as asked", false},
		"ErrNotItsRequest":   {`{"do":7}`, "UnmarshalTypeError", "", true},
		"ErrExit":            {`{"do":"exit"}`, lambda.TypeExit, "exit status 3", false},
		"ErrTimeout":         {`{"do":"sleep","sleep":60000000000}`, lambda.TypeTimeout, "Task timed out after 1.00 seconds", false},
		"ErrAnswerTooLong":   {`{"do":"answer-at-length","megs":7}`, lambda.TypeTooLarge, "6291456", false},
	} {
		t.Run(name, func(t *testing.T) {
			b := open(t, func(c *lambda.Config) { c.Timeout = time.Second })
			first, err := call(b, `{}`)
			if err != nil {
				t.Fatal(err)
			}
			_, err = call(b, test.request)
			var failed *lambda.FunctionError
			if !errors.As(err, &failed) || failed.Type != test.kind || !strings.Contains(failed.Message, test.message) {
				t.Fatalf("err = %v, want %s with %q", err, test.kind, test.message)
			}
			if !test.samePID {
				eventually(t, "the process is gone", func() bool { return gone(first.PID) })
			}
			again, err := call(b, `{}`)
			if err != nil || (again.PID == first.PID) != test.samePID {
				t.Fatalf("next request: %+v, %v; the first had process %d", again, err, first.PID)
			}
		})
	}

	t.Run("ErrOutOfMemory", func(t *testing.T) {
		if runtime.GOOS != "linux" {
			t.Skip("memory is watched on Linux only")
		}
		b := open(t, func(c *lambda.Config) { c.MemoryMB = 64 })
		_, err := call(b, `{"do":"grow","megs":200,"sleep":2000000000}`)
		var failed *lambda.FunctionError
		if !errors.As(err, &failed) || failed.Type != lambda.TypeOutOfMemory {
			t.Fatalf("err = %v", err)
		}
		if _, err := call(b, `{"do":"grow","megs":10}`); err != nil {
			t.Fatal(err)
		}
	})

	t.Run("ErrDoesNotStart", func(t *testing.T) {
		b := open(t, func(c *lambda.Config) { c.Environment = append(c.Environment, "PROBE_FAILS_TO_START=1") })
		_, err := call(b, `{}`)
		var failed *lambda.FunctionError
		if !errors.As(err, &failed) || failed.Type != lambda.TypeExit || !strings.Contains(failed.Message, "exit status 4") {
			t.Fatalf("err = %v", err)
		}
	})

	t.Run("ErrNoBinary", func(t *testing.T) {
		b := open(t, func(c *lambda.Config) { c.Binary = "/nowhere/bootstrap" })
		if _, err := call(b, `{}`); err == nil || !strings.Contains(err.Error(), "/nowhere/bootstrap") {
			t.Fatalf("err = %v", err)
		}
	})

	t.Run("ErrRequestTooLong", func(t *testing.T) {
		_, err := open(t, nil).Invoke(t.Context(), make([]byte, lambda.MaxPayload+1))
		if !errors.Is(err, lambda.ErrTooLarge) {
			t.Fatalf("err = %v", err)
		}
	})

	t.Run("AProcessThatDiesWhileIdleLosesNoRequest", func(t *testing.T) {
		b := open(t, nil)
		for range 20 {
			a, err := call(b, `{}`)
			if err != nil {
				t.Fatal(err)
			}
			_ = syscall.Kill(a.PID, syscall.SIGKILL)
			if a.PID != 0 {
				eventually(t, "the process is gone", func() bool { return gone(a.PID) })
				time.Sleep(20 * time.Millisecond) // until the runner has heard of it: a death just then is the request's
			}
		}
	})
}

func TestConcurrency(t *testing.T) {
	many := func(b *bench, n int, request string) (pids map[int]int, throttled int, err error) {
		pids = map[int]int{}
		var mu sync.Mutex
		var group sync.WaitGroup
		for range n {
			group.Go(func() {
				a, e := call(b, request)
				mu.Lock()
				defer mu.Unlock()
				switch {
				case errors.Is(e, lambda.ErrThrottled):
					throttled++
				case e != nil:
					err = e
				default:
					pids[a.PID]++
				}
			})
		}
		group.Wait()
		return pids, throttled, err
	}

	t.Run("OneRequestAtATimePerProcess", func(t *testing.T) {
		pids, _, err := many(open(t, nil), 4, `{"do":"sleep","sleep":300000000}`)
		if err != nil || len(pids) != 4 {
			t.Fatalf("%d processes for 4 requests, %v", len(pids), err)
		}
	})
	t.Run("CallersWaitWhenNothingIsReserved", func(t *testing.T) {
		pids, throttled, err := many(open(t, func(c *lambda.Config) { c.MaxProcesses = 2 }), 6, `{"do":"sleep","sleep":50000000}`)
		if err != nil || throttled != 0 || len(pids) > 2 {
			t.Fatalf("processes %v, %d throttled, %v", pids, throttled, err)
		}
	})
	t.Run("ErrThrottledAboveTheReserved", func(t *testing.T) {
		one := 1
		b := open(t, func(c *lambda.Config) { c.Reserved = &one })
		pids, throttled, err := many(b, 3, `{"do":"sleep","sleep":300000000}`)
		if err != nil || throttled != 2 || len(pids) != 1 {
			t.Fatalf("processes %v, %d throttled, %v", pids, throttled, err)
		}
		if _, err := call(b, `{}`); err != nil {
			t.Fatalf("after the others ended: %v", err)
		}
	})
	t.Run("IdleProcessesAreEnded", func(t *testing.T) {
		b := open(t, func(c *lambda.Config) { c.IdleAfter = 30 * time.Millisecond })
		a, err := call(b, `{}`)
		if err != nil {
			t.Fatal(err)
		}
		eventually(t, "the idle process is gone", func() bool { return gone(a.PID) })
		if _, err := call(b, `{}`); err != nil {
			t.Fatal(err)
		}
	})
}

func TestPIDs(t *testing.T) {
	b := open(t, nil)
	if got := b.PIDs(); len(got) != 0 {
		t.Errorf("before a request the processes are %v", got)
	}
	if _, err := b.Invoke(t.Context(), []byte(`{"do":"echo"}`)); err != nil {
		t.Fatal(err)
	}
	got := b.PIDs()
	if len(got) != 1 || got[0] == os.Getpid() || syscall.Kill(got[0], 0) != nil {
		t.Errorf("after a request the processes are %v", got)
	}
}

func TestClose(t *testing.T) {
	t.Run("RunningRequestsEndAndNoProcessIsLeft", func(t *testing.T) {
		b := open(t, nil)
		first, err := call(b, `{}`)
		if err != nil {
			t.Fatal(err)
		}
		result := make(chan error, 1)
		go func() { _, err := call(b, `{"do":"sleep","sleep":300000000}`); result <- err }()
		eventually(t, "the request has begun", func() bool { return b.printed("the probe sleeps") })
		b.Close(t.Context())
		if err := <-result; err != nil {
			t.Fatalf("the running request failed: %v", err)
		}
		if !gone(first.PID) {
			t.Fatalf("process %d is left", first.PID)
		}
		if _, err := call(b, `{}`); !errors.Is(err, lambda.ErrStopped) {
			t.Fatalf("after Close: %v", err)
		}
	})
	t.Run("RequestsThatDoNotEndAreKilled", func(t *testing.T) {
		b := open(t, nil)
		first, err := call(b, `{}`)
		if err != nil {
			t.Fatal(err)
		}
		result := make(chan error, 1)
		go func() { _, err := call(b, `{"do":"sleep","sleep":60000000000}`); result <- err }()
		ctx, cancel := context.WithTimeout(t.Context(), 100*time.Millisecond)
		defer cancel()
		b.Close(ctx)
		if err := <-result; err == nil {
			t.Fatal("no error")
		}
		if !gone(first.PID) {
			t.Fatalf("process %d is left", first.PID)
		}
	})
}
