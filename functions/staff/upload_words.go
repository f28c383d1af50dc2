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
		return "All of it has been dealt with. " + toldWhom(u.Counts)
	case upload.Rejected:
		return "It was not used. Nothing was changed."
	}
	return "It could not be finished."
}

// toldWhom says whom an upload has told something.
func toldWhom(c upload.Counts) string {
	if c.Alerts == 0 {
		return "Nobody had to be told anything."
	}
	return fmt.Sprintf("Alerts went to %s of those who asked for them.", number(int64(c.Alerts)))
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
	what := keyPrefix.ReplaceAllString(fileName(path.Base(u.Key)), "")
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

// unapplied is how many rows an upload's plan has that were not applied, and are in none of its counts; of one that is being
// applied nobody knows before the end.
func unapplied(u upload.Upload) int {
	switch u.State {
	case upload.Held, upload.PlanReady, upload.Rejected:
		if u.Brake != nil {
			return u.Brake.Changes
		}
	}
	return 0
}

// rowsInWords are what became of an upload's rows. The first is all others together.
func rowsInWords(u upload.Upload) figures {
	f := figures{Caption: "What became of its rows", Head: "Rows", Columns: []string{"How many"}}
	if !resting(u) {
		f.Caption += " so far"
	}
	add := func(words string, n int) { f.Rows = append(f.Rows, figuresRow{words, []string{number(int64(n))}}) }
	c, left := u.Counts, unapplied(u)
	add("in all", c.Rows+left)
	switch {
	case u.State == upload.Rejected:
		add("not applied", left)
	case u.DryRun:
		add("would be applied", left)
	case u.State == upload.Held, u.State == upload.PlanReady:
		add("not applied yet", left)
	default:
		add("applied", c.Applied)
	}
	add("unchanged", c.Unchanged)
	add("older than what is known", c.Superseded)
	add("rejected: could not be understood", c.Rejected)
	if u.State == upload.Applying || u.State == upload.Done || u.State == upload.Failed {
		add("in conflict: another upload was faster", c.Conflicts)
	}
	return f
}

// line is a fact of a list.
type line struct{ Words, Figure string }

// brakeInWords are the figures that the brake goes by, and where it stands.
func brakeInWords(b upload.Brake) []line {
	all := []line{{"Changes", number(int64(b.Changes))}}
	add := func(words, format string, figures ...any) {
		all = append(all, line{words, fmt.Sprintf(format, figures...)})
	}
	many := func(n int) string { return number(int64(n)) }
	for _, e := range custody.Events() {
		if n := b.ByEvent[e]; n > 0 {
			add(words("event", string(e)), "%s", many(n))
		}
	}
	at := func(limit string, known bool) string {
		if !known { // it was planned before limits were kept
			return ""
		}
		return ". The brake is at " + limit
	}
	percent := at(trimmed(b.EndPercent)+" %", b.EndPercent > 0)
	share := func(n int) string {
		if b.PeopleHeld == 0 {
			return many(n)
		}
		words := trimmed(100 * float64(n) / float64(b.PeopleHeld))
		if n > 0 && words == "0" {
			words = "less than 0.1"
		}
		return fmt.Sprintf("%s of the %s people whom its feeds hold: %s %%%s", many(n), many(b.PeopleHeld), words, percent)
	}
	add("Ends of custody", "%s", share(b.Ends))
	if b.Missing > 0 {
		add("Missing from the roster", "%s. They wait as an upload of their own", share(b.Missing))
	}
	if b.Identities > 0 {
		add("Names or dates of birth that change", "%s", many(b.Identities))
	}
	if b.Unprotected > 0 {
		add("Protection that ends", "for %s people", many(b.Unprotected))
	}
	if b.Alerts == 0 {
		add("Alerts", "none")
	} else {
		add("Alerts", "%s, in up to %s parts of texts, which take %s minutes to send%s", many(b.Alerts), many(b.TextParts), trimmed(b.Minutes), at(many(b.MostAlerts), b.MostAlerts > 0))
	}
	ends := 0
	for _, n := range b.Recent.EndsOf {
		ends += n
	}
	if ends+b.Recent.Alerts > 0 {
		add("Counted in", "%s ends of custody and %s alerts of other uploads of the last 24 hours", many(ends), many(b.Recent.Alerts))
	}
	add("Cost, about", "$%.2f for texts and for the database", b.CostUSD)
	return all
}

// sentence makes a sentence of what the brake says, which begins in the middle of one.
func sentence(text string) string {
	if text == "" {
		return ""
	}
	return strings.ToUpper(text[:1]) + text[1:] + "."
}

// trimmed is a figure without a zero after its point.
func trimmed(f float64) string { return strings.TrimSuffix(fmt.Sprintf("%.1f", f), ".0") }
