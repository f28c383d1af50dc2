//go:build simulate

package aws

import "time"

// maxBackoff is the longest pause between two tries of a call: none to speak of, where a test makes services fail.
const maxBackoff = 5 * time.Millisecond
