package roster

import (
	"errors"
	"fmt"
	"io"
	"strings"
	"unicode/utf8"

	"voice.example/shared/reject"
)

// maxTitleLines is how many lines may stand before the header: a report's name, the day, an empty line.
const maxTitleLines = 10

// header says where in a row each known column is.
type header struct {
	at      [columnCount]int // -1 where the file has no such column
	title   [columnCount]string
	cells   []string // as the file writes them
	ignored []string // titles that are not known
}

func (h *header) has(columns ...Column) bool {
	for _, c := range columns {
		if h.at[c] < 0 {
			return false
		}
	}
	return true
}

// readHeader reads titles. The header it returns beside an error says how far it could be understood.
func readHeader(cells []string) (header, error) {
	h := header{cells: make([]string, len(cells))}
	for c := range h.at {
		h.at[c] = -1
	}
	for i, cell := range cells {
		cell = strings.Clone(strings.TrimSpace(cell))
		h.cells[i] = cell
		column, known := byTitle[foldTitle(cell)]
		switch {
		case !known && cell != "":
			h.ignored = append(h.ignored, cell)
		case !known:
		case h.at[column] >= 0:
			return h, &FileError{
				Problem: fmt.Sprintf("two columns hold the same thing: %q and %q", h.title[column], cell),
				Fix:     "Keep one of the two columns."}
		default:
			h.at[column], h.title[column] = i, cell
		}
	}
	if missing := h.missing(); len(missing) > 0 {
		return h, h.notUnderstood(missing)
	}
	return h, nil
}

// need is one thing that every file must say, in words, and the column that says it most plainly.
type need struct {
	what   string
	column Column
}

// missing lists what the columns do not say that every file must say.
func (h *header) missing() []need {
	var missing []need
	if !h.has(ANumber) {
		missing = append(missing, need{"the A-number", ANumber})
	}
	if !h.has(Status) && !h.has(StintStart, StintEnd, ReleaseReason) {
		missing = append(missing, need{"the status (or book-in, book-out and release reason)", Status})
	}
	if !h.has(AsOf) && !h.has(Since) && !h.has(StintStart) {
		missing = append(missing, need{"the time that the row speaks of (as of, or book-in)", AsOf})
	}
	return missing
}

func (h *header) known() int {
	known := 0
	for _, at := range h.at {
		if at >= 0 {
			known++
		}
	}
	return known
}

// notUnderstood says what was found, what is missing, and what may have been meant.
func (h *header) notUnderstood(missing []need) error {
	var needed, accepted []string
	for _, m := range missing {
		needed = append(needed, m.what)
		accepted = append(accepted, fmt.Sprintf("%s as %q or %q", m.what, m.column.String(), titles[m.column].also[0]))
	}
	problem := fmt.Sprintf("there is no header that can be understood: no column for %s; found %s", strings.Join(needed, ", "), h.list())
	var guesses []string
	for i, cell := range h.cells {
		if title, close := h.closest(cell); close && len(guesses) < 10 {
			guesses = append(guesses, fmt.Sprintf("column %d (%q) may be meant as %q", i+1, reject.Mask(cell), title))
		}
	}
	if len(guesses) > 0 {
		problem += "; " + strings.Join(guesses, ", ")
	}
	return &FileError{Problem: problem,
		Fix: "The first line must name the columns: " + strings.Join(accepted, ", ") + ". See the README for all titles."}
}

// list shows the cells found. A file without a header shows a row of data here: only its shape is repeated.
func (h *header) list() string {
	const most = 40
	var shown []string
	for _, cell := range h.cells {
		if len(shown) == most {
			return strings.Join(shown, ", ") + fmt.Sprintf(" and %d more", len(h.cells)-most)
		}
		if _, known := byTitle[foldTitle(cell)]; known {
			shown = append(shown, fmt.Sprintf("%q", reject.Plain(cell)))
		} else {
			shown = append(shown, fmt.Sprintf("%q", reject.Mask(cell)))
		}
	}
	return strings.Join(shown, ", ")
}

// closest returns the known title that is nearest to one that is not known, of a column that the file lacks, if it is
// near enough to be a slip of the pen.
func (h *header) closest(cell string) (string, bool) {
	title := foldTitle(cell)
	if _, known := byTitle[title]; known || len(title) < 3 || len(title) > 60 {
		return "", false
	}
	best, found := utf8.RuneCountInString(title)/3, ""
	for i, known := range titles {
		if h.at[i] >= 0 {
			continue
		}
		for _, candidate := range append([]string{known.name}, known.also...) {
			if d := distance(title, foldTitle(candidate)); d < best || d == best && found == "" {
				best, found = d, candidate
			}
		}
	}
	return found, found != ""
}

// distance is how many letters must be put in, taken out or changed to turn a into b.
func distance(a, b string) int {
	from, to := []rune(a), []rune(b)
	row := make([]int, len(to)+1)
	for j := range row {
		row[j] = j
	}
	for i, r := range from {
		diagonal := row[0]
		row[0] = i + 1
		for j, s := range to {
			change := diagonal
			if r != s {
				change++
			}
			diagonal = row[j+1]
			row[j+1] = min(change, diagonal+1, row[j]+1)
		}
	}
	return row[len(to)]
}

// findHeader reads rows until one is a header. Lines before it are passed over only if nobody can take them for rows of
// data: at most two cells, and nothing in them that could be an A-number. It returns the lines passed over.
func findHeader(next func() (record, error), o Options) (found header, passed []int, err error) {
	var best header
	var problem error
	for {
		row, err := next()
		if errors.Is(err, io.EOF) {
			if problem == nil {
				problem = &FileError{Problem: "the file is empty", Fix: "Upload a file with a header and rows."}
			}
			return header{}, nil, problem
		}
		if err != nil {
			return header{}, nil, err
		}
		if row.blank {
			continue
		}
		if len(row.cells) > o.Columns || row.tooWide {
			return header{}, nil, &FileError{Problem: fmt.Sprintf("the file has more than %d columns", o.Columns), Fix: "Remove the columns that are not needed."}
		}
		if row.problem != "" {
			if problem == nil {
				problem = &FileError{Problem: fmt.Sprintf("line %d is no header that can be understood: %s", row.line, row.problem), Fix: row.fix}
			}
			return header{}, nil, problem
		}
		h, err := readHeader(row.cells)
		if err == nil {
			return h, passed, nil
		}
		if problem == nil || h.known() > best.known() {
			best, problem = h, err
		}
		if len(passed) == maxTitleLines || !isTitle(row.cells) {
			return header{}, nil, problem
		}
		passed = append(passed, row.line)
	}
}

// isTitle reports whether a line can be a report's title, and no row of data.
func isTitle(cells []string) bool {
	filled := 0
	for _, cell := range cells {
		if strings.TrimSpace(cell) != "" {
			filled++
		}
		if digitRun(cell) >= 7 {
			return false
		}
	}
	return filled <= 2
}

// digitRun is the length of the longest run of digits, dashes and spaces between them not counted.
func digitRun(cell string) int {
	longest, run := 0, 0
	for _, r := range cell {
		switch {
		case r >= '0' && r <= '9':
			run++
			longest = max(longest, run)
		case r != '-' && r != ' ':
			run = 0
		}
	}
	return longest
}

// notes are the warnings that a header gives rise to.
func (h *header) notes(line int, passed []int) []Reject {
	var notes []Reject
	if len(passed) > 0 {
		notes = append(notes, Reject{Line: passed[0], Problem: fmt.Sprintf("%d lines before the header are passed over", len(passed)),
			Fix: "Nothing, if they are only a title."})
	}
	for _, title := range h.ignored {
		if known, close := h.closest(title); close {
			notes = append(notes, Reject{Line: line, Column: reject.Plain(title), Problem: fmt.Sprintf("the column is not known and passed over; it may be meant as %q", known),
				Fix: "Correct the title if that is so, and upload the file again."})
		}
	}
	return notes
}
