package volume

import (
	"errors"
	"fmt"
	"time"
)

// ErrQuarter is a text that names no quarter.
var ErrQuarter = errors.New("volume: no quarter")

// Quarter is a quarter of a calendar year.
type Quarter struct {
	Year, N int // N from 1
}

// ParseQuarter reads a quarter, as 2026-Q2. A text that is none is ErrQuarter.
func ParseQuarter(text string) (q Quarter, err error) {
	if n, err := fmt.Sscanf(text, "%4d-Q%1d", &q.Year, &q.N); n != 2 || err != nil || q.String() != text || q.N < 1 || q.N > 4 || q.Year < 2000 {
		return Quarter{}, ErrQuarter
	}
	return q, nil
}

// QuarterOf is the quarter that a date is in.
func QuarterOf(d Date) Quarter {
	at := d.Time()
	return Quarter{at.Year(), (int(at.Month())-1)/3 + 1}
}

// String is as ParseQuarter reads it.
func (q Quarter) String() string { return fmt.Sprintf("%04d-Q%d", q.Year, q.N) }

// From and To are its first and its last day.
func (q Quarter) From() Date { return q.month(1) }
func (q Quarter) To() Date   { return q.Next().From().Add(-1) }

// Next and Before are the quarters after and before.
func (q Quarter) Next() Quarter   { return QuarterOf(q.month(4)) }
func (q Quarter) Before() Quarter { return QuarterOf(q.From().Add(-1)) }

func (q Quarter) month(n int) Date {
	return Date(time.Date(q.Year, time.Month(3*(q.N-1)+n), 1, 0, 0, 0, 0, time.UTC).Format(time.DateOnly))
}

// Breakdowns of a report that are of no dimension.
const (
	Month = "month"
	None  = "none" // of FirstContact: nobody was in contact yet
	Late  = "late"
	OnDue = "in_time"
)

// Report is a quarter for publication.
type Report struct {
	Opened, Resolved Figure
	Transfers        Figure
	Breakdowns       []Published
}

// Breakdown is one of the report, by its name.
func (r Report) Breakdown(name string) Published {
	for _, b := range r.Breakdowns {
		if b.Name == name {
			return b
		}
	}
	return Published{Name: name, Withheld: true}
}

// links are what everybody can know who knows how inquiries are opened: those about a crime or a case of one's own are
// answered at once with another number, as others may be later; and those that the service opens come each by a channel
// of its own.
func links() []Link {
	return []Link{
		{Ref{Outcome, "off_topic"}, []Ref{{Reason, "report_crime"}, {Reason, "own_case"}}},
		{Ref{Channel, "text"}, []Ref{{Reason, "call_me"}}},
		{Ref{Channel, "alert"}, []Ref{{Reason, "unanswered_alert"}}},
	}
}

// Publication prepares the days of a quarter for publication, see Publish. There is no average in it: with the number of
// inquiries that would be one more equation.
func Publication(days []Day) Report {
	total := Total(days)
	months := Breakdown{Name: Month, Whole: Opened}
	for _, s := range Sum(days, PerMonth) {
		months.Parts = append(months.Parts, Part{s.Label, s.Counts[Opened]})
	}
	breakdowns := []Breakdown{months}
	for _, dimension := range []string{Reason, Channel, Office, Language} {
		breakdowns = append(breakdowns, whole(dimension, Opened, total[Opened], total.By(dimension)))
	}
	contact := append(total.By(FirstContact), Entry{None, total[Opened] - total[FirstContact]})
	late := []Entry{{Late, total[Overdue]}, {OnDue, total[Opened] - total[Overdue]}}
	breakdowns = append(breakdowns, whole(FirstContact, Opened, total[Opened], contact), whole(Overdue, Opened, total[Opened], late),
		whole(Outcome, Resolved, total[Resolved], total.By(Outcome)))
	return Report{Opened: FigureOf(total[Opened]), Resolved: FigureOf(total[Resolved]), Transfers: FigureOf(total[Transfers]),
		Breakdowns: Publish(breakdowns, links())}
}

// whole makes a breakdown whose parts are its total, even if some were never counted.
func whole(name, of string, total int64, entries []Entry) Breakdown {
	b := Breakdown{Name: name, Whole: of}
	for _, e := range entries {
		b.Parts = append(b.Parts, Part{e.Value, e.N})
		total -= e.N
	}
	if total > 0 {
		for i := range b.Parts {
			if b.Parts[i].Name == Unknown {
				b.Parts[i].N += total
				return b
			}
		}
		b.Parts = append(b.Parts, Part{Unknown, total})
	}
	return b
}
