package permission

import (
	"bytes"
	"encoding/json"
	"fmt"
	"os"
	"sync"
)

// FileName is the record's name in the folder of a runner's state.
const FileName = "permissions.jsonl"

// Kind says what a line of the record tells.
type Kind string

const (
	Granted Kind = "granted" // a policy allows it
	Used    Kind = "used"    // a call was allowed by it
	Refused Kind = "refused" // a call was not allowed, of this action on this resource
)

// Line is one fact of a record.
type Line struct {
	Kind Kind `json:"kind"`
	Grant
}

// Record is a file to which each fact is added when it is new: what a killed run has noted is there. It may be used by several
// goroutines. The nil Record notes nothing.
type Record struct {
	mu    sync.Mutex
	file  *os.File
	known map[Line]bool
}

// OpenRecord opens the record at path, which may go on from an earlier run's, and notes what is granted.
func OpenRecord(path string, granted []Grant) (*Record, error) {
	file, err := os.OpenFile(path, os.O_CREATE|os.O_APPEND|os.O_WRONLY, 0o600)
	if err != nil {
		return nil, fmt.Errorf("permission: opening the record: %w", err)
	}
	r := &Record{file: file, known: map[Line]bool{}}
	for _, g := range granted {
		r.add(Line{Granted, g})
	}
	return r, nil
}

func (r *Record) used(grants []Grant) {
	for _, g := range grants {
		r.add(Line{Used, g})
	}
}

func (r *Record) refused(g Grant) { r.add(Line{Refused, g}) }

func (r *Record) add(l Line) {
	if r == nil {
		return
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.known[l] {
		return
	}
	r.known[l] = true
	text, err := json.Marshal(l)
	if err == nil {
		_, _ = r.file.Write(append(text, '\n')) // a record that cannot be written lacks a line, which a test finds
	}
}

// Close ends the record. Nil is closed.
func (r *Record) Close() {
	if r != nil {
		_ = r.file.Close()
	}
}

// ReadRecord reads the record at path. A last line that a kill cut off is left out.
func ReadRecord(path string) ([]Line, error) {
	data, err := os.ReadFile(path)
	if err != nil {
		return nil, fmt.Errorf("permission: reading the record: %w", err)
	}
	var lines []Line
	for text := range bytes.Lines(data) {
		var l Line
		if json.Unmarshal(text, &l) == nil {
			lines = append(lines, l)
		}
	}
	return lines, nil
}
