package roster

import (
	"encoding/csv"
	"io"
	"strconv"
	"strings"
	"unicode"
)

// FileError says why a file as a whole cannot be read, and what to do about it. It repeats no personal data.
type FileError struct{ Problem, Fix string }

func (e *FileError) Error() string { return "roster: " + e.Problem }

// Reject is one thing wrong with one row. Line is the line of the file on which the row begins, as an editor counts;
// Value is masked where it could tell who the row is about.
type Reject struct {
	Line    int    `json:"line"`
	Column  string `json:"column"`
	Value   string `json:"value"`
	Problem string `json:"problem"`
	Fix     string `json:"fix"`
}

// RejectWriter writes rejects as CSV with the columns line, column, value, problem, fix.
type RejectWriter struct{ csv *csv.Writer }

// NewRejectWriter returns a writer that has written the header.
func NewRejectWriter(w io.Writer) *RejectWriter {
	out := &RejectWriter{csv.NewWriter(w)}
	_ = out.csv.Write([]string{"line", "column", "value", "problem", "fix"}) // into a buffer: Flush tells of errors
	return out
}

// Write writes one reject.
func (w *RejectWriter) Write(r Reject) error {
	return w.csv.Write([]string{strconv.Itoa(r.Line), Inert(r.Column), Inert(r.Value), Inert(r.Problem), Inert(r.Fix)})
}

// Flush writes what is left, and tells of any error there was.
func (w *RejectWriter) Flush() error {
	w.csv.Flush()
	return w.csv.Error()
}

// Inert makes text of a cell that a spreadsheet would take for a formula, by a leading apostrophe.
func Inert(cell string) string {
	if cell != "" && strings.ContainsRune("=+-@\t\r\n|%", rune(cell[0])) {
		return "'" + cell
	}
	return cell
}

// maxShown is how much of a value a report shows.
const maxShown = 60

// mask shows the shape of a value and not the value: letters become x, digits 9.
func mask(value string) string {
	return shorten(strings.Map(func(r rune) rune {
		switch {
		case unicode.IsLetter(r):
			return 'x'
		case unicode.IsDigit(r):
			return '9'
		case unicode.IsControl(r):
			return '?'
		}
		return r
	}, value))
}

// plain shows a value that is nobody's, such as a release reason.
func plain(value string) string {
	return shorten(strings.Map(func(r rune) rune {
		if unicode.IsControl(r) || r == unicode.ReplacementChar {
			return '?'
		}
		return r
	}, value))
}

func shorten(value string) string {
	if letters := []rune(value); len(letters) > maxShown {
		return string(letters[:maxShown]) + "…"
	}
	return value
}
