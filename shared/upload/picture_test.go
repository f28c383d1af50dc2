package upload

import (
	"strings"
	"testing"
	"time"

	"voice.example/shared/custody"
)

func TestDraw(t *testing.T) {
	whole := Summary{UploadID: "u1", State: Held, Kind: File, Mode: Roster, Feed: "north", DryRun: true, PlanHash: "h4sh", Problem: "a <problem>", Fix: `fix & "it"`,
		Counts: Counts{Rows: 1234567, Applied: 1000000, Unchanged: 234560, Rejected: 7}, Warnings: 3, Missing: 12, RRU: 1.5, WRU: 2, CostUSD: 0.000001,
		Plan:           &Brake{Reasons: []string{"too <many>"}, Changes: 200, Ends: 5, PeopleHeld: 1000, Alerts: 30, TextParts: 60, Minutes: 1.5, CostUSD: 2, ByEvent: map[custody.Event]int{custody.EventReleased: 50}},
		IgnoredColumns: []string{"A & B", "C"}, Decisions: []Decision{{By: "sub", ByName: "Dana <Example>", What: "approved", Why: "checked & right"}, {By: "sub2", What: "rejected"}},
		ReceivedAt: time.Date(2026, 6, 1, 16, 0, 0, 0, time.UTC)}
	t.Run("SaysAll", func(t *testing.T) {
		got := draw(whole)
		for _, want := range []string{
			"<title>Upload u1</title>", "<h1>Upload of June 1, 2026, 16:00 UTC</h1>", `<p class="says stop">Held.`, "<strong>Why:</strong> a &lt;problem&gt;.",
			"<strong>What to do:</strong> fix &amp; &#34;it&#34;", "<li>too &lt;many&gt;</li>", "<h2>1,234,567 rows</h2>",
			`<div class="row"><b>applied</b><span>1,000,000</span><div class="bar"><i style="width:81.00%"></i></div><small>changed a record</small></div>`,
			`<div class="row bad"><b>rejected</b>`, `<div class="row"><b>conflicts</b>`, "<h2>The plan: 200 changes</h2>",
			`<div class="row"><b>released</b><span>50</span><div class="bar"><i style="width:25.00%"></i></div></div>`, "5 of 1,000 held", "30, at most 60 parts of text, 1.5 minutes to send",
			"about $2.00 with texts", "<dd>north, a roster, a dry run</dd>", "12 people whom the feed holds", "3: see warnings.csv", "<dd>A &amp; B, C</dd>",
			"<dt>approved</dt><dd>by Dana &lt;Example&gt;: checked &amp; right</dd>", "<dt>rejected</dt><dd>by sub2</dd>", "1.5 read and 2.0 write units, $0.000001", "<code>h4sh</code>",
		} {
			if !strings.Contains(got, want) {
				t.Errorf("it lacks %s", want)
			}
		}
		if strings.Contains(got, "%!") {
			t.Error(got)
		}
	})
	t.Run("LeavesOutWhatThereIsNot", func(t *testing.T) {
		got := draw(Summary{UploadID: "u2", State: Done, Feed: "north"})
		for _, no := range []string{"says stop", "Why", "What to do", "rows</h2>", "The plan", "roster", "missing", "warnings", "passed over", "plan hash"} {
			if strings.Contains(got, no) {
				t.Errorf("it has %s", no)
			}
		}
	})
	t.Run("SaysWhatKind", func(t *testing.T) {
		for kind, want := range map[Kind]string{Retraction: "<h1>Retraction of", Missing: "<h1>People whom a roster lacks of"} {
			if got := draw(Summary{Kind: kind}); !strings.Contains(got, want) {
				t.Errorf("%s: %s", kind, got)
			}
		}
	})
}
