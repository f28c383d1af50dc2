package lambda

import (
	"errors"
	"fmt"
	"net"
	"net/http"
	"os/exec"
	"path/filepath"
	"sync"
	"sync/atomic"
	"time"

	"voice.example/infra/local/child"
)

// errLost means that the process died before it was given the request.
var errLost = errors.New("the process ended before it took the request")

// memoryInterval is how often a busy process's memory is looked at.
const memoryInterval = 20 * time.Millisecond

// worker is one process of a function and the runtime API that it alone talks to.
type worker struct {
	config  Config
	process *child.Process
	server  *http.Server
	work    chan *invocation
	current atomic.Pointer[invocation]
	reaper  *time.Timer // ends it when it has been idle for long; set while it is idle
	once    sync.Once

	ready     chan struct{} // closed when it asks for work for the first time
	readyOnce sync.Once
	initError chan *FunctionError
}

// invocation is one request on its way through a worker.
type invocation struct {
	id       string
	payload  []byte
	deadline time.Time
	done     chan outcome // has room for the one answer
}

func startWorker(config Config) (*worker, error) {
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return nil, fmt.Errorf("listen for %s: %w", config.Name, err)
	}
	w := &worker{
		config:    config,
		work:      make(chan *invocation),
		ready:     make(chan struct{}),
		initError: make(chan *FunctionError, 1),
	}
	w.server = &http.Server{Handler: w.runtimeAPI(), ReadHeaderTimeout: 10 * time.Second}
	go func() { _ = w.server.Serve(listener) }() // ends with an error when kill closes it

	cmd := exec.Command(config.Binary)
	cmd.Dir = filepath.Dir(config.Binary)
	cmd.Env = append([]string{"AWS_LAMBDA_RUNTIME_API=" + listener.Addr().String()}, config.Environment...)
	cmd.Stdout, cmd.Stderr = config.Output, config.Output
	if w.process, err = child.Start(cmd); err != nil {
		_ = w.server.Close()
		return nil, err
	}
	return w, nil
}

// awaitReady waits until the process asks for work.
func (w *worker) awaitReady(id string) error {
	limit := time.NewTimer(initLimit)
	defer limit.Stop()
	select {
	case <-w.ready:
		return nil
	case err := <-w.initError:
		return err
	case <-w.process.Done():
		select {
		case err := <-w.initError:
			return err
		default:
			return exitError(id, w.process.Err())
		}
	case <-limit.C:
		return timeoutError(id, initLimit)
	}
}

// handle gives the process one request and waits for the answer, within the function's time and memory.
func (w *worker) handle(inv *invocation) outcome {
	inv.done = make(chan outcome, 1)
	inv.deadline = w.config.Now().Add(w.config.Timeout)
	limit := time.NewTimer(w.config.Timeout)
	defer limit.Stop()
	if !w.alive() {
		return outcome{err: errLost} // of two cases that are ready, select takes either
	}
	select {
	case w.work <- inv:
	case <-w.process.Done():
		return outcome{err: errLost}
	case <-limit.C:
		w.kill() // it never asked for more work after its last answer
		return outcome{err: errLost}
	}
	memory := time.NewTicker(memoryInterval)
	defer memory.Stop()
	for {
		select {
		case out := <-inv.done:
			return out
		case <-w.process.Done():
			select {
			case out := <-inv.done: // it answered first and died then
				return out
			default:
				return outcome{err: exitError(inv.id, w.process.Err())}
			}
		case <-limit.C:
			w.kill()
			return outcome{err: timeoutError(inv.id, w.config.Timeout)}
		case <-memory.C:
			if residentMB(w.process.PID()) > w.config.MemoryMB {
				w.kill()
				return outcome{err: memoryError(inv.id)}
			}
		}
	}
}

// peakMB is the most memory that the process has had.
func (w *worker) peakMB() int {
	if !w.alive() {
		return 0
	}
	return peakResidentMB(w.process.PID())
}

func (w *worker) alive() bool {
	select {
	case <-w.process.Done():
		return false
	default:
		return true
	}
}

// kill ends the process and its runtime API, and returns when both are gone.
func (w *worker) kill() {
	w.once.Do(func() {
		w.process.Kill()
		_ = w.server.Close()
	})
}
