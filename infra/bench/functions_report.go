package main

import (
	"fmt"
	"io"
	"os"
	"strings"

	"voice.example/shared/aws"
)

// functionsReport is what --functions --json prints.
type functionsReport struct {
	Date      string            `json:"date"`
	Machine   machine           `json:"machine"`
	Load      string            `json:"load"` // the machine's load averages, before and after
	LoadAfter string            `json:"load_after"`
	Runs      int               `json:"runs"`
	Colds     int               `json:"cold_starts"`
	Rows      int               `json:"rows"`
	Records   int               `json:"records"`
	Tasks     []taskFigures     `json:"tasks"`
	Sizes     map[string]int64  `json:"bytes_arm64"` // of the functions' binaries, as deployed
	LeftOut   map[string]string `json:"left_out,omitempty"`
	Aims      []aim             `json:"aims"`
}

// taskFigures are a task's, of each contender.
type taskFigures struct {
	Name    string    `json:"name"`
	Title   string    `json:"title"`
	Request string    `json:"request"`
	Figures []figures `json:"figures"`
}

// figures are one contender's at one task.
type figures struct {
	Contender string             `json:"contender"`
	ColdMS    []float64          `json:"cold_ms"` // of each start
	Runs      []warmRun          `json:"runs"`
	Calls     map[string]float64 `json:"calls"` // of a request, as are the others
	RRU       float64            `json:"rru"`
	WRU       float64            `json:"wru"`
	LogBytes  float64            `json:"log_bytes"`
	// USD is what a million requests cost, texts aside; of uploads, a million rows.
	USD float64 `json:"usd_per_million"`
}

// warmRun is one run of requests, one after the other.
type warmRun struct {
	P50     float64 `json:"p50_ms"`
	P99     float64 `json:"p99_ms"`
	CPUms   float64 `json:"cpu_ms"` // of a request
	PeakMiB float64 `json:"peak_mib"`
}

// of is the median of the runs.
func (f figures) of(figure func(warmRun) float64) float64 { return mid(f.Runs, figure) }

func (f figures) p50() float64 { return f.of(func(r warmRun) float64 { return r.P50 }) }
func (f figures) p99() float64 { return f.of(func(r warmRun) float64 { return r.P99 }) }
func (f figures) cpu() float64 { return f.of(func(r warmRun) float64 { return r.CPUms }) }
func (f figures) mib() float64 { return f.of(func(r warmRun) float64 { return r.PeakMiB }) }
func (f figures) cold() float64 {
	middle, _, _ := medianMS(f.ColdMS)
	return middle
}

// calls are all calls of a request together.
func (f figures) calls() (n float64) {
	for _, c := range f.Calls {
		n += c
	}
	return n
}

func (r functionsReport) find(task, contender string) (figures, bool) {
	for _, t := range r.Tasks {
		for _, f := range t.Figures {
			if t.Name == task && f.Contender == contender {
				return f, true
			}
		}
	}
	return figures{}, false
}

// Prices besides those of functions that read queues, see alerts_cost.go: us-east-1, in dollars, as of November 2025, of the
// pricing pages of Amazon API Gateway (HTTP APIs) and Amazon S3 (Standard).
const (
	dollarsPerHTTPRequest = 1.00 / 1e6
	dollarsPerS3Request   = 0.005 / 1e3 // a PUT; a GET is a twelfth of it
	// abreast is how many calls of an upload are under way at once.
	abreast = 8
)

// price works out what a million requests cost, and how the service stands to its aims.
func (r *functionsReport) price() {
	for _, t := range r.Tasks {
		for i := range t.Figures {
			t.Figures[i].USD = r.cost(t.Name, t.Figures[i])
		}
	}
	r.Aims = r.aims()
}

func (r functionsReport) cost(task string, f figures) float64 {
	functions, invocations, wait := []string{"status"}, 1.0, 1.0
	other := dollarsPerHTTPRequest
	switch task {
	case taskSubscribe:
		functions = []string{"intake"}
	case taskIngest:
		functions, wait, other = []string{"ingest"}, abreast, f.Calls["s3"]*dollarsPerS3Request+requestsPerJob*dollarsPerSQSRequest
	case taskAlerts:
		functions, invocations, other = []string{"alerts", "deliver"}, 2, requestsPerJob*dollarsPerSQSRequest
	}
	memory := memoryMiB(functions[0])
	seconds := f.cpu() / 1000 * memoryOfCPU / memory
	seconds += ((f.calls()-f.Calls["sms"])*callSeconds + f.Calls["sms"]*textSeconds) / wait
	all := aws.Consumed{RRU: f.RRU, WRU: f.WRU}.Cost() + f.Calls["sns"]*dollarsPerPublish + other + invocations*dollarsPerInvocation +
		seconds*memory/1024*dollarsPerGBSecond + (f.LogBytes+invocations*platformLogBytes)*dollarsPerLogByte
	if task == taskIngest {
		return all / float64(r.Rows) * 1e6
	}
	return all * 1e6
}

// memoryMiB is what template.yaml gives the functions.
func memoryMiB(function string) float64 {
	if function == "ingest" {
		return 1024
	}
	return memory(function)
}

// maxBinaryMB is the most that a function's binary may have, in millions of bytes.
const maxBinaryMB = 12

// aims compares the service with what it is measured by.
func (r functionsReport) aims() (aims []aim) {
	most := func(what string, ratio, limit float64) {
		aims = append(aims, aim{what, ratio, limit, limit > 0 && ratio <= limit})
	}
	voice, ok := r.find(taskLookUp, nameVoice)
	floor, ok2 := r.find(taskLookUp, nameFloor)
	if ok && ok2 {
		most("look-up: CPU, against the floor's", voice.cpu()/floor.cpu(), 1.3)
		most("look-up: warm p50, against the floor's", voice.p50()/floor.p50(), 1.5)
		most("look-up: cold start, against the floor's", voice.cold()/floor.cold(), 1.3)
		most("look-up: DynamoDB read units", voice.RRU, 0.5)
		most("look-up: calls", voice.calls(), 1)
	}
	if python, there := r.find(taskLookUp, namePython); there && ok {
		most("look-up: cold start, against Python's", voice.cold()/python.cold(), 0.1)
	}
	for name, size := range r.largest() {
		most("the largest binary, "+name+", in MB", float64(size)/1e6, maxBinaryMB)
	}
	for _, t := range r.Tasks {
		voice, _ := r.find(t.Name, nameVoice)
		for _, other := range []string{nameFloor, namePython} {
			if f, there := r.find(t.Name, other); there && !(t.Name == taskLookUp && other == nameFloor) {
				most(fmt.Sprintf("%s: CPU, against %s's", t.Name, title(other)), voice.cpu()/f.cpu(), 0)
			}
		}
	}
	return aims
}

func title(contender string) string {
	if contender == namePython {
		return "Python"
	}
	return "the " + contender
}

// largest is the function with the largest binary.
func (r functionsReport) largest() map[string]int64 {
	var name string
	for f, size := range r.Sizes {
		if f != "lookup" && (name == "" || size > r.Sizes[name]) {
			name = f
		}
	}
	if name == "" {
		return nil
	}
	return map[string]int64{name: r.Sizes[name]}
}

// loadAverage is how busy the machine is, as uptime tells it; "" where that is not known.
func loadAverage() string {
	text, _ := os.ReadFile("/proc/loadavg")
	fields := strings.Fields(string(text))
	return strings.Join(fields[:min(3, len(fields))], " ")
}

// markdown writes the report as one table.
func (r functionsReport) markdown(w io.Writer) {
	fmt.Fprintf(w, "Medians of %d runs, and of %d cold starts; %s, on %d cores (%s), %d MiB, %s, %s. Load averages %s before and %s after.\n\n",
		r.Runs, r.Colds, r.Date, r.Machine.Cores, r.Machine.CPU, r.Machine.MiB, r.Machine.Go, r.Machine.Python, r.Load, r.LoadAfter)
	fmt.Fprintf(w, "| | cold start ms | p50 ms | p99 ms | CPU ms | peak MiB | calls | RRU | WRU | $ a million |\n|---|--:|--:|--:|--:|--:|--:|--:|--:|--:|\n")
	for _, t := range r.Tasks {
		fmt.Fprintf(w, "| **%s** ||||||||||\n", t.Title)
		for _, f := range t.Figures {
			middle, least, most := medianMS(f.ColdMS)
			p99 := fmt.Sprintf("%.2f", f.p99())
			if t.Name == taskIngest {
				p99 = ""
			}
			fmt.Fprintf(w, "| %s | %.1f (%.1f–%.1f) | %s | %s | %s | %.0f | %s | %s | %s | %.2f |\n", f.Contender, middle, least, most, ms(f.p50()), p99, ms(f.cpu()),
				f.mib(), count3(f.calls()), count3(f.RRU), count3(f.WRU), f.USD)
		}
		for contender, why := range r.LeftOut {
			fmt.Fprintf(w, "| %s | left out: %s |||||||||\n", contender, why)
		}
	}
	writeAims(w, "the service against", "figure", 2, r.Aims)
	fmt.Fprintf(w, "\nBinaries as deployed, for linux/arm64, in MB: %s.\n", sizesLine(r.Sizes))
}

// ms writes milliseconds.
func ms(f float64) string {
	if f >= 1000 {
		return thousands(f)
	}
	return fmt.Sprintf("%.2f", f)
}

// count3 writes a count of a request's.
func count3(f float64) string {
	if f >= 1000 || f == float64(int(f)) {
		return thousands(f)
	}
	return strings.TrimRight(strings.TrimRight(fmt.Sprintf("%.2f", f), "0"), ".")
}
