//go:build !simulate

package aws

import "time"

// maxBackoff is the longest pause between two tries of a call.
const maxBackoff = 2 * time.Second
