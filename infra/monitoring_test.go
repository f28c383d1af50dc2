// Package infra_test holds the template, its nested stacks and the runbook together.
package infra_test

import (
	"encoding/json"
	"os"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"

	"go.yaml.in/yaml/v4"

	"voice.example/shared/aws"
)

type resource struct {
	Type, Condition                     string
	DeletionPolicy, UpdateReplacePolicy string
	Properties                          map[string]any
}

type stack struct {
	Parameters map[string]map[string]any
	Globals    struct{ Function map[string]any }
	Resources  map[string]resource
}

// load reads a template. Functions such as !Ref are lost, what they are given stays: !Ref X is "X", and !GetAtt X.Arn "X.Arn".
func load(t *testing.T, name string) (s stack) {
	t.Helper()
	text, err := os.ReadFile(name)
	if err != nil {
		t.Fatal(err)
	}
	var all map[string]any
	if err := yaml.Unmarshal(text, &all); err != nil {
		t.Fatalf("%s: %v", name, err)
	}
	if text, err = json.Marshal(all); err != nil {
		t.Fatal(err)
	}
	if err := json.Unmarshal(text, &s); err != nil {
		t.Fatalf("%s: %v", name, err)
	}
	return s
}

// at gives a value deep in mappings and lists that hold one, or nil.
func at(value any, path ...string) any {
	for _, name := range path {
		m, _ := value.(map[string]any)
		value = m[name]
	}
	return value
}

func list(value any) []any { l, _ := value.([]any); return l }

func (s stack) of(kind string) map[string]resource {
	found := map[string]resource{}
	for id, r := range s.Resources {
		if r.Type == kind {
			found[id] = r
		}
	}
	return found
}

func stacks(t *testing.T) map[string]stack {
	return map[string]stack{"template.yaml": load(t, "../template.yaml"), "monitoring.yaml": load(t, "monitoring.yaml"), "backups.yaml": load(t, "backups.yaml")}
}

// known are metrics of AWS's own that are used, with the dimension that tells things apart. Sources: the pages "metrics" of the
// guides of Lambda, SQS, DynamoDB, SNS, API Gateway (HTTP APIs), Step Functions and Backup.
var known = map[string]map[string]string{
	"AWS/Lambda":     {"Errors": "FunctionName", "Throttles": "FunctionName", "Duration": "FunctionName", "IteratorAge": "FunctionName", "ConcurrentExecutions": "FunctionName"},
	"AWS/SQS":        {"ApproximateAgeOfOldestMessage": "QueueName", "ApproximateNumberOfMessagesVisible": "QueueName"},
	"AWS/DynamoDB":   {"ReadThrottleEvents": "TableName", "WriteThrottleEvents": "TableName"},
	"AWS/SNS":        {"SMSMonthToDateSpentUSD": ""},
	"AWS/ApiGateway": {"Count": "ApiId", "4xx": "ApiId", "5xx": "ApiId", "Latency": "ApiId"},
	"AWS/States":     {"ExecutionsFailed": "StateMachineArn"},
	"AWS/Backup":     {"NumberOfBackupJobsFailed": "BackupVaultName"},
}

// reported checks that somebody reports a metric with these dimensions.
func reported(t *testing.T, where, namespace, name string, dimensions []string) {
	t.Helper()
	slices.Sort(dimensions)
	if namespace == aws.Namespace {
		for _, m := range aws.Metrics() {
			want := []string{aws.DimensionService}
			if m.ByFunction {
				want = []string{aws.DimensionFunction, aws.DimensionService}
			}
			if m.Name == name && slices.Equal(want, dimensions) {
				return
			}
		}
		t.Errorf("%s: no function reports %s by %v", where, name, dimensions)
		return
	}
	dimension, ok := known[namespace][name]
	if !ok {
		t.Errorf("%s: AWS does not report %s %s", where, namespace, name)
	}
	dimensions = slices.DeleteFunc(dimensions, func(d string) bool { return d == "Resource" && namespace == "AWS/Lambda" })
	if strings.Join(dimensions, " ") != dimension {
		t.Errorf("%s: %s %s comes by %q, not by %v", where, namespace, name, dimension, dimensions)
	}
}

func dimensionsOf(metric any) (names []string) {
	for _, d := range list(at(metric, "Dimensions")) {
		names = append(names, at(d, "Name").(string))
	}
	return names
}

// anchored ends an alarm's description.
var anchored = regexp.MustCompile(`^[A-Z].*\. infra/runbook\.md#([a-z-]+)$`)

func TestAlarms(t *testing.T) {
	runbook, err := os.ReadFile("runbook.md")
	if err != nil {
		t.Fatal(err)
	}
	_, alarms, _ := strings.Cut(string(runbook), "\n# Alarms\n")
	alarms, _, _ = strings.Cut(alarms, "\n# Procedures\n")
	sections, meant := map[string]string{}, map[string]bool{}
	for _, part := range strings.Split(alarms, "\n## ")[1:] {
		name, body, _ := strings.Cut(part, "\n")
		sections[name] = body
	}
	count := 0
	for file, s := range stacks(t) {
		for id, r := range s.of("AWS::CloudWatch::Alarm") {
			count++
			p := r.Properties
			where := file + ": " + id
			description, _ := p["AlarmDescription"].(string)
			m := anchored.FindStringSubmatch(description)
			if m == nil || sections[m[1]] == "" {
				t.Errorf("%s: %q leads to no section of the runbook", where, description)
				continue
			}
			meant[m[1]] = true
			for _, name := range []string{"TreatMissingData", "Threshold", "EvaluationPeriods", "ComparisonOperator"} {
				if p[name] == nil {
					t.Errorf("%s: no %s", where, name)
				}
			}
			if len(list(p["AlarmActions"])) != 1 || len(list(p["OKActions"])) != 1 {
				t.Errorf("%s: nobody is told, or nobody that it is over", where)
			}
			if p["MetricName"] != nil {
				reported(t, where, p["Namespace"].(string), p["MetricName"].(string), dimensionsOf(p))
			}
			if metrics := list(p["Metrics"]); len(metrics) > 11 || (len(metrics) == 0) == (p["MetricName"] == nil) {
				t.Errorf("%s: %d metrics; CloudWatch takes ten and an expression", where, len(metrics))
			}
			for _, one := range list(p["Metrics"]) {
				if stat := at(one, "MetricStat"); stat != nil {
					reported(t, where, at(stat, "Metric", "Namespace").(string), at(stat, "Metric", "MetricName").(string), dimensionsOf(at(stat, "Metric")))
				}
			}
		}
	}
	for name, body := range sections {
		if !meant[name] {
			t.Errorf("no alarm leads to the section %s", name)
		}
		for _, part := range []string{"**For a victim**", "**Look**", "**Do**", "**Over**"} {
			if !strings.Contains(body, part) {
				t.Errorf("the section %s lacks %s", name, part)
			}
		}
	}
	if count < 50 {
		t.Errorf("only %d alarms were looked at", count)
	}
}

// TestWatchers makes sure that what can fail has an alarm.
func TestWatchers(t *testing.T) {
	main, monitoring := load(t, "../template.yaml"), load(t, "monitoring.yaml")
	text, err := os.ReadFile("monitoring.yaml")
	if err != nil {
		t.Fatal(err)
	}
	watched := func(logicalID string) bool { return strings.Contains(string(text), "!Ref "+logicalID) }
	for id, nested := range map[string]stack{"Monitoring": monitoring, "Backups": load(t, "backups.yaml")} {
		given := at(main.Resources[id].Properties, "Parameters").(map[string]any)
		for name := range nested.Parameters {
			if given[name] == nil {
				t.Errorf("%s: template.yaml does not say %s", id, name)
			}
		}
		for name := range given {
			if nested.Parameters[name] == nil {
				t.Errorf("%s does not ask for %s", id, name)
			}
		}
	}
	if e := monitoring.Resources["EscalateStandsStill"].Properties; e["TreatMissingData"] != "breaching" {
		t.Error("an escalate that says nothing is no alarm")
	}
	functions := main.of("AWS::Serverless::Function")
	for id, f := range functions {
		name := strings.TrimSuffix(id, "Function")
		alarm := main.Resources[name+"Errors"]
		if alarm.Type == "" || at(list(alarm.Properties["Dimensions"])[1], "Value") != "${"+id+"}:live" {
			t.Errorf("%s has no alarm on errors of its alias", id)
		}
		if by := list(at(f.Properties, "DeploymentPreference", "Alarms")); len(by) != 1 || by[0] != name+"Errors" {
			t.Errorf("%s is deployed by %v", id, by)
		}
		if !watched(id) {
			t.Errorf("%s may be throttled or slow unseen", id)
		}
		if main, err := os.ReadFile("../functions/" + strings.ToLower(name) + "/main.go"); err != nil || !strings.Contains(string(main), "lambda.Start(aws.Observe(") {
			t.Errorf("%s leaves no line for its metrics: %v", id, err)
		}
		events, _ := f.Properties["Events"].(map[string]any)
		for _, e := range events {
			if at(e, "Type") == "DynamoDB" && monitoring.Resources[name+"StreamLags"].Type == "" {
				t.Errorf("%s may lag behind its stream unseen", id)
			}
		}
		timeout, own := f.Properties["Timeout"].(float64)
		if !own {
			timeout = main.Globals.Function["Timeout"].(float64)
		}
		want := regexp.MustCompile(`FILL\(` + strings.ToLower(name) + `, 0\) / ` + strconv.Itoa(int(timeout)*10) + `\b`)
		if name != "Ingest" && !want.Match(text) {
			t.Errorf("%s has %g seconds, which its alarm does not know", id, timeout)
		}
	}
	for id := range main.of("AWS::SQS::Queue") {
		if !watched(id) {
			t.Errorf("%s is watched by nobody", id)
		}
		if strings.HasSuffix(id, "DeadLetters") && monitoring.Resources[id+"HoldSomething"].Type == "" {
			t.Errorf("%s may hold something unseen", id)
		}
	}
	for _, name := range []string{"AutoPublishAlias", "AutoPublishAliasAllProperties", "DeploymentPreference"} {
		if main.Globals.Function[name] == nil {
			t.Errorf("functions have no %s", name)
		}
	}
}

func TestDashboard(t *testing.T) {
	monitoring, functions := load(t, "monitoring.yaml"), load(t, "../template.yaml").of("AWS::Serverless::Function")
	body := monitoring.Resources["Dashboard"].Properties["DashboardBody"].(string)
	var board struct {
		Widgets []struct {
			Type                string
			X, Y, Width, Height int
			Properties          struct {
				Title, Region, Stat string
				Period              int
				Metrics             [][]any
			}
		}
	}
	if err := json.Unmarshal([]byte(body), &board); err != nil {
		t.Fatal(err)
	}
	for _, m := range regexp.MustCompile(`\$\{([A-Za-z:]+)\}`).FindAllStringSubmatch(body, -1) {
		if name := m[1]; monitoring.Parameters[name] == nil && name != "AWS::Region" {
			t.Errorf("the dashboard speaks of %s", name)
		}
	}
	taken, shown := map[[2]int]string{}, map[string]bool{}
	for _, w := range board.Widgets {
		for x := w.X; x < w.X+w.Width; x++ {
			for y := w.Y; y < w.Y+w.Height; y++ {
				if taken[[2]int{x, y}] != "" || x >= 24 {
					t.Fatalf("%q lies on %q, or outside", w.Properties.Title, taken[[2]int{x, y}])
				}
				taken[[2]int{x, y}] = w.Properties.Title + "."
			}
		}
		for _, m := range w.Properties.Metrics {
			if _, options := m[len(m)-1].(map[string]any); options {
				m = m[:len(m)-1]
			}
			if len(m) == 0 { // an expression, of others
				continue
			}
			var dimensions []string
			for i := 2; i < len(m); i += 2 {
				dimensions = append(dimensions, m[i].(string))
				if m[i] == aws.DimensionFunction {
					if name := m[i+1].(string); functions[strings.ToUpper(name[:1])+name[1:]+"Function"].Type == "" {
						t.Errorf("%s is no function", name)
					}
				}
			}
			reported(t, "dashboard, "+w.Properties.Title, m[0].(string), m[1].(string), dimensions)
			shown[m[1].(string)] = true
		}
	}
	// Every figure that functions report is used somewhere: each costs money.
	text, err := os.ReadFile("monitoring.yaml")
	if err != nil {
		t.Fatal(err)
	}
	for _, m := range aws.Metrics() {
		if !shown[m.Name] && !strings.Contains(string(text), "MetricName: '"+m.Name+"'") {
			t.Errorf("%s is reported for nobody", m.Name)
		}
	}
}
