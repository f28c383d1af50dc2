package main

import (
	"context"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
)

// The contenders.
const (
	nameVoice  = "voice"
	namePython = "python"
	nameFloor  = "floor"
)

// contender is one way of writing the functions.
type contender struct {
	name     string
	binaries map[string]string // what Lambda would run, by the service's function that it does the same as
	env      map[string]string
}

// peerOf is which program of infra/bench/floor, and which handler of infra/bench/peer, does as a function does.
var peerOf = map[string]struct{ floor, handler string }{
	"status":  {"lookup", "lookup.handler"},
	"intake":  {"subscribe", "subscribe.handler"},
	"ingest":  {"ingest", "ingest.handler"},
	"alerts":  {"alerts", "alerts.plan"},
	"deliver": {"alerts", "alerts.deliver"},
}

// contenders builds all that can be had.
func (b *functionsBench) contenders(ctx context.Context) ([]contender, error) {
	b.left = map[string]string{}
	out := filepath.Join(b.scene.root, "build", "bench-functions")
	if err := b.build(ctx, out, "", "./functions/..."); err != nil {
		return nil, err
	}
	if err := b.build(ctx, filepath.Join(out, "floor"), "", "./infra/bench/floor/..."); err != nil {
		return nil, err
	}
	voice := contender{name: nameVoice, binaries: map[string]string{}}
	floor := contender{name: nameFloor, binaries: map[string]string{}, env: map[string]string{"FLOOR_PHONE": phoneOf(0)}}
	for function, peer := range peerOf {
		voice.binaries[function], floor.binaries[function] = filepath.Join(out, function), filepath.Join(out, "floor", peer.floor)
	}
	python, err := b.pythonContender(ctx)
	if err != nil {
		b.left[namePython] = "Python with what peer/requirements.txt lists is not there"
		b.log.Warn("Python is left out", "error", err)
		return []contender{voice, floor}, nil
	}
	return []contender{voice, python, floor}, nil
}

// build compiles programs as they are deployed, for this machine or another.
func (b *functionsBench) build(ctx context.Context, out, processor string, packages ...string) error {
	if err := os.MkdirAll(out, 0o755); err != nil {
		return err
	}
	cmd := exec.CommandContext(ctx, "go", append([]string{"build", "-trimpath", "-buildvcs=false", "-tags", "lambda.norpc", "-ldflags", "-s -w", "-o", out + "/"}, packages...)...)
	cmd.Dir = b.scene.root
	cmd.Env = append(os.Environ(), "CGO_ENABLED=0", "GOFLAGS=")
	if processor != "" {
		cmd.Env = append(cmd.Env, "GOOS=linux", "GOARCH="+processor)
	}
	if said, err := cmd.CombinedOutput(); err != nil {
		return fmt.Errorf("compiling %v: %w\n%s", packages, err, said)
	}
	return nil
}

// pythonContender makes a bootstrap for each handler that has AWS's own runtime client for Python run it.
func (b *functionsBench) pythonContender(ctx context.Context) (contender, error) {
	c := contender{name: namePython, binaries: map[string]string{}, env: map[string]string{
		"PEER_COUNTRIES": b.scene.countriesFile(), "PEER_LOCALES": filepath.Join(b.scene.root, "shared", "i18n", "locales"),
		"PYTHONPYCACHEPREFIX": filepath.Join(b.folder, "pycache"), // compiled once, and not into the repository
	}}
	python, err := filepath.Abs(b.python)
	if err != nil {
		return c, err
	}
	if said, err := exec.CommandContext(ctx, python, "-c", "import awslambdaric, boto3, cryptography, phonenumbers").CombinedOutput(); err != nil {
		return c, fmt.Errorf("%w: %s", err, strings.TrimSpace(string(said)))
	}
	for function, peer := range peerOf {
		folder := filepath.Join(b.folder, "python-"+function)
		if err := os.MkdirAll(folder, 0o755); err != nil {
			return c, err
		}
		c.binaries[function] = filepath.Join(folder, "bootstrap")
		text := fmt.Sprintf("#!%s\nimport sys\nsys.path.insert(0, %q)\nfrom awslambdaric.__main__ import main\nmain([sys.argv[0], %q])\n", python,
			filepath.Join(b.scene.root, "infra", "bench", "peer"), peer.handler)
		if err := os.WriteFile(c.binaries[function], []byte(text), 0o755); err != nil { // #nosec G306 -- it is a program
			return c, err
		}
	}
	return c, nil
}

// sizes are the functions' binaries as they are deployed, for linux/arm64, in bytes; and that of the floor's look-up.
func (b *functionsBench) sizes(ctx context.Context) (map[string]int64, error) {
	out, sizes := filepath.Join(b.scene.root, "build", "bench-functions", "arm64"), map[string]int64{}
	for folder, packages := range map[string]string{out: "./functions/...", filepath.Join(out, "floor"): "./infra/bench/floor/lookup"} {
		if err := b.build(ctx, folder, "arm64", packages); err != nil {
			return nil, err
		}
		files, err := os.ReadDir(folder)
		if err != nil {
			return nil, err
		}
		for _, f := range files {
			about, err := f.Info()
			if err != nil {
				return nil, err
			}
			if about.Mode().IsRegular() {
				sizes[f.Name()] = about.Size()
			}
		}
	}
	return sizes, nil
}
