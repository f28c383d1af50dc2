package template

import (
	"encoding/json"
	"fmt"
	"strconv"
	"strings"

	"go.yaml.in/yaml/v4"
)

// noValue is what !Ref AWS::NoValue gives: the property or list entry that holds it is left out.
type noValue struct{}

// evaluate gives a node's value as encoding/json would: string, bool, int64, float64, nil, []any,
// map[string]any; or noValue.
func (t *Template) evaluate(node *yaml.Node) (any, error) {
	if node.Kind == yaml.AliasNode {
		node = node.Alias
	}
	if name, argument, ok := intrinsic(node); ok {
		return t.call(name, argument, node.Line)
	}
	switch node.Kind {
	case yaml.ScalarNode:
		return scalar(node), nil
	case yaml.SequenceNode:
		return t.list(node)
	case yaml.MappingNode:
		result := map[string]any{}
		for key, value := range entries(node) {
			v, err := t.evaluate(value)
			if err != nil {
				return nil, err
			}
			if _, dropped := v.(noValue); !dropped {
				result[key] = v
			}
		}
		return result, nil
	}
	return nil, fmt.Errorf("line %d: not a value", node.Line)
}

func (t *Template) list(node *yaml.Node) ([]any, error) {
	result := []any{}
	for _, item := range node.Content {
		v, err := t.evaluate(item)
		if err != nil {
			return nil, err
		}
		if _, dropped := v.(noValue); !dropped {
			result = append(result, v)
		}
	}
	return result, nil
}

// intrinsic recognises both spellings of a function, !Sub and {Fn::Sub: …}, and gives its name
// without the prefix. The argument of the short spelling is the node with its tag taken off.
func intrinsic(node *yaml.Node) (name string, argument *yaml.Node, ok bool) {
	if strings.HasPrefix(node.Tag, "!") && !strings.HasPrefix(node.Tag, "!!") {
		plain := *node
		plain.Tag = ""
		if plain.Kind == yaml.ScalarNode {
			plain.Tag = "!!str"
		}
		return node.Tag[1:], &plain, true
	}
	if node.Kind == yaml.MappingNode && len(node.Content) == 2 {
		key := node.Content[0].Value
		if key == "Ref" {
			return key, node.Content[1], true
		}
		if name, found := strings.CutPrefix(key, "Fn::"); found {
			return name, node.Content[1], true
		}
	}
	return "", nil, false
}

// scalar keeps numbers and booleans; dates (the version of a policy) stay as they are written.
func scalar(node *yaml.Node) any {
	switch node.Tag {
	case "!!null":
		return nil
	case "!!bool":
		return strings.EqualFold(node.Value, "true")
	case "!!int":
		if n, err := strconv.ParseInt(node.Value, 0, 64); err == nil {
			return n
		}
	case "!!float":
		if f, err := strconv.ParseFloat(node.Value, 64); err == nil {
			return f
		}
	}
	return node.Value
}

// text gives a value as CloudFormation would put it into a string.
func text(value any) (string, error) {
	switch v := value.(type) {
	case string:
		return v, nil
	case bool:
		return strconv.FormatBool(v), nil
	case int64:
		return strconv.FormatInt(v, 10), nil
	case float64:
		return strconv.FormatFloat(v, 'f', -1, 64), nil
	}
	return "", fmt.Errorf("a string was expected, not %T", value)
}

// decode evaluates a resource's properties into a struct with json tags.
func (t *Template) decode(r *resource, into any) error {
	if r.properties == nil {
		return nil
	}
	value, err := t.evaluate(r.properties)
	if err != nil {
		return fmt.Errorf("%s: %w", r.id, err)
	}
	return t.convert(r, value, into)
}

func (t *Template) convert(r *resource, value, into any) error {
	data, err := json.Marshal(value)
	if err != nil {
		return fmt.Errorf("line %d: %s: %w", r.line, r.id, err)
	}
	if err := json.Unmarshal(data, into); err != nil {
		return fmt.Errorf("line %d: %s: a property has the wrong shape: %w", r.line, r.id, err)
	}
	return nil
}

// number is an integer that a template may also write as a string.
type number int

func (n *number) UnmarshalJSON(data []byte) error {
	i, err := strconv.Atoi(strings.Trim(string(data), `"`))
	if err != nil {
		return fmt.Errorf("%s is not a whole number", data)
	}
	*n = number(i)
	return nil
}

// flag is a boolean that a template may also write as a string.
type flag bool

func (f *flag) UnmarshalJSON(data []byte) error {
	b, err := strconv.ParseBool(strings.Trim(string(data), `"`))
	if err != nil {
		return fmt.Errorf("%s is neither true nor false", data)
	}
	*f = flag(b)
	return nil
}
