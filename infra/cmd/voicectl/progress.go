package main

import (
	"sync"
	"time"

	"github.com/schollz/progressbar/v3"
)

// progress shows how much has gone, of a file, of what is replayed or of what is checked: a bar on a terminal, a line every
// tenth elsewhere, nothing with --json or where nobody knows how much there is.
type progress struct {
	p         *program
	bar       *progressbar.ProgressBar // nil: lines, or nothing
	size      int64
	done      string // what has been done with it
	of        string // what it is the whole of, in words
	mu        sync.Mutex
	n, tenths int64
}

func (p *program) progress(size int64) *progress {
	return p.progressOf(size, "sending", "sent", bytesText(size), progressbar.OptionShowBytes(true))
}

// countdown is the progress of things that are counted.
func (p *program) countdown(n int, what string) *progress {
	return p.progressOf(int64(n), "sending", "sent", number(n)+" "+what, progressbar.OptionShowCount())
}

// check is the progress of checking about so many things.
func (p *program) check(n int, what string) *progress {
	return p.progressOf(int64(n), "checking", "checked", "about "+number(n)+" "+what, progressbar.OptionShowCount())
}

func (p *program) progressOf(size int64, doing, done, of string, shows progressbar.Option) *progress {
	g := &progress{p: p, size: size, done: done, of: of}
	if p.terminal && !p.json && size > 0 {
		g.bar = progressbar.NewOptions64(size, progressbar.OptionSetWriter(p.err), progressbar.OptionSetDescription(doing),
			shows, progressbar.OptionSetPredictTime(true), progressbar.OptionThrottle(100*time.Millisecond),
			progressbar.OptionSetWidth(30), progressbar.OptionClearOnFinish())
	}
	return g
}

func (g *progress) add(n int64) {
	g.mu.Lock()
	defer g.mu.Unlock()
	g.n += n
	if g.bar != nil {
		_ = g.bar.Set64(min(g.n, g.size))
		return
	}
	if g.size <= 0 {
		return
	}
	// Never twice the same, even when a part went back to its beginning.
	if tenths := min(g.n, g.size) * 10 / g.size; tenths > g.tenths && !g.p.json {
		g.tenths = tenths
		g.p.say("%s %d %% of %s", g.done, tenths*10, g.of)
	}
}

func (g *progress) end() {
	if g.bar != nil {
		_ = g.bar.Finish()
	}
}
