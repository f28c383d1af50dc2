package roster

import (
	"errors"
	"io"
	"os"
	"runtime"
	"runtime/debug"
	"strings"
	"testing"
	"time"

	"voice.example/shared/roster/rostertest"
)

// readAll reads a whole file and closes it.
func readAll(file io.Reader, o Options) (rows []Row, warnings []Reject, err error) {
	r, err := Open(file, o)
	if err != nil {
		return nil, nil, err
	}
	defer func() { err = errors.Join(err, r.Close()) }()
	for {
		row, err := r.Next()
		if errors.Is(err, io.EOF) {
			return rows, r.Warnings(), nil
		}
		if err != nil {
			return rows, r.Warnings(), err
		}
		rows = append(rows, row)
	}
}

// Each hostile file comes to the end that it is meant to come to, soon, in little memory, and leaves nothing behind.
func TestHostile(t *testing.T) {
	t.Setenv("TMPDIR", t.TempDir())
	files := rostertest.Hostile()
	if len(files) < 40 {
		t.Fatalf("only %d files", len(files))
	}
	names, keys := map[string]bool{}, map[string]bool{}
	for _, file := range files {
		if names[file.Name] || keys[file.Key] {
			t.Errorf("two files are called %s or %s", file.Name, file.Key)
		}
		names[file.Name], keys[file.Key] = true, true
		t.Run(file.Name, func(t *testing.T) {
			body := file.Body()
			began := time.Now()
			var rows []Row
			var err error
			if grown := peak(func() { rows, _, err = readAll(body, options) }); grown > 64<<20 {
				t.Errorf("took %d MiB", grown>>20)
			}
			if spent := time.Since(began); spent > time.Minute {
				t.Errorf("took %v", spent)
			}
			var failed *FileError
			switch {
			case file.Want == rostertest.Refused:
				if !errors.As(err, &failed) || failed.Problem == "" || failed.Fix == "" {
					t.Fatalf("%d rows, %v", len(rows), err)
				}
				if strings.Contains(err.Error()+failed.Fix, "Invented") || strings.Contains(err.Error(), "90000000") {
					t.Errorf("names somebody: %v", err)
				}
				return
			case err != nil:
				t.Fatal(err, failed)
			}
			rejected := 0
			for _, row := range rows {
				if len(row.Rejects) > 0 {
					rejected++
				}
				for _, r := range append(row.Rejects, row.Warnings...) {
					if r.Line != row.Line || r.Problem == "" || r.Fix == "" {
						t.Errorf("got %+v", r)
					}
					if strings.Contains(r.Value, "Invented") || digitRun(r.Value) >= 7 && strings.Contains(r.Value, "00000") && !strings.Contains(r.Value, "99999") {
						t.Errorf("names somebody: %+v", r)
					}
				}
			}
			if file.Rows >= 0 && (len(rows) != file.Rows || rejected != file.Rejected) {
				t.Errorf("%d rows, %d rejected, want %d, %d", len(rows), rejected, file.Rows, file.Rejected)
				for _, row := range rows[:min(len(rows), 5)] {
					t.Logf("%+v", row)
				}
			}
		})
	}
	if left, err := os.ReadDir(os.TempDir()); err != nil || len(left) > 0 {
		t.Errorf("left behind: %v, %v", left, err)
	}
}

// peak calls f and returns how far the heap grew meanwhile, garbage that is not yet collected included.
func peak(f func()) uint64 {
	heap := func() uint64 {
		var m runtime.MemStats
		runtime.ReadMemStats(&m)
		return m.HeapAlloc
	}
	defer debug.SetGCPercent(debug.SetGCPercent(20))
	runtime.GC()
	before, top := heap(), uint64(0)
	done, watched := make(chan struct{}), make(chan struct{})
	go func() {
		defer close(watched)
		for {
			top = max(top, heap())
			select {
			case <-done:
				return
			case <-time.After(2 * time.Millisecond):
			}
		}
	}()
	f()
	close(done)
	<-watched
	return max(top, before) - before
}
