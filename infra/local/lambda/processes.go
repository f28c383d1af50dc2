package lambda

import "time"

// worker gives an idle process or a new one, and how long the new one took to start.
func (p *Pool) worker(id string) (*worker, time.Duration, error) {
	for {
		p.mu.Lock()
		if len(p.idle) == 0 {
			p.mu.Unlock()
			break
		}
		w := p.idle[len(p.idle)-1]
		p.idle = p.idle[:len(p.idle)-1]
		p.mu.Unlock()
		w.reaper.Stop()
		if w.alive() {
			return w, 0, nil
		}
		p.forget(w)
	}
	began := p.config.Now()
	w, err := p.start()
	if err != nil {
		return nil, 0, err
	}
	if err := w.awaitReady(id); err != nil {
		p.forget(w)
		return nil, p.config.Now().Sub(began), err
	}
	return w, p.config.Now().Sub(began), nil
}

func (p *Pool) start() (*worker, error) {
	w, err := startWorker(p.config)
	if err != nil {
		return nil, err
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	p.all[w] = struct{}{}
	return w, nil
}

// release puts a process that still lives among the idle ones.
func (p *Pool) release(w *worker) {
	if !w.alive() {
		p.forget(w)
		return
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	p.idle = append(p.idle, w)
	w.reaper = time.AfterFunc(p.config.IdleAfter, func() { p.reap(w) })
}

// reap ends a process, unless somebody has just taken it.
func (p *Pool) reap(w *worker) {
	p.mu.Lock()
	for i, other := range p.idle {
		if other == w {
			p.idle = append(p.idle[:i:i], p.idle[i+1:]...)
			p.mu.Unlock()
			p.forget(w)
			return
		}
	}
	p.mu.Unlock()
}

// forget ends a process for good.
func (p *Pool) forget(w *worker) {
	w.kill()
	p.mu.Lock()
	defer p.mu.Unlock()
	delete(p.all, w)
}

func (p *Pool) processes() []*worker {
	p.mu.Lock()
	defer p.mu.Unlock()
	var all []*worker
	for w := range p.all {
		all = append(all, w)
	}
	return all
}

// Crash ends every process at once, as when its machine fails: the requests that they handle fail, and the next one has
// a new process. It returns when they are gone.
func (p *Pool) Crash() {
	for _, w := range p.processes() {
		w.kill()
	}
}
