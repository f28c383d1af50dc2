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
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/credentials"
	"github.com/aws/aws-sdk-go-v2/service/s3"

	"voice.example/infra/local/child/childtest"
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
	r.cmd.Env = append(os.Environ(), "VOICE_API_PORT=0", "VOICE_PHONE_PORT=0", "VOICE_S3_PORT=0", "VOICE_DYNAMODB_PORT=0", "VOICE_SNS_PORT=0", "VOICE_OIDC_PORT=0", "DYNAMODB_ENDPOINT=")
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
	r.awaitReady()
	return r
}

func (r *runner) awaitReady() {
	r.t.Helper()
	r.eventually("the runner is ready", func() bool { return strings.Contains(r.output(), "\nready in ") })
	data, err := os.ReadFile(filepath.Join(r.state, "endpoints.json"))
	if err != nil {
		r.t.Fatal(err)
	}
	if err := json.Unmarshal(data, &r.Endpoints); err != nil {
		r.t.Fatal(err)
	}
}

// sleeps tells whether the echo function has begun to sleep.
func (r *runner) sleeps() bool {
	log, err := os.ReadFile(filepath.Join(r.state, "logs", "echo.log"))
	return err == nil && strings.Contains(string(log), "sleeping")
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
func (r *runner) children() (pids []int) {
	r.t.Helper()
	for _, p := range childtest.Processes(r.t) {
		if p.Parent == r.cmd.Process.Pid {
			pids = append(pids, p.PID)
		}
	}
	return pids
}

func gone(t *testing.T, pids []int) bool {
	t.Helper()
	for _, p := range childtest.Processes(t) {
		if slices.Contains(pids, p.PID) {
			return false
		}
	}
	return true
}

func (r *runner) eventuallyGone(pids []int) {
	r.t.Helper()
	for deadline := time.Now().Add(5 * time.Second); !gone(r.t, pids); time.Sleep(10 * time.Millisecond) {
		if time.Now().After(deadline) {
			r.t.Fatalf("some of %v are left", pids)
		}
	}
}
