package main

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"runtime"
	"strings"
	"syscall"
	"time"

	"voice.example/infra/local/child"
)

// usage is what one process took.
type usage struct {
	Wall    float64 `json:"wall_s"`
	CPU     float64 `json:"cpu_s"` // user and system
	PeakMiB float64 `json:"peak_mib"`
}

// load is what a candidate says of its own load, on its standard output.
type load struct {
	Rows      int     `json:"rows"`
	Written   int     `json:"written"`
	Unchanged int     `json:"unchanged"`
	Calls     int     `json:"calls"` // to DynamoDB
	RRU       float64 `json:"rru"`
	WRU       float64 `json:"wru"`
	Slices    int     `json:"slices,omitempty"` // attempts that it took
	State     string  `json:"state,omitempty"`
}

// measured is one load and what it took.
type measured struct {
	usage
	load
}

// measure runs a command and says what it took. The command is not started by this process but by a small one in
// between: the kernel counts the memory of the process that starts another into the peak of what it starts, and this one
// holds the S3 server.
func measure(ctx context.Context, command []string, env []string) (measured, error) {
	self, err := os.Executable()
	if err != nil {
		return measured{}, err
	}
	var out, errs bytes.Buffer
	cmd := exec.Command(self, append([]string{"measure"}, command...)...)
	cmd.Env, cmd.Stdout, cmd.Stderr = env, &out, &errs
	process, err := child.Start(cmd)
	if err != nil {
		return measured{}, err
	}
	select {
	case <-process.Done():
	case <-ctx.Done():
		process.Kill()
		return measured{}, ctx.Err()
	}
	if process.Err() != nil {
		return measured{}, fmt.Errorf("%w: %s", process.Err(), strings.TrimSpace(errs.String()))
	}
	var m measured
	if err := json.Unmarshal(out.Bytes(), &m); err != nil {
		return measured{}, fmt.Errorf("a load said %q: %w", out.String(), err)
	}
	return m, nil
}

// measureHere is the small process in between.
func measureHere(command []string, to io.Writer) error {
	if len(command) == 0 {
		return errors.New("nothing to measure")
	}
	var out bytes.Buffer
	cmd := exec.Command(command[0], command[1:]...)
	cmd.Stdout, cmd.Stderr = &out, os.Stderr
	began := time.Now()
	process, err := child.Start(cmd)
	if err != nil {
		return err
	}
	<-process.Done()
	took := time.Since(began)
	if process.Err() != nil {
		return process.Err()
	}
	var m measured
	if err := json.Unmarshal(out.Bytes(), &m.load); err != nil {
		return fmt.Errorf("a load said %q: %w", out.String(), err)
	}
	used, ok := cmd.ProcessState.SysUsage().(*syscall.Rusage)
	if !ok {
		return errors.New("this system does not tell what a process used")
	}
	m.Wall, m.CPU = took.Seconds(), (cmd.ProcessState.UserTime() + cmd.ProcessState.SystemTime()).Seconds()
	m.PeakMiB = float64(used.Maxrss) / (1 << 10)
	if runtime.GOOS == "darwin" { // which counts bytes
		m.PeakMiB /= 1 << 10
	}
	return json.NewEncoder(to).Encode(m)
}
