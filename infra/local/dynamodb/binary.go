package dynamodb

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"runtime"
)

// ErrNoBinary means that dynoxide has not been fetched for this platform.
var ErrNoBinary = errors.New("dynoxide is not there: run make tools")

// FindBinary gives the dynoxide executable that npm put below folder, which is the repository's root.
func FindBinary(root string) (string, error) {
	path := filepath.Join(root, "infra", "local", "node_modules", "@dynoxide", platform(), "dynoxide")
	if _, err := os.Stat(path); err != nil {
		if errors.Is(err, fs.ErrNotExist) {
			return "", fmt.Errorf("%w (looked for %s)", ErrNoBinary, filepath.Join("infra/local/node_modules/@dynoxide", platform()))
		}
		return "", fmt.Errorf("look for dynoxide: %w", err)
	}
	return path, nil
}

// platform is what npm calls this machine.
func platform() string {
	arch := runtime.GOARCH
	if arch == "amd64" {
		arch = "x64"
	}
	return runtime.GOOS + "-" + arch
}

// FindRoot gives the nearest folder at or above from that holds a go.mod.
func FindRoot(from string) (string, error) {
	folder, err := filepath.Abs(from)
	if err != nil {
		return "", err
	}
	for {
		if _, err := os.Stat(filepath.Join(folder, "go.mod")); err == nil {
			return folder, nil
		}
		parent := filepath.Dir(folder)
		if parent == folder {
			return "", fmt.Errorf("there is no go.mod at or above %s", from)
		}
		folder = parent
	}
}
