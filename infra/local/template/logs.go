package template

import (
	"encoding/json"
	"fmt"
	"strings"
)

// LogSource feeds a function from a log group.
type LogSource struct{ Event, LogGroup string }

func addLog(f *Function, name string, data json.RawMessage) error {
	var p struct{ LogGroupName, FilterPattern string }
	if err := strict(data, &p); err != nil {
		return err
	}
	return f.read(name, p.LogGroupName, p.FilterPattern)
}

func (f *Function) read(event, group, pattern string) error {
	if pattern != "" {
		return fmt.Errorf("the local runner hands on whole logs, and does not know the pattern %q", pattern)
	}
	f.Logs = append(f.Logs, LogSource{Event: event, LogGroup: group})
	return nil
}

// addLogFilters adds the log groups that are tied to functions by resources of their own.
func (t *Template) addLogFilters(functions []Function) error {
	found, err := t.ofKind(kindLogFilter)
	if err != nil {
		return err
	}
	byARN := map[string]*Function{}
	for i := range functions {
		byARN[functions[i].ARN] = &functions[i]
	}
	for _, r := range found {
		var p struct{ LogGroupName, FilterPattern, DestinationArn string }
		if err := t.decode(r, &p); err != nil {
			return err
		}
		f := byARN[p.DestinationArn]
		if f == nil {
			return fmt.Errorf("line %d: %s: no function of this template has the ARN %q", r.line, r.id, p.DestinationArn)
		}
		if err := f.read(r.id, p.LogGroupName, p.FilterPattern); err != nil {
			return fmt.Errorf("line %d: %s: %w", r.line, r.id, err)
		}
	}
	return nil
}

// SMSEventGroups gives the log groups into which End User Messaging writes what becomes of texts.
func (t *Template) SMSEventGroups() ([]string, error) {
	found, err := t.ofKind(kindSMSSettings)
	if err != nil {
		return nil, err
	}
	var groups []string
	for _, r := range found {
		var p struct {
			EventDestinations []struct {
				Enabled                   flag
				MatchingEventTypes        []string
				CloudWatchLogsDestination struct{ LogGroupArn string }
			}
		}
		if err := t.decode(r, &p); err != nil {
			return nil, err
		}
		for _, d := range p.EventDestinations {
			_, group, ok := strings.Cut(d.CloudWatchLogsDestination.LogGroupArn, ":log-group:")
			if !ok || len(d.MatchingEventTypes) != 1 || d.MatchingEventTypes[0] != "TEXT_ALL" {
				return nil, fmt.Errorf("line %d: %s: the local runner tells of texts by TEXT_ALL in a log group", r.line, r.id)
			}
			if d.Enabled {
				groups = append(groups, strings.TrimSuffix(group, ":*"))
			}
		}
	}
	return groups, nil
}
