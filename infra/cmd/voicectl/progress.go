package main

import (
	"sync"
	"time"

	"github.com/schollz/progressbar/v3"
)

// progress shows how much has gone, of a file or of what is replayed: a bar on a terminal, a line every tenth elsewhere,
// nothing with --json.
type progress struct {
	p         *program
	bar       *progressbar.ProgressBar // nil: lines, or nothing
	size      int64
	of        string // what it is the whole of, in words
	mu        sync.Mutex
	n, tenths int64
}

func (p *program) progress(size int64) *progress {
	return p.progressOf(size, bytesText(size), progressbar.OptionShowBytes(true))
}

// countdown is the progress of things that are counted.
func (p *program) countdown(n int, what string) *progress {
	return p.progressOf(int64(n), number(n)+" "+what, progressbar.OptionShowCount())
}

func (p *program) progressOf(size int64, of string, shows progressbar.Option) *progress {
	g := &progress{p: p, size: size, of: of}
	if p.terminal && !p.json && size > 0 {
		g.bar = progressbar.NewOptions64(size, progressbar.OptionSetWriter(p.err), progressbar.OptionSetDescription("sending"),
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
	// Never twice the same, even when a part went back to its beginning.
	if tenths := g.n * 10 / g.size; tenths > g.tenths && !g.p.json {
		g.tenths = tenths
		g.p.say("sent %d %% of %s", tenths*10, g.of)
	}
}

func (g *progress) end() {
	if g.bar != nil {
		_ = g.bar.Finish()
	}
}
