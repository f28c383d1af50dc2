package rig

import (
	"fmt"
	"os"
	"path/filepath"
)

// onFullDisk gives a program that runs a binary for which no file can grow: files can be made, as on a disk that is full,
// and writing into them fails.
func onFullDisk(folder, binary string) (string, error) {
	path := filepath.Join(folder, "bootstrap")
	// The signal of a file that is too large must not end the process: a full disk sends none.
	script := fmt.Sprintf("#!/bin/sh\ntrap '' XFSZ\nulimit -f 0\nexec '%s'\n", binary)
	return path, os.WriteFile(path, []byte(script), 0o700)
}
