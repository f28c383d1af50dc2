package upload

import (
	"cmp"
	"context"
	_ "embed"
	"fmt"
	"html"
	"strconv"
	"strings"

	"voice.example/shared/custody"
)

//go:embed report.css
var reportCSS string

// bar is one line of the picture: Width is of 100.
type bar struct {
	Name, Means string
	Count       int
	Width       float64
	Bad         bool // if there are any
}

// reportPicture writes report.html: the summary for people who would rather look than read. It loads nothing from
// elsewhere and names nobody.
func (p *Pipeline) reportPicture(ctx context.Context, u *item) error {
	return p.write(ctx, u.Bucket, reportKey(u.ID, "report.html"), "text/html; charset=utf-8", []byte(draw(p.summary(u))))
}

// page is HTML that is written from its beginning to its end. There is no template, since one can call any method: the linker
// would keep all that the SDK's clients have, in a program which is twice as large then.
type page struct{ strings.Builder }

// add writes HTML with texts in it, each of which is escaped.
func (p *page) add(format string, texts ...any) {
	for i, text := range texts {
		texts[i] = html.EscapeString(fmt.Sprint(text))
	}
	fmt.Fprintf(p, format, texts...)
}

// draw is the page of a summary.
func draw(s Summary) string {
	p := new(page)
	p.add(`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="referrer" content="no-referrer">
<title>Upload %s</title>
`, s.UploadID)
	p.WriteString("<style>\n" + reportCSS + "</style>\n</head>\n<body>\n")
	what, stop := "Upload", ""
	switch s.Kind {
	case Retraction:
		what = "Retraction"
	case Missing:
		what = "People whom a roster lacks"
	}
	if s.State == Held || s.State == Rejected || s.State == Failed {
		stop = " stop"
	}
	p.add("<h1>%s of %s</h1>\n<p class=\"id\">%s</p>\n", what, s.ReceivedAt.Format("January 2, 2006, 15:04 UTC"), s.UploadID)
	p.add("<p class=\"says%s\">%s</p>\n", stop, says(s))
	if s.Problem != "" {
		p.add("<p><strong>Why:</strong> %s.</p>\n", s.Problem)
	}
	if s.Fix != "" {
		p.add("<p><strong>What to do:</strong> %s</p>\n", s.Fix)
	}
	if s.Plan != nil && len(s.Plan.Reasons) > 0 {
		p.add("<h2>Why it is held</h2><ul>")
		for _, reason := range s.Plan.Reasons {
			p.add("<li>%s</li>", reason)
		}
		p.add("</ul>\n")
	}
	p.rows(s)
	p.plan(s)
	p.rest(s)
	p.add("</body>\n</html>\n")
	return p.String()
}

// rows draws what became of the rows.
func (p *page) rows(s Summary) {
	if s.Rows == 0 {
		return
	}
	p.add("<h2>%s rows</h2>\n", number(s.Rows))
	for _, b := range bars(s.Rows, []bar{
		{Name: "applied", Means: "changed a record", Count: s.Applied},
		{Name: "unchanged", Means: "said nothing new", Count: s.Unchanged},
		{Name: "superseded", Means: "older than what is known, or than another row of the file", Count: s.Superseded},
		{Name: "rejected", Means: "could not be understood: see rejects.csv", Count: s.Rejected, Bad: true},
		{Name: "conflicts", Means: "another upload changed the record meanwhile: see rejects.csv", Count: s.Conflicts, Bad: true},
	}) {
		p.bar(b)
	}
}

// bar draws one.
func (p *page) bar(b bar) {
	class := "row"
	if b.Bad && b.Count > 0 {
		class = "row bad"
	}
	p.add(`<div class="%s"><b>%s</b><span>%s</span><div class="bar"><i style="width:%s%%"></i></div>`, class, b.Name, number(b.Count), fmt.Sprintf("%.2f", b.Width))
	if b.Means != "" {
		p.add("<small>%s</small>", b.Means)
	}
	p.add("</div>\n")
}

// plan draws what would happen, or what has.
func (p *page) plan(s Summary) {
	if s.Plan == nil {
		return
	}
	p.add("<h2>The plan: %s changes</h2>\n", number(s.Plan.Changes))
	var events []bar
	for _, e := range custody.Events() {
		if n := s.Plan.ByEvent[e]; n > 0 {
			events = append(events, bar{Name: string(e), Count: n})
		}
	}
	for _, b := range bars(s.Plan.Changes, events) {
		p.bar(b)
	}
	p.add("<dl>\n<dt>custody would end</dt><dd>%s of %s held</dd>\n", number(s.Plan.Ends), number(s.Plan.PeopleHeld))
	p.add("<dt>alerts</dt><dd>%s, at most %s parts of text, %s minutes to send</dd>\n", number(s.Plan.Alerts), number(s.Plan.TextParts), fmt.Sprint(s.Plan.Minutes))
	p.add("<dt>cost</dt><dd>about $%s with texts</dd>\n</dl>\n", fmt.Sprintf("%.2f", s.Plan.CostUSD))
}

// rest writes all else there is to say.
func (p *page) rest(s Summary) {
	var roster, dry string
	if s.Mode == Roster {
		roster = ", a roster"
	}
	if s.DryRun {
		dry = ", a dry run"
	}
	p.add("<h2>The rest</h2>\n<dl>\n<dt>feed</dt><dd>%s%s%s</dd>\n", s.Feed, roster, dry)
	if s.Missing > 0 {
		p.add("<dt>missing</dt><dd>%s people whom the feed holds: see missing.csv</dd>\n", number(s.Missing))
	}
	if s.Warnings > 0 {
		p.add("<dt>warnings</dt><dd>%s: see warnings.csv</dd>\n", number(s.Warnings))
	}
	if len(s.IgnoredColumns) > 0 {
		p.add("<dt>columns passed over</dt><dd>%s</dd>\n", strings.Join(s.IgnoredColumns, ", "))
	}
	for _, d := range s.Decisions {
		p.add("<dt>%s</dt><dd>by %s", d.What, cmp.Or(d.ByName, d.By))
		if d.Why != "" {
			p.add(": %s", d.Why)
		}
		p.add("</dd>\n")
	}
	p.add("<dt>database</dt><dd>%s read and %s write units, $%s</dd>\n", fmt.Sprintf("%.1f", s.RRU), fmt.Sprintf("%.1f", s.WRU), fmt.Sprintf("%.6f", s.CostUSD))
	if s.PlanHash != "" {
		p.add("<dt>plan hash</dt><dd><code>%s</code></dd>\n", s.PlanHash)
	}
	p.add("</dl>\n")
}

func bars(all int, of []bar) []bar {
	for i := range of {
		if all > 0 {
			of[i].Width = 100 * float64(of[i].Count) / float64(all)
		}
	}
	return of
}

// says is where the upload stands, in a sentence.
func says(s Summary) string {
	switch {
	case s.State == Held:
		return "Held. Nothing of it is applied until people have decided."
	case s.State == PlanReady && s.DryRun:
		return "A dry run. This is what it would do; nothing was applied."
	case s.State == Done && s.Kind == Retraction:
		return "Done. What the other upload said is taken back, and those who were told have been sent a correction."
	case s.State == Done:
		return "Done. Everything that could be applied is."
	case s.State == Rejected && s.Problem == "":
		return "Rejected by staff. Nothing of it was applied."
	case s.State == Rejected:
		return "Rejected. None of the file was used."
	case s.State == Failed:
		return "Failed. What was applied before stays; the file may be uploaded again."
	}
	return "Under way: " + string(s.State) + "."
}

// number writes 1234567 as 1,234,567.
func number(n int) string {
	text := strconv.Itoa(n)
	for i := len(text) - 3; i > 0 && text[i-1] != '-'; i -= 3 {
		text = text[:i] + "," + text[i:]
	}
	return text
}
