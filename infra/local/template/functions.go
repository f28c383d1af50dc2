package template

import (
	"fmt"
	"strings"
	"time"
)

// Function is one Lambda function, with what Globals say filled in.
type Function struct {
	LogicalID string
	Name, ARN string
	// Folder is where its code and its binary are, by convention: "status" for StatusFunction.
	Folder      string
	Environment map[string]string
	Timeout     time.Duration
	MemoryMB    int
	// Concurrency is ReservedConcurrentExecutions; nil when nothing is reserved. Zero stops the function.
	Concurrency *int
	// LogFormat and LogLevel are what LoggingConfig says, or "".
	LogFormat, LogLevel string
	// RoleARN is the role that it takes, or "" when SAM makes one.
	RoleARN string
	// LogGroup is the group that it logs to, or "" for the one that Lambda makes.
	LogGroup string
	// Key is the key of KMS by which its environment is encrypted, or "".
	Key string
	// Failures are the queues and topics that asynchronous calls go to that have failed for good, and DeadLetterQueue's.
	Failures []string

	Routes    []Route
	Streams   []StreamSource
	Queues    []QueueSource
	Schedules []Schedule
	Logs      []LogSource
}

type functionProperties struct {
	PackageType                  string
	Timeout                      *number
	MemorySize                   *number
	ReservedConcurrentExecutions *number
	Environment                  struct{ Variables map[string]any }
	LoggingConfig                struct{ LogFormat, ApplicationLogLevel, LogGroup string }
	Role, KmsKeyArn              string
	DeadLetterQueue              struct{ TargetArn string }
	EventInvokeConfig            struct {
		DestinationConfig struct {
			OnFailure, OnSuccess struct{ Destination string }
		}
	}
	Events map[string]event
}

// Functions gives every function of the template, with its environment and its events.
func (t *Template) Functions() ([]Function, error) {
	found, err := t.ofKind(kindFunction)
	if err != nil {
		return nil, err
	}
	var functions []Function
	for _, r := range found {
		f, err := t.function(r)
		if err != nil {
			return nil, err
		}
		functions = append(functions, f)
	}
	return functions, t.addLogFilters(functions)
}

func (t *Template) function(r *resource) (Function, error) {
	properties, err := t.withGlobals(r)
	if err != nil {
		return Function{}, err
	}
	var p functionProperties
	if err := t.convert(r, properties, &p); err != nil {
		return Function{}, err
	}
	if p.PackageType != "" && p.PackageType != "Zip" {
		return Function{}, fmt.Errorf("line %d: %s: the local runner runs binaries, not container images", r.line, r.id)
	}
	name, err := t.name(r)
	if err != nil {
		return Function{}, err
	}
	f := Function{
		LogicalID: r.id,
		Name:      name,
		ARN:       arn(r.kind, name),
		Folder:    shortName(r.id, "Function"),
		Timeout:   3 * time.Second, // Lambda's own defaults
		MemoryMB:  128,
		LogFormat: p.LoggingConfig.LogFormat,
		LogLevel:  p.LoggingConfig.ApplicationLogLevel,
		RoleARN:   p.Role,
		Key:       p.KmsKeyArn,
		LogGroup:  p.LoggingConfig.LogGroup,
	}
	d := p.EventInvokeConfig.DestinationConfig
	for _, target := range []string{d.OnFailure.Destination, d.OnSuccess.Destination, p.DeadLetterQueue.TargetArn} {
		if target != "" {
			f.Failures = append(f.Failures, target)
		}
	}
	if p.Timeout != nil {
		f.Timeout = time.Duration(*p.Timeout) * time.Second
	}
	if p.MemorySize != nil {
		f.MemoryMB = int(*p.MemorySize)
	}
	if p.ReservedConcurrentExecutions != nil {
		n := int(*p.ReservedConcurrentExecutions)
		f.Concurrency = &n
	}
	if f.Environment, err = t.environment(p.Environment.Variables); err != nil {
		return Function{}, fmt.Errorf("line %d: %s: %w", r.line, r.id, err)
	}
	return f, t.addEvents(r, &f, p.Events)
}

func (t *Template) environment(variables map[string]any) (map[string]string, error) {
	result := map[string]string{}
	for name, value := range variables {
		s, err := text(value)
		if err != nil {
			return nil, fmt.Errorf("variable %s: %w", name, err)
		}
		if result[name], err = t.resolveSecrets(s); err != nil {
			return nil, fmt.Errorf("variable %s: %w", name, err)
		}
	}
	return result, nil
}

// withGlobals evaluates the function's properties over those in Globals: mappings merge key by key,
// lists are put one behind the other, and of anything else the function's own value stands.
func (t *Template) withGlobals(r *resource) (any, error) {
	own, global := any(map[string]any{}), any(map[string]any{})
	var err error
	if r.properties != nil {
		if own, err = t.evaluate(r.properties); err != nil {
			return nil, fmt.Errorf("%s: %w", r.id, err)
		}
	}
	if node := child(t.globals, strings.TrimPrefix(r.kind, "AWS::Serverless::")); node != nil {
		if global, err = t.evaluate(node); err != nil {
			return nil, fmt.Errorf("in Globals: %w", err)
		}
	}
	return merge(global, own), nil
}

func merge(global, own any) any {
	switch o := own.(type) {
	case map[string]any:
		g, ok := global.(map[string]any)
		if !ok {
			return own
		}
		result := map[string]any{}
		for key, value := range g {
			result[key] = value
		}
		for key, value := range o {
			if below, ok := result[key]; ok {
				value = merge(below, value)
			}
			result[key] = value
		}
		return result
	case []any:
		if g, ok := global.([]any); ok {
			return append(append([]any{}, g...), o...)
		}
	}
	return own
}
