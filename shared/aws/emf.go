package aws

import (
	"log/slog"
	"maps"
	"slices"
	"strings"
	"time"
)

// The embedded metric format, as much of it as is used. It is written by hand since what there is for Go writes lines of
// its own, and here the metrics are members of the line that is there anyway.
//
// Source: Amazon CloudWatch user guide, "Specification: Embedded metric format".
type emf struct {
	Timestamp         int64       // Unix milliseconds
	CloudWatchMetrics []directive // one for each set of dimensions
}

type directive struct {
	Namespace  string
	Dimensions [][]string
	Metrics    []definition
}

type definition struct {
	Name string
	Unit Unit
}

// mostValues is how many values one member may have by that specification. What is more is left out: it is a sample of
// hundreds then.
const mostValues = 100

// figures are the metrics of one invocation.
type figures map[Metric][]float64

// add adds to a metric that has one value an invocation.
func (f figures) add(m Metric, n float64) {
	if len(f[m]) == 0 {
		f[m] = []float64{0}
	}
	f[m][0] += n
}

// level keeps the greatest value that was noted.
func (f figures) level(m Metric, v float64) {
	if len(f[m]) == 0 || f[m][0] < v {
		f[m] = []float64{v}
	}
}

// sample notes one of several values.
func (f figures) sample(m Metric, v float64) {
	if len(f[m]) < mostValues {
		f[m] = append(f[m], v)
	}
}

// attrs are the members that make a line a document of the format: none without figures.
func (f figures) attrs(at time.Time, service, function string) []slog.Attr {
	if len(f) == 0 {
		return nil
	}
	whole := directive{Namespace: Namespace, Dimensions: [][]string{{DimensionService}}}
	each := directive{Namespace: Namespace, Dimensions: [][]string{{DimensionService, DimensionFunction}}}
	document := emf{Timestamp: at.UnixMilli()}
	attrs := []slog.Attr{slog.String(DimensionService, service), slog.String(DimensionFunction, function)}
	for _, m := range slices.SortedFunc(maps.Keys(f), func(a, b Metric) int { return strings.Compare(a.Name, b.Name) }) {
		into := &whole
		if m.ByFunction {
			into = &each
		}
		into.Metrics = append(into.Metrics, definition{m.Name, m.Unit})
		if values := f[m]; len(values) == 1 {
			attrs = append(attrs, slog.Float64(m.Name, values[0]))
		} else {
			attrs = append(attrs, slog.Any(m.Name, values))
		}
	}
	for _, d := range []directive{whole, each} {
		if len(d.Metrics) > 0 {
			document.CloudWatchMetrics = append(document.CloudWatchMetrics, d)
		}
	}
	return append(attrs, slog.Any("_aws", document))
}
