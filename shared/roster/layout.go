package roster

import (
	"bufio"
	"bytes"
	"errors"
	"fmt"
	"io"
)

// Layout is what Open finds out about a file, and all that a later reader of a part of it needs to know.
type Layout struct {
	Format    Format   `json:"format"`
	Encoding  Encoding `json:"encoding,omitempty"`
	Separator string   `json:"separator,omitempty"`
	LineEnd   string   `json:"line_end,omitempty"` // "\n", or "\r" in files of old Macs
	Header    []string `json:"header,omitempty"`   // the titles, of CSV
	Start     int64    `json:"start"`              // the byte at which the rows begin
	Line      int      `json:"line"`               // and its line, as an editor counts
	RowBytes  int      `json:"row_bytes"`          // the limit that the file was opened with

	// Splittable is true when the bytes of the file itself can be cut at the ends of rows.
	Splittable bool `json:"splittable"`
}

// Range is a run of whole rows: the bytes from Start up to End, which is not in it. Line is that of the first of them.
type Range struct {
	Start int64 `json:"start"`
	End   int64 `json:"end"`
	Line  int   `json:"line"`
}

// Split cuts the rows of a file, header left out, into ranges of about size bytes each, in one pass that looks at line
// ends and quotation marks only. What keeps a file from being cut into rows, an unclosed quotation mark or an endless
// row, is the *FileError that reading it gives.
func Split(file io.Reader, l Layout, size int64) ([]Range, error) {
	if !l.Splittable {
		return nil, fmt.Errorf("roster: a file of %s cannot be split", l.Format)
	}
	if n, err := io.CopyN(io.Discard, file, l.Start); err != nil {
		return nil, fmt.Errorf("roster: the file ends at byte %d, before its rows: %w", n, err)
	}
	s := newScanner(file, l, l.Line)
	var ranges []Range
	open := Range{Start: l.Start, Line: l.Line}
	for {
		_, err := s.next()
		if err != nil && !errors.Is(err, io.EOF) {
			return nil, err
		}
		open.End = l.Start + s.offset
		if open.End > open.Start && (err != nil || open.End-open.Start >= size) {
			ranges = append(ranges, open)
			open = Range{Start: open.End, Line: s.line}
		}
		if err != nil {
			return ranges, nil
		}
	}
}

// Resume reads the rows of one range of a file. The first of them stands on the given line.
func Resume(file io.Reader, l Layout, line int, o Options) (*Reader, error) {
	if !l.Splittable {
		return nil, fmt.Errorf("roster: a file of %s cannot be read in parts", l.Format)
	}
	h := objectHeader()
	if l.Format == CSV {
		var err error
		if h, err = readHeader(l.Header); err != nil {
			return nil, err
		}
	}
	o = o.withDefaults()
	o.RowBytes = l.RowBytes
	r := &Reader{}
	r.readText(file, l, line, h, o)
	return r, nil
}

// readText reads rows of CSV or NDJSON from where they begin.
func (r *Reader) readText(text io.Reader, l Layout, line int, h header, o Options) {
	r.layout, r.header, r.width = l, h, len(h.cells)
	var decode func(string) string
	if l.Encoding == Windows1252 {
		decode = decodeWindows1252
	}
	s := newScanner(text, l, line)
	if l.Format == NDJSON {
		r.width = int(columnCount)
		r.rows = &objects{scanner: s, decode: decode, header: &r.header, most: o.Columns}
	} else {
		r.rows = &csvRows{scanner: s, decode: decode, most: o.Columns}
	}
	r.parser = newParser(o, &r.header)
}

// textLayout finds out how a file of text writes its rows, from its begin without the byte order mark. Whole says that
// the begin is all there is.
func textLayout(start []byte, whole bool, encoding Encoding, o Options) (Layout, header, []Reject, error) {
	format, err := textFormat(start)
	if err != nil {
		return Layout{}, header{}, nil, err
	}
	l := Layout{Format: format, Encoding: encoding, LineEnd: "\n", Line: 1, RowBytes: o.RowBytes}
	if format == NDJSON {
		s := newScanner(bytes.NewReader(start), l, 1)
		ignored, err := checkObjects(s, func() bool { return whole || s.offset < int64(len(start)) }, o.Columns)
		h := objectHeader()
		h.ignored = ignored
		return l, h, nil, err
	}
	if lineEnd(start) == '\r' {
		l.LineEnd = "\r"
	}
	var decode func(string) string
	if encoding == Windows1252 {
		decode = decodeWindows1252
	}
	var first error
	for _, comma := range separators(start, l.LineEnd[0]) {
		l.Separator = string(comma)
		s := newScanner(bytes.NewReader(start), l, 1)
		rows := &csvRows{scanner: s, decode: decode, most: o.Columns}
		h, passed, err := findHeader(func() (record, error) {
			rec, err := rows.next()
			if !whole && (err != nil || s.offset >= int64(len(start))) {
				return record{}, &FileError{Problem: fmt.Sprintf("there is no header in the first %s of the file", size(int64(len(start)))),
					Fix: "The first line must name the columns. Look there for a quotation mark that is not closed, or for a missing line break."}
			}
			rec.tooWide = len(rec.cells) > o.Columns || rec.problem != "" && len(rows.cells) > o.Columns
			return rec, err
		}, o)
		if err == nil {
			l.Header, l.Start, l.Line = h.cells, s.offset, s.line
			return l, h, h.notes(s.line-1, passed), nil
		}
		if first == nil {
			first = err
		}
	}
	return Layout{}, header{}, nil, first
}

// lineEnd is the carriage return if the start of a file has no other line end.
func lineEnd(start []byte) byte {
	end := byte('\n')
	for i, b := range start {
		if b == '\n' {
			return '\n'
		}
		if b == '\r' && i+1 < len(start) {
			end = '\r'
		}
	}
	return end
}

// separators are comma, semicolon and tab, the one first that the first line has most of outside quotation marks.
func separators(start []byte, end byte) []byte {
	counts := map[byte]int{}
	quoted := false
	for _, b := range start {
		if b == '"' {
			quoted = !quoted
		}
		if quoted {
			continue
		}
		if b == end && counts[0] > 0 {
			break
		}
		counts[b]++
		if b > ' ' {
			counts[0]++ // the line has something in it
		}
	}
	all := []byte{',', ';', '\t'}
	for i := range all {
		if counts[all[i]] > counts[all[0]] {
			all[0], all[i] = all[i], all[0]
		}
	}
	return all
}

// textOf returns a file's text from its begin in UTF-8 or Windows-1252, the mark of its encoding taken off.
func textOf(raw *bufio.Reader, o Options) (text *bufio.Reader, encoding Encoding, mark int, err error) {
	start, err := peek(raw)
	if err != nil {
		return nil, "", 0, err
	}
	encoding, mark, err = textEncoding(start)
	if err != nil {
		return nil, "", 0, err
	}
	if _, err := raw.Discard(mark); err != nil {
		return nil, "", 0, err
	}
	switch encoding {
	case UTF16LE, UTF16BE:
		text = bufio.NewReaderSize(newUTF16(raw, encoding), sniffed)
		start, err := peek(text)
		if err == nil && !looksLikeText(start) {
			err = &FileError{Problem: "this is no text file", Fix: uploadCSV}
		}
		return text, encoding, mark, err
	}
	return raw, encoding, mark, nil
}
