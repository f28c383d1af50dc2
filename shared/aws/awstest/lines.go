// Package awstest reads, for tests, the lines that invocations leave in the log, and checks that CloudWatch would take their
// metrics.
package awstest

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"slices"
	"testing"

	"github.com/aws/aws-lambda-go/lambdacontext"

	"voice.example/shared/aws"
)

// Line is one line of a log as JSON.
type Line map[string]any

// Text is a member that is a text, or "".
func (l Line) Text(name string) string {
	text, _ := l[name].(string)
	return text
}

// Number is a member that is a number, or that has one value; 0 if it is neither.
func (l Line) Number(name string) float64 {
	n, _ := l[name].(float64)
	return n
}

// Invocations are those of a log's lines that invocations leave. Lines that are not JSON are left out.
func Invocations(log []byte) (lines []Line) {
	for raw := range bytes.Lines(log) {
		var l Line
		if json.Unmarshal(raw, &l) == nil && l.Text("message") == aws.Message {
			lines = append(lines, l)
		}
	}
	return lines
}

// Capture gives what is logged while do runs, as Lambda would have it.
func Capture(do func()) []byte {
	var log bytes.Buffer
	before := slog.Default()
	slog.SetDefault(slog.New(slog.NewJSONHandler(&log, &slog.HandlerOptions{ReplaceAttr: lambdacontext.ReplaceAttr})))
	defer slog.SetDefault(before)
	do()
	return log.Bytes()
}

// Once has a handler work through one event, as Lambda would, and gives the line that it leaves, of which there must be one. An
// error of the handler is in the line.
func Once(t testing.TB, handler, event any) Line {
	t.Helper()
	payload, err := json.Marshal(event)
	if err != nil {
		t.Fatal(err)
	}
	lines := Invocations(Capture(func() { _, _ = aws.Observe(handler).Invoke(context.Background(), payload) }))
	if len(lines) != 1 {
		t.Fatalf("%d lines", len(lines))
	}
	if err := CheckMetrics(lines[0]); err != nil {
		t.Errorf("%v, of %v", err, lines[0])
	}
	return lines[0]
}

// units are those that CloudWatch knows. Source: Amazon CloudWatch API reference, MetricDatum.
func units() []string {
	of := []string{"Seconds", "Microseconds", "Milliseconds", "Percent", "Count", "Count/Second", "None"}
	for _, what := range []string{"Bytes", "Kilobytes", "Megabytes", "Gigabytes", "Terabytes", "Bits", "Kilobits", "Megabits", "Gigabits", "Terabits"} {
		of = append(of, what, what+"/Second")
	}
	return of
}

// CheckMetrics says what CloudWatch would not take of a line that has metrics. One without is in order.
//
// Source of the rules: Amazon CloudWatch user guide, "Specification: Embedded metric format": what members there must be, at
// most 100 metrics in a directive, 30 dimensions in a set and 100 values in a member, names of up to 1024 characters (250 for
// dimensions), no member beside those that it names.
func CheckMetrics(l Line) error {
	member, there := l["_aws"]
	if !there {
		return nil
	}
	text, err := json.Marshal(member)
	if err != nil {
		return err
	}
	var document struct {
		Timestamp         *int64
		CloudWatchMetrics []struct {
			Namespace  string
			Dimensions [][]string
			Metrics    []struct{ Name, Unit string }
		}
	}
	in := json.NewDecoder(bytes.NewReader(text))
	in.DisallowUnknownFields()
	if err := in.Decode(&document); err != nil {
		return fmt.Errorf("_aws: %w", err)
	}
	if document.Timestamp == nil || *document.Timestamp < 1e12 || len(document.CloudWatchMetrics) == 0 {
		return errors.New("_aws: no time in milliseconds, or no directive")
	}
	for _, d := range document.CloudWatchMetrics {
		if d.Namespace == "" || len(d.Namespace) > 1024 || len(d.Dimensions) == 0 || len(d.Metrics) == 0 || len(d.Metrics) > 100 {
			return fmt.Errorf("namespace %q, %d sets of dimensions, %d metrics", d.Namespace, len(d.Dimensions), len(d.Metrics))
		}
		for _, set := range d.Dimensions {
			if len(set) > 30 {
				return fmt.Errorf("%d dimensions", len(set))
			}
			for _, name := range set {
				if value := l.Text(name); name == "" || len(name) > 250 || value == "" || len(value) > 1024 {
					return fmt.Errorf("dimension %q is %q", name, value)
				}
			}
		}
		for _, m := range d.Metrics {
			if m.Name == "" || len(m.Name) > 1024 || !slices.Contains(units(), m.Unit) {
				return fmt.Errorf("metric %q in %q", m.Name, m.Unit)
			}
			if err := checkValue(l[m.Name]); err != nil {
				return fmt.Errorf("metric %q: %w", m.Name, err)
			}
		}
	}
	return nil
}

func checkValue(v any) error {
	switch v := v.(type) {
	case float64:
		return nil
	case []any:
		if len(v) == 0 || len(v) > 100 {
			return fmt.Errorf("%d values", len(v))
		}
		for _, one := range v {
			if _, number := one.(float64); !number {
				return fmt.Errorf("a value is a %T", one)
			}
		}
		return nil
	}
	return fmt.Errorf("its value is a %T", v)
}
