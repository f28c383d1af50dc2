package main

import (
	"bytes"
	"os"
	"regexp"
	"strings"
	"testing"

	"voice.example/shared/aws"
)

// TestTable holds the runbook to what make cost prints.
func TestTable(t *testing.T) {
	runbook, err := os.ReadFile("../runbook.md")
	if err != nil {
		t.Fatal(err)
	}
	var out bytes.Buffer
	table(&out)
	if !strings.Contains(string(runbook), out.String()) {
		t.Errorf("the runbook says something else than make cost:\n%s", &out)
	}
}

// TestFixed counts in the templates what costs whether anything happens or not.
func TestFixed(t *testing.T) {
	count := map[string]int{}
	for _, file := range []string{"../../template.yaml", "../monitoring.yaml", "../backups.yaml"} {
		text, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		for _, resource := range regexp.MustCompile(`\n  \w+:\n    Type: `).Split(string(text), -1)[1:] {
			kind, _, _ := strings.Cut(resource, "\n")
			n := 1
			if kind == "AWS::CloudWatch::Alarm" {
				n = max(1, strings.Count(resource, "MetricStat:"))
			}
			count[kind] += n
		}
	}
	functions, ofStack := count["AWS::Serverless::Function"], 0
	for _, m := range aws.Metrics() {
		if m.ByFunction {
			ofStack += functions
		} else {
			ofStack++
		}
	}
	for what, n := range map[string][2]int{"alarms": {alarms, count["AWS::CloudWatch::Alarm"]}, "dashboards": {dashboards, count["AWS::CloudWatch::Dashboard"]},
		"secrets": {secrets, count["AWS::SecretsManager::Secret"]}, "metrics": {metrics, ofStack}} {
		const cents = 10 // that many may have come or gone
		if n[0] < n[1]-cents || n[0] > n[1]+cents {
			t.Errorf("%s: %d are reckoned with, %d are there", what, n[0], n[1])
		}
	}
}

func TestBill(t *testing.T) {
	all := agencies()
	t.Run("MoreCostsMore", func(t *testing.T) {
		for i, a := range all[1:] {
			for j, one := range bill(a) {
				if less := bill(all[i])[j]; one.Dollars < less.Dollars || one.Dollars < 0 || one.Service != less.Service {
					t.Errorf("%s: %s costs %.2f, and %.2f for a smaller agency", a.Name, one.Service, one.Dollars, less.Dollars)
				}
			}
		}
	})
	t.Run("NobodyAndNothingCostsTheFixedPart", func(t *testing.T) {
		quiet := sum(bill(agency{Held: 1}), func(i item) bool { return !i.Texts })
		if quiet < 25 || quiet > 40 {
			t.Errorf("%.2f", quiet)
		}
	})
	t.Run("AnAlertByHand", func(t *testing.T) {
		// One stint a day that is a transfer, and one subscriber: 30.4 texts of two parts.
		texts := bill(agency{Held: 1, Subscribers: 1, Stints: 1, Transfers: 1})[0].Dollars
		if want := 30.4 * 2 * aws.DollarsPerTextPart; texts < want-1e-9 || texts > want+1e-9 {
			t.Errorf("%.4f, not %.4f", texts, want)
		}
	})
}
