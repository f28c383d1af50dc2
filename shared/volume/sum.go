package volume

// Span is some days in a row, summed up. The first and the last span of a range may be shorter than the week or month
// that they are named for.
type Span struct {
	Label    string // 2026-06-01, 2026-W23, 2026-06
	From, To Date
	Counts   Counts
}

// Sum sums days up by day, week or month, in their order.
func Sum(days []Day, per Per) (spans []Span) {
	for _, d := range days {
		label := per.label(d.Date)
		if len(spans) == 0 || spans[len(spans)-1].Label != label {
			spans = append(spans, Span{Label: label, From: d.Date, Counts: Counts{}})
		}
		last := &spans[len(spans)-1]
		last.To = d.Date
		last.Counts.Add(d.Counts)
	}
	return spans
}

// Total sums all days up.
func Total(days []Day) Counts {
	total := Counts{}
	for _, d := range days {
		total.Add(d.Counts)
	}
	return total
}
