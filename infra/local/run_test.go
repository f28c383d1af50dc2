package main

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/credentials"
	"github.com/aws/aws-sdk-go-v2/service/s3"
)

// program and build are the runner and the functions' folder, compiled once for all tests here.
var program, build string

func TestMain(m *testing.M) {
	os.Exit(func() int {
		folder, err := os.MkdirTemp("", "runner")
		if err != nil {
			fmt.Fprintln(os.Stderr, err)
			return 1
		}
		defer os.RemoveAll(folder)
		program, build = filepath.Join(folder, "local"), filepath.Join(folder, "build")
		for _, args := range [][]string{
			{"-o", program, "."},
			{"-tags", "lambda.norpc", "-o", filepath.Join(build, "echo", "bootstrap"), "./testdata/echo"},
		} {
			if out, err := exec.Command("go", append([]string{"build"}, args...)...).CombinedOutput(); err != nil {
				fmt.Fprintf(os.Stderr, "build: %v\n%s", err, out)
				return 1
			}
		}
		return m.Run()
	}())
}

// runner is a running stack as its user sees it.
type runner struct {
	t         *testing.T
	cmd       *exec.Cmd
	state     string
	mu        sync.Mutex
	out       bytes.Buffer
	ended     chan struct{}
	Endpoints struct{ API, Phone, S3, SNS, DynamoDB string }
}

func (r *runner) Write(p []byte) (int, error) {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.out.Write(p)
}

func (r *runner) output() string {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.out.String()
}

// launch starts the runner on free ports without waiting for it.
func launch(t *testing.T, state string, env []string, args ...string) *runner {
	t.Helper()
	r := &runner{t: t, state: state, ended: make(chan struct{})}
	r.cmd = exec.Command(program, append([]string{"--template", "testdata/template.yaml", "--build", build, "--state", state}, args...)...)
	r.cmd.Env = append(os.Environ(), "VOICE_API_PORT=0", "VOICE_PHONE_PORT=0", "VOICE_S3_PORT=0", "VOICE_DYNAMODB_PORT=0", "VOICE_SNS_PORT=0", "DYNAMODB_ENDPOINT=")
	r.cmd.Env = append(r.cmd.Env, env...)
	r.cmd.Stdout, r.cmd.Stderr = r, r
	if err := r.cmd.Start(); err != nil {
		t.Fatal(err)
	}
	go func() {
		_ = r.cmd.Wait()
		close(r.ended)
	}()
	t.Cleanup(func() {
		_ = r.cmd.Process.Kill()
		<-r.ended
		if t.Failed() {
			t.Log(r.output())
		}
	})
	return r
}

// run starts the runner and waits until it says that it is ready.
func run(t *testing.T, state string, args ...string) *runner {
	t.Helper()
	r := launch(t, state, nil, args...)
	r.eventually("the runner is ready", func() bool { return strings.Contains(r.output(), "\nready in ") })
	data, err := os.ReadFile(filepath.Join(state, "endpoints.json"))
	if err != nil {
		t.Fatal(err)
	}
	if err := json.Unmarshal(data, &r.Endpoints); err != nil {
		t.Fatal(err)
	}
	return r
}

func (r *runner) eventually(what string, holds func() bool) {
	r.t.Helper()
	for deadline := time.Now().Add(20 * time.Second); !holds(); time.Sleep(10 * time.Millisecond) {
		select {
		case <-r.ended:
			if !holds() {
				r.t.Fatalf("the runner has ended, so not: %s", what)
			}
			return
		default:
		}
		if time.Now().After(deadline) {
			r.t.Fatalf("not within 20 s: %s", what)
		}
	}
}

// call asks the echo function for something.
func (r *runner) call(do, with string) (answer struct {
	Greeting, Secret string
	PID              int
}) {
	r.t.Helper()
	response, err := http.Get(r.Endpoints.API + "/" + do + "?with=" + url.QueryEscape(with))
	if err != nil {
		r.t.Fatal(err)
	}
	defer response.Body.Close()
	body, err := io.ReadAll(response.Body)
	if err != nil || response.StatusCode != 200 || json.Unmarshal(body, &answer) != nil {
		r.t.Fatalf("%s: %s %s %v", do, response.Status, body, err)
	}
	return answer
}

// seen gives the marks that the function has left.
func (r *runner) seen(prefix string) map[string]string {
	r.t.Helper()
	client := s3.New(s3.Options{
		Region: "us-east-1", BaseEndpoint: &r.Endpoints.S3, UsePathStyle: true,
		Credentials:                credentials.NewStaticCredentialsProvider("local", "local-secret", ""),
		ResponseChecksumValidation: aws.ResponseChecksumValidationWhenRequired,
	})
	ctx := context.Background()
	list, err := client.ListObjectsV2(ctx, &s3.ListObjectsV2Input{Bucket: aws.String("voice-uploads"), Prefix: aws.String("seen/" + prefix)})
	if err != nil {
		r.t.Fatal(err)
	}
	marks := map[string]string{}
	for _, object := range list.Contents {
		out, err := client.GetObject(ctx, &s3.GetObjectInput{Bucket: aws.String("voice-uploads"), Key: object.Key})
		if err != nil {
			r.t.Fatal(err)
		}
		body, err := io.ReadAll(out.Body)
		if err != nil {
			r.t.Fatal(err)
		}
		marks[strings.TrimPrefix(*object.Key, "seen/"+prefix)] = string(body)
	}
	return marks
}

func (r *runner) queueHas(text string) bool {
	for _, body := range r.seen("queue/") {
		if strings.Contains(body, text) {
			return true
		}
	}
	return false
}

// children are the processes whose parent is the runner.
func (r *runner) children() []string {
	r.t.Helper()
	out, _ := exec.Command("ps", "-o", "pid=", "--ppid", fmt.Sprint(r.cmd.Process.Pid)).Output() // status 1 when there are none
	return strings.Fields(string(out))
}

func gone(pids []string) bool {
	for _, pid := range pids {
		var n int
		if _, err := fmt.Sscan(pid, &n); err != nil || syscall.Kill(n, 0) == nil && !zombie(pid) {
			return false
		}
	}
	return true
}

// zombie tells a process that has ended and that only nobody has waited for yet.
func zombie(pid string) bool {
	out, _ := exec.Command("ps", "-o", "stat=", "-p", pid).Output()
	return strings.HasPrefix(strings.TrimSpace(string(out)), "Z")
}

func TestRun(t *testing.T) {
	r := run(t, t.TempDir(), "--param", "Greeting=good day")

	t.Run("AddressesArePrinted", func(t *testing.T) {
		for _, want := range []string{"API", "S3", "Phones", "SNS, SQS", "DynamoDB", "uploads: s3://voice-uploads/uploads/"} {
			if !strings.Contains(r.output(), want) {
				t.Errorf("%q is not in the output", want)
			}
		}
	})
	t.Run("FunctionHasTheTemplatesEnvironment", func(t *testing.T) {
		a := r.call("hello", "")
		if a.Greeting != "good day" || len(a.Secret) != 20 {
			t.Fatalf("answer = %+v", a)
		}
	})
	t.Run("EachInvocationHasItsLine", func(t *testing.T) {
		r.call("hello", "")
		r.eventually("the line is there", func() bool { return strings.Contains(r.output(), "ANY /{do}") })
	})
	t.Run("StreamFeedsTheFunction", func(t *testing.T) {
		r.call("put", "one")
		r.eventually("the record has been seen", func() bool { _, ok := r.seen("stream/")["one"]; return ok })
	})
	t.Run("TopicFeedsTheQueueAndThatTheFunction", func(t *testing.T) {
		r.call("publish", "some news")
		r.eventually("the message has been seen", func() bool { return r.queueHas("some news") })
	})
	t.Run("SampleCameThroughTheUploads", func(t *testing.T) {
		r.eventually("the upload's event has been seen", func() bool { return r.queueHas("uploads/sample.csv") })
		r.eventually("the hint is printed", func() bool { return strings.Contains(r.output(), "try A-number A900-000-001, born in HONDURAS") })
	})
	t.Run("TextReachesThePhone", func(t *testing.T) {
		r.call("text", "+12025550123")
		response, err := http.Get(r.Endpoints.Phone + "/messages?to=%2B12025550123")
		if err != nil {
			t.Fatal(err)
		}
		defer response.Body.Close()
		var messages []struct{ Body string }
		if err := json.NewDecoder(response.Body).Decode(&messages); err != nil || len(messages) != 1 || messages[0].Body != "from echo" {
			t.Fatalf("messages = %+v, %v", messages, err)
		}
		if strings.Contains(r.output(), "2025550123") {
			t.Error("the phone number is in the output")
		}
	})
	t.Run("ErrStateInUse", func(t *testing.T) {
		second := launch(t, r.state, nil)
		<-second.ended
		if second.cmd.ProcessState.ExitCode() != 1 || !strings.Contains(second.output(), "VOICE_STATE") {
			t.Fatalf("%d %s", second.cmd.ProcessState.ExitCode(), second.output())
		}
	})
	t.Run("ErrPortTaken", func(t *testing.T) {
		taken := r.Endpoints.API[strings.LastIndex(r.Endpoints.API, ":")+1:]
		for _, variable := range []string{"VOICE_API_PORT", "VOICE_DYNAMODB_PORT"} {
			second := launch(t, t.TempDir(), []string{variable + "=" + taken})
			<-second.ended
			if second.cmd.ProcessState.ExitCode() != 1 || !strings.Contains(second.output(), taken) || !strings.Contains(second.output(), "set "+variable) {
				t.Fatalf("%d %s", second.cmd.ProcessState.ExitCode(), second.output())
			}
		}
	})
}

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
		r.eventually("the request runs", func() bool {
			log, err := os.ReadFile(filepath.Join(r.state, "logs", "echo.log"))
			return err == nil && strings.Contains(string(log), "sleeping")
		})
		_ = r.cmd.Process.Signal(os.Interrupt)
		if err := <-result; err != nil {
			t.Errorf("the running request: %v", err)
		}
		<-r.ended
		if code := r.cmd.ProcessState.ExitCode(); code != 0 {
			t.Errorf("exit status %d", code)
		}
		if !gone(children) {
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

	t.Run("KilledFunctionIsReplaced", func(t *testing.T) {
		r := run(t, t.TempDir(), "--no-sample")
		first := r.call("hello", "")
		_ = syscall.Kill(first.PID, syscall.SIGKILL)
		r.eventuallyGone([]string{fmt.Sprint(first.PID)})
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

func (r *runner) eventuallyGone(pids []string) {
	r.t.Helper()
	for deadline := time.Now().Add(5 * time.Second); !gone(pids); time.Sleep(10 * time.Millisecond) {
		if time.Now().After(deadline) {
			r.t.Fatalf("some of %v are left", pids)
		}
	}
}
