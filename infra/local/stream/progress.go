package stream

import (
	"context"
	"sync"
)

// progress keeps the records of a shard that were read but are not all done, in reading order, and moves
// the checkpoint up to the first that is not done.
type progress struct {
	save  func(sequence string) error
	freed chan struct{} // has something when held may have become smaller

	mu   sync.Mutex
	held []*item

	saveMu sync.Mutex // keeps checkpoints from being written out of order
	saved  string
	newest string // the checkpoint to write, guarded by mu
}

// add notes a record that was read.
func (p *progress) add(it *item) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.held = append(p.held, it)
}

// done notes that records need no further work and writes the checkpoint if it can move.
func (p *progress) done(items ...*item) error {
	p.mu.Lock()
	for _, it := range items {
		it.done = true
	}
	for len(p.held) > 0 && p.held[0].done {
		p.newest = p.held[0].sequence
		p.held[0] = nil
		p.held = p.held[1:]
	}
	p.mu.Unlock()
	select {
	case p.freed <- struct{}{}:
	default:
	}

	p.saveMu.Lock()
	defer p.saveMu.Unlock()
	p.mu.Lock()
	newest := p.newest
	p.mu.Unlock()
	if newest == p.saved {
		return nil
	}
	if err := p.save(newest); err != nil {
		return err
	}
	p.saved = newest
	return nil
}

// empty says whether every record that was read is done.
func (p *progress) empty() bool {
	p.mu.Lock()
	defer p.mu.Unlock()
	return len(p.held) == 0
}

// room waits until fewer than most records are held; it is false when ctx ends first.
func (p *progress) room(ctx context.Context, most int) bool {
	for {
		p.mu.Lock()
		held := len(p.held)
		p.mu.Unlock()
		if held < most {
			return true
		}
		select {
		case <-ctx.Done():
			return false
		case <-p.freed:
		}
	}
}
