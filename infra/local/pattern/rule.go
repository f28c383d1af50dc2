package pattern

import (
	"encoding/json"
	"fmt"
	"slices"
	"strings"
)

// rule is one element of a pattern's list.
type rule struct {
	value func(any) bool // says of one value whether it matches
	// absent is for {"exists": false}, which is about there being no value at all.
	absent bool
}

// matches says whether any of the values under a key satisfies the rule.
func (r rule) matches(values []any) bool {
	if r.absent {
		return len(values) == 0
	}
	return slices.ContainsFunc(values, r.value)
}

// parseRule reads a plain value or an operator such as {"prefix": "x"}.
func parseRule(v any) (rule, error) {
	operator, ok := v.(map[string]any)
	if !ok {
		if _, isList := v.([]any); isList {
			return rule{}, fmt.Errorf("a list within a list is not a rule")
		}
		return rule{value: equal(v)}, nil
	}
	if len(operator) != 1 {
		return rule{}, fmt.Errorf("a rule has exactly one operator")
	}
	for name, operand := range operator {
		switch name {
		case "exists":
			is, ok := operand.(bool)
			if !ok {
				return rule{}, fmt.Errorf("exists takes true or false")
			}
			return rule{absent: !is, value: func(any) bool { return true }}, nil
		case "anything-but":
			not, err := anythingBut(operand)
			return rule{value: not}, err
		case "numeric":
			in, err := numeric(operand)
			return rule{value: in}, err
		}
		test, err := textTest(name, operand)
		return rule{value: test}, err
	}
	return rule{}, nil
}

// textTest reads the operators that look at a text.
func textTest(name string, operand any) (func(any) bool, error) {
	var test func(s, operand string) bool
	switch name {
	case "prefix":
		test = strings.HasPrefix
	case "suffix":
		test = strings.HasSuffix
	case "equals-ignore-case":
		test = strings.EqualFold
	default:
		return nil, fmt.Errorf("the operator %q is not known here", name)
	}
	want, ok := operand.(string)
	if !ok {
		return nil, fmt.Errorf("%s takes a text", name)
	}
	return func(v any) bool {
		s, ok := v.(string)
		return ok && test(s, want)
	}, nil
}

// equal compares with a plain value; numbers by value, so that 1 and 1.0 are the same.
func equal(want any) func(any) bool {
	number, isNumber := float(want)
	return func(v any) bool {
		if isNumber {
			n, ok := float(v)
			return ok && n == number
		}
		return v == want
	}
}

// anythingBut matches a value that is none of the operand's.
func anythingBut(operand any) (func(any) bool, error) {
	var tests []func(any) bool
	switch o := operand.(type) {
	case map[string]any:
		if len(o) != 1 {
			return nil, fmt.Errorf("anything-but takes exactly one operator")
		}
		for name, inner := range o {
			list, ok := inner.([]any)
			if !ok {
				list = []any{inner}
			}
			for _, one := range list {
				test, err := textTest(name, one)
				if err != nil {
					return nil, fmt.Errorf("anything-but: %w", err)
				}
				tests = append(tests, test)
			}
		}
	case []any:
		for _, one := range o {
			tests = append(tests, equal(one))
		}
	default:
		tests = append(tests, equal(o))
	}
	return func(v any) bool {
		return !slices.ContainsFunc(tests, func(t func(any) bool) bool { return t(v) })
	}, nil
}

// numeric reads a range such as [">", 0, "<=", 5].
func numeric(operand any) (func(any) bool, error) {
	parts, ok := operand.([]any)
	if !ok || len(parts) == 0 || len(parts)%2 != 0 || len(parts) > 4 {
		return nil, fmt.Errorf(`numeric takes a list such as [">", 0, "<=", 5]`)
	}
	var tests []func(float64) bool
	for i := 0; i < len(parts); i += 2 {
		limit, isNumber := float(parts[i+1])
		if !isNumber {
			return nil, fmt.Errorf("numeric compares with a number, not %v", parts[i+1])
		}
		switch parts[i] {
		case "=":
			tests = append(tests, func(n float64) bool { return n == limit })
		case "<":
			tests = append(tests, func(n float64) bool { return n < limit })
		case "<=":
			tests = append(tests, func(n float64) bool { return n <= limit })
		case ">":
			tests = append(tests, func(n float64) bool { return n > limit })
		case ">=":
			tests = append(tests, func(n float64) bool { return n >= limit })
		default:
			return nil, fmt.Errorf("numeric knows =, <, <=, > and >=, not %v", parts[i])
		}
	}
	return func(v any) bool {
		n, ok := float(v)
		return ok && !slices.ContainsFunc(tests, func(t func(float64) bool) bool { return !t(n) })
	}, nil
}

// float reads a number; texts are not numbers.
func float(v any) (float64, bool) {
	number, ok := v.(json.Number)
	if !ok {
		return 0, false
	}
	f, err := number.Float64()
	return f, err == nil
}
