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

// WriteRejects writes rejects as CSV with the columns line, column, value, problem, fix. Cells that a spreadsheet
// would take for a formula are made text by a leading apostrophe.
func WriteRejects(w io.Writer, rejects []Reject) error {
	out := csv.NewWriter(w)
	rows := [][]string{{"line", "column", "value", "problem", "fix"}}
	for _, r := range rejects {
		rows = append(rows, []string{strconv.Itoa(r.Line), inert(r.Column), inert(r.Value), inert(r.Problem), inert(r.Fix)})
	}
	if err := out.WriteAll(rows); err != nil {
		return err
	}
	return out.Error()
}

func inert(cell string) string {
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
