// Command probe is a function for tests: it does what its request says.
package main

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"os"
	"runtime"
	"time"

	"github.com/aws/aws-lambda-go/lambda"
	"github.com/aws/aws-lambda-go/lambdacontext"
)

type request struct {
	Do    string        `json:"do"`
	Sleep time.Duration `json:"sleep"`
	Megs  int           `json:"megs"`
}

type answer struct {
	PID      int      `json:"pid"`
	ID       string   `json:"id"`
	ARN      string   `json:"arn"`
	Deadline int64    `json:"deadline"`
	Env      []string `json:"env,omitempty"`
	Filler   string   `json:"filler,omitempty"`
}

func handle(ctx context.Context, r request) (answer, error) {
	lc, _ := lambdacontext.FromContext(ctx)
	deadline, _ := ctx.Deadline()
	a := answer{PID: os.Getpid(), ID: lc.AwsRequestID, ARN: lc.InvokedFunctionArn, Deadline: deadline.UnixMilli()}
	switch r.Do {
	case "env":
		a.Env = os.Environ()
	case "print":
		fmt.Println("printed by the probe")
	case "sleep":
		fmt.Println("the probe sleeps")
		time.Sleep(r.Sleep)
	case "fail":
		return a, errors.New("as asked")
	case "panic":
		panic("as asked")
	case "exit":
		os.Exit(3)
	case "exit-later":
		go func() { time.Sleep(r.Sleep); os.Exit(3) }()
	case "grow":
		block := bytes.Repeat([]byte{1}, r.Megs<<20)
		time.Sleep(r.Sleep)
		runtime.KeepAlive(block)
	case "answer-at-length":
		a.Filler = string(bytes.Repeat([]byte{'x'}, r.Megs<<20))
	}
	return a, nil
}

func main() {
	if os.Getenv("PROBE_FAILS_TO_START") != "" {
		os.Exit(4)
	}
	lambda.Start(handle)
}
