package roster

import (
	"archive/zip"
	"encoding/xml"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"strings"
)

// part reads one XML part of a workbook, with an eye on how much memory and time its XML can make it take.
type part struct {
	workbook *workbook
	file     *zip.File
	content  io.ReadCloser
	xml      *xml.Decoder
	out      int64 // decompressed so far
	since    int   // since the last token
	depth    int
	failed   error
}

// element is the begin or the end of an element, or, without a name, text.
type element struct {
	name       string
	ends       bool
	text       []byte // valid until the next one is read
	attributes []xml.Attr
}

func (e *element) attribute(name string) string {
	for _, a := range e.attributes {
		if a.Name.Local == name {
			return a.Value
		}
	}
	return ""
}

func (w *workbook) part(name string) (*part, error) {
	file := w.parts[strings.ToLower(name)]
	if file == nil {
		return nil, errWorkbook
	}
	content, err := file.Open()
	if err != nil {
		return nil, errWorkbook
	}
	p := &part{workbook: w, file: file, content: content}
	p.xml = xml.NewDecoder(p)
	return p, nil
}

func (p *part) close() error { return p.content.Close() }

// Read decompresses, and refuses a part that grows out of all proportion, whatever the directory says of its size.
func (p *part) Read(b []byte) (int, error) {
	n, err := p.content.Read(b)
	p.out += int64(n)
	p.since += n
	p.workbook.read += int64(n)
	o := p.workbook.options
	switch {
	case p.workbook.read > o.WorkbookBody:
		p.failed = p.workbook.tooLarge()
	case p.out > freeRatio && p.out/o.Ratio > int64(p.file.CompressedSize64):
		p.failed = &FileError{Problem: fmt.Sprintf("a part of the workbook grows more than %d times when it is decompressed, as no list of people does", o.Ratio),
			Fix: "Save the sheet as CSV UTF-8 and upload that."}
	case p.since > o.RowBytes:
		p.failed = p.tooLong()
	}
	if p.failed != nil {
		return 0, p.failed
	}
	return n, err
}

func (p *part) tooLong() error {
	return &FileError{Problem: "a row or a text of the workbook is longer than " + size(int64(p.workbook.options.RowBytes)), Fix: "Save the sheet as CSV UTF-8 and look there for the row."}
}

// next returns the next element; io.EOF only where all of them are closed.
func (p *part) next() (element, error) {
	const deepest = 64
	for {
		p.since = 0
		token, err := p.xml.RawToken()
		if err != nil {
			return element{}, p.because(err)
		}
		switch t := token.(type) {
		case xml.StartElement:
			if p.depth++; p.depth > deepest {
				return element{}, errWorkbook
			}
			return element{name: t.Name.Local, attributes: t.Attr}, nil
		case xml.EndElement:
			if p.depth--; p.depth < 0 {
				return element{}, errWorkbook
			}
			return element{name: t.Name.Local, ends: true}, nil
		case xml.CharData:
			return element{text: t}, nil
		}
	}
}

// because says what an error means: what the part's limits say, the end, the disk's failure, or damage.
func (p *part) because(err error) error {
	var disk *fs.PathError
	switch {
	case p.failed != nil:
		return p.failed
	case errors.As(err, &disk):
		return err
	case errors.Is(err, io.EOF) && p.depth == 0 && p.out > 0:
		return io.EOF
	}
	return errWorkbook
}

// few bounds how many things of a kind a part may list.
func (p *part) few(n int) error {
	const most = 1 << 16
	if n > most {
		return errWorkbook
	}
	return nil
}

// each calls visit for each element of a part.
func (w *workbook) each(name string, visit func(*part, element) error) error {
	p, err := w.part(name)
	if err != nil {
		return err
	}
	defer p.close()
	for {
		e, err := p.next()
		if errors.Is(err, io.EOF) {
			return nil
		}
		if err != nil {
			return err
		}
		if e.name == "" {
			continue
		}
		if err := visit(p, e); err != nil {
			return err
		}
	}
}
