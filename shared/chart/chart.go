// Package chart draws numbers as bars, in SVG that is part of a page.
//
// A page's policy allows no style of its own, so colours are classes of the style sheet and the rest is presentation
// attributes; light and dark follow the page. Charting libraries for Go write style attributes, fixed colours and fonts,
// and no title or description, which is why there is none here. (infra/bench draws files that stand by themselves.)
//
// A chart says what it shows to those who do not see it, but not each number: the page has those in a table under it.
package chart

import (
	"fmt"
	"html"
	"html/template"
	"strconv"
	"strings"
)

// MaxSeries is how many colours there are.
const MaxSeries = 6

// Chart is some series of numbers over the same labels. Numbers under 0 are drawn as 0, series beyond MaxSeries in the last
// colour.
type Chart struct {
	ID    string // tells it from other charts of its page: a word
	Title string
	Desc  string // what can be seen in it, in a sentence
	// Labels are of the bars. Where there is no room for all of Columns, some are left out.
	Labels []string
	Series []Series // from the bottom of a column up
}

// Series is the numbers of one colour, one for each label.
type Series struct {
	Name   string
	Values []int64
}

// In units of the view box. A page shows one as 0.85 to 1.4 pixels: on a phone a letter is 11 pixels high.
const (
	width    = 420
	fontSize = 13
	letter   = 7.0 // the width of one, about
	line     = 18  // of a legend
)

// Columns draws upright bars, the series on top of one another, for numbers over time.
func (c Chart) Columns() template.HTML {
	const left, plot, foot, top = 44, 150, 26, 12
	head := top + line*((len(c.Series)+1)/2)
	if len(c.Series) < 2 {
		head = top
	}
	sums := make([]int64, len(c.Labels))
	most := int64(1)
	for i := range sums {
		for _, s := range c.Series {
			sums[i] += s.at(i)
		}
		most = max(most, sums[i])
	}
	step := tick(most)
	most = (most + step - 1) / step * step
	var b strings.Builder
	c.begin(&b, head+plot+foot)
	c.legend(&b, top)
	y := func(n int64) float64 { return float64(head+plot) - float64(n)/float64(most)*plot }
	for n := int64(0); n <= most; n += step {
		fmt.Fprintf(&b, `<path class="grid" d="M%d %sH%d"/>`, left, short(y(n)), width)
		label(&b, left-6, y(n)+4, "end", thousands(n))
	}
	wide := float64(width-left) / float64(max(1, len(c.Labels)))
	thick := min(max(wide*.8, wide-6), 48)
	x := func(i int) float64 { return left + wide*(float64(i)+.5) - thick/2 }
	below := make([]int64, len(c.Labels))
	for n, s := range c.Series {
		fmt.Fprintf(&b, `<path class="p%d" d="`, min(n, MaxSeries-1))
		for i := range c.Labels {
			if v := s.at(i); v > 0 {
				fmt.Fprintf(&b, "M%s %sh%sV%sh-%sz", short(x(i)), short(y(below[i])), short(thick), short(y(below[i]+v)), short(thick))
				below[i] += v
			}
		}
		b.WriteString(`"/>`)
	}
	c.labels(&b, float64(left), wide, head+plot+18)
	b.WriteString("</svg>")
	return template.HTML(b.String()) // #nosec G203 -- what is not a number has gone through label, which escapes
}

// labels writes as many of them under the columns as there is room for.
func (c Chart) labels(b *strings.Builder, left, wide float64, y int) {
	longest := 1
	for _, l := range c.Labels {
		longest = max(longest, len([]rune(l)))
	}
	every := max(1, int((float64(longest)*letter+8)/wide+.999))
	for i := 0; i < len(c.Labels); i += every {
		at, anchor, half := left+wide*(float64(i)+.5), "middle", float64(len([]rune(c.Labels[i])))*letter/2
		if at+half > width {
			at, anchor = width, "end"
		}
		label(b, at, float64(y), anchor, c.Labels[i])
	}
}

// Rows draws lying bars, each with its label above and its number behind, for numbers of kinds. It draws the first series.
func (c Chart) Rows() template.HTML {
	const room, bar, row = 60, 12, 40
	var first Series
	if len(c.Series) > 0 {
		first = c.Series[0]
	}
	most := int64(1)
	for i := range c.Labels {
		most = max(most, first.at(i))
	}
	var b strings.Builder
	c.begin(&b, row*len(c.Labels))
	var bars strings.Builder
	for i, name := range c.Labels {
		top, long := row*i, float64(first.at(i))/float64(most)*(width-room)
		label(&b, 0, float64(top+14), "", name)
		if long > 0 {
			fmt.Fprintf(&bars, "M0 %dh%sv%dh-%sz", top+20, short(max(long, 1)), bar, short(max(long, 1)))
		}
		label(&b, long+6, float64(top+31), "", thousands(first.at(i)))
	}
	fmt.Fprintf(&b, `<path class="p0" d="%s"/></svg>`, bars.String())
	return template.HTML(b.String()) // #nosec G203 -- what is not a number has gone through label, which escapes
}

// begin writes the start of the picture, and what it is for those who do not see it.
func (c Chart) begin(b *strings.Builder, height int) {
	id := html.EscapeString(c.ID)
	fmt.Fprintf(b, `<svg class="chart" viewBox="0 0 %d %d" role="img" aria-labelledby="%s-title %s-desc" font-size="%d" fill="currentColor">`,
		width, max(1, height), id, id, fontSize)
	fmt.Fprintf(b, `<title id="%s-title">%s</title><desc id="%s-desc">%s</desc>`, id, html.EscapeString(c.Title), id, html.EscapeString(c.Desc))
}

// legend writes which colour is which, two in a line. One series needs none.
func (c Chart) legend(b *strings.Builder, top int) {
	if len(c.Series) < 2 {
		return
	}
	for n, s := range c.Series {
		x, y := n%2*width/2, top+line*(n/2)
		fmt.Fprintf(b, `<path class="p%d" d="M%d %dh11v11h-11z"/>`, min(n, MaxSeries-1), x, y-11)
		label(b, float64(x+17), float64(y), "", s.Name)
	}
}

func label(b *strings.Builder, x, y float64, anchor, words string) {
	fmt.Fprintf(b, `<text x="%s" y="%s"`, short(x), short(y))
	if anchor != "" {
		fmt.Fprintf(b, ` text-anchor="%s"`, anchor)
	}
	b.WriteString(">" + html.EscapeString(words) + "</text>")
}

// at is the value of a label; 0 where there is none.
func (s Series) at(i int) int64 {
	if i >= len(s.Values) {
		return 0
	}
	return max(0, s.Values[i])
}

// tick is the step of a scale up to most, with 2 to 5 steps: 1, 2 or 5 times a power of ten.
func tick(most int64) int64 {
	for power := int64(1); ; power *= 10 {
		for _, n := range []int64{1, 2, 5} {
			if most <= 5*n*power {
				return n * power
			}
		}
	}
}

// short writes a number with up to one decimal.
func short(f float64) string { return strings.TrimSuffix(strconv.FormatFloat(f, 'f', 1, 64), ".0") }

// thousands writes a number with commas.
func thousands(n int64) string {
	digits := strconv.FormatInt(n, 10)
	for i := len(digits) - 3; i > 0; i -= 3 {
		digits = digits[:i] + "," + digits[i:]
	}
	return digits
}
