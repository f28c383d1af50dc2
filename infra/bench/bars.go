package main

import (
	"encoding/xml"
	"fmt"
	"io"
	"strings"
)

// bars are some figures on one scale. Each has two bars, or one.
type bars struct {
	title string
	names [2]string // of the two bars
	rows  []bar
	form  string // how a figure is written
}

type bar struct {
	name    string
	figures []float64
}

// drawBars draws groups of bars as SVG, each on a scale of its own.
func drawBars(w io.Writer, title string, all []bars) error {
	const (
		width, left, right = 760, 270, 80
		thick, gap, head   = 11, 10, 48
	)
	height := 20
	for _, group := range all {
		height += head + len(group.rows)*(2*thick+gap)
	}
	var b strings.Builder
	text := func(x, y float64, class, s string) {
		fmt.Fprintf(&b, `<text x="%.0f" y="%.0f" class="%s">`, x, y, class)
		xml.EscapeText(&b, []byte(s))
		b.WriteString("</text>\n")
	}
	fmt.Fprintf(&b, `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 %d %d" role="img" font-family="sans-serif" font-size="12">`+"\n", width, height)
	b.WriteString("<title>")
	xml.EscapeText(&b, []byte(title))
	b.WriteString("</title>\n")
	b.WriteString("<style>.h{font-weight:bold}.e{text-anchor:end}.s{font-size:10px}text{fill:#222}.b0{fill:#1b5e86}.b1{fill:#e0a030}</style>\n")
	fmt.Fprintf(&b, `<rect width="%d" height="%d" fill="#fff"/>`+"\n", width, height)
	y := 5.0
	for _, group := range all {
		most := 0.0
		for _, row := range group.rows {
			for _, f := range row.figures {
				most = max(most, f)
			}
		}
		if most == 0 {
			most = 1
		}
		text(10, y+18, "h", group.title)
		for i, name := range group.names {
			fmt.Fprintf(&b, `<rect x="%d" y="%.0f" width="10" height="10" class="b%d"/>`+"\n", left+100*i, y+27, i)
			text(float64(left+100*i+15), y+36, "s", name)
		}
		y += head
		for _, row := range group.rows {
			text(left-8, y+thick+4, "e", row.name)
			for i, f := range row.figures {
				at, long := y+float64(i*thick), f*(width-left-right)/most
				fmt.Fprintf(&b, `<rect x="%d" y="%.0f" width="%.1f" height="%d" class="b%d"/>`+"\n", left, at, max(long, 1), thick-1, i)
				text(left+long+5, at+thick-2, "s", fmt.Sprintf(group.form, f))
			}
			y += 2*thick + gap
		}
	}
	b.WriteString("</svg>\n")
	_, err := io.WriteString(w, b.String())
	return err
}
