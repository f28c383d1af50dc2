package rig

import (
	"bytes"
	"context"
	"io"
	"net"
	"net/http"
	"slices"
	"sync"
	"time"

	"voice.example/infra/local/dynamodb"
	"voice.example/infra/local/lambda"
	"voice.example/infra/local/template"
)

// function is one function, as often as it can run side by side.
type function struct {
	free chan *lane
	logs *lockedBuffer
}

// lane is a process of a function, or the next one after its death, with a proxy of its own: so it is known which
// invocation a call is of.
type lane struct {
	rig     *Rig
	pool    *lambda.Pool
	running sync.WaitGroup // calls that the proxy has in hand

	mu   sync.Mutex
	life int         // counts processes: a call of one that was killed is nobody's
	now  *invocation // nil between invocations
}

// Result is what became of an invocation.
type Result struct {
	Number int    // of the invocation, from 1
	Answer []byte // the function's
	// Err is a *lambda.FunctionError when the function failed or was killed.
	Err error
	// Hit are the calls that the fault hit; none, when the invocation ended before it could.
	Hit []Call
	// Texts are those that the phone network took of this invocation, whether the function learned of it or not.
	Texts []Text
	Usage Usage
	Took  time.Duration
}

// openFunctions compiles the functions and makes their lanes. No process starts before it is needed.
func (r *Rig) openFunctions(root string) {
	r.t.Helper()
	all, err := r.template.Functions()
	if err != nil {
		r.t.Fatal(err)
	}
	for _, folder := range r.config.Functions {
		i := slices.IndexFunc(all, func(f template.Function) bool { return f.Folder == folder })
		if i < 0 {
			r.t.Fatalf("template.yaml has no function of the folder %s", folder)
		}
		binary, err := build(root, folder)
		if err != nil {
			r.t.Fatal(err)
		}
		f := &function{free: make(chan *lane, max(1, r.config.Lanes)), logs: new(lockedBuffer)}
		for range max(1, r.config.Lanes) {
			f.free <- r.openLane(all[i], binary, f.logs)
		}
		r.functions[folder] = f
	}
}

func (r *Rig) openLane(f template.Function, binary string, logs io.Writer) *lane {
	r.t.Helper()
	l := &lane{rig: r}
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		r.t.Fatal(err)
	}
	server := &http.Server{Handler: l, ConnContext: l.connected, ReadHeaderTimeout: time.Minute}
	go func() { _ = server.Serve(listener) }() // ends with an error when it is closed
	own := r.environment(f)
	if own["VOICE_CLOCK_AHEAD"], err = r.clock.path(f.Folder); err != nil {
		r.t.Fatal(err)
	}
	if r.config.DiskFull {
		if binary, err = onFullDisk(r.t.TempDir(), binary); err != nil {
			r.t.Fatal(err)
		}
	}
	l.pool = lambda.New(lambda.Config{
		Name: f.Name, ARN: f.ARN, Binary: binary, Timeout: f.Timeout, MemoryMB: f.MemoryMB, MaxProcesses: 1, IdleAfter: time.Hour, Output: logs,
		Environment: lambda.Environment(lambda.Variables{
			Name: f.Name, Region: template.Region, MemoryMB: f.MemoryMB, Binary: binary, LogFormat: f.LogFormat, LogLevel: f.LogLevel, Own: own,
			Extra: map[string]string{
				"AWS_ACCESS_KEY_ID": dynamodb.AccessKey, "AWS_SECRET_ACCESS_KEY": dynamodb.SecretKey, "AWS_ENDPOINT_URL": "http://" + listener.Addr().String(),
				"AWS_REQUEST_CHECKSUM_CALCULATION": "when_required", "AWS_RESPONSE_CHECKSUM_VALIDATION": "when_required",
			},
		}),
	})
	r.t.Cleanup(func() {
		ctx, cancel := context.WithTimeout(context.Background(), 10*time.Second)
		defer cancel()
		l.pool.Close(ctx)
		server.Close()
	})
	return l
}

// Invoke runs a function once on an event, with a fault or without (the zero Fault), and returns when all that it has set
// going is over. It may be called from several goroutines: as many run as there are lanes.
func (r *Rig) Invoke(name string, event []byte, fault Fault) Result {
	r.t.Helper()
	f := r.functions[name]
	if f == nil {
		r.t.Fatalf("the rig was made without the function %s", name)
	}
	l := <-f.free
	defer func() { f.free <- l }()
	r.mu.Lock()
	r.count++
	inv := &invocation{fault: fault, result: Result{Number: r.count, Usage: Usage{Calls: map[string]int{}}}}
	r.mu.Unlock()
	l.mu.Lock()
	l.now = inv
	l.mu.Unlock()
	began := time.Now()
	answer, err := l.pool.Invoke(context.Background(), event)
	inv.result.Took = time.Since(began)
	l.running.Wait()
	l.mu.Lock()
	l.now = nil
	l.mu.Unlock()
	inv.result.Answer, inv.result.Err = answer, err
	r.mu.Lock()
	r.used.add(inv.result.Usage)
	r.mu.Unlock()
	return inv.result
}

// Logs are what the processes of a function have printed.
func (r *Rig) Logs(name string) string { return r.functions[name].logs.String() }

// lockedBuffer is written to by several processes.
type lockedBuffer struct {
	mu sync.Mutex
	b  bytes.Buffer
}

// Write is for io.Writer.
func (b *lockedBuffer) Write(p []byte) (int, error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.b.Write(p)
}

// String is all that was written.
func (b *lockedBuffer) String() string {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.b.String()
}
