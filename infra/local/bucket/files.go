package bucket

import (
	"crypto/md5"
	"crypto/rand"
	"encoding/hex"
	"fmt"
	"io"
	"os"
	"path/filepath"

	"github.com/johannesboyne/gofakes3"
)

// files is the folder of contents. A file is written once, under a random name, and never changed.
type files struct{ folder string }

// content is a file that has been written.
type content struct {
	file string
	size int64
	md5  string // in hex
}

// write keeps what body holds and returns once it is on disk. size, unless negative, is how long it must be.
func (f files) write(body io.Reader, size int64) (c content, err error) {
	c.file = rand.Text()
	folder := filepath.Dir(f.path(c.file))
	if err := os.MkdirAll(folder, 0o700); err != nil {
		return c, fmt.Errorf("make a folder for contents: %w", err)
	}
	out, err := os.OpenFile(f.path(c.file), os.O_CREATE|os.O_EXCL|os.O_WRONLY, 0o600)
	if err != nil {
		return c, fmt.Errorf("write contents: %w", err)
	}
	defer func() {
		if err != nil {
			out.Close()
			f.remove(c.file)
		}
	}()
	sum := md5.New()
	if c.size, err = io.Copy(io.MultiWriter(out, sum), body); err != nil {
		return c, err // the reader's own error tells the client what was wrong with its request
	}
	if size >= 0 && c.size != size {
		return c, gofakes3.ErrIncompleteBody
	}
	if err = out.Sync(); err != nil {
		return c, fmt.Errorf("write contents: %w", err)
	}
	if err = out.Close(); err != nil {
		return c, fmt.Errorf("write contents: %w", err)
	}
	if err = syncFolder(folder); err != nil {
		return c, fmt.Errorf("write contents: %w", err)
	}
	c.md5 = hex.EncodeToString(sum.Sum(nil))
	return c, nil
}

// syncFolder makes a new file's name as lasting as its contents.
func syncFolder(path string) error {
	d, err := os.Open(path)
	if err != nil {
		return err
	}
	defer d.Close()
	return d.Sync()
}

// path is where a file is; folders by the first letters keep each of them small.
func (f files) path(file string) string { return filepath.Join(f.folder, file[:2], file) }

// remove drops files. One that cannot be removed is swept when the store is opened again.
func (f files) remove(names ...string) {
	for _, name := range names {
		if name != "" {
			os.Remove(f.path(name))
		}
	}
}

// open reads a file, or the part of it that a range asks for. An empty name is an empty file.
func (f files) open(file string, r *gofakes3.ObjectRange) (io.ReadCloser, error) {
	if file == "" {
		return io.NopCloser(eof{}), nil
	}
	in, err := os.Open(f.path(file))
	if err != nil {
		return nil, fmt.Errorf("read contents: %w", err)
	}
	if r == nil {
		return in, nil
	}
	if _, err := in.Seek(r.Start, io.SeekStart); err != nil {
		in.Close()
		return nil, fmt.Errorf("read contents: %w", err)
	}
	return limited{io.LimitReader(in, r.Length), in}, nil
}

// limited reads a part and closes the whole.
type limited struct {
	io.Reader
	io.Closer
}

// eof is an empty reader.
type eof struct{}

func (eof) Read([]byte) (int, error) { return 0, io.EOF }
