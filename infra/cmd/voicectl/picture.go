package main

import (
	"cmp"
	"fmt"
	"io"
	"maps"
	"slices"
	"strconv"
	"strings"
	"time"

	"voice.example/shared/upload"
)

// barWidth is how many characters the longest bar has.
const barWidth = 30

// printUpload prints an upload as far as it is.
func (p *program) printUpload(u upload.Upload) error {
	return p.print(u, func(w io.Writer) { picture(w, u) })
}

// picture draws what became of an upload.
func picture(w io.Writer, u upload.Upload) {
	fmt.Fprintf(w, "\nupload    %s\nstate     %s\n", u.UploadID, stateText(u))
	kind := string(u.Mode)
	if u.Kind != upload.File && u.Kind != "" {
		kind = string(u.Kind) + " of " + u.Of
	}
	if u.DryRun {
		kind += ", dry run"
	}
	fmt.Fprintf(w, "file      %s (%s, feed %s)\nreceived  %s", plain(u.Key), kind, plain(u.Feed), u.ReceivedAt.Local().Format(time.RFC1123))
	if by := cmp.Or(u.UploadedByName, u.UploadedBy); by != "" {
		fmt.Fprintf(w, " from %s", plain(by))
	}
	fmt.Fprintln(w)
	if u.Problem != "" {
		fmt.Fprintf(w, "problem   %s\n", plain(u.Problem))
	}
	if u.Fix != "" {
		fmt.Fprintf(w, "fix       %s\n", plain(u.Fix))
	}
	for _, d := range u.Decisions {
		fmt.Fprintf(w, "decision  %s by %s, %s", d.What, plain(cmp.Or(d.ByName, d.By)), d.At.Local().Format("2 January 15:04"))
		if d.Why != "" {
			fmt.Fprintf(w, ": %s", plain(d.Why))
		}
		fmt.Fprintln(w)
	}
	bars(w, u.Counts)
	if u.MissingUpload != "" && u.Brake != nil {
		fmt.Fprintf(w, "  missing from it: %s whom the feed holds\n", number(u.Brake.Missing)+" people")
	}
	if u.Brake != nil && (u.State == upload.Held || u.DryRun) {
		brake(w, *u.Brake)
	}
	if u.CostUSD > 0 {
		fmt.Fprintf(w, "\nit has read %s and written %s units of the database so far, about $%.4f\n", number(int(u.RRU)), number(int(u.WRU)), u.CostUSD)
	}
	hints(w, u)
}

func stateText(u upload.Upload) string {
	switch {
	case u.State == upload.Held:
		return "held: nothing is applied until people decide"
	case u.State == upload.PlanReady && u.DryRun:
		return "planned: a dry run ends here, nothing is applied"
	}
	return string(u.State)
}

// bars draws what became of rows, each kind as long as its share of the largest.
func bars(w io.Writer, c upload.Counts) {
	if c.Rows == 0 {
		return
	}
	kinds := []struct {
		name string
		n    int
	}{{"applied", c.Applied}, {"unchanged", c.Unchanged}, {"superseded", c.Superseded}, {"rejected", c.Rejected}, {"conflicts", c.Conflicts}}
	most := 0
	for _, k := range kinds {
		most = max(most, k.n)
	}
	fmt.Fprintf(w, "\n%s\n", plural(c.Rows, "row"))
	for _, k := range kinds {
		length := (k.n*barWidth + most - 1) / max(most, 1)
		fmt.Fprintf(w, "  %-10s %-*s %9s %6.1f %%\n", k.name, barWidth, strings.Repeat("█", length), number(k.n), 100*float64(k.n)/float64(c.Rows))
	}
	if c.Events > 0 || c.Alerts > 0 {
		fmt.Fprintf(w, "  %s, told to %s\n", plural(c.Events, "event"), plural(c.Alerts, "subscriber"))
	}
}

// brake tells what a plan would do, and why it is held.
func brake(w io.Writer, b upload.Brake) {
	if len(b.Reasons) > 0 {
		fmt.Fprintln(w, "\nheld because")
		for _, reason := range b.Reasons {
			fmt.Fprintf(w, "  - %s\n", plain(reason))
		}
	}
	fmt.Fprintf(w, "\nthe plan: %s\n", plural(b.Changes, "change"))
	for _, event := range slices.Sorted(maps.Keys(b.ByEvent)) {
		fmt.Fprintf(w, "  %-22s %9s\n", event, number(b.ByEvent[event]))
	}
	for _, figure := range []struct {
		name, text string
		show       bool
	}{
		{"custody would end", fmt.Sprintf("%9s of %s held", number(b.Ends), number(int(b.PeopleHeld))), b.Ends > 0},
		{"missing from roster", fmt.Sprintf("%9s", number(b.Missing)), b.Missing > 0},
		{"identities change", fmt.Sprintf("%9s", number(b.Identities)), b.Identities > 0},
		{"protection would end", fmt.Sprintf("%9s", number(b.Unprotected)), b.Unprotected > 0},
		{"alerts", fmt.Sprintf("%9s", number(b.Alerts)), b.Alerts == 0},
		{"alerts", fmt.Sprintf("%9s, up to %s of text, about %s to send", number(b.Alerts), plural(b.TextParts, "part"), minutes(b.Minutes)), b.Alerts > 0},
		{"cost", fmt.Sprintf("%9s", fmt.Sprintf("$%.2f", b.CostUSD)), true},
	} {
		if figure.show {
			fmt.Fprintf(w, "  %-22s %s\n", figure.name, figure.text)
		}
	}
}

// hints says what can be done next.
func hints(w io.Writer, u upload.Upload) {
	var next []string
	add := func(format string, args ...any) { next = append(next, fmt.Sprintf(format, args...)) }
	if u.State == upload.Held {
		add("voicectl plan %s      see what it would change", u.UploadID)
		who := "takes two people, not the one who uploaded it"
		if u.Kind == upload.Retraction {
			who = "takes one more person, not the one who asked"
		}
		add("voicectl approve %s   "+who, u.UploadID)
		add("voicectl reject %s --why REASON", u.UploadID)
	}
	if u.Counts.Rejected > 0 || u.State == upload.Rejected {
		add("voicectl report %s --rejects   each row that was not taken, and how to fix it", u.UploadID)
	}
	if u.MissingUpload != "" {
		add("voicectl plan %s   people whom this roster lacks; they wait for approval", u.MissingUpload)
	}
	if u.RetractionUpload != "" {
		add("voicectl show %s   takes this upload back", u.RetractionUpload)
	}
	if len(next) > 0 {
		fmt.Fprintf(w, "\nnext\n  %s\n", strings.Join(next, "\n  "))
	}
}

func minutes(m float64) string {
	if m < 1 {
		return "a minute"
	}
	return strconv.FormatFloat(m, 'f', -1, 64) + " minutes"
}

// number writes a number with commas between thousands.
func number(n int) string {
	digits := strconv.Itoa(n)
	for i := len(digits) - 3; i > 0 && digits[i-1] != '-'; i -= 3 {
		digits = digits[:i] + "," + digits[i:]
	}
	return digits
}

func plural(n int, what string) string {
	if n == 1 {
		return "1 " + what
	}
	return number(n) + " " + what + "s"
}

func bytesText(n int64) string {
	switch {
	case n >= 1<<30:
		return fmt.Sprintf("%.1f GiB", float64(n)/(1<<30))
	case n >= 1<<20:
		return fmt.Sprintf("%.1f MiB", float64(n)/(1<<20))
	case n >= 1<<10:
		return fmt.Sprintf("%.1f KiB", float64(n)/(1<<10))
	}
	return fmt.Sprintf("%d bytes", n)
}
