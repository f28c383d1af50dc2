package roster

import (
	"fmt"
	"strings"
	"time"

	"voice.example/shared/custody"
	"voice.example/shared/reject"
)

// earliest is before anything that a file can mean.
var earliest = time.Date(1900, 1, 1, 0, 0, 0, 0, time.UTC)

const earliestDay = "1900-01-01"

// record is what a format's reader gives of one row: its cells, or what is wrong with it as a whole.
type record struct {
	line         int
	cells        []string
	blank        bool // there is nothing in it, so that it is no row
	tooWide      bool // it has more cells than are kept
	problem, fix string
}

// parser turns the cells of one row after another into observations, and gathers what is wrong with them.
type parser struct {
	options Options
	header  *header
	today   string
	zone    zone
	known   lookups

	cells []string
	row   Row
	names bool // the A-number is one, so that no cell of the row is likely to be somebody's name by a shift of columns
}

func newParser(o Options, h *header) *parser {
	return &parser{options: o, header: h, today: o.Now.UTC().Format(time.DateOnly), zone: zone{location: o.Zone}}
}

// parse reads one row of width cells or more.
func (p *parser) parse(rec record, width int) Row {
	p.cells, p.row = rec.cells, Row{Line: rec.line}
	switch {
	case rec.problem != "":
		p.row.Rejects = []Reject{{Line: rec.line, Problem: rec.problem, Fix: rec.fix}}
		return p.row
	case len(rec.cells) < width || rec.tooWide || !blank(rec.cells[width:]):
		p.row.Rejects = []Reject{{Line: rec.line, Problem: fmt.Sprintf("the row has %d cells, the header has %d", len(rec.cells), width),
			Fix: "Put cells that contain the separator in quotation marks, and keep empty cells."}}
		return p.row
	case p.isHeader():
		p.row.Rejects = []Reject{{Line: rec.line, Problem: "the header stands here again", Fix: "Remove the line."}}
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

// isHeader reports whether the row repeats the header, as files put together from several do.
func (p *parser) isHeader() bool {
	text := strings.TrimSpace(p.cells[p.header.at[ANumber]])
	if text == "" || text[0] >= '0' && text[0] <= '9' {
		return false
	}
	return strings.EqualFold(text, p.header.title[ANumber])
}

func (p *parser) reject(c Column, shown, problem, fix string) {
	p.row.Rejects = append(p.row.Rejects, p.note(c, shown, problem, fix))
}

func (p *parser) warn(c Column, shown, problem, fix string) {
	p.row.Warnings = append(p.row.Warnings, p.note(c, shown, problem, fix))
}

func (p *parser) note(c Column, shown, problem, fix string) Reject {
	return Reject{Line: p.row.Line, Column: p.titleOf(c), Value: shown, Problem: problem, Fix: fix}
}

func (p *parser) titleOf(c Column) string {
	if title := p.header.title[c]; title != "" {
		return reject.Plain(title)
	}
	return c.String()
}

// show is a value that is nobody's, such as a release reason. In a row whose columns have shifted it may be somebody's
// name or A-number after all; then only its shape is shown.
func (p *parser) show(text string) string {
	if !p.names || digitRun(text) >= 7 {
		return reject.Mask(text)
	}
	folded := foldTitle(text)
	for _, c := range []Column{ANumber, LastName, FirstName} {
		i := p.header.at[c]
		if i < 0 || i >= len(p.cells) {
			continue
		}
		secret := foldTitle(p.cells[i])
		if secret != "" && secret == folded || min(len(secret), len(folded)) >= 3 && (strings.Contains(folded, secret) || strings.Contains(secret, folded)) {
			return reject.Mask(text)
		}
	}
	return reject.Plain(text)
}

// person reads who the row is about, and whether the law protects them.
func (p *parser) person() {
	o := &p.row.Observation
	text := p.cell(ANumber)
	a, err := parseANumber(text)
	if p.names = err == nil; !p.names && p.ok(ANumber) {
		p.reject(ANumber, reject.Mask(text), "not an A-number", "Write 7 to 9 digits, with or without a leading A.")
	}
	p.row.ANumber = a
	o.ANumber, o.LastName, o.FirstName = a, p.cell(LastName), p.cell(FirstName)
	if text := p.cell(DateOfBirth); text != "" {
		born, err := parseDate(text)
		switch {
		case err != nil || born < earliestDay:
			p.reject(DateOfBirth, reject.Mask(text), "not a date of birth", "Write it as 1980-12-31; in a workbook, format the cell as a date.")
		case born > p.today:
			p.warn(DateOfBirth, reject.Mask(text), "the date of birth is in the future, so the record will be shown to nobody", "Correct it and upload the row again.")
		}
		o.DateOfBirth = born
	}
	if text := p.cell(CountryOfBirth); text != "" {
		if o.CountryOfBirth, err = p.known.country(text); err != nil {
			p.reject(CountryOfBirth, p.show(text), "not a country that is known", "Write the country's English name or its two-letter ISO code.")
		}
	}
	switch text := p.cell(Protected); text {
	case "":
	case "N", "n":
		o.Protected = flag(false)
	case "Y", "y":
		o.Protected = flag(true)
	default:
		switch strings.ToLower(text) {
		case "yes", "true", "t", "1":
			o.Protected = flag(true)
		case "no", "false", "f", "0":
			o.Protected = flag(false)
		default:
			p.reject(Protected, p.show(text), "neither yes nor no", "Write Y or N.")
		}
	}
}

// parseANumber reads an A-number. A leading dash is a minus sign, of a number that is none.
func parseANumber(text string) (custody.ANumber, error) {
	if strings.HasPrefix(text, "-") {
		return "", custody.ErrANumber
	}
	digits := strings.TrimPrefix(text, "A")
	if len(digits) == 9 && strings.Trim(digits, "0123456789") == "" {
		return custody.ANumber(digits), nil
	}
	return custody.ParseANumber(text)
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
	t, skipped, err := p.zone.parse(text)
	switch {
	case err != nil || t.Before(earliest):
		p.reject(c, reject.Mask(text), "not a time that can be read", "Write it as 2026-05-28 16:28:00; in a workbook, format the cell as a date.")
	case t.After(p.options.Now.Add(p.options.Future)):
		p.reject(c, reject.Plain(text), fmt.Sprintf("the time is more than %d days ahead", int(p.options.Future.Hours()/24)), "Correct the year or the month.")
	case t.After(p.options.Now.Add(24 * time.Hour)):
		p.warn(c, reject.Plain(text), "the time is ahead of the clock", "Nothing, if the movement was entered before it happens.")
	case skipped:
		p.warn(c, reject.Plain(text), "clocks were put forward over this time, so that it never was; it is read as an hour off", "Correct it if the hour matters.")
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
		o.Status = p.known.status(statusText)
		if !o.Status.Valid() {
			p.reject(Status, p.show(statusText), "not a status that is known", "Write one of in_custody, transferred_out, released, removed, departed, escaped, deceased.")
		} else if hasReason && outcome.Status != o.Status {
			p.reject(Status, p.show(statusText), "the status and the release reason do not go together", "Correct one of the two.")
		}
		o.InTransit = hasReason && outcome.InTransit
	case o.StintStart.IsZero() && p.ok(StintStart):
		p.reject(StintStart, "", "neither a status nor a time of book-in", "Give one of the two.")
	case !end.IsZero() && !hasReason && p.ok(ReleaseReason):
		p.reject(ReleaseReason, "", "booked out without a release reason", "Give the reason; it is not guessed.")
	case end.IsZero() && hasReason && p.ok(StintEnd):
		p.reject(StintEnd, "", "a release reason without a time of book-out", "Give the time, or remove the reason.")
	case !end.IsZero() && end.Before(o.StintStart):
		p.reject(StintEnd, reject.Plain(p.cell(StintEnd)), "the book-out is before the book-in", "Correct one of the two times.")
	case hasReason:
		o.Status, o.InTransit = outcome.Status, outcome.InTransit
	default:
		o.Status = custody.InCustody
	}
	if outcome.Protected {
		o.Protected = flag(true)
	}
	o.Since, o.AsOf = since, asOf
	p.row.Dated = !asOf.IsZero()
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
	for _, r := range p.row.Rejects {
		if r.Column == p.titleOf(c) {
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
	outcome, known := p.known.reason(text)
	if !known {
		p.reject(ReleaseReason, p.show(text), "not a release reason that is known", "Correct it, or have the new reason added to the service before the upload.")
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
