package rig

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"sync"
)

// built is what this test binary has compiled, by folder: rigs share it.
var built struct {
	sync.Mutex
	done map[string]string
}

// build compiles a function with the clock that a test moves, into build/, and gives the path of its binary. Another test
// binary may do the same at the same time, or run what is there: the file is replaced at once.
func build(root, folder string) (string, error) {
	built.Lock()
	defer built.Unlock()
	if path := built.done[folder]; path != "" {
		return path, nil
	}
	path := filepath.Join(root, "build", "simulate", folder, "bootstrap")
	if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
		return "", err
	}
	fresh := fmt.Sprintf("%s.%d", path, os.Getpid())
	defer os.Remove(fresh)
	cmd := exec.Command("go", "build", "-trimpath", "-buildvcs=false", "-tags", "lambda.norpc simulate", "-o", fresh, "./functions/"+folder)
	cmd.Dir = root
	cmd.Env = append(os.Environ(), "CGO_ENABLED=0", "GOFLAGS=")
	if out, err := cmd.CombinedOutput(); err != nil {
		return "", fmt.Errorf("compile %s: %w\n%s", folder, err, out)
	}
	if err := os.Rename(fresh, path); err != nil {
		return "", err
	}
	if built.done == nil {
		built.done = map[string]string{}
	}
	built.done[folder] = path
	return path, nil
}
