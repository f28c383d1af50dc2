package main

import (
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"time"
)

// session is a sign-in to one API.
type session struct {
	Token     string    `json:"token"`
	ExpiresAt time.Time `json:"expires_at"`
}

// sessionFile is where sign-ins are kept, by the API's address, so that no API is ever sent the token of another.
func sessionFile() (string, error) {
	folder, err := os.UserConfigDir()
	if err != nil {
		return "", fmt.Errorf("find your configuration folder: %w", err)
	}
	return filepath.Join(folder, "voice", "sign-in.json"), nil
}

func readSessions() (map[string]session, error) {
	path, err := sessionFile()
	if err != nil {
		return nil, err
	}
	sessions := map[string]session{}
	text, err := os.ReadFile(path)
	if errors.Is(err, os.ErrNotExist) {
		return sessions, nil
	}
	if err != nil {
		return nil, fmt.Errorf("read your sign-in: %w", err)
	}
	if err := json.Unmarshal(text, &sessions); err != nil {
		return map[string]session{}, nil // whatever it is, it signs nobody in; the next login replaces it
	}
	return sessions, nil
}

// writeSessions keeps sign-ins for nobody but the person. The file is put in place whole.
func writeSessions(sessions map[string]session) error {
	path, err := sessionFile()
	if err != nil {
		return err
	}
	text, err := json.Marshal(sessions)
	if err != nil {
		return err
	}
	if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
		return fmt.Errorf("keep your sign-in: %w", err)
	}
	file, err := os.CreateTemp(filepath.Dir(path), "sign-in-*") // mode 0600
	if err != nil {
		return fmt.Errorf("keep your sign-in: %w", err)
	}
	defer os.Remove(file.Name()) // nothing is there any more once it was renamed
	_, err = file.Write(text)
	if err := errors.Join(err, file.Close()); err != nil {
		return fmt.Errorf("keep your sign-in: %w", err)
	}
	return os.Rename(file.Name(), path)
}

// token is what to send: that of VOICE_TOKEN, or that of the sign-in to this API.
func (p *program) token() (string, error) {
	if token := p.getenv("VOICE_TOKEN"); token != "" {
		return token, nil
	}
	sessions, err := readSessions()
	if err != nil {
		return "", err
	}
	s, known := sessions[p.api]
	if !known || !p.now().Before(s.ExpiresAt) {
		return "", errSignedOut
	}
	return s.Token, nil
}
