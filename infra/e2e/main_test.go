package e2e

import (
	"fmt"
	"os"
	"testing"
	_ "time/tzdata" // the file's times are in the zone that the template names

	"voice.example/infra/local/stacktest"
)

// made is the runner, the functions and voicectl, compiled once.
var made *stacktest.Binaries

func TestMain(m *testing.M) {
	os.Exit(func() int {
		var err error
		if made, err = stacktest.Compile(); err != nil {
			fmt.Fprintln(os.Stderr, err)
			return 1
		}
		defer made.Remove()
		code := m.Run()
		if !comparePermissions() && code == 0 {
			code = 1
		}
		return code
	}())
}
