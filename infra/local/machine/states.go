package machine

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"math"
	"slices"
	"strings"
	"sync"
	"time"
)

// program is a machine whose definition has been read.
type program struct {
	startAt string
	states  map[string]state
	invoke  func(ctx context.Context, functionARN string, input []byte) ([]byte, error)
}

// state is one state, of whatever type.
type state struct {
	Type                     string
	Comment, Next, Default   string
	End                      bool
	Resource                 string         // of a task: the function's ARN
	Parameters, ItemSelector map[string]any // what a task, and a task of each item, is given
	ResultSelector           map[string]any
	ResultPath               path
	ItemsPath, Label         string
	MaxConcurrency           int
	ToleratedFailureCount    int
	ItemProcessor            *struct {
		ProcessorConfig struct{ Mode, ExecutionType string }
		StartAt         string
		States          map[string]state
	}
	Choices []struct {
		Variable, StringEquals, Next string
		BooleanEquals                *bool
	}
	Retry []struct {
		ErrorEquals                                   []string
		IntervalSeconds, MaxAttempts, MaxDelaySeconds *int
		BackoffRate                                   *float64
		JitterStrategy                                string
	}
	Catch []struct {
		ErrorEquals []string
		ResultPath  path
		Next        string
	}
	Error, Cause string
}

// path is a ResultPath: where a result goes. Null drops it; one that is not there puts it in the place of the input.
type path struct {
	set  bool
	name string // "" for null
}

// UnmarshalJSON reads null or "$.name".
func (p *path) UnmarshalJSON(data []byte) error {
	p.set = true
	if string(data) == "null" {
		return nil
	}
	var text string
	if err := json.Unmarshal(data, &text); err != nil {
		return err
	}
	name, ok := strings.CutPrefix(text, "$.")
	if p.name = name; !ok || strings.ContainsAny(name, ".[") {
		return fmt.Errorf("a result path is $.name here, not %s", text)
	}
	return nil
}

func (p path) put(input map[string]any, result any) (map[string]any, error) {
	switch {
	case p.set && p.name == "":
		return input, nil
	case p.set:
		out := map[string]any{p.name: result}
		for name, value := range input {
			if name != p.name {
				out[name] = value
			}
		}
		return out, nil
	}
	out, ok := result.(map[string]any)
	if !ok {
		return nil, errors.New("a result in the place of the input is an object here")
	}
	return out, nil
}

func read(m Machine) (*program, error) {
	var d struct {
		Comment, StartAt string
		States           map[string]state
	}
	decoder := json.NewDecoder(bytes.NewReader(m.Definition))
	decoder.DisallowUnknownFields()
	if err := decoder.Decode(&d); err != nil {
		return nil, fmt.Errorf("its definition has what the local runner does not know: %w", err)
	}
	p := &program{startAt: d.StartAt, states: d.States, invoke: m.Invoke}
	for name, s := range d.States {
		if err := p.check(s); err != nil {
			return nil, fmt.Errorf("state %s: %w", name, err)
		}
	}
	if _, ok := d.States[d.StartAt]; !ok {
		return nil, fmt.Errorf("it starts at %q, which it does not have", d.StartAt)
	}
	return p, nil
}

func (p *program) check(s state) error {
	next := []string{s.Next, s.Default}
	for _, c := range s.Choices {
		next = append(next, c.Next)
	}
	for _, c := range s.Catch {
		next = append(next, c.Next)
	}
	for _, name := range next {
		if _, ok := p.states[name]; name != "" && !ok {
			return fmt.Errorf("there is no state %q", name)
		}
	}
	switch s.Type {
	case "Choice", "Task", "Succeed", "Fail":
		return nil
	case "Map":
		i := s.ItemProcessor
		if i == nil || i.ProcessorConfig.Mode != "DISTRIBUTED" || len(i.States) != 1 || i.States[i.StartAt].Type != "Task" || !i.States[i.StartAt].End {
			return errors.New("the local runner knows distributed maps of one task")
		}
		return nil
	}
	return fmt.Errorf("the local runner does not know states of type %q", s.Type)
}

// failure is an error of the states language: its name, by which it is retried and caught.
type failure struct{ name string }

func (f *failure) Error() string { return "the state machine failed: " + f.name }

// kind is the name of an error.
func kind(err error) string {
	var failed *failure
	var typed interface{ ErrorType() string }
	switch {
	case errors.As(err, &failed):
		return failed.name
	case errors.As(err, &typed):
		return typed.ErrorType()
	}
	return "States.TaskFailed"
}

// run goes from state to state until one ends.
func (p *program) run(ctx context.Context, input json.RawMessage) error {
	var data map[string]any
	if err := json.Unmarshal(input, &data); err != nil {
		return &failure{"States.Runtime"}
	}
	for name := p.startAt; ; {
		s := p.states[name]
		var err error
		next, out := s.Next, data
		switch s.Type {
		case "Succeed":
			return nil
		case "Fail":
			return &failure{s.Error}
		case "Choice":
			next = s.choose(data)
		case "Task":
			out, err = p.task(ctx, s, data, fill(s.Parameters, data, nil))
		case "Map":
			out, err = p.each(ctx, s, data)
		}
		if err != nil {
			if next, out, err = s.caught(data, err); err != nil {
				return err
			}
		} else if s.End {
			return nil
		}
		name, data = next, out
	}
}

func (s state) choose(data map[string]any) string {
	for _, c := range s.Choices {
		value := at(data, c.Variable)
		if c.BooleanEquals != nil && value == *c.BooleanEquals || c.BooleanEquals == nil && value == c.StringEquals {
			return c.Next
		}
	}
	return s.Default
}

func (s state) caught(data map[string]any, err error) (next string, out map[string]any, left error) {
	for _, c := range s.Catch {
		if matches(c.ErrorEquals, err) {
			out, err := c.ResultPath.put(data, map[string]any{"Error": kind(err), "Cause": ""})
			return c.Next, out, err
		}
	}
	return "", nil, err
}

func matches(names []string, err error) bool {
	return slices.Contains(names, "States.ALL") || slices.Contains(names, kind(err))
}

// task calls a function, again and again as the state has it.
func (p *program) task(ctx context.Context, s state, data, parameters map[string]any) (map[string]any, error) {
	input, err := json.Marshal(parameters)
	if err != nil {
		return nil, &failure{"States.Runtime"}
	}
	tries := make([]int, len(s.Retry))
	for {
		answer, err := p.invoke(ctx, s.Resource, input)
		if err == nil {
			var result any
			if err := json.Unmarshal(answer, &result); err != nil {
				return nil, &failure{"States.Runtime"}
			}
			if s.ResultSelector != nil {
				from, _ := result.(map[string]any)
				result = fill(s.ResultSelector, from, nil)
			}
			return s.ResultPath.put(data, result)
		}
		pause, again := s.retry(err, tries)
		if !again {
			return nil, err
		}
		select {
		case <-ctx.Done():
			return nil, ctx.Err()
		case <-time.After(pause):
		}
	}
}

// retry says whether and when an error is tried again, and counts it.
func (s state) retry(err error, tries []int) (pause time.Duration, again bool) {
	for i, r := range s.Retry {
		if !matches(r.ErrorEquals, err) {
			continue
		}
		attempts, interval, rate := 3, 1, 2.0 // the language's own
		if r.MaxAttempts != nil {
			attempts = *r.MaxAttempts
		}
		if r.IntervalSeconds != nil {
			interval = *r.IntervalSeconds
		}
		if r.BackoffRate != nil {
			rate = *r.BackoffRate
		}
		seconds := float64(interval) * math.Pow(rate, float64(tries[i]))
		if r.MaxDelaySeconds != nil {
			seconds = min(seconds, float64(*r.MaxDelaySeconds))
		}
		tries[i]++
		return time.Duration(seconds * float64(time.Second)), tries[i] <= attempts
	}
	return 0, false
}

// each does a map's task for every item, several side by side. The first that fails for good fails the map.
func (p *program) each(ctx context.Context, s state, data map[string]any) (map[string]any, error) {
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	items, _ := at(data, s.ItemsPath).([]any)
	one := s.ItemProcessor.States[s.ItemProcessor.StartAt]
	free := make(chan struct{}, max(1, s.MaxConcurrency))
	results, errs := make([]any, len(items)), make([]error, len(items))
	var group sync.WaitGroup
	for i, item := range items {
		free <- struct{}{}
		group.Go(func() {
			defer func() { <-free }()
			if errs[i] = ctx.Err(); errs[i] != nil {
				return
			}
			input := fill(s.ItemSelector, data, item)
			if results[i], errs[i] = p.task(ctx, one, input, input); errs[i] != nil {
				cancel()
			}
		})
	}
	group.Wait()
	for _, err := range errs {
		if err != nil && !errors.Is(err, context.Canceled) {
			return nil, err
		}
	}
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	return s.ResultPath.put(data, results)
}

// fill is a payload template: names that end in ".$" take their values from the input or the map's item.
func fill(template, data map[string]any, item any) map[string]any {
	out := map[string]any{}
	for name, value := range template {
		name, isPath := strings.CutSuffix(name, ".$")
		text, _ := value.(string)
		switch {
		case !isPath:
			out[name] = value
		case text == "$$.Map.Item.Value":
			out[name] = item
		default:
			out[name] = at(data, text)
		}
	}
	return out
}

// at gives what a reference path such as $.a.b finds, or nil.
func at(data map[string]any, reference string) any {
	var value any = data
	for name := range strings.SplitSeq(strings.TrimPrefix(reference, "$."), ".") {
		object, _ := value.(map[string]any)
		value = object[name]
	}
	return value
}
