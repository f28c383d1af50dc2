package main

import (
	"encoding/json"
	"path/filepath"
	"testing"

	"voice.example/infra/local/dynamodb"
	"voice.example/infra/local/pattern"
	"voice.example/infra/local/template"
	"voice.example/shared/alert"
)

// TestOnlyWhatIsCountedComes: of all changes of an alert's state that can be, the mapping's filter lets those through that
// are counted, and no others.
func TestOnlyWhatIsCountedComes(t *testing.T) {
	root, err := dynamodb.FindRoot(".")
	if err != nil {
		t.Fatal(err)
	}
	parsed, err := template.Load(filepath.Join(root, "template.yaml"), template.Options{Secret: func(string) (string, error) { return "secret", nil }})
	if err != nil {
		t.Fatal(err)
	}
	functions, err := parsed.Functions()
	if err != nil {
		t.Fatal(err)
	}
	var filters []*pattern.Pattern
	for _, f := range functions {
		if f.LogicalID != "VolumesFunction" {
			continue
		}
		for _, s := range f.Streams {
			for _, text := range s.Filters {
				p, err := pattern.Parse(text)
				if err != nil {
					t.Fatal(err)
				}
				filters = append(filters, p)
			}
		}
	}
	if len(filters) == 0 || len(filters) > 5 { // Lambda's quota for one mapping
		t.Fatalf("%d filters", len(filters))
	}
	const none = alert.State("")
	after := map[alert.State][]alert.State{ // as shared/alert writes them
		none:               {alert.Planned},
		alert.Planned:      {none, alert.Planned, alert.Claimed},
		alert.Claimed:      {none, alert.Claimed, alert.Planned, alert.Sent, alert.Failed, alert.OptedOut},
		alert.Sent:         {none, alert.Sent, alert.Planned, alert.Delivered, alert.Failed, alert.OptedOut, alert.Acknowledged},
		alert.Failed:       {none, alert.Failed, alert.Delivered, alert.Acknowledged},
		alert.OptedOut:     {none, alert.OptedOut, alert.Delivered, alert.Acknowledged},
		alert.Delivered:    {none, alert.Delivered, alert.Acknowledged},
		alert.Acknowledged: {none, alert.Acknowledged},
	}
	b := newBench(t)
	number := 0
	for old, news := range after {
		for _, new := range news {
			images, kind := [2]string{ledger(old, ""), ledger(new, "")}, "MODIFY"
			if old == none {
				images[0], kind = "", "INSERT"
			}
			if new == none {
				images[1], kind = "", "REMOVE"
			}
			number++
			text := ofAlert(number, images[0], images[1])
			text = `{"eventName":"` + kind + `",` + text[1:]
			comes := false
			for _, f := range filters {
				comes = comes || f.MatchBody([]byte(text))
			}
			adds, err := b.ofAlert(read(json.RawMessage(text)))
			if err != nil || comes != (len(adds) > 0) {
				t.Errorf("%q → %q: comes %v, adds %v, %v", old, new, comes, adds, err)
			}
		}
	}
}
