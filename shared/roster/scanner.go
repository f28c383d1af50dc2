package roster

import (
	"bytes"
	"fmt"
	"io"
)

// scanner cuts text into the bytes of its rows. It is the one place that decides where a row ends: the reader and Split
// both ask it, so that they cannot disagree about a quotation mark. It decides as encoding/csv does, but holds no more
// than one row and never more than the limit, whatever the file does.
type scanner struct {
	source io.Reader
	quotes bool // CSV: a cell in quotation marks may hold line ends
	comma  byte
	end    byte // what ends a line: '\n', or '\r' in files of old Macs
	limit  int
	width  int // of the header, 0 before that is known
	number int // the place of the A-number in it

	buffer     []byte
	from, to   int   // what is read and not yet given out
	offset     int64 // of from, counted from where the scanner began
	line       int   // of from
	sourceDone error
}

// scanned is one row's bytes, without its line end, valid until the next call of next. A stray row has a quotation mark
// where none may be; the row after it is sound.
type scanned struct {
	text   []byte
	line   int
	stray  bool
	quoted bool // there is a quotation mark in it
	lines  int
}

const scannerBuffer = 256 << 10

func newScanner(source io.Reader, l Layout, line int) *scanner {
	s := &scanner{source: source, quotes: l.Format == CSV, end: '\n', limit: l.RowBytes, width: len(l.Header), line: line}
	if s.limit <= 0 {
		s.limit = DefaultRowBytes
	}
	for i, title := range l.Header {
		if column, known := byTitle[foldTitle(title)]; known && column == ANumber {
			s.number = i
		}
	}
	if l.Separator != "" {
		s.comma = l.Separator[0]
	}
	if l.LineEnd != "" {
		s.end = l.LineEnd[0]
	}
	s.buffer = make([]byte, min(scannerBuffer, max(s.limit, 4<<10)))
	return s
}

// next returns the next row; after the last, io.EOF.
func (s *scanner) next() (scanned, error) {
	end, err := s.find(0, s.end)
	if err != nil {
		return scanned{}, err
	}
	row := scanned{line: s.line, lines: 1}
	if end < 0 {
		if end = s.to - s.from; end == 0 {
			return scanned{}, io.EOF
		}
	}
	if s.quotes {
		if quote := bytes.IndexByte(s.buffer[s.from:s.from+end], '"'); quote >= 0 {
			row.quoted = true
			if end, err = s.quotedEnd(end, quote, &row); err != nil {
				return scanned{}, err
			}
		}
	}
	row.text = s.buffer[s.from : s.from+end]
	if end < s.to-s.from { // the line end itself
		end++
	}
	s.from += end
	s.offset += int64(end)
	if row.lines > 1 {
		if s.width > 1 && s.swallows(string(row.text)) {
			return scanned{}, &FileError{
				Problem: fmt.Sprintf("a quotation mark on line %d is closed on a later line only, and the rows between seem to be swallowed by one cell", row.line),
				Fix:     "Close the quotation mark in its own row, then upload the whole file again."}
		}
		row.lines = 1 + bytes.Count(row.text, []byte{s.end})
	}
	s.line += row.lines
	if n := len(row.text); n > 0 && row.text[n-1] == '\r' {
		row.text = row.text[:n-1]
	}
	return row, nil
}

// quotedEnd finds the end of a row whose first line ends at end and has its first quotation mark at quote.
func (s *scanner) quotedEnd(end, quote int, row *scanned) (int, error) {
	firstEnd, cell := end, 0
	for {
		// In a cell without quotation marks, or at the begin of one: quote is the next mark on this line.
		if quote != cell && s.buffer[s.from+quote-1] != s.comma {
			return s.strayEnd(firstEnd, end, row)
		}
		closed, err := s.closing(quote + 1)
		if err != nil {
			return 0, err
		}
		after, there, err := s.at(closed + 1)
		if err != nil {
			return 0, err
		}
		if closed > end {
			row.lines = 2 // or more: counted at the end
			end = closed
		}
		switch {
		case !there || after == s.end:
			return closed + 1, nil
		case after == '\r':
			if beyond, there, err := s.at(closed + 2); err != nil || !there || beyond == s.end {
				return closed + 2, err
			}
			fallthrough
		default:
			if after != s.comma {
				return s.strayEnd(firstEnd, end, row)
			}
		}
		cell = closed + 2
		if row.lines > 1 {
			if end, err = s.find(cell, s.end); err != nil {
				return 0, err
			}
			if end < 0 {
				end = s.to - s.from
			}
		}
		next := bytes.IndexByte(s.buffer[s.from+cell:s.from+end], '"')
		if next < 0 {
			return end, nil
		}
		quote = cell + next
	}
}

// closing finds the quotation mark that closes the cell whose text begins at from. A doubled one is part of the text.
func (s *scanner) closing(from int) (int, error) {
	for {
		quote, err := s.find(from, '"')
		if err != nil {
			return 0, err
		}
		if quote < 0 {
			return 0, s.unclosed()
		}
		after, there, err := s.at(quote + 1)
		if err != nil || !there || after != '"' {
			return quote, err
		}
		from = quote + 2
	}
}

// strayEnd ends a row with a stray quotation mark where its line ends. When the mark stands on a later line, nobody can
// say which rows the cell before it has swallowed.
func (s *scanner) strayEnd(firstEnd, end int, row *scanned) (int, error) {
	if row.lines > 1 {
		return 0, s.unclosed()
	}
	row.stray = true
	return firstEnd, nil
}

func (s *scanner) unclosed() error {
	return &FileError{Problem: fmt.Sprintf("a quotation mark on line %d is never closed, so the rows after it cannot be told apart", s.line),
		Fix: "Close or remove the quotation mark, then upload the whole file again."}
}

// find returns where the byte c is, counted from the row's begin and not before from; -1 if the file ends first.
func (s *scanner) find(from int, c byte) (int, error) {
	for {
		if s.from+from < s.to {
			if i := bytes.IndexByte(s.buffer[s.from+from:s.to], c); i >= 0 {
				if from+i > s.limit {
					return 0, s.tooLong()
				}
				return from + i, nil
			}
			from = s.to - s.from
		}
		if s.to-s.from > s.limit {
			return 0, s.tooLong()
		}
		if s.sourceDone != nil {
			if s.sourceDone == io.EOF {
				return -1, nil
			}
			return 0, s.sourceDone
		}
		s.fill()
	}
}

// at returns the byte at i, counted from the row's begin, and whether the file goes on that far.
func (s *scanner) at(i int) (byte, bool, error) {
	for s.from+i >= s.to {
		if s.sourceDone != nil {
			if s.sourceDone == io.EOF {
				return 0, false, nil
			}
			return 0, false, s.sourceDone
		}
		s.fill()
	}
	return s.buffer[s.from+i], true, nil
}

func (s *scanner) tooLong() error {
	return &FileError{Problem: fmt.Sprintf("the row that begins on line %d is longer than %s", s.line, size(int64(s.limit))),
		Fix: "Look there for a quotation mark that is not closed, or for a missing line break."}
}

// fill reads more, after making room for it.
func (s *scanner) fill() {
	if s.from > 0 {
		copy(s.buffer, s.buffer[s.from:s.to])
		s.from, s.to = 0, s.to-s.from
	}
	if s.to == len(s.buffer) {
		s.buffer = append(s.buffer, make([]byte, len(s.buffer))...)
	}
	for range 100 {
		n, err := s.source.Read(s.buffer[s.to:])
		s.to += n
		if err != nil {
			s.sourceDone = err
		}
		if n > 0 || err != nil {
			return
		}
	}
	s.sourceDone = io.ErrNoProgress
}
