package main

import (
	"context"
	"fmt"
	"io"
	"log/slog"
)

const largeKey = "dry-run/uploads/" + feedName + "/large.csv"

// maxPeakMiB is what the worker of a file of any size must stay below.
const maxPeakMiB = 128

// large is a dry run of one file of any size, which is made while it is uploaded.
type large struct {
	people  people
	sliceS  int
	profile string
	folder  string
	log     *slog.Logger
}

func (l large) run(ctx context.Context) (measured, error) {
	stage, err := newStage(ctx, l.folder, false)
	if err != nil {
		return measured{}, err
	}
	defer stage.close()
	tables, err := stage.fresh(ctx)
	if err != nil {
		return measured{}, err
	}
	j := job{Candidate: "voice", Round: first, Key: largeKey, SliceS: l.sliceS, Profile: l.profile}
	l.log.Info("writing the file into the bucket", "rows", l.people.rows)
	if j.Version, err = stage.put(ctx, largeKey, func(w io.Writer) error { return l.people.write(w, first) }); err != nil {
		return measured{}, err
	}
	command, err := workerCommand(j)
	if err != nil {
		return measured{}, err
	}
	l.log.Info("dry run", "memory_limit", stage.ingest["GOMEMLIMIT"], "slice_s", l.sliceS)
	m, err := measure(ctx, command, tables.env())
	if err != nil {
		return measured{}, err
	}
	if m.Written != l.people.rows {
		return m, fmt.Errorf("the plan has %d changes of %d rows", m.Written, l.people.rows)
	}
	return m, tables.drop(ctx)
}

func (l large) markdown(w io.Writer, m measured) {
	t := thisMachine("")
	fmt.Fprintf(w, "Dry run of %s people (validate, diff, plan), on %d cores (%s), %s.\n\n", thousands(float64(l.people.rows)), t.Cores, t.CPU, t.Go)
	fmt.Fprintf(w, "| rows/s | time s | CPU s | peak MiB | attempts | RRU | WRU | calls |\n|--:|--:|--:|--:|--:|--:|--:|--:|\n")
	fmt.Fprintf(w, "| %s | %.1f | %.1f | %.0f | %d | %s | %s | %s |\n", thousands(float64(l.people.rows)/m.Wall), m.Wall, m.CPU, m.PeakMiB, m.Slices,
		thousands(m.RRU), thousands(m.WRU), thousands(float64(m.Calls)))
}
