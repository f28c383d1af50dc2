// Package pattern matches messages and records against filter policies: the SNS subscription filter
// and the filter criteria of Lambda's event source mappings, which share their language.
//
// Known operators: exact strings, numbers, true, false and null, prefix, suffix, equals-ignore-case,
// anything-but (values, prefix, suffix), numeric (ranges), exists, and $or. A list matches when any of
// its rules does, an object when all of its keys do.
//
// Limits: wildcard and cidr are refused, not ignored. Numbers are compared as 64-bit floats.
package pattern

import (
	"bytes"
	"encoding/json"
	"fmt"
	"maps"
	"slices"
)

// Pattern is a parsed filter.
type Pattern struct {
	fields []field
	anyOf  []*Pattern // $or; empty = no such key
}

// field is one key of a pattern: either rules for its value or a pattern for the object in it.
type field struct {
	name  string
	rules []rule
	inner *Pattern
}

// Parse reads a filter policy. The error names the key that it does not understand.
func Parse(policy []byte) (*Pattern, error) {
	tree, err := decode(policy)
	if err != nil {
		return nil, fmt.Errorf("the filter is not JSON: %w", err)
	}
	object, ok := tree.(map[string]any)
	if !ok {
		return nil, fmt.Errorf("the filter is not a JSON object")
	}
	return parse(object)
}

func parse(object map[string]any) (*Pattern, error) {
	p := &Pattern{}
	for _, name := range slices.Sorted(maps.Keys(object)) {
		value := object[name]
		if name == "$or" {
			either, ok := value.([]any)
			if !ok || len(either) < 2 {
				return nil, fmt.Errorf("$or needs a list of at least two filters")
			}
			for _, one := range either {
				inner, ok := one.(map[string]any)
				if !ok {
					return nil, fmt.Errorf("$or needs a list of filters")
				}
				alternative, err := parse(inner)
				if err != nil {
					return nil, fmt.Errorf("$or: %w", err)
				}
				p.anyOf = append(p.anyOf, alternative)
			}
			continue
		}
		f := field{name: name}
		switch value := value.(type) {
		case []any:
			for _, one := range value {
				r, err := parseRule(one)
				if err != nil {
					return nil, fmt.Errorf("%s: %w", name, err)
				}
				f.rules = append(f.rules, r)
			}
			if len(f.rules) == 0 {
				return nil, fmt.Errorf("%s: an empty list matches nothing", name)
			}
		case map[string]any:
			inner, err := parse(value)
			if err != nil {
				return nil, fmt.Errorf("%s: %w", name, err)
			}
			f.inner = inner
		default:
			return nil, fmt.Errorf("%s: a filter's values are lists, or objects with further keys", name)
		}
		p.fields = append(p.fields, f)
	}
	return p, nil
}

// MatchBody matches a JSON text. Lists within it are looked through: any of their elements may match.
func (p *Pattern) MatchBody(body []byte) bool {
	tree, err := decode(body)
	if err != nil {
		return false
	}
	return p.match([]any{tree})
}

// MatchValues matches named values, such as message attributes; several under one name are a list.
func (p *Pattern) MatchValues(values map[string][]any) bool {
	object := make(map[string]any, len(values))
	for name, list := range values {
		object[name] = list
	}
	return p.match([]any{object})
}

// match says whether one set of nodes, found under the same path, has all that the pattern asks.
func (p *Pattern) match(nodes []any) bool {
	for _, f := range p.fields {
		below := children(nodes, f.name)
		if f.inner != nil {
			if !f.inner.match(below) {
				return false
			}
			continue
		}
		if !slices.ContainsFunc(f.rules, func(r rule) bool { return r.matches(below) }) {
			return false
		}
	}
	return len(p.anyOf) == 0 || slices.ContainsFunc(p.anyOf, func(a *Pattern) bool { return a.match(nodes) })
}

// children gives what objects have under name, with lists replaced by their elements.
func children(nodes []any, name string) []any {
	var found []any
	for _, n := range nodes {
		if object, ok := n.(map[string]any); ok {
			if v, ok := object[name]; ok {
				found = flatten(found, v)
			}
		}
	}
	return found
}

func flatten(into []any, v any) []any {
	list, ok := v.([]any)
	if !ok {
		return append(into, v)
	}
	for _, one := range list {
		into = flatten(into, one)
	}
	return into
}

// decode reads JSON with numbers kept apart from texts.
func decode(text []byte) (any, error) {
	d := json.NewDecoder(bytes.NewReader(text))
	d.UseNumber()
	var v any
	if err := d.Decode(&v); err != nil {
		return nil, err
	}
	return v, nil
}
