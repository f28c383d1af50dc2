package roster

import "voice.example/shared/reject"

// FileError says why a file as a whole cannot be read, and what to do about it. It repeats no personal data.
type FileError struct{ Problem, Fix string }

func (e *FileError) Error() string { return "roster: " + e.Problem }

// Reject is one thing wrong with one row.
type Reject = reject.Row
