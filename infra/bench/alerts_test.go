package main

import (
	"bytes"
	"encoding/json"
	"encoding/xml"
	"math"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

func TestPercentiles(t *testing.T) {
	hundred := make([]float64, 100)
	for i := range hundred {
		hundred[i] = float64(100 - i)
	}
	for _, test := range []struct {
		name string
		all  []float64
		want quantiles
	}{
		{"OK", hundred, quantiles{50, 99}},
		{"OfOne", []float64{7}, quantiles{7, 7}},
		{"OfFewTheHighestIsThe99th", []float64{3, 1, 2}, quantiles{2, 3}},
		{"OfNone", nil, quantiles{}},
	} {
		t.Run(test.name, func(t *testing.T) {
			if got := percentiles(test.all); got != test.want {
				t.Errorf("got %+v, want %+v", got, test.want)
			}
		})
	}
	t.Run("MedianOfAnEvenNumberIsBetweenTheTwo", func(t *testing.T) {
		if got := medianOf([]float64{9, 1, 4, 2}); got != 3 {
			t.Errorf("got %v", got)
		}
	})
}

func TestCost(t *testing.T) {
	near := func(a, b float64) bool { return math.Abs(a-b) < 1e-9*max(1, math.Abs(b)) }
	deliver := phase{Function: "deliver", Invocations: 10, CPU: 0.01, Calls: map[string]int{"dynamodb GetItem": 30, "dynamodb UpdateItem": 20, "sms Publish": 10},
		RRU: 30, WRU: 50, LogBytes: 4000}
	alerts := phase{Function: "alerts", Invocations: 10, Calls: map[string]int{"dynamodb Query": 10, "sns PublishBatch": 10}, RRU: 10, WRU: 20}
	t.Run("OK", func(t *testing.T) {
		got := counted{Kind: "k", Alerts: 10, Jobs: 10, Phases: []phase{alerts, deliver}}.cost()
		if got.RRU != 4 || got.WRU != 7 || got.Publish != 1 || got.SQS != 3 || got.Invoked != 2 || got.Texts != 1 {
			t.Errorf("of one alert: %+v", got)
		}
		if !near(got.DynamoDB, 4*0.125+7*0.625) || !near(got.Messages, 0.50+3*0.40) {
			t.Errorf("DynamoDB and messages: %+v", got)
		}
		// alerts: 2 calls of 10 ms at half a gigabyte. deliver: 5 of 10 ms, a text of 100 ms and 1 ms of CPU at 256 of 1769 MiB.
		gbs := 0.02*0.5 + (0.05+0.1+0.001*1769/256)*0.25
		if !near(got.GBs, gbs) || !near(got.Lambda, 2*0.20+gbs*1e6*0.0000133334) {
			t.Errorf("Lambda: %v GB-s, $%v, want %v", got.GBs, got.Lambda, gbs)
		}
		if bytes := 400.0 + 2*platformLogBytes; !near(got.LogBytes, bytes) || !near(got.Logs, bytes*1e6*0.5/(1<<30)) {
			t.Errorf("logs: %+v", got)
		}
		if !near(got.All, got.DynamoDB+got.Messages+got.Lambda+got.Logs) {
			t.Errorf("all: %+v", got)
		}
	})
	t.Run("JobsOfABatchShareRequestsAndTime", func(t *testing.T) {
		got := counted{Alerts: 10, Jobs: 10, Phases: []phase{deliver}, batch: 10}.cost()
		if want := (0.005 + 0.01 + 0.001*1769/256) * 0.25; !near(got.SQS, 1.2) || !near(got.GBs, want) {
			t.Errorf("%v requests, %v GB-s, want %v", got.SQS, got.GBs, want)
		}
	})
	t.Run("IdleMonth", func(t *testing.T) {
		r := alertsReport{Due: dueNow{Idle: phase{Function: "escalate", Invocations: 1, RRU: 8}}}
		r.price()
		if want := 43200 * (8*0.125e-6 + 0.2e-6 + platformLogBytes*0.5/(1<<30)); !near(r.IdleUSD, want) {
			t.Errorf("got %v, want %v", r.IdleUSD, want)
		}
	})
}

// The bench of alerts itself, small, so that it cannot rot. It fails by itself when a text is missing or doubled.
func TestAlerts(t *testing.T) {
	svg := filepath.Join(t.TempDir(), "chart.svg")
	var out bytes.Buffer
	if err := run(t.Context(), []string{"--alerts", "--runs", "1", "--changes", "3", "--fan", "30", "--moved", "10", "--json", "--svg", svg}, &out, t.Output()); err != nil {
		t.Fatal(err)
	}
	var r alertsReport
	if err := json.Unmarshal(out.Bytes(), &r); err != nil {
		t.Fatal(err)
	}
	t.Run("OneByOne", func(t *testing.T) {
		v, f, p := r.OneByOne.Voice, r.OneByOne.Floor, r.OneByOne.Plain
		if len(v) != 1 || len(f) != 1 || len(p) != 1 || v[0].Text.P99 < v[0].Text.P50 || v[0].Text.P50 < v[0].Functions.P50 || f[0].Text.P50 <= 0 {
			t.Fatalf("got %+v", r.OneByOne)
		}
		if v[0].Calls < f[0].Calls || f[0].Calls != 9 || p[0].Calls != 11 {
			t.Errorf("%v calls, the floor %v, plain %v", v[0].Calls, f[0].Calls, p[0].Calls)
		}
	})
	t.Run("FanOut", func(t *testing.T) {
		for _, f := range []fanOut{r.OneOfMany, r.ManyOfOne} {
			if f.Alerts != 30 || f.Plan.Calls["sns PublishBatch"] == 0 || f.Deliver.Calls["sms Publish"] != 30 || f.Deliver.WRU <= 30 || f.Plan.PeakMiB < 5 {
				t.Errorf("got %+v", f)
			}
		}
		if one := r.OneOfMany; one.Plan.Calls["dynamodb BatchExecuteStatement"] != 2 || one.Peers[tellFloor].PlanWRU != one.Plan.WRU {
			t.Errorf("got %+v", one)
		}
	})
	t.Run("Delay", func(t *testing.T) {
		if len(r.Delay) != 1 || r.Delay[0].Alone <= 0 || r.Delay[0].Batch <= 0 || r.Delay[0].All < r.Delay[0].End {
			t.Errorf("got %+v", r.Delay)
		}
	})
	t.Run("Due", func(t *testing.T) {
		if len(r.Due.Runs) != 1 || r.Due.Runs[0].WRU < 30 || r.Due.Idle.WRU != 1 || // how the service stands, noted each minute
			r.IdleUSD <= 0 {
			t.Errorf("got %+v", r.Due)
		}
	})
	t.Run("Costs", func(t *testing.T) {
		if len(r.Costs) != 4 || r.Costs[0].All >= r.Costs[1].All || r.Costs[1].All >= r.Costs[2].All || r.Costs[3].All >= r.Costs[0].All || r.Costs[0].Texts != 1 || r.Costs[1].Texts != 2 || r.Costs[2].Texts != 3 {
			t.Errorf("got %+v", r.Costs)
		}
	})
	t.Run("TableAndChart", func(t *testing.T) {
		var table bytes.Buffer
		r.markdown(&table)
		for _, want := range []string{"| voice, from the record to the text |", "| at its end |", "| run 1 |", "| routine |", "| dynamodb Query |"} {
			if !strings.Contains(table.String(), want) {
				t.Errorf("the table lacks %q:\n%s", want, &table)
			}
		}
		drawn, err := os.ReadFile(svg)
		if err != nil {
			t.Fatal(err)
		}
		if err := xml.Unmarshal(drawn, new(struct{ XMLName xml.Name })); err != nil || bytes.Count(drawn, []byte("<rect")) != 1+3*2+2*(3+3+4) {
			t.Errorf("the chart is no SVG of all bars: %v\n%s", err, drawn)
		}
	})
}
