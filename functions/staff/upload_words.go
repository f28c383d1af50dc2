package main

import (
	"fmt"
	"path"
	"strings"

	"voice.example/shared/custody"
	"voice.example/shared/upload"
	"voice.example/shared/web"
)

// uploadStates are the states as people call them.
var uploadStates = map[upload.State]badge{
	upload.Received: {"Arrived", ""}, upload.Validating: {"Being read", ""}, upload.Diffing: {"Being compared", ""}, upload.PlanReady: {"About to be applied", ""},
	upload.Held: {"Held", "warn"}, upload.Applying: {"Being applied", ""}, upload.Done: {"Done", "good"}, upload.Rejected: {"Rejected", "bad"},
	upload.Failed: {"Failed", "bad"},
}

// uploadBadge says how an upload stands. A dry run ends with its plan.
func uploadBadge(u upload.Upload) badge {
	if u.DryRun && u.State == upload.PlanReady {
		return badge{"Planned, and no more", "good"}
	}
	return uploadStates[u.State]
}

// uploadMeans says what a state means, and what comes next.
func uploadMeans(u upload.Upload) string {
	switch u.State {
	case upload.Received, upload.Validating:
		return "Its rows are being read. Nothing is changed yet."
	case upload.Diffing:
		return "Its rows are being compared with what is known. Nothing is changed yet."
	case upload.PlanReady:
		if u.DryRun {
			return "This was a dry run. It says what the file would do, and nothing is changed by it."
		}
		return "Its changes are about to be made."
	case upload.Held:
		return "The brake has stopped it. Nothing is changed, and nobody is told anything, until people decide."
	case upload.Applying:
		return "Its changes are being made, and people are being told of them."
	case upload.Done:
		return "All of it has been dealt with."
	case upload.Rejected:
		return "It was not used. Nothing was changed."
	}
	return "It could not be finished."
}

func uploadStateOptions() []web.Option {
	all := []web.Option{{Words: "Held, and the latest"}}
	for _, s := range upload.States() {
		all = append(all, web.Option{Value: string(s), Words: uploadStates[s].Words})
	}
	return all
}

// whatIs says in a few words what an upload is. A file is called by its name, without what may be an A-number.
func whatIs(u upload.Upload) string {
	what := fileName(path.Base(u.Key))
	switch {
	case u.Kind == upload.Missing:
		what = "People missing from " + what
	case u.Kind == upload.Retraction:
		what = "Taking back " + what
	case u.Mode == upload.Roster:
		what = "Roster " + what
	}
	if u.DryRun {
		what += " (dry run)"
	}
	return what
}

// rowsInWords are what became of a file's rows.
func rowsInWords(c upload.Counts) figures {
	f := figures{Caption: "What became of its rows", Head: "Rows", Columns: []string{"How many"}}
	for _, row := range []struct {
		words string
		n     int
	}{{"in all", c.Rows}, {"applied", c.Applied}, {"unchanged", c.Unchanged}, {"older than what is known", c.Superseded},
		{"rejected: could not be understood", c.Rejected}, {"in conflict: another upload was faster", c.Conflicts}} {
		f.Rows = append(f.Rows, figuresRow{row.words, []string{number(int64(row.n))}})
	}
	return f
}

// line is a fact of a list.
type line struct{ Words, Figure string }

// brakeInWords are the figures that the brake goes by.
func brakeInWords(b upload.Brake) []line {
	all := []line{{"Changes", number(int64(b.Changes))}}
	add := func(words, format string, figures ...any) {
		all = append(all, line{words, fmt.Sprintf(format, figures...)})
	}
	for _, e := range custody.Events() {
		if n := b.ByEvent[e]; n > 0 {
			add(words("event", string(e)), "%s", number(int64(n)))
		}
	}
	add("Custody would end", "for %s of %s people whom its feeds hold", number(int64(b.Ends)), number(int64(b.PeopleHeld)))
	if b.Missing > 0 {
		add("Missing from the roster", "%s people, who wait as an upload of their own", number(int64(b.Missing)))
	}
	if b.Identities > 0 {
		add("Names or dates of birth that change", "%s", number(int64(b.Identities)))
	}
	if b.Unprotected > 0 {
		add("Protection that would end", "%s people", number(int64(b.Unprotected)))
	}
	add("Alerts", "%s, in up to %s texts, over some %s minutes", number(int64(b.Alerts)), number(int64(b.TextParts)), trimmed(b.Minutes))
	add("Cost, about", "$%.2f", b.CostUSD)
	return all
}

// trimmed is a figure without a zero after its point.
func trimmed(f float64) string { return strings.TrimSuffix(fmt.Sprintf("%.1f", f), ".0") }
