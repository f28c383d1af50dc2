package directory

import (
	"bytes"
	"encoding/csv"
	"errors"
	"fmt"
	"io"
	"strings"
	"unicode"
	"unicode/utf8"

	"golang.org/x/text/unicode/norm"

	"voice.example/shared/phone"
	"voice.example/shared/reject"
)

// What a file may have. An honest one comes near neither: the agency has 25 offices, and at launch had 60 people.
const (
	MaxBytes = 1 << 20
	MaxRows  = 2000

	// maxCell is the most characters of a cell. The longest honest one lists the counties of half a dozen states.
	maxCell = 20_000
	// maxRejects is how many rejects are listed of one file.
	maxRejects = 200
)

// column is a column that a file may have.
type column struct {
	name     string
	needed   bool // the file must have it, and each row a value
	personal bool // rejects mask its values
}

// row is a row of a file, its cells trimmed, by the names of their columns.
type row struct {
	line  int
	cells map[string]string
}

// sheet is a file that is being read.
type sheet struct {
	columns  []column
	rows     []row
	rejects  []reject.Row
	rejected int // how many rejects there are, those beyond maxRejects too
	warnings []reject.Row
	// readPhone is numbering.ParseToCall.
	readPhone func(string) (phone.Number, error)
}

// reject notes what is wrong with a cell of a line. Line 0 is for the file as a whole.
func (s *sheet) reject(line int, name, value, problem, fix string) {
	if s.rejected++; s.rejected <= maxRejects {
		s.rejects = append(s.rejects, reject.Row{Line: line, Column: name, Value: s.show(name, value), Problem: problem, Fix: fix})
	}
}

func (s *sheet) warn(line int, name, value, problem, fix string) {
	s.warnings = append(s.warnings, reject.Row{Line: line, Column: name, Value: s.show(name, value), Problem: problem, Fix: fix})
}

// show masks what is personal.
func (s *sheet) show(name, value string) string {
	for _, c := range s.columns {
		if c.name == name && !c.personal {
			return reject.Plain(value)
		}
	}
	return reject.Mask(value)
}

// readSheet reads CSV with a header: RFC 4180 in UTF-8, with or without a byte order mark, its cells separated by commas,
// semicolons or tabs. Titles may be in any case and any order. What is wrong is in its rejects.
func readSheet(content []byte, columns []column) *sheet {
	s := &sheet{columns: columns}
	content = bytes.TrimPrefix(content, []byte("\ufeff"))
	switch {
	case len(content) > MaxBytes:
		s.reject(0, "", "", "the file is larger than 1 MiB", "Look at what is in it: a directory is not that large.")
	case bytes.HasPrefix(content, []byte("PK")):
		s.reject(0, "", "", "the file is a workbook", "Save the sheet as CSV UTF-8, and send that file.")
	case !utf8.Valid(content):
		s.reject(0, "", "", "the text is not UTF-8", "Save the file as CSV UTF-8.")
	case len(bytes.TrimSpace(content)) == 0:
		s.reject(0, "", "", "the file is empty", "Send the whole list: whom a file leaves out is taken out of the directory.")
	default:
		s.read(content)
	}
	return s
}

func (s *sheet) read(content []byte) {
	in := csv.NewReader(bytes.NewReader(content))
	in.FieldsPerRecord, in.Comma = -1, separator(content)
	var titles []string
	for {
		cells, err := in.Read()
		var damaged *csv.ParseError
		switch {
		case errors.Is(err, io.EOF):
			if titles != nil && len(s.rows) == 0 && s.rejected == 0 {
				s.reject(0, "", "", "the file has a header and no rows", "Send the whole list: whom a file leaves out is taken out of the directory.")
			}
			return
		case errors.As(err, &damaged):
			s.reject(damaged.StartLine, "", "", "a quotation mark stands where none may be, or is not closed",
				`Write a quotation mark inside a cell twice, and put the whole cell in quotation marks: "like ""this"""`)
			return
		case err != nil: // never: the file is in memory
			s.reject(0, "", "", "the file cannot be read", "Save it again as CSV UTF-8.")
			return
		}
		line, _ := in.FieldPos(0)
		if titles == nil {
			if titles = s.header(line, cells); titles == nil {
				return
			}
			continue
		}
		if len(s.rows) == MaxRows {
			s.reject(line, "", "", fmt.Sprintf("the file has more than %d rows", MaxRows), "Look at what is in it: a directory is not that large.")
			return
		}
		s.add(line, titles, cells)
	}
}

// header reads titles: the columns in the file's order, or nil where they cannot be used.
func (s *sheet) header(line int, cells []string) []string {
	titles := []string{}
	at := map[string]bool{}
	for _, cell := range cells {
		found := ""
		for _, c := range s.columns {
			if fold(cell) == fold(c.name) {
				found = c.name
			}
		}
		switch {
		case strings.TrimSpace(cell) == "":
			s.reject(line, "", "", "a column has no title", "Give it one, or take the column out; look for a comma too many.")
		case found == "":
			s.reject(line, "", cell, "the column is not known", "Take it out. The columns are "+s.names()+".")
		case at[found]:
			s.reject(line, found, "", "two columns have this title", "Keep one of the two.")
		}
		at[found] = true
		titles = append(titles, found)
	}
	for _, c := range s.columns {
		if c.needed && !at[c.name] {
			s.reject(line, c.name, "", "the file has no such column", "The first line must name the columns: "+s.names()+".")
		}
	}
	if s.rejected > 0 {
		return nil
	}
	return titles
}

func (s *sheet) names() string {
	names := make([]string, len(s.columns))
	for i, c := range s.columns {
		names[i] = c.name
	}
	return strings.Join(names, ", ")
}

// add reads a row. One that is empty is passed over.
func (s *sheet) add(line int, titles, cells []string) {
	if strings.TrimSpace(strings.Join(cells, "")) == "" {
		return
	}
	if len(cells) != len(titles) {
		s.reject(line, "", "", fmt.Sprintf("the row has %d cells and the header %d", len(cells), len(titles)),
			"Put cells that contain the separator in quotation marks, and count the separators.")
		return
	}
	r := row{line: line, cells: map[string]string{}}
	sound := true
	for i, cell := range cells {
		cell = strings.TrimSpace(norm.NFC.String(cell))
		r.cells[titles[i]] = cell
		switch {
		case utf8.RuneCountInString(cell) > maxCell:
			s.reject(line, titles[i], cell, fmt.Sprintf("the cell has more than %d characters", maxCell),
				"Look for a missing separator or quotation mark.")
		case strings.ContainsFunc(cell, unseen):
			s.reject(line, titles[i], cell, "the cell has characters that cannot be seen", "Type the cell anew.")
		default:
			continue
		}
		sound = false
	}
	for _, c := range s.columns {
		if c.needed && r.cells[c.name] == "" {
			s.reject(line, c.name, "", "the cell is empty", "Fill it in.")
			sound = false
		}
	}
	if sound {
		s.rows = append(s.rows, r)
	}
}

// name reads a name of somebody or something. Spreadsheets take a cell that begins like a formula for one.
func (s *sheet) name(r row) string {
	name := strings.Join(strings.Fields(r.cells["name"]), " ")
	switch {
	case strings.ContainsAny(name[:1], "=+-@"):
		s.reject(r.line, "name", name, "the name begins like a formula", "Write it without the first character.")
	case utf8.RuneCountInString(name) > 100:
		s.reject(r.line, "name", name, "the name has more than 100 characters", "Shorten it.")
	}
	return name
}

// unseen are control characters and those that only change how others are shown.
func unseen(r rune) bool {
	return unicode.IsControl(r) || unicode.Is(unicode.Cf, r) || r == unicode.ReplacementChar || r == '\u2028' || r == '\u2029'
}

// separator is what stands between the cells of the first line most often.
func separator(content []byte) rune {
	first, _, _ := bytes.Cut(bytes.TrimLeft(content, "\r\n"), []byte("\n"))
	best, most := ',', bytes.Count(first, []byte(","))
	for _, r := range ";\t" {
		if n := bytes.Count(first, []byte(string(r))); n > most {
			best, most = r, n
		}
	}
	return best
}

// fold makes titles alike that differ in case, spaces, dashes and underscores.
func fold(title string) string {
	return strings.Map(func(r rune) rune {
		if unicode.IsLetter(r) || unicode.IsDigit(r) {
			return unicode.ToLower(r)
		}
		return -1
	}, title)
}
