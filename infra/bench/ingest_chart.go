package main

import (
	"encoding/xml"
	"fmt"
	"io"
	"strings"
)

// chart draws the report as SVG: for each scenario a bar of time and one of CPU for each candidate, all on one scale.
func (r report) chart(w io.Writer) error {
	const (
		width, left, right = 760, 150, 90
		bar, gap, head     = 11, 12, 34
	)
	most, bars := 0.0, 0
	for _, o := range r.Scenarios {
		for _, m := range o.Results {
			most, bars = max(most, m.Wall, m.CPU), bars+1
		}
	}
	if bars == 0 {
		return nil
	}
	scale := (width - left - right) / most
	height := 60 + len(r.Scenarios)*head + bars*(2*bar+gap)
	var b strings.Builder
	text := func(x, y float64, class, s string) {
		fmt.Fprintf(&b, `<text x="%.0f" y="%.0f" class="%s">`, x, y, class)
		xml.EscapeText(&b, []byte(s))
		b.WriteString("</text>\n")
	}
	fmt.Fprintf(&b, `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 %d %d" role="img" font-family="sans-serif" font-size="12">`+"\n", width, height)
	fmt.Fprintf(&b, "<title>Loading %s people: seconds</title>\n", thousands(float64(r.Rows)))
	b.WriteString("<style>.h{font-weight:bold}.e{text-anchor:end}.s{font-size:10px}text{fill:#222}.t{fill:#1b5e86}.c{fill:#e0a030}</style>\n")
	fmt.Fprintf(&b, `<rect width="%d" height="%d" fill="#fff"/>`+"\n", width, height)
	text(10, 20, "h", fmt.Sprintf("Loading %s people: seconds, less is better", thousands(float64(r.Rows))))
	fmt.Fprintf(&b, `<rect x="10" y="31" width="10" height="10" class="t"/><rect x="80" y="31" width="10" height="10" class="c"/>`+"\n")
	text(25, 40, "s", "time")
	text(95, 40, "s", fmt.Sprintf("CPU of the loading process; medians of %d runs, %s", r.Runs, r.Date))
	y := 50.0
	for _, o := range r.Scenarios {
		text(10, y+22, "h", o.Title)
		y += head
		for _, m := range o.Results {
			text(left-8, y+bar+4, "e", m.Candidate)
			for i, one := range []struct {
				class  string
				figure float64
			}{{"t", m.Wall}, {"c", m.CPU}} {
				at := y + float64(i*bar)
				fmt.Fprintf(&b, `<rect x="%d" y="%.0f" width="%.1f" height="%d" class="%s"/>`+"\n", left, at, max(one.figure*scale, 1), bar-1, one.class)
				text(left+one.figure*scale+5, at+bar-2, "s", fmt.Sprintf("%.1f s", one.figure))
			}
			y += 2*bar + gap
		}
	}
	b.WriteString("</svg>\n")
	_, err := io.WriteString(w, b.String())
	return err
}
