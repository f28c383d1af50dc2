package roster

import (
	"fmt"
	"strings"
)

// cutCells cuts a sound row of CSV into its cells, appended to cells, no more than most and one.
func cutCells(cells []string, row string, comma byte, quoted bool, most int) []string {
	for len(cells) <= most {
		if quoted && strings.HasPrefix(row, `"`) {
			text, rest, more := cutQuoted(row[1:])
			cells = append(cells, text)
			if !more {
				return cells
			}
			row = rest
			continue
		}
		i := strings.IndexByte(row, comma)
		if i < 0 {
			return append(cells, row)
		}
		cells, row = append(cells, row[:i]), row[i+1:]
	}
	return cells
}

// cutQuoted cuts a cell off whose opening quotation mark is gone. The scanner has seen that it is closed.
func cutQuoted(row string) (text, rest string, more bool) {
	end, doubled := 0, false
	for {
		i := strings.IndexByte(row[end:], '"')
		if i < 0 { // never: the scanner has found it
			end = len(row)
			break
		}
		end += i
		if end+1 >= len(row) || row[end+1] != '"' {
			break
		}
		doubled = true
		end += 2
	}
	text = row[:end]
	if doubled {
		text = strings.ReplaceAll(text, `""`, `"`)
	}
	if strings.Contains(text, "\r\n") {
		text = strings.ReplaceAll(text, "\r\n", "\n")
	}
	if end+2 > len(row) {
		return text, "", false
	}
	return text, row[end+2:], true
}

// swallows reports whether a cell of a row holds a line that is a row itself: an A-number where the header has it, and
// half the separators at least. That is what a quotation mark does which is closed by the next one, rows later.
func (s *scanner) swallows(row string) bool {
	for len(row) > 0 {
		if row[0] != '"' {
			i := strings.IndexByte(row, s.comma)
			if i < 0 {
				return false
			}
			row = row[i+1:]
			continue
		}
		text, rest, more := cutQuoted(row[1:])
		for i, line := range strings.Split(text, string(s.end)) {
			if i > 0 && strings.Count(line, string(s.comma)) >= max(2, (s.width-1)/2) && s.namesOne(line) {
				return true
			}
		}
		if !more {
			return false
		}
		row = rest
	}
	return false
}

// namesOne reports whether a line has an A-number where the header says.
func (s *scanner) namesOne(line string) bool {
	for range s.number {
		_, rest, found := strings.Cut(line, string(s.comma))
		if !found {
			return false
		}
		line = rest
	}
	cell, _, _ := strings.Cut(line, string(s.comma))
	_, err := parseANumber(strings.TrimSpace(cell))
	return err == nil
}

// csvRows reads the rows of CSV.
type csvRows struct {
	scanner *scanner
	decode  func(string) string // nil for UTF-8
	most    int
	cells   []string
}

func (c *csvRows) next() (record, error) {
	row, err := c.scanner.next()
	if err != nil {
		return record{}, err
	}
	if row.stray {
		return record{line: row.line, problem: "a quotation mark stands where none may be",
			fix: `Write a quotation mark inside a cell twice, and put the whole cell in quotation marks: "like ""this"""`}, nil
	}
	c.cells = cutCells(c.cells[:0], string(row.text), c.scanner.comma, row.quoted, c.most)
	if len(c.cells) > c.most {
		return record{line: row.line, problem: fmt.Sprintf("the row has more than %d cells", c.most),
			fix: "Put cells that contain the separator in quotation marks."}, nil
	}
	if c.decode != nil {
		for i, cell := range c.cells {
			c.cells[i] = c.decode(cell)
		}
	}
	return record{line: row.line, cells: c.cells, blank: blank(c.cells)}, nil
}
