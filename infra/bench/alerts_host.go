package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"slices"
	"testing"
)

// host is what the rig takes for its test: it cleans up, and a failure is a panic that guard turns into an error.
type host struct {
	testing.TB // nil: the rig uses nothing else of it
	ctx        context.Context
	folder     string
	cleanups   []func()
}

// failure is what host panics with.
type failure struct{ error }

func (h *host) Helper()                  {}
func (h *host) Context() context.Context { return h.ctx }
func (h *host) Cleanup(f func())         { h.cleanups = append(h.cleanups, f) }
func (h *host) Fatal(args ...any)        { panic(failure{errors.New(fmt.Sprintln(args...))}) }
func (h *host) Fatalf(format string, args ...any) {
	panic(failure{fmt.Errorf(format, args...)})
}

func (h *host) TempDir() string {
	folder, err := os.MkdirTemp(h.folder, "rig-")
	if err != nil {
		h.Fatal(err)
	}
	return folder
}

func (h *host) close() {
	for _, f := range slices.Backward(h.cleanups) {
		f()
	}
	h.cleanups = nil
}

// guard runs what uses the rig.
func guard(f func() error) (err error) {
	defer func() {
		switch fault := recover().(type) {
		case nil:
		case failure:
			err = fault.error
		default:
			panic(fault)
		}
	}()
	return f()
}
