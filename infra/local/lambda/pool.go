// Package lambda runs functions as AWS Lambda does: the compiled binary, as a process of its own, that
// asks for its requests over the Lambda runtime API.
//
// A process handles one request at a time. When all are busy another is started, up to the function's
// reserved concurrency (then callers are throttled) or, when none is reserved, up to MaxProcesses (then
// callers wait, since AWS would have started one more). A process that runs out of time or memory is
// killed; one that ends by itself in the middle of a request fails that request only. Idle processes
// are ended after a while.
//
// Limits: requests are synchronous; there are no extensions, no response streaming, no SnapStart. A
// process has as much processor as it takes. Memory is watched on Linux only, by looking every few
// milliseconds, so a function may pass its limit for that long.
package lambda

import (
	"context"
	"errors"
	"io"
	"sync"
	"time"
)

// MaxPayload is the longest request and the longest answer, in bytes.
const MaxPayload = 6 << 20

// initLimit is how long a process may take until it asks for its first request.
const initLimit = 10 * time.Second

// Config describes one function.
type Config struct {
	Name, ARN   string
	Binary      string // absolute path of the bootstrap executable
	Environment []string
	Timeout     time.Duration
	MemoryMB    int
	// Reserved is the function's reserved concurrency; nil when none is.
	Reserved *int
	// MaxProcesses bounds the processes when nothing is reserved; 0 means 10.
	MaxProcesses int
	// IdleAfter is how long a process may wait for work before it is ended; 0 means 2 minutes.
	IdleAfter time.Duration
	// Output takes what the processes print. Several may write at the same time.
	Output io.Writer
	// Report is told of every request that has ended; nil for nobody.
	Report func(Record)
	// Now is the clock; nil means time.Now.
	Now func() time.Time
}

// Record is what there is to say about one request. It holds nothing of the request or the answer.
type Record struct {
	Started   time.Time
	Function  string
	Source    string // who called, such as "GET /v1/things" or "stream"
	RequestID string
	Status    string        // ok, error, or the type of what the runtime did: throttled, Sandbox.Timedout …
	ErrorType string        // the type that the function gave, with Status error
	Duration  time.Duration // the function's own time
	Init      time.Duration // how long a new process took to start; 0 when the process was there
	PeakMB    int           // the process's peak memory; 0 where it is not known
}

// Pool is the processes of one function. Its methods may be called from many goroutines.
type Pool struct {
	config Config
	slots  chan struct{} // holds one entry for each request that runs
	closed chan struct{}

	mu      sync.Mutex
	stopped bool
	idle    []*worker // the most recently used last
	all     map[*worker]struct{}
	running sync.WaitGroup
}

// New gives a pool without starting anything.
func New(config Config) *Pool {
	if config.MaxProcesses == 0 {
		config.MaxProcesses = 10
	}
	if config.IdleAfter == 0 {
		config.IdleAfter = 2 * time.Minute
	}
	if config.Report == nil {
		config.Report = func(Record) {}
	}
	if config.Now == nil {
		config.Now = time.Now
	}
	if config.Output == nil {
		config.Output = io.Discard
	}
	slots := config.MaxProcesses
	if config.Reserved != nil {
		slots = *config.Reserved
	}
	return &Pool{
		config: config,
		slots:  make(chan struct{}, slots),
		closed: make(chan struct{}),
		all:    map[*worker]struct{}{},
	}
}

// Caller invokes a pool in somebody's name, which the records tell.
type Caller struct {
	pool   *Pool
	source string
}

// From gives the pool as source calls it.
func (p *Pool) From(source string) Caller { return Caller{p, source} }

// Invoke is Pool.Invoke.
func (c Caller) Invoke(ctx context.Context, payload []byte) ([]byte, error) {
	return c.pool.invoke(ctx, c.source, payload)
}

// Invoke runs the function once. The error is a *FunctionError when the function ran and failed, and
// ErrThrottled, ErrTooLarge, ErrStopped or ctx's error when it did not run. When ctx ends while the
// function runs, Invoke returns and the function goes on, as it does in AWS.
func (p *Pool) Invoke(ctx context.Context, payload []byte) ([]byte, error) {
	return p.invoke(ctx, "", payload)
}

func (p *Pool) invoke(ctx context.Context, source string, payload []byte) ([]byte, error) {
	if len(payload) > MaxPayload {
		return nil, ErrTooLarge
	}
	if err := p.enter(ctx, source); err != nil {
		return nil, err
	}
	result := make(chan outcome, 1)
	go func() {
		defer p.running.Done()
		defer func() { <-p.slots }()
		result <- p.run(source, payload)
	}()
	select {
	case out := <-result:
		return out.payload, out.err
	case <-ctx.Done():
		return nil, ctx.Err()
	}
}

// enter waits for, or demands, the right to run one more request.
func (p *Pool) enter(ctx context.Context, source string) error {
	if p.config.Reserved != nil {
		select {
		case p.slots <- struct{}{}:
		default:
			p.config.Report(Record{Started: p.config.Now(), Function: p.config.Name, Source: source, Status: "throttled"})
			return ErrThrottled
		}
	} else {
		select {
		case p.slots <- struct{}{}:
		case <-p.closed:
			return ErrStopped
		case <-ctx.Done():
			return ctx.Err()
		}
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.stopped {
		<-p.slots
		return ErrStopped
	}
	p.running.Add(1)
	return nil
}

type outcome struct {
	payload []byte
	err     error
}

// run finds a process and has it handle the request.
func (p *Pool) run(source string, payload []byte) outcome {
	record := Record{Started: p.config.Now(), Function: p.config.Name, Source: source, RequestID: newRequestID()}
	out := outcome{err: errLost}
	// A process that waits for work may die at any moment, also while it is given some. The request
	// was then not handled by anybody, so another process gets it.
	for errors.Is(out.err, errLost) {
		w, init, err := p.worker(record.RequestID)
		record.Init = init
		if err != nil {
			out = outcome{err: err}
			break
		}
		began := p.config.Now()
		out = w.handle(&invocation{id: record.RequestID, payload: payload})
		record.Duration = p.config.Now().Sub(began)
		record.PeakMB = w.peakMB()
		p.release(w)
	}
	record.Status, record.ErrorType = status(out.err)
	p.config.Report(record)
	return out
}

func status(err error) (status, errorType string) {
	var failed *FunctionError
	switch {
	case err == nil:
		return "ok", ""
	case !errors.As(err, &failed):
		return "failed to start", ""
	case failed.Type == TypeTimeout, failed.Type == TypeExit, failed.Type == TypeOutOfMemory, failed.Type == TypeTooLarge:
		return failed.Type, ""
	}
	return "error", failed.Type
}

// Close refuses new requests, lets those that run end until ctx does, and ends every process.
func (p *Pool) Close(ctx context.Context) {
	p.mu.Lock()
	if !p.stopped {
		p.stopped = true
		close(p.closed)
	}
	p.mu.Unlock()
	ended := make(chan struct{})
	go func() {
		p.running.Wait()
		close(ended)
	}()
	select {
	case <-ended:
	case <-ctx.Done():
	}
	// A request that still runs may start a process in this very moment: go round until none does.
	for {
		for _, w := range p.processes() {
			p.forget(w)
		}
		select {
		case <-ended:
			if len(p.processes()) == 0 {
				return
			}
		case <-time.After(time.Millisecond):
		}
	}
}
