//go:build !simulate

package aws

import "time"

// Now is the time by which functions go. Binaries that are built with the tag simulate have a clock that a test sets.
func Now() time.Time { return time.Now() }
