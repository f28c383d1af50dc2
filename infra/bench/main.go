package main

import (
	"context"
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"io"
	"log/slog"
	"os"
	"os/signal"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"syscall"
	"time"
)

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	err := run(ctx, os.Args[1:], os.Stdout, os.Stderr)
	stop()
	if errors.Is(err, flag.ErrHelp) {
		return
	}
	if err != nil {
		fmt.Fprintln(os.Stderr, "bench:", err)
		os.Exit(1)
	}
}

// run is the program: the bench itself, or one of the processes that it starts.
func run(ctx context.Context, args []string, out, progress io.Writer) error {
	if len(args) > 0 {
		switch args[0] {
		case "measure":
			return measureHere(args[1:], out)
		case "worker":
			return work(ctx, strings.Join(args[1:], " "), out)
		case "tell":
			return tellHere(ctx, strings.Join(args[1:], " "), out)
		}
	}
	flags := flag.NewFlagSet("bench", flag.ContinueOnError)
	flags.SetOutput(progress)
	flags.Usage = func() {
		fmt.Fprintf(progress, "Compares ways of loading custody updates into one DynamoDB: DYNAMODB_ENDPOINT, or one that it starts; or measures alerts.\n\nbench [flags]\n")
		flags.PrintDefaults()
	}
	rows := flags.Int("rows", 100_000, "how many people the file has")
	runs := flags.Int("runs", 3, "how often everything is measured; the table has the medians")
	seed := flags.Uint64("seed", 1, "which people are invented")
	only := flags.String("only", "", "candidates, separated by commas: voice, voice-roster, go-putitem, python-batch, floor (default all)")
	python := flags.String("python", filepath.Join(".tools", "bench", "bin", "python"), "a Python with boto3, for the Python peer")
	asJSON := flags.Bool("json", false, "print JSON, every single run in it, and not a table")
	svg := flags.String("svg", "", "write a chart to this file")
	streams := flags.Bool("streams", false, "keep the tables' streams; dynoxide takes longer for each write the longer they are")
	profile := flags.String("profile", "", "write CPU profiles of voice and floor to this folder (with --large: file)")
	isLarge := flags.Bool("large", false, "a dry run of one file of --rows people instead of the comparison")
	slice := flags.Int("slice", 60, "with --large: seconds that an attempt has, of which the pipeline keeps 8 back; 0: no limit")
	isFunctions := flags.Bool("functions", false, "the functions as Lambda runs them, instead of the comparison")
	colds := flags.Int("colds", 15, "with --functions: cold starts of each")
	share := flags.Int("share", 100, "with --functions and --growth: percent of the usual requests")
	write := flags.Bool("write", false, "with --functions and --growth: also write the figures into infra/bench/README.md, and the charts")
	isGrowth := flags.Bool("growth", false, "look-up and subscribe with tables of several sizes, instead of the comparison")
	sizes := flags.String("sizes", "10000,1000000", "with --growth: how many records, separated by commas")
	isAlerts := flags.Bool("alerts", false, "from a change to its text, and what alerts cost, instead of the comparison")
	changes := flags.Int("changes", 300, "with --alerts: how many changes are told one by one")
	fan := flags.Int("fan", maxPhones, "with --alerts: how many alerts are made at once")
	moved := flags.Int("moved", 1000, "with --alerts: how many people an upload moves while somebody is released")
	if err := flags.Parse(args); err != nil {
		return err
	}
	if *isAlerts && (*changes < 1 || 3*(*changes+20) > maxPhones || *fan < 1 || *fan > maxPhones || *moved < 2 || *moved > maxPhones-200) {
		return fmt.Errorf("there are %d phones, and there must be something to tell; see --help", maxPhones)
	}
	if flags.NArg() > 0 || *rows < changedEvery || *runs < 1 {
		return fmt.Errorf("what is %q? There must be %d rows or more, and one run or more; see --help", flags.Args(), changedEvery)
	}
	folder, err := os.MkdirTemp("", "voice-bench-")
	if err != nil {
		return err
	}
	defer os.RemoveAll(folder)
	log := slog.New(slog.NewTextHandler(progress, nil))
	all := people{rows: *rows, seed: *seed}
	if *isGrowth {
		g := &growth{runs: *runs, count: max(1, 5**share), folder: folder, log: log}
		for text := range strings.SplitSeq(*sizes, ",") {
			n, err := strconv.Atoi(text)
			if err != nil || n < 1 {
				return fmt.Errorf("%q is no number of records", text)
			}
			g.sizes = append(g.sizes, n)
		}
		return growing(ctx, g, *write, *asJSON, out)
	}
	if *isFunctions {
		given := func(name string) (is bool) {
			flags.Visit(func(f *flag.Flag) { is = is || f.Name == name })
			return is
		}
		b := &functionsBench{runs: *runs, colds: *colds, rows: 20_000, records: 10_000, python: *python, folder: folder, log: log}
		if given("rows") {
			b.rows = *rows
		}
		b.counts = map[string]int{taskLookUp: max(1, 20**share), taskSubscribe: max(1, 4**share), taskIngest: 1, taskAlerts: max(1, 3**share)}
		if *only != "" {
			for name := range b.counts {
				if !slices.Contains(strings.Split(*only, ","), name) {
					b.counts[name] = 0
				}
			}
		}
		r, err := b.run(ctx)
		if err != nil {
			return err
		}
		if *write {
			if err := r.write(filepath.Join("infra", "bench")); err != nil {
				return err
			}
		}
		if *asJSON {
			return indented(out, r)
		}
		r.markdown(out)
		return nil
	}
	if *isAlerts {
		b := &alertsBench{changes: *changes, fan: *fan, moved: *moved, each: min(50, *changes), runs: *runs, folder: folder, log: log}
		r, err := b.run(ctx)
		if err != nil {
			return err
		}
		if err := draw(*svg, r.chart); err != nil {
			return err
		}
		if *asJSON {
			return indented(out, r)
		}
		r.markdown(out)
		return nil
	}
	if *isLarge {
		l := large{people: all, sliceS: *slice, profile: *profile, folder: folder, log: log}
		m, err := l.run(ctx)
		if err != nil {
			return err
		}
		if *asJSON {
			err = indented(out, m)
		} else {
			l.markdown(out, m)
		}
		if m.PeakMiB >= maxPeakMiB {
			return errors.Join(err, fmt.Errorf("the worker took %.0f MiB; it must stay below %d", m.PeakMiB, maxPeakMiB))
		}
		return err
	}
	s := &suite{people: all, runs: *runs, python: *python, streams: *streams, profile: *profile, folder: folder, log: log}
	if *only != "" {
		s.only = strings.Split(*only, ",")
	}
	if err := s.run(ctx); err != nil {
		return err
	}
	r := s.report(time.Now())
	if err := draw(*svg, r.chart); err != nil {
		return err
	}
	if *asJSON {
		return indented(out, r)
	}
	r.markdown(out)
	return nil
}

// growing runs the bench of growth.
func growing(ctx context.Context, g *growth, write, asJSON bool, out io.Writer) error {
	r, err := g.run(ctx)
	if err != nil {
		return err
	}
	if write {
		if err := r.write(filepath.Join("infra", "bench")); err != nil {
			return err
		}
	}
	if asJSON {
		return indented(out, r)
	}
	r.markdown(out)
	return nil
}

// draw writes a chart to a file, if there is to be one.
func draw(path string, chart func(io.Writer) error) error {
	if path == "" {
		return nil
	}
	file, err := os.Create(path)
	if err != nil {
		return err
	}
	return errors.Join(chart(file), file.Close())
}

func indented(to io.Writer, value any) error {
	text := json.NewEncoder(to)
	text.SetIndent("", "  ")
	return text.Encode(value)
}
