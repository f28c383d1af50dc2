package roster

import (
	"fmt"
	"strings"
	"time"
	"unicode/utf8"

	"voice.example/shared/country"
	"voice.example/shared/custody"
)

// maxCell is the most bytes that a cell of a known column may have.
const maxCell = 1000

// earliest is before anything that a file can mean.
var earliest = time.Date(1900, 1, 1, 0, 0, 0, 0, time.UTC)

// parser turns one row's cells into an observation, and gathers what is wrong with them.
type parser struct {
	options Options
	header  header
	cells   []string
	row     Row
}

func (r *Reader) row(line int, cells []string) Row {
	p := &parser{options: r.options, header: r.header, cells: cells, row: Row{Line: line}}
	if len(cells) < r.header.width || !blank(cells[r.header.width:]) {
		p.row.Rejects = []Reject{{Line: line, Problem: fmt.Sprintf("the row has %d cells, the header has %d", len(cells), r.header.width),
			Fix: "Put cells that contain the separator in quotation marks, and keep empty cells."}}
		return p.row
	}
	p.person()
	p.place()
	p.status()
	if len(p.row.Rejects) > 0 {
		p.row.Observation = custody.Observation{}
	}
	return p.row
}

// cell returns a column's text, "" when the file has no such column. Text that is no UTF-8 or too long is rejected.
func (p *parser) cell(c Column) string {
	i, ok := p.header.at[c]
	if !ok {
		return ""
	}
	text := strings.TrimSpace(p.cells[i])
	switch {
	case !utf8.ValidString(text):
		p.reject(c, mask(text), "the text is not UTF-8", "Save the file as CSV UTF-8.")
		return ""
	case len(text) > maxCell:
		p.reject(c, mask(text), fmt.Sprintf("the cell has more than %d bytes", maxCell), "Look for a missing separator or quotation mark.")
		return ""
	}
	return text
}

func (p *parser) reject(c Column, shown, problem, fix string) {
	p.row.Rejects = append(p.row.Rejects, p.note(c, shown, problem, fix))
}

func (p *parser) warn(c Column, shown, problem, fix string) {
	p.row.Warnings = append(p.row.Warnings, p.note(c, shown, problem, fix))
}

func (p *parser) note(c Column, shown, problem, fix string) Reject {
	title := p.header.title[c]
	if title == "" {
		title = string(c)
	}
	return Reject{Line: p.row.Line, Column: title, Value: shown, Problem: problem, Fix: fix}
}

// person reads who the row is about, and whether the law protects them.
func (p *parser) person() {
	o := &p.row.Observation
	text := p.cell(ANumber)
	a, err := custody.ParseANumber(text)
	if err != nil {
		p.reject(ANumber, mask(text), "not an A-number", "Write 7 to 9 digits, with or without a leading A.")
	}
	o.ANumber, o.LastName, o.FirstName = a, p.cell(LastName), p.cell(FirstName)
	if text := p.cell(DateOfBirth); text != "" {
		born, err := parseDate(text)
		switch {
		case err != nil || born < earliest.Format(time.DateOnly):
			p.reject(DateOfBirth, mask(text), "not a date of birth", "Write it as 1980-12-31.")
		case born > p.options.Now.UTC().Format(time.DateOnly):
			p.warn(DateOfBirth, mask(text), "the date of birth is in the future, so the record will be shown to nobody", "Correct it and upload the row again.")
		}
		o.DateOfBirth = born
	}
	if text := p.cell(CountryOfBirth); text != "" {
		if o.CountryOfBirth, err = country.Parse(text); err != nil {
			p.reject(CountryOfBirth, plain(text), "not a country that is known", "Write the country's English name or its two-letter ISO code.")
		}
	}
	switch text := p.cell(Protected); strings.ToLower(text) {
	case "":
	case "y", "yes", "true", "t", "1":
		o.Protected = flag(true)
	case "n", "no", "false", "f", "0":
		o.Protected = flag(false)
	default:
		p.reject(Protected, plain(text), "neither yes nor no", "Write Y or N.")
	}
}

func flag(value bool) *bool { return &value }

func (p *parser) place() {
	o := &p.row.Observation
	o.Facility, o.FacilityCode, o.FieldOffice = p.cell(Facility), p.cell(FacilityCode), p.cell(FieldOffice)
}

// at reads a time. What lies further ahead than the options allow can only be a slip; less far ahead, an agency may
// have entered a movement before it happens.
func (p *parser) at(c Column) time.Time {
	text := p.cell(c)
	if text == "" {
		return time.Time{}
	}
	t, err := parseTime(text, p.options.Zone)
	switch {
	case err != nil || t.Before(earliest):
		p.reject(c, mask(text), "not a time that can be read", "Write it as 2026-05-28 16:28:00.")
	case t.After(p.options.Now.Add(p.options.Future)):
		p.reject(c, plain(text), fmt.Sprintf("the time is more than %d days ahead", int(p.options.Future.Hours()/24)), "Correct the year or the month.")
	case t.After(p.options.Now.Add(24 * time.Hour)):
		p.warn(c, plain(text), "the time is ahead of the clock", "Nothing, if the movement was entered before it happens.")
	}
	return t
}

// status reads where the person stands, since when, and what moment the row speaks of.
func (p *parser) status() {
	o := &p.row.Observation
	o.BookedIn, o.StintStart = p.at(BookedIn), p.at(StintStart)
	end, since, asOf := p.at(StintEnd), p.at(Since), p.at(AsOf)
	outcome, hasReason := p.reason()
	statusText := p.cell(Status)

	switch {
	case statusText != "":
		o.Status = custody.Status(strings.ReplaceAll(strings.Join(strings.Fields(strings.ToLower(statusText)), "_"), "-", "_"))
		if !o.Status.Valid() {
			p.reject(Status, plain(statusText), "not a status that is known", "Write one of in_custody, transferred_out, released, removed, departed, escaped, deceased.")
		} else if hasReason && outcome.Status != o.Status {
			p.reject(Status, plain(statusText), "the status and the release reason do not go together", "Correct one of the two.")
		}
		o.InTransit = hasReason && outcome.InTransit
	case o.StintStart.IsZero() && p.ok(StintStart):
		p.reject(StintStart, "", "neither a status nor a time of book-in", "Give one of the two.")
	case !end.IsZero() && !hasReason && p.ok(ReleaseReason):
		p.reject(ReleaseReason, "", "booked out without a release reason", "Give the reason; it is not guessed.")
	case end.IsZero() && hasReason && p.ok(StintEnd):
		p.reject(StintEnd, "", "a release reason without a time of book-out", "Give the time, or remove the reason.")
	case !end.IsZero() && end.Before(o.StintStart):
		p.reject(StintEnd, plain(p.cell(StintEnd)), "the book-out is before the book-in", "Correct one of the two times.")
	case hasReason:
		o.Status, o.InTransit = outcome.Status, outcome.InTransit
	default:
		o.Status = custody.InCustody
	}
	if outcome.Protected {
		o.Protected = flag(true)
	}
	o.Since, o.AsOf = since, asOf
	if o.Since.IsZero() {
		o.Since = o.StintStart
		if !end.IsZero() && (o.Status != custody.InCustody || o.InTransit) {
			o.Since = end
		}
	}
	if o.AsOf.IsZero() {
		o.AsOf = latest(o.StintStart, end, since)
	}
	if o.AsOf.IsZero() && len(p.row.Rejects) == 0 {
		p.reject(AsOf, "", "the row does not say what time it speaks of", "Give as_of, or a time of book-in.")
	}
}

// ok reports whether a column has no reject yet, so that one slip is not told twice.
func (p *parser) ok(c Column) bool {
	title := p.note(c, "", "", "").Column
	for _, r := range p.row.Rejects {
		if r.Column == title {
			return false
		}
	}
	return true
}

func (p *parser) reason() (custody.Outcome, bool) {
	text := p.cell(ReleaseReason)
	if text == "" {
		return custody.Outcome{}, false
	}
	p.row.Observation.ReleaseReason = text
	outcome, known := custody.ParseReason(text)
	if !known {
		p.reject(ReleaseReason, plain(text), "not a release reason that is known", "Correct it, or have the new reason added to the service before the upload.")
	}
	return outcome, known
}

func latest(times ...time.Time) time.Time {
	var last time.Time
	for _, t := range times {
		if t.After(last) {
			last = t
		}
	}
	return last
}
