package e2e

import (
	"fmt"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"sync"
	"testing"
	_ "time/tzdata" // the file's times are in the zone that the template names
)

// root is the repository, runner the local runner, voicectl the officers' command and build the functions' folder,
// compiled once, with the Makefile's own flags, so that the tests never run what an earlier source made.
var root, runner, voicectl, build string

func TestMain(m *testing.M) {
	os.Exit(func() int {
		if err := compile(); err != nil {
			fmt.Fprintln(os.Stderr, err)
			return 1
		}
		defer os.RemoveAll(build)
		return m.Run()
	}())
}

func compile() (err error) {
	if root, err = filepath.Abs(filepath.Join("..", "..")); err != nil {
		return err
	}
	if build, err = os.MkdirTemp("", "voice-e2e"); err != nil {
		return err
	}
	runner = filepath.Join(build, "local")
	if err := goBuild(nil, "-o", runner, "./infra/local"); err != nil {
		return err
	}
	voicectl = filepath.Join(build, "voicectl")
	if err := goBuild(nil, "-o", voicectl, "./infra/cmd/voicectl"); err != nil {
		return err
	}
	functions, err := os.ReadDir(filepath.Join(root, "functions"))
	if err != nil {
		return err
	}
	for _, f := range functions {
		if !f.IsDir() {
			continue
		}
		err := goBuild([]string{"CGO_ENABLED=0"}, "-trimpath", "-tags", "lambda.norpc", "-ldflags", "-s -w",
			"-o", filepath.Join(build, f.Name(), "bootstrap"), "./functions/"+f.Name())
		if err != nil {
			return err
		}
	}
	return nil
}

func goBuild(env []string, args ...string) error {
	cmd := exec.Command("go", append([]string{"build"}, args...)...)
	cmd.Dir, cmd.Env = root, append(os.Environ(), env...)
	if out, err := cmd.CombinedOutput(); err != nil {
		return fmt.Errorf("go build: %w\n%s", err, out)
	}
	return nil
}

// watchSources looks at every folder that the binaries are made of. go test keeps the result of a run until
// something changes that the tests have looked at, and it does not see what TestMain looks at, nor the compiler:
// without this, a fault in a function would be answered with the success of yesterday.
var watchSources = sync.OnceValue(func() error {
	for _, folder := range []string{"functions", "shared", filepath.Join("infra", "local"), filepath.Join("infra", "cmd")} {
		err := filepath.WalkDir(filepath.Join(root, folder), func(path string, entry fs.DirEntry, err error) error {
			if err == nil && entry.IsDir() && entry.Name() == "node_modules" {
				return filepath.SkipDir
			}
			return err
		})
		if err != nil {
			return err
		}
	}
	for _, file := range []string{"template.yaml", "go.mod", "go.sum"} {
		if _, err := os.Stat(filepath.Join(root, file)); err != nil {
			return err
		}
	}
	return nil
})
