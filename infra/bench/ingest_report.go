package main

import (
	"cmp"
	"fmt"
	"io"
	"slices"
	"time"

	"voice.example/shared/aws"
)

// report is what --json prints.
type report struct {
	Date      string            `json:"date"`
	Machine   machine           `json:"machine"`
	DynamoDB  string            `json:"dynamodb"`
	Streams   bool              `json:"streams"`
	Rows      int               `json:"rows"`
	Runs      int               `json:"runs"`
	Scenarios []outcome         `json:"scenarios"`
	Aims      []aim             `json:"aims"`
	LeftOut   map[string]string `json:"left_out,omitempty"`
}

// outcome is one scenario's figures.
type outcome struct {
	Name    string   `json:"name"`
	Title   string   `json:"title"`
	Results []result `json:"results"`
}

// result is one candidate's medians, each figure's own.
type result struct {
	Candidate string  `json:"candidate"`
	RowsPerS  float64 `json:"rows_per_s"`
	measured
	USD  float64    `json:"usd"`
	Runs []measured `json:"runs"`
}

// aim is a ratio that the pipeline is to reach.
type aim struct {
	What  string  `json:"what"`
	Ratio float64 `json:"ratio"`
	Limit float64 `json:"limit,omitempty"` // at most; 0: it is only told
	Met   bool    `json:"met"`
}

func (s *suite) report(now time.Time) report {
	r := report{Date: now.UTC().Format(time.DateOnly), Machine: thisMachine(s.python), DynamoDB: s.stage.kind, Streams: s.streams, Rows: s.people.rows, Runs: s.runs, LeftOut: s.left}
	for _, sc := range scenarios {
		o := outcome{Name: sc.Name, Title: sc.Title}
		for _, c := range candidates() {
			if runs := s.results[sc.Name][c.name]; len(runs) > 0 {
				o.Results = append(o.Results, medians(c.name, runs))
			}
		}
		if len(o.Results) > 0 {
			r.Scenarios = append(r.Scenarios, o)
		}
	}
	r.Aims = r.aims()
	return r
}

func medians(candidate string, runs []measured) result {
	of := func(figure func(measured) float64) float64 { return median(runs, figure) }
	r := result{Candidate: candidate, measured: runs[0], Runs: runs}
	r.Wall, r.CPU, r.PeakMiB = of(func(m measured) float64 { return m.Wall }), of(func(m measured) float64 { return m.CPU }), of(func(m measured) float64 { return m.PeakMiB })
	r.RRU, r.WRU = of(func(m measured) float64 { return m.RRU }), of(func(m measured) float64 { return m.WRU })
	r.Calls = int(of(func(m measured) float64 { return float64(m.Calls) }))
	r.RowsPerS = float64(r.Rows) / r.Wall
	r.USD = aws.Consumed{RRU: r.RRU, WRU: r.WRU}.Cost()
	return r
}

// median is the middle figure, or the mean of the two in the middle.
func median(runs []measured, figure func(measured) float64) float64 {
	all := make([]float64, len(runs))
	for i, m := range runs {
		all[i] = figure(m)
	}
	slices.SortFunc(all, cmp.Compare[float64])
	n := len(all)
	return (all[(n-1)/2] + all[n/2]) / 2
}

func (r report) find(scenario, candidate string) (result, bool) {
	for _, o := range r.Scenarios {
		for _, res := range o.Results {
			if o.Name == scenario && res.Candidate == candidate {
				return res, true
			}
		}
	}
	return result{}, false
}

// aims compares the pipeline with what it is measured by, as far as both were run.
func (r report) aims() (aims []aim) {
	wall, cpu := func(m result) float64 { return m.Wall }, func(m result) float64 { return m.CPU }
	add := func(what, scenario, peer string, limit float64, figure func(result) float64) {
		voice := "voice"
		if scenario == "roster" {
			voice = dailyRoster
		}
		against := scenario
		if scenario == "roster" {
			against = "second"
		}
		ours, ok1 := r.find(scenario, voice)
		theirs, ok2 := r.find(against, peer)
		if ok1 && ok2 {
			ratio := figure(ours) / figure(theirs)
			aims = append(aims, aim{what, ratio, limit, limit > 0 && ratio <= limit})
		}
	}
	add("first load: time, against Python's", "first", pythonPeer, 1, wall)
	add("first load: CPU, against Python's", "first", pythonPeer, 1./3, cpu)
	add("first load: CPU, against the floor's", "first", "floor", 1.5, cpu)
	add("second load: time, against Python's", "second", pythonPeer, 1./20, wall)
	add("second load: CPU, against Python's", "second", pythonPeer, 0, cpu)
	add("second load: CPU, against the floor's", "second", "floor", 1.5, cpu)
	add("daily roster: time, against Python's second load", "roster", pythonPeer, 1./20, wall)
	add("daily roster: CPU, against the floor's second load", "roster", "floor", 1.5, cpu)
	return aims
}

// markdown writes the report as tables.
func (r report) markdown(w io.Writer) {
	fmt.Fprintf(w, "%s people, medians of %d runs, %s, on %d cores (%s), %d MiB, %s", thousands(float64(r.Rows)), r.Runs, r.Date, r.Machine.Cores, r.Machine.CPU, r.Machine.MiB, r.Machine.Go)
	if r.Machine.Python != "" {
		fmt.Fprintf(w, ", %s", r.Machine.Python)
	}
	with := "without"
	if r.Streams {
		with = "with"
	}
	fmt.Fprintf(w, ". DynamoDB: %s; the tables have their indexes, and are %s their streams.\n", r.DynamoDB, with)
	for _, o := range r.Scenarios {
		fmt.Fprintf(w, "\n**%s**\n\n| | rows/s | time s | CPU s | peak MiB | RRU | WRU | calls | USD |\n|---|--:|--:|--:|--:|--:|--:|--:|--:|\n", o.Title)
		for _, m := range o.Results {
			fmt.Fprintf(w, "| %s | %s | %.2f | %.2f | %.0f | %s | %s | %s | %.4f |\n", m.Candidate, thousands(m.RowsPerS), m.Wall, m.CPU, m.PeakMiB,
				thousands(m.RRU), thousands(m.WRU), thousands(float64(m.Calls)), m.USD)
		}
		if why, left := r.LeftOut[pythonPeer]; left && o.Name != "roster" {
			fmt.Fprintf(w, "| %s | left out: %s ||||||||\n", pythonPeer, why)
		}
	}
	if len(r.Aims) > 0 {
		writeAims(w, "the pipeline against", "times as much", 3, r.Aims)
	}
}

// writeAims writes the table of what was aimed at, and whether it was met, with so many decimals.
func writeAims(w io.Writer, against, figure string, decimals int, aims []aim) {
	fmt.Fprintf(w, "\n| %s | %s | aim, at most | |\n|---|--:|--:|---|\n", against, figure)
	for _, a := range aims {
		limit, met := fmt.Sprintf("%.*f", decimals, a.Limit), "**not met**"
		switch {
		case a.Limit == 0:
			limit, met = "", ""
		case a.Met:
			met = "met"
		}
		fmt.Fprintf(w, "| %s | %.*f | %s | %s |\n", a.What, decimals, a.Ratio, limit, met)
	}
}
