package main

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"syscall"
)

// state is the folder that keeps everything between runs.
type state struct {
	folder string
	lock   *os.File
}

// openState makes the folder if it is missing and takes it for this process alone. The kernel lets go
// of the lock when the process ends, however it ends.
func openState(folder string) (*state, error) {
	folder, err := filepath.Abs(folder)
	if err != nil {
		return nil, fmt.Errorf("find the state folder: %w", err)
	}
	if err := os.MkdirAll(filepath.Join(folder, "logs"), 0o700); err != nil {
		return nil, fmt.Errorf("make the state folder: %w", err)
	}
	lock, err := os.OpenFile(filepath.Join(folder, "lock"), os.O_CREATE|os.O_RDWR, 0o600)
	if err != nil {
		return nil, fmt.Errorf("lock the state folder: %w", err)
	}
	if err := syscall.Flock(int(lock.Fd()), syscall.LOCK_EX|syscall.LOCK_NB); err != nil {
		_ = lock.Close()
		if errors.Is(err, syscall.EWOULDBLOCK) {
			return nil, fmt.Errorf("another runner uses the state in %s: stop it, or set VOICE_STATE to another folder", folder)
		}
		return nil, fmt.Errorf("lock the state folder: %w", err)
	}
	s := &state{folder: folder, lock: lock}
	// Files left by a run that was killed would send readers to ports that are not ours.
	if err := s.forgetAddresses(); err != nil {
		s.close()
		return nil, err
	}
	return s, nil
}

func (s *state) path(parts ...string) string {
	return filepath.Join(append([]string{s.folder}, parts...)...)
}

func (s *state) remove(name string) error {
	if err := os.Remove(s.path(name)); err != nil && !errors.Is(err, os.ErrNotExist) {
		return fmt.Errorf("remove %s: %w", name, err)
	}
	return nil
}

// forgetAddresses removes the files that say where this runner is.
func (s *state) forgetAddresses() error {
	return errors.Join(s.remove("endpoints.json"), s.remove(replayFile))
}

// write puts a file in place whole: a reader sees the old one or the new one.
func (s *state) write(name string, data []byte) error {
	temporary := s.path(name + ".new")
	if err := os.WriteFile(temporary, data, 0o600); err != nil {
		return fmt.Errorf("write %s: %w", name, err)
	}
	if err := os.Rename(temporary, s.path(name)); err != nil {
		return fmt.Errorf("write %s: %w", name, err)
	}
	return nil
}

func (s *state) close() { _ = s.lock.Close() }
