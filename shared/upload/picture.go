package upload

import (
	"bytes"
	"context"
	_ "embed"
	"fmt"
	"html/template"
	"strconv"

	"voice.example/shared/custody"
)

//go:embed report.html
var reportHTML string

var picture = template.Must(template.New("report").Funcs(template.FuncMap{
	"number": number, "date": func(s Summary) string { return s.ReceivedAt.Format("January 2, 2006, 15:04 UTC") },
}).Parse(reportHTML))

// bar is one line of the picture: Width is of 100.
type bar struct {
	Name, Means string
	Count       int
	Width       float64
}

// reportPicture writes report.html: the summary for people who would rather look than read. It loads nothing from
// elsewhere and names nobody.
func (p *Pipeline) reportPicture(ctx context.Context, u *item) error {
	s := p.summary(u)
	page := struct {
		Summary
		Rows, Events []bar
		Says         string
	}{Summary: s, Says: says(s)}
	page.Rows = bars(s.Rows, []bar{
		{Name: "applied", Means: "changed a record", Count: s.Applied},
		{Name: "unchanged", Means: "said nothing new", Count: s.Unchanged},
		{Name: "superseded", Means: "older than what is known, or than another row of the file", Count: s.Superseded},
		{Name: "rejected", Means: "could not be understood: see rejects.csv", Count: s.Rejected},
		{Name: "conflicts", Means: "another upload changed the record meanwhile: see rejects.csv", Count: s.Conflicts},
	})
	if s.Plan != nil {
		var events []bar
		for _, e := range custody.Events() {
			if n := s.Plan.ByEvent[e]; n > 0 {
				events = append(events, bar{Name: string(e), Count: n})
			}
		}
		page.Events = bars(s.Plan.Changes, events)
	}
	var body bytes.Buffer
	if err := picture.Execute(&body, page); err != nil {
		return fmt.Errorf("upload: drawing a report: %w", err)
	}
	return p.write(ctx, u.Bucket, reportKey(u.ID, "report.html"), "text/html; charset=utf-8", body.Bytes())
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
