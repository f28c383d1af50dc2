package main

import (
	"bytes"
	"context"
	"fmt"
	"maps"
	"path/filepath"
	"sync"
	"time"

	"voice.example/infra/local/dynamodb"
	"voice.example/infra/local/lambda"
	"voice.example/infra/local/template"
)

// process is one function of a contender, in one process that talks to a Lambda runtime API of its own.
type process struct {
	pool *lambda.Pool
	logs *lockedText
}

// lockedText is what a process prints.
type lockedText struct {
	mu sync.Mutex
	b  bytes.Buffer
}

// Write is for io.Writer.
func (l *lockedText) Write(p []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.b.Write(p)
}

func (l *lockedText) String() string {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.b.String()
}

// start makes ready for a process; it begins with the first event. All calls go to through, if that is not "".
func (s *scene) start(c contender, function string, w exercise, through string) (*process, error) {
	f, ok := s.functions[function]
	if !ok {
		return nil, fmt.Errorf("template.yaml has no function of the folder %s", function)
	}
	binary := c.binaries[function]
	own := w.env(function)
	maps.Copy(own, c.env)
	extra := map[string]string{
		"AWS_ACCESS_KEY_ID": dynamodb.AccessKey, "AWS_SECRET_ACCESS_KEY": dynamodb.SecretKey, "AWS_ENDPOINT_URL": *s.AWS().BaseEndpoint,
		"AWS_ENDPOINT_URL_DYNAMODB": s.DB.Endpoint, "AWS_EC2_METADATA_DISABLED": "true",
		"AWS_REQUEST_CHECKSUM_CALCULATION": "when_required", "AWS_RESPONSE_CHECKSUM_VALIDATION": "when_required",
	}
	if through != "" {
		extra["AWS_ENDPOINT_URL"], extra["AWS_ENDPOINT_URL_DYNAMODB"] = through, through
	}
	p := &process{logs: new(lockedText)}
	p.pool = lambda.New(lambda.Config{Name: f.Name, ARN: f.ARN, Binary: binary, Timeout: f.Timeout, MemoryMB: 3008, MaxProcesses: 1, IdleAfter: time.Hour, Output: p.logs,
		Environment: lambda.Environment(lambda.Variables{Name: f.Name, Region: template.Region, MemoryMB: f.MemoryMB, Binary: binary,
			LogFormat: f.LogFormat, LogLevel: f.LogLevel, Own: own, Extra: extra})})
	return p, nil
}

func (p *process) invoke(ctx context.Context, event []byte) ([]byte, error) {
	answer, err := p.pool.Invoke(ctx, event)
	if err != nil {
		said := p.logs.String()
		return nil, fmt.Errorf("%w\n%s", err, said[max(0, len(said)-2000):])
	}
	return answer, nil
}

func (p *process) close() {
	ctx, cancel := context.WithTimeout(context.Background(), 10*time.Second)
	defer cancel()
	p.pool.Close(ctx)
}

// processes are those of all parts of a task.
type processes []*process

func (s *scene) startAll(c contender, t task, w exercise, through string) (all processes, err error) {
	for _, part := range t.parts {
		p, err := s.start(c, part, w, through)
		if err != nil {
			all.close()
			return nil, err
		}
		all = append(all, p)
	}
	return all, nil
}

func (all processes) close() {
	for _, p := range all {
		p.close()
	}
}

// invoke adds the time that the functions take to took, unless that is nil.
func (all processes) invoke(ctx context.Context, took *time.Duration) invoker {
	return func(part int, event []byte) ([]byte, error) {
		began := time.Now()
		answer, err := all[part].invoke(ctx, event)
		if took != nil {
			*took += time.Since(began)
		}
		return answer, err
	}
}

// cpu is how many seconds of a processor the processes have used since they began.
func (all processes) cpu() (seconds float64) {
	for _, p := range all {
		for _, pid := range p.pool.PIDs() {
			seconds += cpuOf(pid)
		}
	}
	return seconds
}

// peakMiB is the most memory that one of the processes has had.
func (all processes) peakMiB() (most float64) {
	for _, p := range all {
		for _, pid := range p.pool.PIDs() {
			var kib float64
			_, _ = fmt.Sscan(field(filepath.Join("/proc", fmt.Sprint(pid), "status"), "VmHWM"), &kib)
			most = max(most, kib/(1<<10))
		}
	}
	return most
}

func (all processes) said() string {
	var text string
	for _, p := range all {
		text += p.logs.String()
	}
	return text
}
