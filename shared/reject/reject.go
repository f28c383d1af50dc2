// Package reject says what is wrong with rows of files that staff send, so that whoever sent one can put it right.
//
// A reject names the line, the column, the value, the problem and what to do about it. Whoever makes one masks the value
// where it could tell who the row is about.
package reject

import (
	"encoding/csv"
	"io"
	"strconv"
	"strings"
	"unicode"
)

// Row is one thing wrong with one row. Line is the line of the file on which the row begins, as an editor counts.
type Row struct {
	Line    int    `json:"line"`
	Column  string `json:"column"`
	Value   string `json:"value"`
	Problem string `json:"problem"`
	Fix     string `json:"fix"`
}

// Writer writes rejects as CSV with the columns line, column, value, problem, fix.
type Writer struct{ csv *csv.Writer }

// NewWriter returns a writer that has written the header.
func NewWriter(w io.Writer) *Writer {
	out := &Writer{csv.NewWriter(w)}
	_ = out.csv.Write([]string{"line", "column", "value", "problem", "fix"}) // into a buffer: Flush tells of errors
	return out
}

// Write writes one reject.
func (w *Writer) Write(r Row) error {
	return w.csv.Write([]string{strconv.Itoa(r.Line), Inert(r.Column), Inert(r.Value), Inert(r.Problem), Inert(r.Fix)})
}

// Flush writes what is left, and tells of any error there was.
func (w *Writer) Flush() error {
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

// maxShown is how many characters of a value are shown.
const maxShown = 60

// Mask shows the shape of a value and not the value: letters become x, digits 9.
func Mask(value string) string {
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

// Plain shows a value that is nobody's, such as a release reason.
func Plain(value string) string {
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
