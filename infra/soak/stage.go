package main

import (
	"fmt"
	"sync"

	"voice.example/infra/rig"
)

// stage is what the rig and the model take for their test: it also keeps what is wrong.
type stage struct {
	*rig.Host

	mu    sync.Mutex
	wrong []string // since the last call of take
	notes []string
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
