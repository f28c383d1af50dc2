package template

import (
	"fmt"
	"reflect"
	"slices"

	"go.yaml.in/yaml/v4"
)

// condition evaluates a named condition.
func (t *Template) condition(name string, line int) (bool, error) {
	node, ok := t.conditions[name]
	if !ok {
		return false, fmt.Errorf("line %d: there is no condition %s", line, name)
	}
	leave, err := t.enter("condition " + name)
	if err != nil {
		return false, err
	}
	defer leave()
	return t.truth(node)
}

// truth evaluates an expression that stands where a condition is wanted. Only there may
// {Condition: name} be a reference: elsewhere it is an ordinary property, of a policy for one.
func (t *Template) truth(node *yaml.Node) (bool, error) {
	if node.Kind == yaml.MappingNode && len(node.Content) == 2 && node.Content[0].Value == "Condition" {
		return t.condition(node.Content[1].Value, node.Line)
	}
	value, err := t.evaluate(node)
	if err != nil {
		return false, err
	}
	switch value {
	case true, "true":
		return true, nil
	case false, "false":
		return false, nil
	}
	return false, fmt.Errorf("line %d: a condition was expected", node.Line)
}

// choose is If: [condition name, value if it holds, value if not]. The other value is not looked at.
func (t *Template) choose(node *yaml.Node, line int) (any, error) {
	args, err := arguments(node, 3)
	if err != nil {
		return nil, err
	}
	holds, err := t.condition(args[0].Value, line)
	if err != nil {
		return nil, err
	}
	if holds {
		return t.evaluate(args[1])
	}
	return t.evaluate(args[2])
}

func (t *Template) logic(name string, node *yaml.Node, line int) (any, error) {
	switch name {
	case "Condition":
		return t.condition(node.Value, line)
	case "Equals":
		args, err := arguments(node, 2)
		if err != nil {
			return nil, err
		}
		return t.equal(args[0], args[1])
	case "Not":
		args, err := arguments(node, 1)
		if err != nil {
			return nil, err
		}
		value, err := t.truth(args[0])
		return !value, err
	}
	if node.Kind != yaml.SequenceNode || len(node.Content) < 2 {
		return nil, fmt.Errorf("takes a list of 2 to 10 conditions")
	}
	for _, arg := range node.Content {
		value, err := t.truth(arg)
		if err != nil {
			return nil, err
		}
		if value == (name == "Or") {
			return value, nil
		}
	}
	return name == "And", nil
}

// equal compares as CloudFormation does, where true and "true" are the same.
func (t *Template) equal(a, b *yaml.Node) (bool, error) {
	left, err := t.evaluate(a)
	if err != nil {
		return false, err
	}
	right, err := t.evaluate(b)
	if err != nil {
		return false, err
	}
	if l, err := text(left); err == nil {
		if r, err := text(right); err == nil {
			return l == r, nil
		}
	}
	return reflect.DeepEqual(left, right), nil
}

// enter notes that name is being resolved, and fails if it already is.
func (t *Template) enter(name string) (leave func(), err error) {
	if slices.Contains(t.path, name) {
		return nil, fmt.Errorf("%s refers to itself", name)
	}
	t.path = append(t.path, name)
	return func() { t.path = t.path[:len(t.path)-1] }, nil
}
