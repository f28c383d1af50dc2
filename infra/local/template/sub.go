package template

import (
	"fmt"
	"strings"

	"go.yaml.in/yaml/v4"
)

// sub is "text ${Name} ${Name.Attribute} ${!literal}", or [text, {Name: value}].
func (t *Template) sub(node *yaml.Node) (any, error) {
	pattern, own := node, (*yaml.Node)(nil)
	if node.Kind == yaml.SequenceNode {
		args, err := arguments(node, 2)
		if err != nil {
			return nil, err
		}
		pattern, own = args[0], args[1]
	}
	if pattern.Kind != yaml.ScalarNode {
		return nil, fmt.Errorf("the text is missing")
	}
	var out strings.Builder
	rest := pattern.Value
	for {
		before, after, found := strings.Cut(rest, "${")
		out.WriteString(before)
		if !found {
			return out.String(), nil
		}
		name, remainder, closed := strings.Cut(after, "}")
		if !closed {
			return nil, fmt.Errorf("${%s is not closed", name)
		}
		value, err := t.substitute(strings.TrimSpace(name), own)
		if err != nil {
			return nil, err
		}
		out.WriteString(value)
		rest = remainder
	}
}

func (t *Template) substitute(name string, own *yaml.Node) (string, error) {
	if literal, ok := strings.CutPrefix(name, "!"); ok {
		return "${" + literal + "}", nil
	}
	if value := child(own, name); value != nil {
		return t.string(value)
	}
	var value any
	var err error
	if id, attribute, dotted := strings.Cut(name, "."); dotted {
		value, err = t.attribute(id, attribute)
	} else {
		value, err = t.ref(name)
	}
	if err != nil {
		return "", err
	}
	return text(value)
}
