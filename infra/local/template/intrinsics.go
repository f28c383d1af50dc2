package template

import (
	"fmt"
	"strings"

	"go.yaml.in/yaml/v4"
)

// call evaluates one intrinsic function. Errors name the line of the call.
func (t *Template) call(name string, argument *yaml.Node, line int) (any, error) {
	value, err := t.apply(name, argument, line)
	if err != nil && !strings.HasPrefix(err.Error(), "line ") {
		return nil, fmt.Errorf("line %d: !%s: %w", line, name, err)
	}
	return value, err
}

func (t *Template) apply(name string, argument *yaml.Node, line int) (any, error) {
	switch name {
	case "Ref":
		return t.ref(argument.Value)
	case "GetAtt":
		return t.getAtt(argument)
	case "Sub":
		return t.sub(argument)
	case "If":
		return t.choose(argument, line)
	case "Equals", "Not", "And", "Or", "Condition":
		return t.logic(name, argument, line)
	case "Join":
		return t.join(argument)
	case "Select":
		return t.pick(argument)
	case "Split":
		return t.split(argument)
	case "FindInMap":
		return t.findInMap(argument)
	}
	return nil, fmt.Errorf("the local runner does not know this function")
}

// arguments checks how many there are, without evaluating them.
func arguments(node *yaml.Node, count int) ([]*yaml.Node, error) {
	if node.Kind != yaml.SequenceNode || len(node.Content) != count {
		return nil, fmt.Errorf("takes a list of %d", count)
	}
	return node.Content, nil
}

func (t *Template) string(node *yaml.Node) (string, error) {
	value, err := t.evaluate(node)
	if err != nil {
		return "", err
	}
	return text(value)
}

func (t *Template) strings(node *yaml.Node) ([]string, error) {
	value, err := t.evaluate(node)
	if err != nil {
		return nil, err
	}
	list, ok := value.([]any)
	if !ok {
		return nil, fmt.Errorf("a list was expected, not %T", value)
	}
	result := make([]string, len(list))
	for i, item := range list {
		if result[i], err = text(item); err != nil {
			return nil, err
		}
	}
	return result, nil
}

// join is [separator, list].
func (t *Template) join(node *yaml.Node) (any, error) {
	args, err := arguments(node, 2)
	if err != nil {
		return nil, err
	}
	separator, err := t.string(args[0])
	if err != nil {
		return nil, err
	}
	list, err := t.strings(args[1])
	return strings.Join(list, separator), err
}

// pick is [index, list]; the function is called Select.
func (t *Template) pick(node *yaml.Node) (any, error) {
	args, err := arguments(node, 2)
	if err != nil {
		return nil, err
	}
	index, err := t.string(args[0])
	if err != nil {
		return nil, err
	}
	var i number
	if err := i.UnmarshalJSON([]byte(index)); err != nil {
		return nil, err
	}
	value, err := t.evaluate(args[1])
	if err != nil {
		return nil, err
	}
	list, ok := value.([]any)
	if !ok || i < 0 || int(i) >= len(list) {
		return nil, fmt.Errorf("there is no entry %d in a list of %d", i, len(list))
	}
	return list[i], nil
}

// split is [separator, string].
func (t *Template) split(node *yaml.Node) (any, error) {
	args, err := arguments(node, 2)
	if err != nil {
		return nil, err
	}
	separator, err := t.string(args[0])
	if err != nil {
		return nil, err
	}
	whole, err := t.string(args[1])
	if err != nil {
		return nil, err
	}
	list := []any{}
	for part := range strings.SplitSeq(whole, separator) {
		list = append(list, part)
	}
	return list, nil
}

// findInMap is [map, first key, second key].
func (t *Template) findInMap(node *yaml.Node) (any, error) {
	args, err := arguments(node, 3)
	if err != nil {
		return nil, err
	}
	var keys [3]string
	for i, arg := range args {
		if keys[i], err = t.string(arg); err != nil {
			return nil, err
		}
	}
	found := child(child(t.mappings[keys[0]], keys[1]), keys[2])
	if found == nil {
		return nil, fmt.Errorf("there is no %s in the mappings", strings.Join(keys[:], "."))
	}
	return t.evaluate(found)
}
