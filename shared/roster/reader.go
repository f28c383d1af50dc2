package roster

import (
	"bufio"
	"bytes"
	"encoding/csv"
	"errors"
	"fmt"
	"io"
	"strings"
	"time"
	"unicode/utf8"

	"golang.org/x/text/encoding/unicode"
	"golang.org/x/text/transform"

	"voice.example/shared/custody"
)

// Options is what a file does not say of itself.
type Options struct {
	Zone   *time.Location // of times that name none
	Now    time.Time
	Future time.Duration // how far ahead of Now a time may lie
}

// Row is one row of a file: an observation, or the reasons why it is none. Warnings are about rows that are taken.
type Row struct {
	ANumber custody.ANumber
	Line        int
	Observation custody.Observation
	Rejects     []Reject
	Warnings    []Reject
}

// Reader reads the rows of one file. It keeps one row in memory at a time.
type Reader struct {
	csv     *csv.Reader
	header  header
	options Options
}

// sniffed is how much of a file is looked at to see what it is.
const sniffed = 64 << 10

// Open reads a file's header. Errors are a *FileError, or those of reading.
func Open(file io.Reader, o Options) (*Reader, error) {
	raw := bufio.NewReaderSize(file, sniffed)
	start, err := raw.Peek(sniffed)
	if err != nil && !errors.Is(err, io.EOF) {
		return nil, err
	}
	if err := checkKind(start); err != nil {
		return nil, err
	}
	text := bufio.NewReaderSize(transform.NewReader(raw, unicode.BOMOverride(transform.Nop)), sniffed)
	start, err = text.Peek(sniffed)
	if err != nil && !errors.Is(err, io.EOF) {
		return nil, err
	}
	rows := csv.NewReader(text)
	rows.FieldsPerRecord = -1
	rows.ReuseRecord = true
	rows.Comma = separator(start)
	cells, err := rows.Read()
	switch {
	case errors.Is(err, io.EOF):
		return nil, &FileError{Problem: "the file is empty", Fix: "Upload a file with a header and rows."}
	case err != nil:
		return nil, quoteError(err)
	}
	h, err := readHeader(cells)
	if err != nil {
		return nil, err
	}
	return &Reader{csv: rows, header: h, options: o}, nil
}

// Ignored lists the titles of columns that are passed over.
func (r *Reader) Ignored() []string { return r.header.ignored }

// Next returns the next row that has anything in it; after the last, io.EOF. A *FileError means that the rest of the
// file cannot be told apart into rows, so that none of it may be used.
func (r *Reader) Next() (Row, error) {
	for {
		cells, err := r.csv.Read()
		var parse *csv.ParseError
		switch {
		case errors.As(err, &parse) && parse.StartLine == parse.Line && !errors.Is(parse.Err, csv.ErrFieldCount):
			return Row{Line: parse.Line, Rejects: []Reject{{Line: parse.Line, Problem: "a quotation mark stands where none may be",
				Fix: `Write a quotation mark inside a cell twice, and put the whole cell in quotation marks: "like ""this"""`}}}, nil
		case err != nil:
			return Row{}, quoteError(err)
		case blank(cells):
			continue
		}
		line, _ := r.csv.FieldPos(0)
		return r.row(line, cells), nil
	}
}

func quoteError(err error) error {
	var parse *csv.ParseError
	if errors.As(err, &parse) {
		return &FileError{Problem: fmt.Sprintf("a quotation mark on line %d is never closed, so the rows after it cannot be told apart", parse.StartLine),
			Fix: "Close or remove the quotation mark, then upload the whole file again."}
	}
	return err
}

func blank(cells []string) bool {
	for _, cell := range cells {
		if strings.TrimSpace(cell) != "" {
			return false
		}
	}
	return true
}

// checkKind refuses what is recognisably no text.
func checkKind(start []byte) error {
	switch {
	case bytes.HasPrefix(start, []byte("PK\x03\x04")), bytes.HasPrefix(start, []byte("\xd0\xcf\x11\xe0")):
		return &FileError{Problem: "this is a workbook (Excel), which cannot be read yet", Fix: "Save the sheet as CSV UTF-8 and upload that."}
	case bytes.HasPrefix(start, []byte("\x1f\x8b")), bytes.HasPrefix(start, []byte("\x28\xb5\x2f\xfd")):
		return &FileError{Problem: "this is a compressed file, which cannot be read yet", Fix: "Unpack it and upload the CSV file."}
	case bytes.HasPrefix(start, []byte("%PDF")):
		return &FileError{Problem: "this is a PDF", Fix: "Upload the data as CSV."}
	case bytes.HasPrefix(start, []byte("\xff\xfe")), bytes.HasPrefix(start, []byte("\xfe\xff")): // UTF-16 has NULs
	case bytes.IndexByte(start, 0) >= 0:
		return &FileError{Problem: "this is no text file", Fix: "Upload the data as CSV."}
	}
	return nil
}

// separator is the one of comma, semicolon and tab that the first line has most of outside quotation marks.
func separator(start []byte) rune {
	counts := map[rune]int{}
	quoted := false
	for len(start) > 0 {
		r, size := utf8.DecodeRune(start)
		start = start[size:]
		if r == '"' {
			quoted = !quoted
		}
		if quoted {
			continue
		}
		if r == '\n' {
			break
		}
		counts[r]++
	}
	best := ','
	for _, r := range []rune{';', '\t'} {
		if counts[r] > counts[best] {
			best = r
		}
	}
	return best
}
