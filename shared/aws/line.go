package aws

import (
	"cmp"
	"context"
	"fmt"
	"log/slog"
	"os"
	"path"
	"runtime/debug"
	"sync"
	"time"

	"github.com/aws/aws-lambda-go/lambda"
)

// Line is the one line that an invocation leaves in the log, whatever becomes of it: Observe writes it, and whoever does
// the work fills it in along the way. It has the function, how the invocation ended, what it counted, how long it took,
// what it consumed of DynamoDB, and its metrics. Details of what went wrong are lines beside it, with the same request id.
//
// It holds ids and counts; never a phone, a name or an A-number. A nil *Line takes everything and keeps nothing, so code
// need not ask whether somebody observes. Its methods may be called from several goroutines.
type Line struct {
	mu      sync.Mutex
	started time.Time
	outcome string
	err     error
	attrs   []slog.Attr
	figures figures
	meter   Meter
}

// Message is what the line says first, by which it is found.
const Message = "invocation"

// Outcomes of invocations that Observe knows. Requests, and batches of which some come again, have words of their own.
const (
	outcomeOK    = "ok"
	outcomeError = "error"
	outcomePanic = "panic"
)

type lineKey struct{}

// LineOf is the line of the invocation that a context is of, or nil.
func LineOf(ctx context.Context) *Line {
	l, _ := ctx.Value(lineKey{}).(*Line)
	return l
}

// Set notes a value. Set again, the last one stands.
func (l *Line) Set(key string, value any) {
	if l == nil {
		return
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	for i := range l.attrs {
		if l.attrs[i].Key == key {
			l.attrs[i].Value = slog.AnyValue(value)
			return
		}
	}
	l.attrs = append(l.attrs, slog.Any(key, value))
}

// Add adds to a count, which is there from the first time on, be it 0.
func (l *Line) Add(key string, n int) {
	if l == nil {
		return
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	for i := range l.attrs {
		if l.attrs[i].Key == key {
			l.attrs[i].Value = slog.Int64Value(l.attrs[i].Value.Int64() + int64(n))
			return
		}
	}
	l.attrs = append(l.attrs, slog.Int(key, n))
}

// Outcome notes how the invocation ends, in a word.
func (l *Line) Outcome(word string) {
	if l == nil {
		return
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	l.outcome = word
}

// Again notes how many of a batch's records come again, and that as the outcome if there are any.
func (l *Line) Again(n int) {
	l.Add("again", n)
	if n > 0 {
		l.Outcome("again")
	}
}

// Fail notes that the service failed, and why, though the invocation does not: the line is an ERROR then.
func (l *Line) Fail(err error) {
	if l == nil || err == nil {
		return
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	l.err = err
}

// Count adds to a metric that is counted. What is counted 0 times is not reported.
func (l *Line) Count(m Metric, n int) {
	if n != 0 {
		l.Sum(m, float64(n))
	}
}

// Level notes how high something stands. Of several the highest is reported, and 0 is too.
func (l *Line) Level(m Metric, v float64) {
	if l == nil {
		return
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	l.figures.level(m, v)
}

// Sum adds to a metric.
func (l *Line) Sum(m Metric, n float64) {
	if l == nil {
		return
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	l.figures.add(m, n)
}

// Sample notes a value of a metric that may have several in one invocation.
func (l *Line) Sample(m Metric, v float64) {
	if l == nil {
		return
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	l.figures.sample(m, v)
}

// write writes it into the log.
func (l *Line) write(ctx context.Context, now time.Time, cold bool) {
	l.mu.Lock()
	defer l.mu.Unlock()
	attrs := append([]slog.Attr{slog.String("outcome", l.outcome), slog.Float64("ms", float64(now.Sub(l.started).Microseconds())/1000)}, l.attrs...)
	if cold {
		attrs = append(attrs, slog.Bool("cold", true))
	}
	level := slog.LevelInfo
	if l.err != nil {
		level = slog.LevelError
		attrs = append(attrs, slog.String("error", l.err.Error()))
	}
	if used := l.meter.Read(); used.Calls > 0 {
		attrs = append(attrs, slog.Int("calls", used.Calls))
		for m, n := range map[Metric]float64{ReadUnits: used.RRU, WriteUnits: used.WRU} {
			if n > 0 {
				l.figures.add(m, n)
			}
		}
	}
	slog.LogAttrs(ctx, level, Message, append(attrs, l.figures.attrs(now, service(), function())...)...)
}

// Observe makes of a handler, any that lambda.Start takes, one whose every invocation leaves its Line in the log: also one
// that fails, that panics, or whose event cannot be read. What Lambda ends by its time-out, or for its memory, leaves none;
// there Lambda's own report says so.
func Observe(handler any) lambda.Handler {
	return &observed{Handler: lambda.NewHandler(handler)}
}

type observed struct {
	lambda.Handler
	warm bool // Lambda has one invocation at a time in a process
}

func (o *observed) Invoke(ctx context.Context, payload []byte) (answer []byte, err error) {
	l := &Line{started: Now(), outcome: outcomeOK, figures: figures{}}
	cold := !o.warm
	o.warm = true
	ctx = context.WithValue(ctx, lineKey{}, l)
	defer func() {
		cause := recover()
		if cause != nil {
			l.Outcome(outcomePanic)
			l.Fail(fmt.Errorf("panic of a %T", cause)) // its text may hold anything
		} else if err != nil {
			l.Outcome(outcomeError)
			l.Fail(err)
		}
		l.write(ctx, Now(), cold)
		if cause != nil {
			panic(cause)
		}
	}()
	return o.Handler.Invoke(ctx, payload)
}

// service is the stack that this is, by the name that its template gives it.
func service() string { return cmp.Or(os.Getenv("SERVICE"), "voice") }

// function is which of the functions this is: the folder that its program was made of.
var function = sync.OnceValue(func() string {
	info, ok := debug.ReadBuildInfo()
	if !ok || info.Path == "" {
		return "unknown"
	}
	return path.Base(info.Path)
})
