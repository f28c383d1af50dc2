package roster

import (
	"bufio"
	"errors"
	"io"
	"strings"

	"golang.org/x/text/encoding/unicode"
	"golang.org/x/text/transform"

	"voice.example/shared/custody"
)

// Row is one row of a file: an observation, or the reasons why it is none. Warnings are about rows that are taken.
type Row struct {
	Line        int
	ANumber     custody.ANumber // of whom the row is, also if it is rejected; empty if that cannot be read
	Observation custody.Observation
	Dated       bool // the row itself says what moment it speaks of
	Rejects     []Reject
	Warnings    []Reject
}

// Reader reads the rows of one file. It keeps one row in memory at a time.
type Reader struct {
	layout   Layout
	header   header
	width    int
	rows     rows
	parser   *parser
	warnings []Reject
	ended    error // what Next has said last, once that is an error
	close    []func() error
}

// rows gives the rows of one format; after the last, io.EOF.
type rows interface {
	next() (record, error)
}

// sniffed is how much of a file is looked at to see what it is.
const sniffed = 64 << 10

// Open finds out what a file is, from what is in it, and reads its header. Errors are a *FileError, or those of reading.
// The reader must be closed; that leaves the file itself open.
func Open(file io.Reader, o Options) (*Reader, error) {
	r := &Reader{}
	if err := r.open(&source{file: file}, o.withDefaults()); err != nil {
		if closing := r.Close(); closing != nil {
			err = errors.Join(err, closing)
		}
		return nil, err
	}
	return r, nil
}

func (r *Reader) open(from *source, o Options) error {
	raw := bufio.NewReaderSize(from, sniffed)
	start, err := peek(raw)
	if err != nil {
		return err
	}
	packing := compression(start)
	if packing != "" {
		stream, err := unpack(raw, from, packing, o)
		if err != nil {
			return err
		}
		r.close = append(r.close, func() error { stream.close(); return nil })
		raw = bufio.NewReaderSize(stream, sniffed)
		if start, err = peek(raw); err != nil {
			return err
		}
		if compression(start) != "" || strings.HasPrefix(string(start), zipMagic) {
			return &FileError{Problem: "this is a compressed file inside a compressed file", Fix: "Compress the file once, and a workbook not at all."}
		}
	}
	if err := checkKind(start); err != nil {
		return err
	}
	if strings.HasPrefix(string(start), zipMagic) {
		return r.openWorkbook(raw, o)
	}
	text, encoding, mark, err := textOf(raw, o)
	if err != nil {
		return err
	}
	if start, err = peek(text); err != nil {
		return err
	}
	layout, h, notes, err := textLayout(start, len(start) < sniffed, encoding, o)
	if err != nil {
		return err
	}
	if _, err := text.Discard(int(layout.Start)); err != nil {
		return err
	}
	if encoding == UTF8 || encoding == Windows1252 {
		layout.Start += int64(mark)
		layout.Splittable = packing == ""
	}
	if encoding == Windows1252 {
		notes = append(notes, Reject{Problem: "the file is not UTF-8 and is read as Windows-1252",
			Fix: "Look whether letters with accents are right; if not, save the file as CSV UTF-8 and upload it again."})
	}
	r.warnings = notes
	r.readText(text, layout, layout.Line, h, o)
	return nil
}

// peek looks at the begin of a file.
func peek(file *bufio.Reader) ([]byte, error) {
	start, err := file.Peek(sniffed)
	if err != nil && !errors.Is(err, io.EOF) {
		return nil, err
	}
	return start, nil
}

// Layout says how the file is written, for Split and Resume.
func (r *Reader) Layout() Layout { return r.layout }

// Ignored lists the titles of columns that are passed over; of NDJSON, those of the first objects.
func (r *Reader) Ignored() []string { return r.header.ignored }

// Warnings are about the file as a whole, such as an encoding that had to be guessed. They are known from the begin.
func (r *Reader) Warnings() []Reject { return r.warnings }

// Close lets go of what reading needed, and removes temporary files.
func (r *Reader) Close() error {
	var failed []error
	for _, closer := range r.close {
		failed = append(failed, closer())
	}
	r.close = nil
	return errors.Join(failed...)
}

// Next returns the next row that has anything in it; after the last, io.EOF. A *FileError means that the rest of the
// file cannot be told apart into rows, so that none of it may be used.
func (r *Reader) Next() (Row, error) {
	for r.ended == nil {
		rec, err := r.rows.next()
		if err != nil {
			r.ended = err
			break
		}
		if rec.blank {
			continue
		}
		return r.parser.parse(rec, r.width), nil
	}
	return Row{}, r.ended
}

func blank(cells []string) bool {
	for _, cell := range cells {
		if strings.TrimSpace(cell) != "" {
			return false
		}
	}
	return true
}

// newUTF16 decodes UTF-16 without its byte order mark.
func newUTF16(file io.Reader, encoding Encoding) io.Reader {
	order := unicode.LittleEndian
	if encoding == UTF16BE {
		order = unicode.BigEndian
	}
	return transform.NewReader(&pairs{file: file}, unicode.UTF16(order, unicode.IgnoreBOM).NewDecoder())
}

// pairs refuses a file that ends inside a pair of bytes.
type pairs struct {
	file io.Reader
	odd  bool
}

func (p *pairs) Read(b []byte) (int, error) {
	n, err := p.file.Read(b)
	if n%2 == 1 {
		p.odd = !p.odd
	}
	if errors.Is(err, io.EOF) && p.odd {
		return n, &FileError{Problem: "the file ends in the middle of a character, so it is cut off", Fix: "Upload the whole file again."}
	}
	return n, err
}
