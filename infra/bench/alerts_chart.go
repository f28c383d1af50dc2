package main

import (
	"fmt"
	"io"
)

// bars are what the chart shows.
func (r alertsReport) bars() (all []bars) {
	v, one := r.OneByOne.Voice, bars{title: "One change: milliseconds of alerts and deliver, and of the others", names: [2]string{"p50", "p99"}, form: "%.1f ms"}
	one.rows = append(one.rows, bar{"voice", []float64{mid(v, func(v voiceParts) float64 { return v.Functions.P50 }), mid(v, func(v voiceParts) float64 { return v.Functions.P99 })}})
	one.rows = append(one.rows, peerBar(tellFloor, r.OneByOne.Floor), peerBar(tellPlain, r.OneByOne.Plain))
	fan := bars{title: fmt.Sprintf("An event with %s subscribers: CPU of each alert", thousands(float64(r.Fan))), names: [2]string{"planning", "delivering"}, form: "%.2f ms"}
	ms := func(cpu float64, n int) float64 { return 1000 * cpu / float64(max(1, n)) }
	fan.rows = append(fan.rows, bar{"voice", []float64{ms(r.OneOfMany.Plan.CPU, r.OneOfMany.Alerts), ms(r.OneOfMany.Deliver.CPU, r.OneOfMany.Alerts)}})
	for _, kind := range []string{tellFloor, tellPlain} {
		t := r.OneOfMany.Peers[kind]
		fan.rows = append(fan.rows, bar{kind, []float64{ms(t.PlanCPU, t.Alerts), ms(t.DeliverCPU, t.Texts)}})
	}
	costs := bars{title: "A million alerts, without what carriers take: dollars", names: [2]string{"all", "of it DynamoDB"}, form: "$%.2f"}
	for _, c := range r.Costs {
		costs.rows = append(costs.rows, bar{c.Kind, []float64{c.All, c.DynamoDB}})
	}
	return []bars{one, fan, costs}
}

func peerBar(name string, of []peerParts) bar {
	return bar{name, []float64{mid(of, func(p peerParts) float64 { return p.Text.P50 }), mid(of, func(p peerParts) float64 { return p.Text.P99 })}}
}

// chart draws the report as SVG.
func (r alertsReport) chart(w io.Writer) error {
	return drawBars(w, "From a change to its text: time, CPU and cost", r.bars())
}
