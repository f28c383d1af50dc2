package template

import (
	"cmp"
	"fmt"
	"regexp"
	"strconv"
	"strings"

	"go.yaml.in/yaml/v4"
)

// readParameters takes each parameter's override or default, and checks it.
func (t *Template) readParameters(node *yaml.Node) error {
	t.parameters = map[string]any{}
	for name, body := range entries(node) {
		value, err := t.parameter(name, body)
		if err != nil {
			return err
		}
		if err := allowed(value, body); err != nil {
			return fmt.Errorf("line %d: parameter %s: %w", body.Line, name, err)
		}
		t.parameters[name] = value
		if kind := child(body, "Type"); kind != nil && kind.Value == "CommaDelimitedList" {
			t.parameters[name] = commaList(value)
		}
	}
	for name := range t.options.Parameters {
		if _, known := t.parameters[name]; !known {
			return fmt.Errorf("there is no parameter %s", name)
		}
	}
	return nil
}

func (t *Template) parameter(name string, body *yaml.Node) (string, error) {
	if value, given := t.options.Parameters[name]; given {
		return value, nil
	}
	if value, given := t.options.Defaults[name]; given {
		return value, nil
	}
	if fallback := child(body, "Default"); fallback != nil {
		return fallback.Value, nil
	}
	return "", fmt.Errorf("line %d: parameter %s has no default; give it with --param %s=…", body.Line, name, name)
}

// allowed checks a value against what the parameter's declaration says of values.
func allowed(value string, body *yaml.Node) error {
	if list := child(body, "AllowedValues"); list != nil {
		if err := oneOf(value, list); err != nil {
			return err
		}
	}
	if pattern := child(body, "AllowedPattern"); pattern != nil {
		whole, err := regexp.Compile("^(?:" + pattern.Value + ")$")
		if err != nil {
			return fmt.Errorf("AllowedPattern: %w", err)
		}
		if !whole.MatchString(value) {
			return fmt.Errorf("%q does not match %s", value, pattern.Value)
		}
	}
	for _, limit := range []struct {
		name   string
		length bool
		sign   int // of value minus limit, when the value is out of bounds
	}{{"MinLength", true, -1}, {"MaxLength", true, 1}, {"MinValue", false, -1}, {"MaxValue", false, 1}} {
		node := child(body, limit.name)
		if node == nil {
			continue
		}
		bound, err := strconv.ParseFloat(node.Value, 64)
		if err != nil {
			return fmt.Errorf("%s is not a number", limit.name)
		}
		measure := float64(len(value))
		if !limit.length {
			if measure, err = strconv.ParseFloat(value, 64); err != nil {
				return fmt.Errorf("%q is not a number", value)
			}
		}
		if cmp.Compare(measure, bound) == limit.sign {
			return fmt.Errorf("%q breaks %s %s", value, limit.name, node.Value)
		}
	}
	return nil
}

func oneOf(value string, allowed *yaml.Node) error {
	var names []string
	for _, item := range allowed.Content {
		if item.Value == value {
			return nil
		}
		names = append(names, item.Value)
	}
	return fmt.Errorf("%q is not one of %s", value, strings.Join(names, ", "))
}

func commaList(value string) []any {
	var list []any
	for item := range strings.SplitSeq(value, ",") {
		list = append(list, strings.TrimSpace(item))
	}
	return list
}
