package main

import (
	"sync"
	"time"

	"github.com/schollz/progressbar/v3"
)

// progress shows how much of a file has gone: a bar on a terminal, a line every tenth elsewhere, nothing with --json.
type progress struct {
	p         *program
	bar       *progressbar.ProgressBar // nil: lines, or nothing
	size      int64
	mu        sync.Mutex
	n, tenths int64
}

func (p *program) progress(size int64) *progress {
	g := &progress{p: p, size: size}
	if p.terminal && !p.json {
		g.bar = progressbar.NewOptions64(size, progressbar.OptionSetWriter(p.err), progressbar.OptionSetDescription("sending"),
			progressbar.OptionShowBytes(true), progressbar.OptionSetPredictTime(true), progressbar.OptionThrottle(100*time.Millisecond),
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
		g.p.say("sent %d %% of %s", tenths*10, bytesText(g.size))
	}
}

func (g *progress) end() {
	if g.bar != nil {
		_ = g.bar.Finish()
	}
}
