//go:build simulate

package aws

import (
	"os"
	"strings"
	"time"
)

// Now is ahead of the clock by the duration that is written, as 1h30m, in the file which the environment variable
// VOICE_CLOCK_AHEAD names. Only tests build this.
func Now() time.Time {
	text, err := os.ReadFile(os.Getenv("VOICE_CLOCK_AHEAD"))
	if err != nil {
		return time.Now()
	}
	ahead, err := time.ParseDuration(strings.TrimSpace(string(text)))
	if err != nil {
		panic("VOICE_CLOCK_AHEAD: " + err.Error())
	}
	return time.Now().Add(ahead)
}
