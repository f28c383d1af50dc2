// Package template reads template.yaml, the AWS SAM template that is deployed, and tells the local
// runner what is in it: functions, routes, tables, queues, topics, buckets and secrets.
//
// It evaluates parameters, conditions and the intrinsic functions this project uses, with the answers
// that a stack called "voice" in an account of zeros would give. Anything it does not know is an
// error that names the line: a template that runs here should mean the same in AWS.
//
// Limits: it reads one file. Nested stacks, macros other than AWS::Serverless, modules and policies
// are not followed. Values are evaluated when asked for, so a part that nobody asks for may be wrong
// without notice; Check looks at everything.
package template

import (
	"fmt"
	"os"
	"path/filepath"

	"go.yaml.in/yaml/v4"
)

// The stack that the template is evaluated for.
const (
	Region    = "us-east-1"
	AccountID = "000000000000"
	StackName = "voice"
)

// Options are the things a template cannot say itself.
type Options struct {
	// Parameters override the template's defaults by name. An unknown name is an error.
	Parameters map[string]string
	// Defaults replace the template's own defaults. A name that the template does not have is ignored.
	Defaults map[string]string
	// APIEndpoint answers GetAtt X.ApiEndpoint, and QueueEndpoint begins a queue's URL. Both are
	// URLs without a final slash.
	APIEndpoint, QueueEndpoint string
	// Issuer answers GetAtt X.ProviderURL of a user pool: who signs the tokens of those who sign in.
	Issuer string
	// Secret answers {{resolve:secretsmanager:…}} in functions' environments. With nil, such a
	// reference is an error.
	Secret func(name string) (value string, err error)
}

// Template is a parsed template. It is not safe for use by several goroutines at once.
type Template struct {
	options    Options
	parameters map[string]any
	mappings   map[string]*yaml.Node
	conditions map[string]*yaml.Node
	globals    *yaml.Node
	resources  map[string]*resource
	order      []string // logical ids as the file has them
	outputs    *yaml.Node
	path       []string // references being resolved, to find circles
}

// resource is one entry under Resources.
type resource struct {
	id, kind, condition string
	line                int
	properties          *yaml.Node // nil when there are none
}

// Load reads the template in the file at path.
func Load(path string, options Options) (*Template, error) {
	data, err := os.ReadFile(path)
	if err != nil {
		return nil, fmt.Errorf("read the template: %w", err)
	}
	t, err := Parse(data, options)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", filepath.Base(path), err)
	}
	return t, nil
}

// Parse reads a template. Errors name the line.
func Parse(data []byte, options Options) (*Template, error) {
	var document yaml.Node
	if err := yaml.Unmarshal(data, &document); err != nil {
		return nil, fmt.Errorf("not YAML: %w", err)
	}
	if len(document.Content) != 1 || document.Content[0].Kind != yaml.MappingNode {
		return nil, fmt.Errorf("not a template: the top level is not a mapping")
	}
	t := &Template{
		options:    options,
		mappings:   map[string]*yaml.Node{},
		conditions: map[string]*yaml.Node{},
		resources:  map[string]*resource{},
	}
	root := document.Content[0]
	if err := t.readParameters(child(root, "Parameters")); err != nil {
		return nil, err
	}
	for name, node := range entries(child(root, "Mappings")) {
		t.mappings[name] = node
	}
	for name, node := range entries(child(root, "Conditions")) {
		t.conditions[name] = node
	}
	t.globals = child(root, "Globals")
	t.outputs = child(root, "Outputs")
	return t, t.readResources(child(root, "Resources"))
}

func (t *Template) readResources(node *yaml.Node) error {
	if node == nil || len(node.Content) == 0 {
		return fmt.Errorf("the template has no Resources")
	}
	for id, body := range entries(node) {
		r := &resource{id: id, line: body.Line, properties: child(body, "Properties")}
		if kind := child(body, "Type"); kind != nil {
			r.kind, r.line = kind.Value, kind.Line
		}
		if condition := child(body, "Condition"); condition != nil {
			r.condition = condition.Value
		}
		if r.kind == "" {
			return fmt.Errorf("line %d: resource %s has no Type", r.line, id)
		}
		if _, twice := t.resources[id]; twice {
			return fmt.Errorf("line %d: there are two resources called %s", r.line, id)
		}
		t.resources[id] = r
		t.order = append(t.order, id)
	}
	return nil
}

// ofKind gives the resources of one type whose condition holds, in the file's order.
func (t *Template) ofKind(kind string) ([]*resource, error) {
	var found []*resource
	for _, id := range t.order {
		r := t.resources[id]
		if r.kind != kind {
			continue
		}
		exists, err := t.exists(r)
		if err != nil {
			return nil, err
		}
		if exists {
			found = append(found, r)
		}
	}
	return found, nil
}

func (t *Template) exists(r *resource) (bool, error) {
	if r.condition == "" {
		return true, nil
	}
	return t.condition(r.condition, r.line)
}
