package template

import (
	"encoding/json"
	"fmt"
	"strings"
)

// Machine is a state machine of Step Functions.
type Machine struct {
	LogicalID, Name, ARN string
	RoleARN              string          // "" when SAM makes one
	Definition           json.RawMessage // of the states language, with the substitutions made
	Logs                 bool            // it logs to a group
}

// Machines gives every state machine of the template.
func (t *Template) Machines() ([]Machine, error) {
	found, err := t.ofKind(kindMachine)
	if err != nil {
		return nil, err
	}
	var machines []Machine
	for _, r := range found {
		var p struct {
			Role                    string
			Definition              any
			DefinitionSubstitutions map[string]string
			Logging                 struct{ Destinations []json.RawMessage }
		}
		if err := t.decode(r, &p); err != nil {
			return nil, err
		}
		if p.Definition == nil {
			return nil, fmt.Errorf("line %d: %s: the local runner takes a definition that stands in the template", r.line, r.id)
		}
		name, err := t.name(r)
		if err != nil {
			return nil, err
		}
		definition, err := json.Marshal(substituted(p.Definition, p.DefinitionSubstitutions))
		if err != nil {
			return nil, fmt.Errorf("line %d: %s: %w", r.line, r.id, err)
		}
		machines = append(machines, Machine{
			LogicalID: r.id, Name: name, ARN: arn(r.kind, name), RoleARN: p.Role, Definition: definition, Logs: len(p.Logging.Destinations) > 0,
		})
	}
	return machines, nil
}

// substituted puts values in the place of ${Name} in every text of a definition.
func substituted(value any, by map[string]string) any {
	switch v := value.(type) {
	case string:
		for name, text := range by {
			v = strings.ReplaceAll(v, "${"+name+"}", text)
		}
		return v
	case []any:
		for i := range v {
			v[i] = substituted(v[i], by)
		}
	case map[string]any:
		for key := range v {
			v[key] = substituted(v[key], by)
		}
	}
	return value
}
