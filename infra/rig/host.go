package rig

import (
	"context"
	"errors"
	"fmt"
	"os"
	"slices"
	"testing"
)

// Host is what a rig takes for its test where there is none, as in a benchmark: it cleans up when it is closed, and a failure is
// a panic that Guard turns into an error.
type Host struct {
	testing.TB // nil: the rig uses nothing else of it
	ctx        context.Context
	folder     string
	cleanups   []func()
}

// failure is what Host panics with.
type failure struct{ error }

// NewHost makes a host whose temporary folders are in a folder.
func NewHost(ctx context.Context, folder string) *Host { return &Host{ctx: ctx, folder: folder} }

// What a rig calls of a test.
func (h *Host) Helper()                  {}
func (h *Host) Context() context.Context { return h.ctx }
func (h *Host) Cleanup(f func())         { h.cleanups = append(h.cleanups, f) }
func (h *Host) Fatal(args ...any)        { panic(failure{errors.New(fmt.Sprint(args...))}) }
func (h *Host) Fatalf(format string, args ...any) {
	panic(failure{fmt.Errorf(format, args...)})
}

func (h *Host) TempDir() string {
	folder, err := os.MkdirTemp(h.folder, "rig-")
	if err != nil {
		h.Fatal(err)
	}
	return folder
}

// Close cleans up, the latest first.
func (h *Host) Close() {
	for _, f := range slices.Backward(h.cleanups) {
		f()
	}
	h.cleanups = nil
}

// Guard runs what uses a rig on a Host, and gives what it failed with.
func Guard(f func() error) (err error) {
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
