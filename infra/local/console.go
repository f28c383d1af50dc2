package main

import (
	"fmt"
	"io"
	"log/slog"
	"os"
	"sync"
	"time"

	"voice.example/infra/local/lambda"
)

// console is what the person who started the runner sees. Nothing of a request's or an answer's
// content is written to it, except what functions print when the runner is verbose.
type console struct {
	mu      sync.Mutex
	out     io.Writer
	verbose bool
}

func newConsole(out io.Writer, verbose bool) *console { return &console{out: out, verbose: verbose} }

// Write writes p whole, not mixed with other writers' lines.
func (c *console) Write(p []byte) (int, error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.out.Write(p)
}

func (c *console) say(format string, args ...any) {
	_, _ = fmt.Fprintf(c, format+"\n", args...)
}

func (c *console) warn(format string, args ...any) { c.say("warning: "+format, args...) }

// log is for the parts that stand for services of AWS: what they warn of is shown, all when verbose.
func (c *console) log() *slog.Logger {
	level := slog.LevelWarn
	if c.verbose {
		level = slog.LevelInfo
	}
	return slog.New(slog.NewTextHandler(c, &slog.HandlerOptions{Level: level}))
}

// invocation writes the one line that each invocation gets.
func (c *console) invocation(name string, r lambda.Record) {
	outcome := r.Status
	if r.ErrorType != "" {
		outcome += " (" + r.ErrorType + ")"
	}
	line := fmt.Sprintf("%s %-8s %-30s %s %s %s", r.Started.Format("15:04:05.000"), name, r.Source, r.RequestID, outcome, milliseconds(r.Duration))
	if r.Init > 0 {
		line += ", init " + milliseconds(r.Init)
	}
	if r.PeakMB > 0 {
		line += fmt.Sprintf(", %d MB", r.PeakMB)
	}
	c.say("%s", line)
}

func milliseconds(d time.Duration) string {
	return fmt.Sprintf("%.1f ms", float64(d.Microseconds())/1000)
}

// functionLog is a function's log file, which is also shown when the runner is verbose.
type functionLog struct {
	file    *os.File
	console *console
}

func openFunctionLog(path string, c *console) (*functionLog, error) {
	file, err := os.OpenFile(path, os.O_CREATE|os.O_APPEND|os.O_WRONLY, 0o600)
	if err != nil {
		return nil, fmt.Errorf("open a function's log: %w", err)
	}
	return &functionLog{file, c}, nil
}

// Write adds to the file; O_APPEND keeps what several processes print apart.
func (l *functionLog) Write(p []byte) (int, error) {
	if l.console.verbose {
		_, _ = l.console.Write(p)
	}
	return l.file.Write(p)
}
