package main

import (
	"context"
	"fmt"
	"log/slog"
	"slices"
	"time"

	"voice.example/infra/rig"
)

// functionsBench compares the functions, as Lambda runs them, with the same in Python and with the bare calls.
type functionsBench struct {
	runs    int
	colds   int            // cold starts of each contender in all
	counts  map[string]int // requests of a run, by task
	rows    int            // people of an upload
	records int            // people in the table of look-ups
	python  string         // an interpreter with what peer/requirements.txt lists
	folder  string
	log     *slog.Logger

	scene *scene
	left  map[string]string // contenders that were left out, and why
}

// run measures every task.
func (b *functionsBench) run(ctx context.Context) (functionsReport, error) {
	r := functionsReport{Date: time.Now().UTC().Format(time.DateOnly), Machine: thisMachine(b.python), Runs: b.runs, Colds: b.colds, Rows: b.rows, Records: b.records,
		Load: loadAverage()}
	return r, rig.Guard(func() (err error) {
		if b.scene, err = openScene(ctx, b.folder); err != nil {
			return err
		}
		defer b.scene.close()
		contenders, err := b.contenders(ctx)
		if err != nil {
			return err
		}
		r.LeftOut = b.left
		for _, t := range b.tasks() {
			began := time.Now()
			measured, err := b.measure(ctx, t, contenders)
			if err != nil {
				return fmt.Errorf("%s: %w", t.Name, err)
			}
			r.Tasks = append(r.Tasks, measured)
			b.log.Info("measured", "what", t.Name, "s", int(time.Since(began).Seconds()))
		}
		if r.Sizes, err = b.sizes(ctx); err != nil {
			return err
		}
		r.LoadAfter = loadAverage()
		r.price()
		return nil
	})
}

// task is one of the jobs that are compared.
type task struct {
	Name, Title string
	Request     string // what one request is
	parts       []string
	// work opens the task for one contender, on tables of its own.
	work func(ctx context.Context, c contender) (exercise, error)
}

// exercise is a task on a contender's tables.
type exercise interface {
	// env is what the task's functions are told besides what the template says.
	env(function string) map[string]string
	// first is an event for a new process of the first part.
	first(ctx context.Context) ([]byte, error)
	// request does one request, of as many parts as there are, and checks the answers.
	request(ctx context.Context, invoke invoker) error
}

// invoker has a part of a task handle an event.
type invoker func(part int, event []byte) ([]byte, error)

// measure takes a task's figures, of each contender in turn: another is the first each time.
func (b *functionsBench) measure(ctx context.Context, t task, contenders []contender) (taskFigures, error) {
	out := taskFigures{Name: t.Name, Title: t.Title, Request: t.Request}
	works, all := make([]exercise, len(contenders)), make([]figures, len(contenders))
	for i, c := range contenders {
		var err error
		if works[i], err = t.work(ctx, c); err != nil {
			return out, fmt.Errorf("%s: %w", c.name, err)
		}
		all[i].Contender = c.name
		if err := b.count(ctx, t, c, works[i], &all[i]); err != nil {
			return out, fmt.Errorf("%s, counting: %w", c.name, err)
		}
	}
	each := func(turn int, do func(c contender, w exercise, f *figures) error) error {
		for i := range contenders {
			n := (i + turn) % len(contenders)
			if err := do(contenders[n], works[n], &all[n]); err != nil {
				return fmt.Errorf("%s: %w", contenders[n].name, err)
			}
		}
		return nil
	}
	for turn := range b.colds {
		if err := each(turn, func(c contender, w exercise, f *figures) error { return b.cold(ctx, t, c, w, f) }); err != nil {
			return out, fmt.Errorf("cold start: %w", err)
		}
	}
	for turn := range b.runs {
		if err := each(turn, func(c contender, w exercise, f *figures) error { return b.warm(ctx, t, c, w, f) }); err != nil {
			return out, err
		}
	}
	out.Figures = all
	return out, nil
}

// cold starts a process anew and times its first answer.
func (b *functionsBench) cold(ctx context.Context, t task, c contender, w exercise, f *figures) error {
	event, err := w.first(ctx)
	if err != nil {
		return err
	}
	p, err := b.scene.start(c, t.parts[0], w, "")
	if err != nil {
		return err
	}
	defer p.close()
	began := time.Now()
	if _, err := p.invoke(ctx, event); err != nil {
		return err
	}
	f.ColdMS = append(f.ColdMS, float64(time.Since(began))/1e6)
	return nil
}

// warmUp is how many requests a process has had before it is measured: the first make connections, and fill caches.
const warmUp = 5

// warm has processes handle requests one after the other, without anything between them and the services.
func (b *functionsBench) warm(ctx context.Context, t task, c contender, w exercise, f *figures) error {
	processes, err := b.scene.startAll(c, t, w, "")
	if err != nil {
		return err
	}
	defer processes.close()
	n := b.counts[t.Name]
	up := min(warmUp, n)
	if t.Name == taskIngest {
		up = 0 // a file is long enough to be measured from the start of its process
	}
	for range up {
		if err := w.request(ctx, processes.invoke(ctx, nil)); err != nil {
			return err
		}
	}
	var times []float64
	used := processes.cpu()
	for range n {
		var took time.Duration
		if err := w.request(ctx, processes.invoke(ctx, &took)); err != nil {
			return err
		}
		times = append(times, float64(took)/1e6)
	}
	q := percentiles(times)
	f.Runs = append(f.Runs, warmRun{P50: q.P50, P99: q.P99, CPUms: 1000 * (processes.cpu() - used) / float64(n), PeakMiB: processes.peakMiB()})
	return nil
}

// countOf is how many requests are counted.
const countOf = 10

// count has requests pass a proxy that sees what they call and what that consumes. The first is not counted: what is
// read once a minute, or once a process, is none of a request's.
func (b *functionsBench) count(ctx context.Context, t task, c contender, w exercise, f *figures) error {
	m, err := b.scene.meter()
	if err != nil {
		return err
	}
	defer m.close()
	processes, err := b.scene.startAll(c, t, w, m.url)
	if err != nil {
		return err
	}
	defer processes.close()
	n := countOf
	if t.Name == taskIngest {
		n = 1
	} else if err := w.request(ctx, processes.invoke(ctx, nil)); err != nil {
		return fmt.Errorf("%w\n%s", err, processes.said())
	}
	m.reset()
	logged := len(processes.said())
	for range n {
		if err := w.request(ctx, processes.invoke(ctx, nil)); err != nil {
			return fmt.Errorf("%w\n%s", err, processes.said())
		}
	}
	f.Calls, f.RRU, f.WRU = m.read(n)
	f.LogBytes = float64(len(processes.said())-logged) / float64(n)
	return nil
}

// medianMS is the middle, lowest and highest of some figures.
func medianMS(all []float64) (middle, least, most float64) {
	if len(all) == 0 {
		return 0, 0, 0
	}
	return medianOf(all), slices.Min(all), slices.Max(all)
}
