package main

import (
	"cmp"
	"fmt"
	"io"
	"slices"

	"voice.example/shared/aws"
)

// alertsReport is what --alerts --json prints.
type alertsReport struct {
	Date    string  `json:"date"`
	Machine machine `json:"machine"`
	Changes int     `json:"changes"`
	Fan     int     `json:"fan"`
	Moved   int     `json:"moved"`
	Runs    int     `json:"runs"`

	OneByOne  oneByOne  `json:"one_by_one"`
	OneOfMany fanOut    `json:"one_event_of_many"`
	ManyOfOne fanOut    `json:"many_events_of_one"`
	Delay     []delayed `json:"delay"` // of each run
	Due       dueNow    `json:"due"`
	Kinds     []counted `json:"kinds"`
	Costs     []cost    `json:"costs"`
	// IdleUSD is what a month of escalate's runs costs in which nothing is due.
	IdleUSD float64 `json:"idle_usd_per_month"`
}

// quantiles are milliseconds.
type quantiles struct {
	P50 float64 `json:"p50_ms"`
	P99 float64 `json:"p99_ms"`
}

// oneByOne has the figures of each run.
type oneByOne struct {
	Voice []voiceParts `json:"voice"`
	Floor []peerParts  `json:"floor"`
	Plain []peerParts  `json:"plain"`
}

// voiceParts are those of the way from a change to its text. Write is before it begins.
type voiceParts struct {
	Text      quantiles `json:"text"`
	Functions quantiles `json:"functions"` // alerts and deliver, without the rest
	Write     quantiles `json:"write"`
	Stream    quantiles `json:"stream"`
	Alerts    quantiles `json:"alerts"`
	Queue     quantiles `json:"queue"`
	Deliver   quantiles `json:"deliver"`
	Empty     quantiles `json:"empty"` // alerts and deliver with nothing to do
	EmptyCPU  float64   `json:"empty_cpu_ms"`
	CPUms     float64   `json:"cpu_ms"`
	Calls     float64   `json:"calls"`
}

type peerParts struct {
	Text  quantiles `json:"text"`
	CPUms float64   `json:"cpu_ms"`
	Calls float64   `json:"calls"`
}

// fanOut is many alerts at once.
type fanOut struct {
	Alerts  int             `json:"alerts"`
	Plan    phase           `json:"plan"`
	Deliver phase           `json:"deliver"`
	Peers   map[string]told `json:"peers,omitempty"`
}

// delayed are seconds until a release was texted.
type delayed struct {
	Alone        float64 `json:"alone_s"`  // with nothing else going on
	Batch        float64 `json:"batch_s"`  // in the middle of one batch of the stream
	Middle       float64 `json:"middle_s"` // in the middle of the upload
	End          float64 `json:"end_s"`    // at its end
	Full         float64 `json:"full_s"`   // after it, with the routine queue full
	Planned      float64 `json:"planned_s"`
	All          float64 `json:"all_s"` // until the last of the others was texted
	Queued       int     `json:"queued"`
	BeforeMiddle int     `json:"before_middle"` // of the others, texted before it
	BeforeEnd    int     `json:"before_end"`
}

// dueNow is what was due in one minute.
type dueNow struct {
	Alerts int     `json:"alerts"`
	Runs   []phase `json:"runs"`
	Idle   phase   `json:"idle"`
}

// percentiles are of any number of figures, by the nearest rank.
func percentiles(all []float64) quantiles {
	if len(all) == 0 {
		return quantiles{}
	}
	all = slices.Sorted(slices.Values(all))
	rank := func(percent int) float64 { return all[max(0, (percent*len(all)+99)/100-1)] }
	return quantiles{rank(50), rank(99)}
}

// medianOf is the middle figure, or the mean of the two in the middle.
func medianOf(all []float64) float64 {
	if len(all) == 0 {
		return 0
	}
	all = slices.SortedFunc(slices.Values(all), cmp.Compare[float64])
	return (all[(len(all)-1)/2] + all[len(all)/2]) / 2
}

// mid is the median of a figure of several runs.
func mid[T any](runs []T, figure func(T) float64) float64 {
	var all []float64
	for _, r := range runs {
		all = append(all, figure(r))
	}
	return medianOf(all)
}

// price works out the costs.
func (r *alertsReport) price() {
	for _, c := range r.Kinds {
		r.Costs = append(r.Costs, c.cost())
	}
	if r.OneOfMany.Alerts > 0 {
		r.Costs = append(r.Costs, counted{Kind: kindTogether, Alerts: r.OneOfMany.Alerts, Jobs: r.OneOfMany.Alerts,
			Phases: []phase{r.OneOfMany.Plan, r.OneOfMany.Deliver}, batch: queueBatch}.cost())
	}
	const minutes = 30 * 24 * 60
	idle := counted{Alerts: 1, Phases: []phase{r.Due.Idle}}.cost()
	r.IdleUSD = idle.All / 1e6 * minutes
}

// markdown writes the report as tables.
func (r alertsReport) markdown(w io.Writer) {
	fmt.Fprintf(w, "%s, on %d cores (%s), %d MiB, %s. Functions built with the tag simulate; dynoxide in memory, SNS, SQS and phones on the same machine; nothing polls.\n",
		r.Date, r.Machine.Cores, r.Machine.CPU, r.Machine.MiB, r.Machine.Go)
	r.latencyTable(w)
	r.fanOutTable(w)
	r.delayTable(w)
	r.dueTable(w)
	r.costTable(w)
}

func (r alertsReport) latencyTable(w io.Writer) {
	v, f, p := r.OneByOne.Voice, r.OneByOne.Floor, r.OneByOne.Plain
	fmt.Fprintf(w, "\n**Change → text**: %s changes one by one, %d runs, medians of the runs\n\n| | p50 ms | p99 ms | CPU ms | calls |\n|---|--:|--:|--:|--:|\n", thousands(float64(r.Changes)), r.Runs)
	row := func(name string, q func(voiceParts) quantiles, rest string) {
		fmt.Fprintf(w, "| %s | %.1f | %.1f | %s |\n", name, mid(v, func(v voiceParts) float64 { return q(v).P50 }), mid(v, func(v voiceParts) float64 { return q(v).P99 }), rest)
	}
	cpu, calls := mid(v, func(v voiceParts) float64 { return v.CPUms }), mid(v, func(v voiceParts) float64 { return v.Calls })
	row("voice, from the record to the text", func(v voiceParts) quantiles { return v.Text }, fmt.Sprintf("%.1f | %.1f", cpu, calls))
	row("- the stream's record is read", func(v voiceParts) quantiles { return v.Stream }, " | ")
	row("- alerts", func(v voiceParts) quantiles { return v.Alerts }, " | ")
	row("- the job is taken", func(v voiceParts) quantiles { return v.Queue }, " | ")
	row("- deliver", func(v voiceParts) quantiles { return v.Deliver }, " | ")
	row("voice, alerts and deliver", func(v voiceParts) quantiles { return v.Functions }, " | ")
	row("both with nothing to do", func(v voiceParts) quantiles { return v.Empty }, fmt.Sprintf("%.1f | 0.0", mid(v, func(v voiceParts) float64 { return v.EmptyCPU })))
	peer := func(name string, of []peerParts) {
		fmt.Fprintf(w, "| %s | %.1f | %.1f | %.1f | %.1f |\n", name, mid(of, func(p peerParts) float64 { return p.Text.P50 }),
			mid(of, func(p peerParts) float64 { return p.Text.P99 }), mid(of, func(p peerParts) float64 { return p.CPUms }), mid(of, func(p peerParts) float64 { return p.Calls }))
	}
	peer(tellFloor, f)
	peer(tellPlain, p)
	p50, of := mid(v, func(v voiceParts) float64 { return v.Functions.P50 }), func(of []peerParts) float64 { return mid(of, func(p peerParts) float64 { return p.Text.P50 }) }
	cpuOf := func(of []peerParts) float64 { return mid(of, func(p peerParts) float64 { return p.CPUms }) }
	ratios(w, []ratio{
		{"one change: p50 of alerts and deliver, against the floor's", p50, of(f)}, {"one change: the same, against the plain way's", p50, of(p)},
		{"one change: CPU, against the floor's", cpu, cpuOf(f)}, {"one change: CPU, against the plain way's", cpu, cpuOf(p)},
	})
}

// ratio is ours against another's.
type ratio struct {
	what         string
	ours, theirs float64
}

func ratios(w io.Writer, all []ratio) {
	fmt.Fprintf(w, "\n| | times as much |\n|---|--:|\n")
	for _, r := range all {
		if r.theirs > 0 {
			fmt.Fprintf(w, "| %s | %.2f |\n", r.what, r.ours/r.theirs)
		}
	}
}

func (r alertsReport) fanOutTable(w io.Writer) {
	fmt.Fprintf(w, "\n**%s alerts at once**; each phone has its one text\n\n| | calls | calls an alert | RRU | WRU | invocations | time s | CPU s | peak MiB |\n|---|--:|--:|--:|--:|--:|--:|--:|--:|\n", thousands(float64(r.Fan)))
	row := func(name string, alerts, calls int, rru, wru float64, invocations string, wall, cpu float64, peak string) {
		fmt.Fprintf(w, "| %s | %s | %.2f | %s | %s | %s | %.1f | %.2f | %s |\n", name, thousands(float64(calls)), float64(calls)/float64(max(1, alerts)), thousands(rru), thousands(wru), invocations, wall, cpu, peak)
	}
	ours := func(name string, alerts int, p phase) {
		row(name, alerts, p.total(), p.RRU, p.WRU, thousands(float64(p.Invocations)), p.Wall, p.CPU, fmt.Sprintf("%.0f", p.PeakMiB))
	}
	one, many := r.OneOfMany, r.ManyOfOne
	ours("one event: alerts", one.Alerts, one.Plan)
	sum := func(all []float64) (s float64) {
		for _, f := range all {
			s += f
		}
		return s
	}
	for _, kind := range []string{tellFloor, tellPlain} {
		t := one.Peers[kind]
		row("- "+kind+", planning", t.Alerts, t.PlanCalls, t.PlanRRU, t.PlanWRU, "", sum(t.Plan), t.PlanCPU, "")
	}
	ours("one event: deliver", one.Alerts, one.Deliver)
	for _, kind := range []string{tellFloor, tellPlain} {
		t := one.Peers[kind]
		row(fmt.Sprintf("- %s, delivering %s", kind, thousands(float64(t.Texts))), t.Texts, t.DeliverCalls, t.DeliverRRU, t.DeliverWRU, "", sum(t.Deliver), t.DeliverCPU, "")
	}
	ours(thousands(float64(many.Alerts))+" events: alerts", many.Alerts, many.Plan)
	ours(thousands(float64(many.Alerts))+" events: deliver", many.Alerts, many.Deliver)
	fmt.Fprintf(w, "\n| calls | one event: alerts | deliver | %s events: alerts | deliver |\n|---|--:|--:|--:|--:|\n", thousands(float64(many.Alerts)))
	phases := []phase{one.Plan, one.Deliver, many.Plan, many.Deliver}
	kinds := map[string]bool{}
	for _, p := range phases {
		for call := range p.Calls {
			kinds[call] = true
		}
	}
	for _, call := range slices.Sorted(func(yield func(string) bool) {
		for k := range kinds {
			if !yield(k) {
				return
			}
		}
	}) {
		fmt.Fprintf(w, "| %s", call)
		for _, p := range phases {
			fmt.Fprintf(w, " | %s", thousands(float64(p.Calls[call])))
		}
		fmt.Fprintln(w, " |")
	}
	per := func(cpu float64, n int) float64 { return cpu / float64(max(1, n)) }
	var all []ratio
	for _, kind := range []string{tellFloor, tellPlain} {
		t := one.Peers[kind]
		all = append(all, ratio{"one event: planning, time against " + kind, one.Plan.Wall, sum(t.Plan)}, ratio{"one event: planning, CPU against " + kind, one.Plan.CPU, t.PlanCPU},
			ratio{"one event: planning, calls against " + kind, float64(one.Plan.total()), float64(t.PlanCalls)},
			ratio{"one event: delivering, CPU an alert against " + kind, per(one.Deliver.CPU, one.Alerts), per(t.DeliverCPU, t.Texts)},
			ratio{"one event: delivering, calls an alert against " + kind, per(float64(one.Deliver.total()), one.Alerts), per(float64(t.DeliverCalls), t.Texts)})
	}
	all = append(all, ratio{"many events against one: planning, calls", float64(many.Plan.total()), float64(one.Plan.total())},
		ratio{"many events against one: planning, CPU", many.Plan.CPU, one.Plan.CPU}, ratio{"many events against one: delivering, calls", float64(many.Deliver.total()), float64(one.Deliver.total())},
		ratio{"many events against one: delivering, CPU", many.Deliver.CPU, one.Deliver.CPU})
	ratios(w, all)
}

func (r alertsReport) delayTable(w io.Writer) {
	d := r.Delay
	of := func(figure func(delayed) float64) float64 { return mid(d, figure) }
	fmt.Fprintf(w, "\n**A release while %s people are removed**: %d runs, medians\n\n| the release | text after s | times as long as alone | of the others texted before |\n|---|--:|--:|--:|\n", thousands(float64(r.Moved)), len(d))
	alone := of(func(d delayed) float64 { return d.Alone })
	row := func(name string, figure func(delayed) float64, before string) {
		fmt.Fprintf(w, "| %s | %.3f | %.1f | %s |\n", name, of(figure), of(figure)/max(alone, 1e-9), before)
	}
	count := func(figure func(delayed) int) string {
		return thousands(of(func(d delayed) float64 { return float64(figure(d)) }))
	}
	row("alone", func(d delayed) float64 { return d.Alone }, "")
	row("in the middle of one batch of the stream", func(d delayed) float64 { return d.Batch }, "")
	row("in the middle of the upload", func(d delayed) float64 { return d.Middle }, count(func(d delayed) int { return d.BeforeMiddle }))
	row("at its end", func(d delayed) float64 { return d.End }, count(func(d delayed) int { return d.BeforeEnd }))
	row("after it, with "+count(func(d delayed) int { return d.Queued })+" in the routine queue", func(d delayed) float64 { return d.Full }, "")
	row("all of the upload is planned", func(d delayed) float64 { return d.Planned }, "")
	row("the last of the others, where one queue would have it", func(d delayed) float64 { return d.All }, "")
}

func (r alertsReport) dueTable(w io.Writer) {
	fmt.Fprintf(w, "\n**%s alerts due in one minute**: escalate, %d runs\n\n| | calls | RRU | WRU | time s | CPU s | peak MiB |\n|---|--:|--:|--:|--:|--:|--:|\n", thousands(float64(r.Due.Alerts)), len(r.Due.Runs))
	row := func(name string, p phase) {
		fmt.Fprintf(w, "| %s | %s | %s | %s | %.2f | %.2f | %.0f |\n", name, thousands(float64(p.total())), thousands(p.RRU), thousands(p.WRU), p.Wall, p.CPU, p.PeakMiB)
	}
	for i, p := range r.Due.Runs {
		row(fmt.Sprintf("run %d", i+1), p)
	}
	row("a run with nothing due", r.Due.Idle)
}

func (r alertsReport) costTable(w io.Writer) {
	fmt.Fprintf(w, "\n**A million alerts, without what carriers take**: dollars\n\n| | DynamoDB | SNS, SQS | Lambda | logs | all | RRU | WRU | publishes | SQS requests | invocations | GB-s | texts |\n|---|--:|--:|--:|--:|--:|--:|--:|--:|--:|--:|--:|--:|\n")
	for _, c := range r.Costs {
		fmt.Fprintf(w, "| %s | %.2f | %.2f | %.2f | %.2f | **%.2f** | %.1f | %.1f | %.2f | %.1f | %.2f | %.3f | %.0f |\n", c.Kind, c.DynamoDB, c.Messages, c.Lambda, c.Logs, c.All,
			c.RRU, c.WRU, c.Publish, c.SQS, c.Invoked, c.GBs, c.Texts)
	}
	fmt.Fprintf(w, "\nThe minutes in which nothing is due cost $%.2f a month (DynamoDB: $%.2f).\n", r.IdleUSD, 43200*aws.Consumed{RRU: r.Due.Idle.RRU, WRU: r.Due.Idle.WRU}.Cost())
}
