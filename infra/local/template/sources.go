package template

import (
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"time"
)

// StreamSource feeds a function from a table's stream. Zero values and nil mean that the template is
// silent, so that Lambda's defaults hold.
type StreamSource struct {
	Event                      string
	Table                      Table
	StartingPosition           string // TRIM_HORIZON or LATEST
	BatchSize                  int
	MaximumBatchingWindow      time.Duration
	ParallelizationFactor      int
	BisectBatchOnFunctionError bool
	MaximumRetryAttempts       *int
	MaximumRecordAge           time.Duration // negative: no limit
	ReportBatchItemFailures    bool
	OnFailureARN               string // a bucket, queue or topic; "" for nowhere
	Filters                    []json.RawMessage
}

// QueueSource feeds a function from a queue.
type QueueSource struct {
	Event                   string
	QueueARN                string
	BatchSize               int
	MaximumBatchingWindow   time.Duration
	MaximumConcurrency      int // 0: no limit of its own
	ReportBatchItemFailures bool
}

// sourceProperties is what both kinds of source share.
type sourceProperties struct {
	BatchSize                      number
	MaximumBatchingWindowInSeconds number
	FunctionResponseTypes          []string
	Enabled                        *flag
}

func (s sourceProperties) window() time.Duration {
	return time.Duration(s.MaximumBatchingWindowInSeconds) * time.Second
}

func (s sourceProperties) reportsItems() bool {
	return slices.Contains(s.FunctionResponseTypes, "ReportBatchItemFailures")
}

func (s sourceProperties) disabled() bool { return s.Enabled != nil && !bool(*s.Enabled) }

func (t *Template) addStream(f *Function, name string, data json.RawMessage) error {
	var p struct {
		sourceProperties
		Stream, StartingPosition   string
		ParallelizationFactor      number
		BisectBatchOnFunctionError flag
		MaximumRetryAttempts       *number
		MaximumRecordAgeInSeconds  number
		DestinationConfig          struct {
			OnFailure struct{ Destination, Type string }
		}
		FilterCriteria struct {
			Filters []struct{ Pattern string }
		}
	}
	if err := strict(data, &p); err != nil {
		return err
	}
	if p.disabled() {
		return nil
	}
	table, err := t.tableOfStream(p.Stream)
	if err != nil {
		return err
	}
	s := StreamSource{
		Event: name, Table: table,
		StartingPosition:           p.StartingPosition,
		BatchSize:                  int(p.BatchSize),
		MaximumBatchingWindow:      p.window(),
		ParallelizationFactor:      int(p.ParallelizationFactor),
		BisectBatchOnFunctionError: bool(p.BisectBatchOnFunctionError),
		MaximumRecordAge:           time.Duration(p.MaximumRecordAgeInSeconds) * time.Second,
		ReportBatchItemFailures:    p.reportsItems(),
		OnFailureARN:               p.DestinationConfig.OnFailure.Destination,
	}
	if p.MaximumRetryAttempts != nil {
		n := int(*p.MaximumRetryAttempts)
		s.MaximumRetryAttempts = &n
	}
	for _, filter := range p.FilterCriteria.Filters {
		if !json.Valid([]byte(filter.Pattern)) {
			return fmt.Errorf("the filter pattern %s is not JSON", filter.Pattern)
		}
		s.Filters = append(s.Filters, json.RawMessage(filter.Pattern))
	}
	f.Streams = append(f.Streams, s)
	return nil
}

// tableOfStream finds the table that a stream's ARN belongs to.
func (t *Template) tableOfStream(stream string) (Table, error) {
	tables, err := t.Tables()
	if err != nil {
		return Table{}, err
	}
	for _, table := range tables {
		if !strings.HasPrefix(stream, arn(kindTable, table.Name)+"/stream/") {
			continue
		}
		if table.Stream == "" {
			return Table{}, fmt.Errorf("%s has no StreamSpecification", table.LogicalID)
		}
		return table, nil
	}
	return Table{}, fmt.Errorf("no table of this template has the stream %q", stream)
}

func (t *Template) addQueue(f *Function, name string, data json.RawMessage) error {
	var p struct {
		sourceProperties
		Queue         string
		ScalingConfig struct{ MaximumConcurrency number }
	}
	if err := strict(data, &p); err != nil {
		return err
	}
	if p.disabled() {
		return nil
	}
	queue, err := t.queueByARN(p.Queue)
	if err != nil {
		return err
	}
	if queue.VisibilityTimeout < f.Timeout {
		return fmt.Errorf("queue %s hides a message for %s, less than the function's timeout of %s; Lambda refuses that",
			queue.LogicalID, queue.VisibilityTimeout, f.Timeout)
	}
	f.Queues = append(f.Queues, QueueSource{
		Event: name, QueueARN: p.Queue,
		BatchSize:               int(p.BatchSize),
		MaximumBatchingWindow:   p.window(),
		MaximumConcurrency:      int(p.ScalingConfig.MaximumConcurrency),
		ReportBatchItemFailures: p.reportsItems(),
	})
	return nil
}
