// Package stacktest runs the whole service for tests, as `make run` does: compiled from what is in the working tree, on
// free ports and a state of its own. A test binary compiles once, in TestMain, and starts as many as it needs:
//
//	made, err := stacktest.Compile()
//	defer made.Remove()
//	…
//	s := made.Start(t, "--no-sample")
//	http.Get(s.API + "/custody")
//
// Limits: it knows nothing that a user of the runner would not, and it takes Go and what `make tools` fetches.
package stacktest

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"sync"

	"voice.example/infra/local/lookout"
	"voice.example/infra/local/permission"
)

// Binaries are what was compiled. Use Compile to make them.
type Binaries struct {
	Root     string // the repository
	Folder   string // with NAME/bootstrap for each function
	Runner   string // the local runner
	Voicectl string // the officers' command

	// People are those whom the tests have told any stack about.
	People lookout.People

	watch func() error

	mu          sync.Mutex
	permissions []permission.Line
}

// Permissions are what all stacks have noted that have ended: what functions may do, and what they did.
func (b *Binaries) Permissions() []permission.Line {
	b.mu.Lock()
	defer b.mu.Unlock()
	return slices.Clone(b.permissions)
}

// Compile compiles the runner, voicectl and all functions, with the Makefile's own flags, so that the tests never run
// what an earlier source made. Remove them in the end.
func Compile() (*Binaries, error) {
	root, err := repository()
	if err != nil {
		return nil, err
	}
	folder, err := os.MkdirTemp("", "voice-stack")
	if err != nil {
		return nil, err
	}
	b := &Binaries{Root: root, Folder: folder, Runner: filepath.Join(folder, "local"), Voicectl: filepath.Join(folder, "voicectl")}
	b.watch = sync.OnceValue(b.watchSources)
	if err := b.compile(); err != nil {
		b.Remove()
		return nil, err
	}
	return b, nil
}

func (b *Binaries) compile() error {
	if err := b.build(nil, "-o", b.Runner, "./infra/local"); err != nil {
		return err
	}
	if err := b.build(nil, "-o", b.Voicectl, "./infra/cmd/voicectl"); err != nil {
		return err
	}
	functions, err := os.ReadDir(filepath.Join(b.Root, "functions"))
	if err != nil {
		return err
	}
	for _, f := range functions {
		if !f.IsDir() {
			continue
		}
		err := b.build([]string{"CGO_ENABLED=0"}, "-trimpath", "-tags", "lambda.norpc", "-ldflags", "-s -w",
			"-o", filepath.Join(b.Folder, f.Name(), "bootstrap"), "./functions/"+f.Name())
		if err != nil {
			return err
		}
	}
	return nil
}

func (b *Binaries) build(env []string, args ...string) error {
	cmd := exec.Command("go", append([]string{"build"}, args...)...)
	cmd.Dir, cmd.Env = b.Root, append(os.Environ(), env...)
	if out, err := cmd.CombinedOutput(); err != nil {
		return fmt.Errorf("go build: %w\n%s", err, out)
	}
	return nil
}

// Remove deletes the binaries.
func (b *Binaries) Remove() { _ = os.RemoveAll(b.Folder) }

// repository is the folder of the go.mod above the test.
func repository() (string, error) {
	folder, err := os.Getwd()
	if err != nil {
		return "", err
	}
	for {
		if _, err := os.Stat(filepath.Join(folder, "go.mod")); err == nil {
			return folder, nil
		}
		if folder == filepath.Dir(folder) {
			return "", errors.New("there is no go.mod above this folder")
		}
		folder = filepath.Dir(folder)
	}
}

// watchSources looks at every folder that the binaries are made of. go test keeps the result of a run until
// something changes that the tests have looked at, and it does not see what TestMain looks at, nor the compiler:
// without this, a fault in a function would be answered with the success of yesterday.
func (b *Binaries) watchSources() error {
	for _, folder := range []string{"functions", "shared", filepath.Join("infra", "local"), filepath.Join("infra", "cmd")} {
		err := filepath.WalkDir(filepath.Join(b.Root, folder), func(path string, entry fs.DirEntry, err error) error {
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
		if _, err := os.Stat(filepath.Join(b.Root, file)); err != nil {
			return err
		}
	}
	return nil
}
