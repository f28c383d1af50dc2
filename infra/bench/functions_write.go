package main

import (
	"bytes"
	"errors"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
)

// sizesLine lists binaries by name, in millions of bytes.
func sizesLine(sizes map[string]int64) string {
	var all []string
	for _, name := range slices.Sorted(maps.Keys(sizes)) {
		of := name
		if name == "lookup" {
			of = "the floor's look-up"
		}
		all = append(all, fmt.Sprintf("%s %.1f", of, float64(sizes[name])/1e6))
	}
	return strings.Join(all, ", ")
}

// bars are what the charts show: time and CPU of each task, and the starts.
func (r functionsReport) bars() (warm, cold []bars) {
	starts := bars{title: "Cold start: milliseconds from the start of a process to its first answer", names: [2]string{"median", "most"}, form: "%.0f ms"}
	for _, t := range r.Tasks {
		of := bars{title: t.Title + ": milliseconds of a " + t.Request, names: [2]string{"p50", "CPU"}, form: "%.2f ms"}
		for _, f := range t.Figures {
			of.rows = append(of.rows, bar{f.Contender, []float64{f.p50(), f.cpu()}})
			middle, _, most := medianMS(f.ColdMS)
			starts.rows = append(starts.rows, bar{t.Name + ", " + f.Contender, []float64{middle, most}})
		}
		warm = append(warm, of)
	}
	return warm, []bars{starts}
}

// write puts the report into README.md, between its marks, and draws the charts beside it.
func (r functionsReport) write(folder string) error {
	var text bytes.Buffer
	r.markdown(&text)
	if err := between(filepath.Join(folder, "README.md"), "functions", text.String()); err != nil {
		return err
	}
	warm, cold := r.bars()
	for name, all := range map[string][]bars{"functions.svg": warm, "cold.svg": cold} {
		file, err := os.Create(filepath.Join(folder, name))
		if err != nil {
			return err
		}
		title := "Functions as Lambda runs them: time and CPU"
		if name == "cold.svg" {
			title = "Cold starts"
		}
		if err := errors.Join(drawBars(file, title, all), file.Close()); err != nil {
			return err
		}
	}
	return nil
}

// between replaces what stands between the marks of a name in a file.
func between(path, name, text string) error {
	old, err := os.ReadFile(path)
	if err != nil {
		return err
	}
	begin, end := "<!-- "+name+": written by the bench -->\n", "<!-- "+name+" ends -->"
	before, rest, ok := strings.Cut(string(old), begin)
	_, after, ok2 := strings.Cut(rest, end)
	if !ok || !ok2 {
		return fmt.Errorf("%s has no marks of %s", path, name)
	}
	return os.WriteFile(path, []byte(before+begin+"\n"+text+"\n"+end+after), 0o644) // #nosec G306 -- a document
}
