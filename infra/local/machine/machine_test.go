package machine_test

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"net/http/httptest"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/credentials"
	"github.com/aws/aws-sdk-go-v2/service/sfn"
	"github.com/aws/aws-sdk-go-v2/service/sfn/types"

	"voice.example/infra/local/durable"
	"voice.example/infra/local/machine"
)

const (
	machineARN = "arn:aws:states:us-east-1:000000000000:stateMachine:work"
	definition = `{
  "StartAt": "From",
  "States": {
    "From": {"Type": "Choice", "Choices": [{"Variable": "$.from", "StringEquals": "end", "Next": "End"}], "Default": "Look"},
    "Look": {"Type": "Task", "Resource": "look", "Parameters": {"id.$": "$.id", "step": "look"},
      "Retry": [{"ErrorEquals": ["ForGood"], "MaxAttempts": 0}, {"ErrorEquals": ["States.ALL"], "IntervalSeconds": 0, "MaxAttempts": 2, "BackoffRate": 2, "MaxDelaySeconds": 1, "JitterStrategy": "FULL"}],
      "Catch": [{"ErrorEquals": ["States.ALL"], "ResultPath": "$.failed", "Next": "GiveUp"}], "Next": "Each"},
    "Each": {"Type": "Map", "ItemsPath": "$.units", "MaxConcurrency": 2, "ToleratedFailureCount": 0, "Label": "Each",
      "ItemSelector": {"id.$": "$.id", "unit.$": "$$.Map.Item.Value"},
      "ItemProcessor": {"ProcessorConfig": {"Mode": "DISTRIBUTED", "ExecutionType": "STANDARD"}, "StartAt": "Unit",
        "States": {"Unit": {"Type": "Task", "Resource": "unit", "ResultSelector": {}, "End": true}}},
      "ResultPath": null, "Catch": [{"ErrorEquals": ["States.ALL"], "ResultPath": "$.failed", "Next": "GiveUp"}], "Next": "Enough"},
    "Enough": {"Type": "Choice", "Choices": [{"Variable": "$.rests", "BooleanEquals": false, "Next": "End"}], "Default": "Rests"},
    "Rests": {"Type": "Succeed"},
    "End": {"Type": "Task", "Resource": "end", "Parameters": {"id.$": "$.id"}, "End": true},
    "GiveUp": {"Type": "Task", "Resource": "give_up", "Parameters": {"id.$": "$.id", "error.$": "$.failed.Error"}, "Next": "Failed"},
    "Failed": {"Type": "Fail", "Error": "WorkFailed", "Cause": "see there"}
  }
}`
)

// typed is an error with a type, as a function's.
type typed string

func (e typed) Error() string     { return "failed: " + string(e) }
func (e typed) ErrorType() string { return string(e) }

// world is a machine whose functions a test plays.
type world struct {
	client *sfn.Client
	mu     sync.Mutex
	calls  []string
	play   func(function, input string, nth int) (string, error)
}

func (w *world) invoke(_ context.Context, function string, input []byte) ([]byte, error) {
	w.mu.Lock()
	defer w.mu.Unlock()
	call, nth := function+" "+string(input), 1
	for _, c := range w.calls {
		if c == call {
			nth++
		}
	}
	w.calls = append(w.calls, call)
	answer, err := w.play(function, string(input), nth)
	return []byte(answer), err
}

func (w *world) did() string {
	w.mu.Lock()
	defer w.mu.Unlock()
	return strings.Join(w.calls, "\n")
}

// open starts the service on a state file; stop ends it.
func (w *world) open(t *testing.T, path string) (stop func()) {
	t.Helper()
	db, err := durable.Open(path)
	if err != nil {
		t.Fatal(err)
	}
	s, err := machine.Open(machine.Config{DB: db, Machines: []machine.Machine{{ARN: machineARN, Definition: json.RawMessage(definition), Invoke: w.invoke}}})
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(context.Background())
	ended := make(chan struct{})
	go func() { s.Run(ctx); close(ended) }()
	server := httptest.NewServer(s.Before(http.NotFoundHandler()))
	stop = sync.OnceFunc(func() { cancel(); <-ended; server.Close(); db.Close() })
	t.Cleanup(stop)
	w.client = sfn.New(sfn.Options{Region: "us-east-1", BaseEndpoint: &server.URL, Credentials: credentials.NewStaticCredentialsProvider("local", "local-secret", ""),
		RetryMaxAttempts: 1, EndpointResolverV2: sfn.NewDefaultEndpointResolverV2()})
	return stop
}

func (w *world) start(t *testing.T, name, input string) string {
	t.Helper()
	out, err := w.client.StartExecution(context.Background(), &sfn.StartExecutionInput{StateMachineArn: aws.String(machineARN), Name: &name, Input: &input})
	if err != nil {
		t.Fatal(err)
	}
	return *out.ExecutionArn
}

// ends waits for the execution's end.
func (w *world) ends(t *testing.T, arn string) types.ExecutionStatus {
	t.Helper()
	for deadline := time.Now().Add(10 * time.Second); ; time.Sleep(5 * time.Millisecond) {
		out, err := w.client.DescribeExecution(context.Background(), &sfn.DescribeExecutionInput{ExecutionArn: &arn})
		if err != nil {
			t.Fatal(err)
		}
		if out.Status != types.ExecutionStatusRunning {
			return out.Status
		}
		if time.Now().After(deadline) {
			t.Fatalf("it runs on:\n%s", w.did())
		}
	}
}

func TestExecutions(t *testing.T) {
	looks := func(function, _ string, _ int) (string, error) {
		if function == "look" {
			return `{"id":"a","units":[1,2,3],"rests":false}`, nil
		}
		return `{"id":"a"}`, nil
	}
	open := func(t *testing.T, play func(string, string, int) (string, error)) *world {
		w := &world{play: play}
		w.open(t, filepath.Join(t.TempDir(), "state.db"))
		return w
	}
	t.Run("OK", func(t *testing.T) {
		w := open(t, looks)
		if status := w.ends(t, w.start(t, "a", `{"id":"a","from":"look"}`)); status != types.ExecutionStatusSucceeded {
			t.Errorf("it ended as %s", status)
		}
		did := w.did()
		for _, want := range []string{`look {"id":"a","step":"look"}`, `unit {"id":"a","unit":1}`, `unit {"id":"a","unit":3}`} {
			if !strings.Contains(did, want) {
				t.Errorf("%s is not among\n%s", want, did)
			}
		}
		if !strings.HasSuffix(did, "\n"+`end {"id":"a"}`) || strings.Count(did, "\n") != 4 {
			t.Errorf("it did\n%s", did)
		}
	})
	t.Run("ChoosesByText", func(t *testing.T) {
		w := open(t, looks)
		w.ends(t, w.start(t, "a", `{"id":"a","from":"end"}`))
		if did := w.did(); did != `end {"id":"a"}` {
			t.Errorf("it did\n%s", did)
		}
	})
	t.Run("RestsByABoolean", func(t *testing.T) {
		w := open(t, func(function, input string, nth int) (string, error) {
			return `{"id":"a","units":[],"rests":true}`, nil
		})
		if status := w.ends(t, w.start(t, "a", `{"id":"a"}`)); status != types.ExecutionStatusSucceeded || strings.Contains(w.did(), "end") {
			t.Errorf("%s, and it did\n%s", status, w.did())
		}
	})
	t.Run("TriesAgain", func(t *testing.T) {
		w := open(t, func(function, input string, nth int) (string, error) {
			if function == "look" && nth <= 2 {
				return "", errors.New("not now")
			}
			return looks(function, input, nth)
		})
		if status := w.ends(t, w.start(t, "a", `{"id":"a"}`)); status != types.ExecutionStatusSucceeded || strings.Count(w.did(), "look {") != 3 {
			t.Errorf("%s, and it did\n%s", status, w.did())
		}
	})
	for name, failing := range map[string]string{"ErrTaskFailsForGood": "look", "ErrUnitFailsForGood": "unit"} {
		t.Run(name, func(t *testing.T) {
			w := open(t, func(function, input string, nth int) (string, error) {
				if function == failing {
					return "", fmt.Errorf("wrapped: %w", typed("ForGood"))
				}
				return looks(function, input, nth)
			})
			if status := w.ends(t, w.start(t, "a", `{"id":"a"}`)); status != types.ExecutionStatusFailed {
				t.Errorf("it ended as %s", status)
			}
			if did := w.did(); strings.Count(did, "look {") != 1 || !strings.HasSuffix(did, `give_up {"error":"ForGood","id":"a"}`) {
				t.Errorf("it did\n%s", did)
			}
		})
	}
	t.Run("ErrNameIsUsedOnce", func(t *testing.T) {
		w := open(t, looks)
		w.ends(t, w.start(t, "a", `{"id":"a"}`))
		_, err := w.client.StartExecution(context.Background(), &sfn.StartExecutionInput{StateMachineArn: aws.String(machineARN), Name: aws.String("a"), Input: aws.String(`{"id":"a"}`)})
		var exists *types.ExecutionAlreadyExists
		if !errors.As(err, &exists) {
			t.Errorf("err = %v", err)
		}
	})
	t.Run("ErrNoSuchMachineOrExecution", func(t *testing.T) {
		w := open(t, looks)
		_, err := w.client.StartExecution(context.Background(), &sfn.StartExecutionInput{StateMachineArn: aws.String(machineARN + "s"), Name: aws.String("a"), Input: aws.String(`{}`)})
		var noMachine *types.StateMachineDoesNotExist
		if !errors.As(err, &noMachine) {
			t.Errorf("err = %v", err)
		}
		_, err = w.client.DescribeExecution(context.Background(), &sfn.DescribeExecutionInput{ExecutionArn: aws.String("arn:none")})
		var none *types.ExecutionDoesNotExist
		if !errors.As(err, &none) {
			t.Errorf("err = %v", err)
		}
	})
	t.Run("WhatARunnerLeftIsBegunAgain", func(t *testing.T) {
		path, reached, hold := filepath.Join(t.TempDir(), "state.db"), make(chan struct{}), make(chan struct{})
		w := &world{}
		w.play = func(function, input string, nth int) (string, error) {
			if function == "look" && nth == 1 {
				close(reached)
				<-hold
				return "", errors.New("the function was ended")
			}
			return looks(function, input, nth)
		}
		stop := w.open(t, path)
		arn := w.start(t, "a", `{"id":"a"}`)
		<-reached
		time.AfterFunc(10*time.Millisecond, func() { close(hold) })
		stop()
		w.open(t, path)
		if status := w.ends(t, arn); status != types.ExecutionStatusSucceeded {
			t.Errorf("it ended as %s", status)
		}
	})
}

func TestDefinitions(t *testing.T) {
	for name, change := range map[string][2]string{
		"ErrUnknownType":  {`"Type": "Succeed"`, `"Type": "Wait"`},
		"ErrUnknownField": {`"Type": "Succeed"`, `"Type": "Succeed", "OutputPath": "$.a"`},
		"ErrNoSuchState":  {`"Default": "Rests"`, `"Default": "Sleeps"`},
		"ErrStart":        {`"StartAt": "From"`, `"StartAt": "There"`},
		"ErrInlineMap":    {`"Mode": "DISTRIBUTED"`, `"Mode": "INLINE"`},
		"ErrResultPath":   {`"ResultPath": "$.failed"`, `"ResultPath": "$.failed.deep"`},
	} {
		t.Run(name, func(t *testing.T) {
			text := strings.Replace(definition, change[0], change[1], 1)
			if text == definition {
				t.Fatal("nothing was changed")
			}
			if _, err := machine.Open(machine.Config{Machines: []machine.Machine{{ARN: machineARN, Definition: json.RawMessage(text)}}}); err == nil {
				t.Error("no error")
			}
		})
	}
}
