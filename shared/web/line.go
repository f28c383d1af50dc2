package web

import (
	"context"
	"log/slog"
	"net/http"
	"time"

	"voice.example/shared/aws"
	"voice.example/shared/i18n"
)

// line is what a request says in the line that its invocation leaves in the log. It has no path, address or body: an
// identifier in any of them could say who asked about whom.
type line struct {
	outcome  string
	err      error         // why the service failed, if it did
	language i18n.Language // what a form asked for, or what is spoken here; not logged
	fixed    bool          // no form changes the language
	visitor  Visitor       // not logged
}

type lineKey struct{}

// Outcome notes, for the log, how a request ended in the domain's words, such as "found". It must hold nothing
// about a person.
func Outcome(ctx context.Context, outcome string) {
	if l, ok := ctx.Value(lineKey{}).(*line); ok {
		l.outcome = outcome
	}
}

// write fills in the invocation's line, with the cause when the service failed. A server that runs without Lambda, as in
// tests, has none, and logs one of its own.
func (l *line) write(ctx context.Context, r *http.Request, status int, took time.Duration) {
	route := r.Pattern
	if route == "" {
		route = "none"
	}
	if of := aws.LineOf(ctx); of != nil {
		of.Set("route", route)
		of.Set("status", status)
		of.Outcome(l.outcome)
		of.Fail(l.err)
		switch status {
		case http.StatusTooManyRequests:
			of.Count(aws.RequestsThrottled, 1)
		case http.StatusUnauthorized, http.StatusForbidden:
			of.Count(aws.RequestsDenied, 1)
		}
		return
	}
	attrs := []slog.Attr{
		slog.String("route", route), slog.Int("status", status),
		slog.Float64("ms", float64(took.Microseconds())/1000), slog.String("outcome", l.outcome),
	}
	level := slog.LevelInfo
	if l.err != nil {
		level = slog.LevelError
		attrs = append(attrs, slog.String("error", l.err.Error()))
	}
	slog.LogAttrs(ctx, level, "request", attrs...)
}

// statusWriter remembers the status that was written.
type statusWriter struct {
	http.ResponseWriter
	status int
}

func (w *statusWriter) WriteHeader(status int) {
	if w.status == 0 {
		w.status = status
	}
	w.ResponseWriter.WriteHeader(status)
}

func (w *statusWriter) Write(content []byte) (int, error) {
	if w.status == 0 {
		w.status = http.StatusOK
	}
	return w.ResponseWriter.Write(content)
}
