package main

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"os"
	"strings"
	"testing"

	"go.yaml.in/yaml/v4"

	"voice.example/shared/upload"
)

// machine walks the states of template.yaml's UploadMachine as Step Functions does, with the handler in the place of the
// function: as much of the states language as the machine uses.
type machine struct {
	t       *testing.T
	handle  func(context.Context, upload.Order) (upload.Ordered, error)
	twice   bool // every order comes twice, and the units of a map from last to first
	visited []string
}

type state struct {
	ResultSelector map[string]any `yaml:"ResultSelector"`
	Type           string         `yaml:"Type"`
	Parameters     map[string]any `yaml:"Parameters"`
	ItemSelector   map[string]any `yaml:"ItemSelector"`
	ItemsPath      string         `yaml:"ItemsPath"`
	Next           string         `yaml:"Next"`
	Default        string         `yaml:"Default"`
	ResultPath     *string        `yaml:"ResultPath"`
	Choices        []struct {
		Variable      string  `yaml:"Variable"`
		StringEquals  *string `yaml:"StringEquals"`
		BooleanEquals *bool   `yaml:"BooleanEquals"`
		Next          string  `yaml:"Next"`
	} `yaml:"Choices"`
	Catch []struct {
		Next       string `yaml:"Next"`
		ResultPath string `yaml:"ResultPath"`
	} `yaml:"Catch"`
	ItemProcessor struct {
		ProcessorConfig struct {
			Mode string `yaml:"Mode"`
		} `yaml:"ProcessorConfig"`
		StartAt string           `yaml:"StartAt"`
		States  map[string]state `yaml:"States"`
	} `yaml:"ItemProcessor"`
	End bool `yaml:"End"`
}

func definition(t *testing.T) (start string, states map[string]state) {
	t.Helper()
	text, err := os.ReadFile("../../template.yaml")
	if err != nil {
		t.Fatal(err)
	}
	var template struct {
		Resources struct {
			UploadMachine struct {
				Properties struct {
					Definition struct {
						StartAt string           `yaml:"StartAt"`
						States  map[string]state `yaml:"States"`
					} `yaml:"Definition"`
				} `yaml:"Properties"`
			} `yaml:"UploadMachine"`
		} `yaml:"Resources"`
	}
	if err := yaml.Unmarshal(text, &template); err != nil {
		t.Fatal(err)
	}
	d := template.Resources.UploadMachine.Properties.Definition
	if len(d.States) < 8 {
		t.Fatalf("%d states", len(d.States))
	}
	return d.StartAt, d.States
}

// run gives the name of the state that the machine ended in.
func (m *machine) run(input map[string]any) string {
	m.t.Helper()
	name, states := definition(m.t)
	for range 50 {
		s, ok := states[name]
		if !ok {
			m.t.Fatalf("there is no state %q", name)
		}
		m.visited = append(m.visited, name)
		var err error
		next := s.Next
		switch s.Type {
		case "Succeed", "Fail":
			return name
		case "Choice":
			next = m.choose(s, input)
		case "Task":
			var out map[string]any
			if out, err = m.order(fill(s.Parameters, input, nil)); err == nil {
				input = out
			}
		case "Map":
			m.isDistributed(s)
			items, _ := input[strings.TrimPrefix(s.ItemsPath, "$.")].([]any)
			for i := range items { // a unit's answer is no part of the result, which may have 256 KiB
				item := items[i]
				if m.twice {
					item = items[len(items)-1-i]
				}
				if _, err = m.order(fill(s.ItemSelector, input, item)); err != nil {
					break
				}
			}
			if s.ResultPath != nil {
				m.t.Fatalf("%s keeps its results", name)
			}
		default:
			m.t.Fatalf("a state of type %q", s.Type)
		}
		if err != nil {
			if len(s.Catch) == 0 {
				return name + " failed"
			}
			input[strings.TrimPrefix(s.Catch[0].ResultPath, "$.")] = map[string]any{"Error": "Error", "Cause": "of a test"}
			next = s.Catch[0].Next
		} else if s.End {
			return name
		}
		name = next
	}
	m.t.Fatalf("it goes round and round: %v", m.visited)
	return ""
}

func (m *machine) isDistributed(s state) {
	m.t.Helper()
	p := s.ItemProcessor
	if only := p.States[p.StartAt]; p.ProcessorConfig.Mode != "DISTRIBUTED" || only.Type != "Task" || !only.End || only.ResultSelector == nil || len(only.ResultSelector) != 0 || len(p.States) != 1 {
		m.t.Fatalf("got %+v", p)
	}
}

func (m *machine) choose(s state, input map[string]any) string {
	for _, c := range s.Choices {
		value := input[strings.TrimPrefix(c.Variable, "$.")]
		if c.StringEquals != nil && value == *c.StringEquals || c.BooleanEquals != nil && value == *c.BooleanEquals {
			return c.Next
		}
	}
	return s.Default
}

// fill is a payload template: names that end in ".$" take their values from the input or the item.
func fill(template, input map[string]any, item any) map[string]any {
	out := map[string]any{}
	for name, value := range template {
		path, isPath := strings.CutSuffix(name, ".$")
		switch text, _ := value.(string); {
		case !isPath:
			out[name] = value
		case text == "$$.Map.Item.Value":
			out[path] = item
		default:
			var at any = input
			for _, step := range strings.Split(strings.TrimPrefix(text, "$."), ".") {
				at = at.(map[string]any)[step]
			}
			out[path] = at
		}
	}
	return out
}

// order calls the function as Lambda does: JSON in, JSON out.
func (m *machine) order(payload map[string]any) (map[string]any, error) {
	m.t.Helper()
	in, err := json.Marshal(payload)
	if err != nil {
		m.t.Fatal(err)
	}
	var out upload.Ordered
	for range map[bool]int{false: 1, true: 2}[m.twice] {
		var o upload.Order
		if err := json.Unmarshal(in, &o); err != nil {
			m.t.Fatal(err)
		}
		if out, err = m.handle(context.Background(), o); err != nil {
			return nil, fmt.Errorf("%s: %w", o.Step, err)
		}
	}
	body, err := json.Marshal(out)
	if err != nil {
		m.t.Fatal(err)
	}
	var result map[string]any
	return result, json.Unmarshal(body, &result)
}

// starts answers StartExecution, and refuses to start an execution twice, as the service does.
type starts func(name string, input map[string]any)

func (s starts) Do(r *http.Request) (*http.Response, error) {
	var in struct{ Name, Input string }
	if err := json.NewDecoder(r.Body).Decode(&in); err != nil {
		return nil, err
	}
	var input map[string]any
	if err := json.Unmarshal([]byte(in.Input), &input); err != nil {
		return nil, err
	}
	s(in.Name, input)
	return &http.Response{StatusCode: http.StatusOK, Header: http.Header{"Content-Type": {"application/x-amz-json-1.0"}},
		Body: io.NopCloser(strings.NewReader(`{"executionArn": "arn:aws:states:us-east-1:000000000000:execution:UploadMachine:x", "startDate": 1}`))}, nil
}
