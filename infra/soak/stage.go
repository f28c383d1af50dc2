package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"slices"
	"sync"
	"testing"
)

// stage is what the rig and the model take for their test: it cleans up, keeps what is wrong, and panics where a test
// would stop, which guard turns into an error.
type stage struct {
	testing.TB // nil: nothing else of it is used
	ctx        context.Context
	folder     string
	cleanups   []func()

	mu    sync.Mutex
	wrong []string // since the last call of take
	notes []string
}

// failure is what stage panics with.
type failure struct{ error }

func (s *stage) Helper()                  {}
func (s *stage) Context() context.Context { return s.ctx }
func (s *stage) Cleanup(f func())         { s.cleanups = append(s.cleanups, f) }
func (s *stage) Fatal(args ...any)        { panic(failure{errors.New(fmt.Sprint(args...))}) }
func (s *stage) Fatalf(format string, args ...any) {
	panic(failure{fmt.Errorf(format, args...)})
}
func (s *stage) Error(args ...any)                 { s.violated(fmt.Sprint(args...)) }
func (s *stage) Errorf(format string, args ...any) { s.violated(fmt.Sprintf(format, args...)) }
func (s *stage) Log(args ...any)                   { s.note(fmt.Sprint(args...)) }
func (s *stage) Logf(format string, args ...any)   { s.note(fmt.Sprintf(format, args...)) }

func (s *stage) violated(what string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.wrong = append(s.wrong, what)
}

func (s *stage) note(what string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.notes = append(s.notes, what)
}

// Failed reports whether something is wrong.
func (s *stage) Failed() bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	return len(s.wrong) > 0
}

// take gives what is wrong, and what was noted about it, and forgets both.
func (s *stage) take() (wrong, notes []string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	wrong, notes = s.wrong, s.notes
	s.wrong, s.notes = nil, nil
	return wrong, notes
}

func (s *stage) TempDir() string {
	folder, err := os.MkdirTemp(s.folder, "soak-")
	if err != nil {
		s.Fatal(err)
	}
	return folder
}

func (s *stage) close() {
	for _, f := range slices.Backward(s.cleanups) {
		f()
	}
	s.cleanups = nil
}

// guard runs what uses the rig.
func guard(f func()) (err error) {
	defer func() {
		switch fault := recover().(type) {
		case nil:
		case failure:
			err = fault.error
		default:
			panic(fault)
		}
	}()
	f()
	return nil
}
