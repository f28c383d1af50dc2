package main

import (
	"html/template"
	"strconv"

	"voice.example/shared/chart"
	"voice.example/shared/volume"
)

// figures is a table of numbers: a head for each row, and a column for each thing counted.
type figures struct {
	Caption string
	Head    string // of the first column
	Columns []string
	Rows    []figuresRow
}

type figuresRow struct {
	Head  string
	Cells []string // one for each column
}

// Cards reports whether the table is too wide for a phone.
func (f figures) Cards() bool { return len(f.Columns) > 2 }

// picture is a chart and the same numbers as a table.
type picture struct {
	SVG template.HTML
	figures
	Folded bool // the table is long: it is folded away until somebody wants it
}

// over draws numbers over time: a column for each span, the series on top of one another.
func over(id, title, desc, caption string, labels []string, series []chart.Series) picture {
	p := picture{Folded: len(labels) > 12, figures: figures{Caption: caption, Head: "Period"}}
	p.SVG = chart.Chart{ID: id, Title: title, Desc: desc, Labels: labels, Series: series}.Columns()
	for _, s := range series {
		p.Columns = append(p.Columns, s.Name)
	}
	for i, label := range labels {
		row := figuresRow{Head: label}
		for _, s := range series {
			row.Cells = append(row.Cells, number(s.Values[i]))
		}
		p.Rows = append(p.Rows, row)
	}
	return p
}

// kinds draws numbers of kinds: a bar for each, and a table with the share of each.
func kinds(id, title, desc string, f figures, entries []volume.Entry) picture {
	c := chart.Chart{ID: id, Title: title, Desc: desc, Series: []chart.Series{{}}}
	for _, e := range entries {
		c.Labels, c.Series[0].Values = append(c.Labels, e.Value), append(c.Series[0].Values, e.N)
	}
	return picture{SVG: c.Rows(), figures: shares(f, entries)}
}

// shares fills a table with numbers and the share that each is of all.
func shares(f figures, entries []volume.Entry) figures {
	var all int64
	for _, e := range entries {
		all += e.N
	}
	f.Columns = []string{"Number", "Share"}
	for _, e := range entries {
		f.Rows = append(f.Rows, figuresRow{e.Value, []string{number(e.N), share(e.N, all)}})
	}
	return f
}

// number writes a number with commas.
func number(n int64) string {
	digits, sign := strconv.FormatInt(n, 10), ""
	if n < 0 {
		digits, sign = digits[1:], "-"
	}
	for i := len(digits) - 3; i > 0; i -= 3 {
		digits = digits[:i] + "," + digits[i:]
	}
	return sign + digits
}

// share writes a part in whole per cent.
func share(part, of int64) string {
	if of <= 0 {
		return "–"
	}
	return strconv.FormatFloat(100*float64(part)/float64(of), 'f', 0, 64) + " %"
}
