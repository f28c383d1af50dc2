package roster

import (
	"archive/zip"
	"errors"
	"fmt"
	"io"
	"os"
	"path"
	"strconv"
	"strings"

	"github.com/klauspost/compress/flate"
)

// A workbook is a ZIP archive of XML parts. This reader takes what a list of people needs of it: the texts that cells
// share, which number formats are dates, and the rows of one sheet, one after another. Libraries that read all of Excel
// hold the parts or all shared texts in memory without a limit, and do not say which row and which epoch they read.
type workbook struct {
	archive  *zip.Reader
	parts    map[string]*zip.File // by name, in lower case
	options  Options
	read     int64 // bytes decompressed so far
	sheets   []string
	texts    sharedTexts
	dates    []bool // by number of a cell's style
	from1904 bool
}

var errWorkbook = &FileError{Problem: "the workbook is damaged or cut off", Fix: "Open it in Excel, save it again and upload the new file."}

// openWorkbook reads the header of the first visible sheet that has one.
func (r *Reader) openWorkbook(raw io.Reader, o Options) error {
	spool, length, err := r.spool(raw, o.Workbook)
	if err != nil {
		return err
	}
	w := &workbook{options: o}
	if err := w.open(spool, length); err != nil {
		return err
	}
	var problem error
	for i, name := range w.sheets {
		s, err := w.openSheet(name)
		if err != nil {
			return err
		}
		h, passed, err := findHeader(s.next, o)
		if s.failed != nil {
			return s.failed
		}
		if err != nil {
			if problem == nil || s.rows > 0 && isEmpty(problem) {
				problem = err
			}
			if err := s.part.close(); err != nil {
				return err
			}
			continue
		}
		s.width = len(h.cells)
		r.layout = Layout{Format: XLSX, Header: h.cells, Line: s.row + 1, RowBytes: o.RowBytes}
		r.header, r.width, r.rows = h, len(h.cells), s
		r.parser = newParser(o, &r.header)
		r.warnings = h.notes(s.row, passed)
		if len(w.sheets) > 1 {
			r.warnings = append(r.warnings, Reject{Problem: fmt.Sprintf("the workbook has %d sheets, of which only number %d is read", len(w.sheets), i+1),
				Fix: "Upload the other sheets as files of their own, if they hold rows."})
		}
		r.close = append(r.close, s.part.close)
		return nil
	}
	if problem == nil {
		problem = &FileError{Problem: "the workbook has no visible sheet", Fix: "Upload a workbook whose first sheet has a header and rows."}
	}
	return problem
}

func isEmpty(err error) bool { return strings.HasSuffix(err.Error(), "the file is empty") }

// spool writes a file to the disk, since a workbook cannot be read from begin to end.
func (r *Reader) spool(raw io.Reader, most int64) (*os.File, int64, error) {
	file, err := os.CreateTemp("", "roster-*.xlsx")
	if err != nil {
		return nil, 0, err
	}
	r.close = append(r.close, func() error { return errors.Join(file.Close(), os.Remove(file.Name())) })
	n, err := io.Copy(file, io.LimitReader(raw, most+1))
	switch {
	case err != nil:
		return nil, 0, err
	case n > most:
		return nil, 0, &FileError{Problem: "the workbook is larger than " + size(most), Fix: "Save the sheet as CSV UTF-8 and upload that; it may be of any size."}
	}
	return file, n, nil
}

// bounded keeps the archive's directory from filling memory: it is read at once, whatever length it says it has.
type bounded struct {
	file io.ReaderAt
	left int64 // -1 when the directory is read
}

var errDirectory = errors.New("roster: the directory of the workbook is too long")

func (b *bounded) ReadAt(p []byte, at int64) (int, error) {
	if b.left >= 0 {
		if b.left -= int64(len(p)); b.left < 0 {
			b.left = 0
			return 0, errDirectory
		}
	}
	return b.file.ReadAt(p, at)
}

func (w *workbook) open(file io.ReaderAt, length int64) error {
	const directoryBytes = 4 << 20
	at := &bounded{file: file, left: directoryBytes}
	archive, err := zip.NewReader(at, length)
	tooMany := &FileError{Problem: fmt.Sprintf("the workbook has more than %d parts", w.options.Parts), Fix: "Save the sheet alone as CSV UTF-8 and upload that."}
	switch {
	case errors.Is(err, errDirectory):
		return tooMany
	case err != nil && !errors.Is(err, zip.ErrInsecurePath):
		return errWorkbook
	case len(archive.File) > w.options.Parts:
		return tooMany
	}
	at.left = -1
	archive.RegisterDecompressor(zip.Deflate, flate.NewReader)
	w.archive, w.parts = archive, map[string]*zip.File{}
	var total uint64
	for _, part := range archive.File {
		if part.Flags&1 != 0 {
			return &FileError{Problem: "the file is an archive with a password", Fix: "Remove the password and upload it again."}
		}
		if part.UncompressedSize64 > uint64(w.options.WorkbookBody) {
			return w.tooLarge()
		}
		if total += part.UncompressedSize64; total > uint64(w.options.WorkbookBody) {
			return w.tooLarge()
		}
		name := strings.ToLower(strings.TrimPrefix(part.Name, "/"))
		if w.parts[name] != nil {
			return errWorkbook // which of two is meant, programs differ in
		}
		w.parts[name] = part
	}
	return w.readParts()
}

func (w *workbook) tooLarge() error {
	return &FileError{Problem: "the workbook is larger than " + size(w.options.WorkbookBody) + " when it is decompressed",
		Fix: "Save the sheet as CSV UTF-8 and upload that."}
}

// readParts reads everything but the sheets' rows.
func (w *workbook) readParts() error {
	const usual = "xl/workbook.xml"
	main := usual
	if w.parts["_rels/.rels"] != nil {
		links, err := w.links("")
		if err != nil {
			return err
		}
		for _, link := range links {
			if strings.HasSuffix(link.kind, "/officeDocument") {
				main = link.target
			}
		}
	}
	if w.parts[strings.ToLower(main)] == nil {
		main = usual
	}
	switch {
	case strings.HasSuffix(main, ".bin") || w.parts["xl/workbook.bin"] != nil:
		return &FileError{Problem: "this is a binary workbook (.xlsb), which cannot be read", Fix: "Save it as a workbook (.xlsx) or as CSV UTF-8 and upload that."}
	case strings.HasPrefix(main, "word/"), strings.HasPrefix(main, "ppt/"):
		return &FileError{Problem: "this is a document of Word or PowerPoint, and no workbook", Fix: uploadCSV}
	case w.parts[strings.ToLower(main)] == nil:
		return &FileError{Problem: "this is a ZIP archive, and no workbook", Fix: "Unpack it and upload the file inside, or compress that with gzip or zstd."}
	}
	links, err := w.links(main)
	if err != nil {
		return err
	}
	targets := map[string]string{}
	styles, texts := "", ""
	for _, link := range links {
		switch {
		case strings.HasSuffix(link.kind, "/worksheet"):
			targets[link.id] = link.target
		case strings.HasSuffix(link.kind, "/styles"):
			styles = link.target
		case strings.HasSuffix(link.kind, "/sharedStrings"):
			texts = link.target
		}
	}
	if err := w.readMain(main, targets); err != nil {
		return err
	}
	if w.parts[strings.ToLower(styles)] != nil {
		if err := w.readStyles(styles); err != nil {
			return err
		}
	}
	if w.parts[strings.ToLower(texts)] != nil {
		return w.readTexts(texts)
	}
	return nil
}

// link is a relationship: what one part says of another.
type link struct{ id, kind, target string }

// links reads the relationships of a part, or of the workbook as a whole.
func (w *workbook) links(of string) ([]link, error) {
	folder, name := path.Split(of)
	rels := folder + "_rels/" + name + ".rels"
	if w.parts[strings.ToLower(rels)] == nil {
		return nil, errWorkbook
	}
	var links []link
	err := w.each(rels, func(p *part, e element) error {
		if e.name != "Relationship" || e.ends {
			return nil
		}
		target := e.attribute("Target")
		if !strings.HasPrefix(target, "/") {
			target = path.Join(folder, target)
		}
		links = append(links, link{e.attribute("Id"), e.attribute("Type"), strings.TrimPrefix(path.Clean(target), "/")})
		return p.few(len(links))
	})
	return links, err
}

// readMain lists the visible sheets in their order.
func (w *workbook) readMain(name string, targets map[string]string) error {
	return w.each(name, func(p *part, e element) error {
		switch {
		case e.ends:
		case e.name == "workbookPr":
			w.from1904 = e.attribute("date1904") == "1" || e.attribute("date1904") == "true"
		case e.name == "sheet" && !strings.Contains(strings.ToLower(e.attribute("state")), "hidden"):
			target := targets[e.attribute("id")]
			if target == "" { // a sheet of charts, or a link that leads nowhere
				return nil
			}
			w.sheets = append(w.sheets, target)
			return p.few(len(w.sheets))
		}
		return nil
	})
}

// readStyles finds out which styles of cells show a number as a date.
func (w *workbook) readStyles(name string) error {
	formats := map[int]bool{}
	inside := false
	return w.each(name, func(p *part, e element) error {
		switch {
		case e.name == "cellXfs":
			inside = !e.ends
		case e.ends:
		case e.name == "numFmt":
			if id, err := strconv.Atoi(e.attribute("numFmtId")); err == nil {
				formats[id] = isDateFormat(e.attribute("formatCode"))
			}
			return p.few(len(formats))
		case e.name == "xf" && inside:
			id, _ := strconv.Atoi(e.attribute("numFmtId"))
			date, own := formats[id]
			w.dates = append(w.dates, date || !own && isDateNumber(id))
			return p.few(len(w.dates))
		}
		return nil
	})
}

// readTexts reads the texts that cells share. A text may be in pieces, each with its own look.
func (w *workbook) readTexts(name string) error {
	var text []byte
	inText, sounds := false, false
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
		switch {
		case e.name == "rPh": // how a text in Japanese is spoken
			sounds = !e.ends
		case e.name == "t":
			inText = !e.ends && !sounds
		case e.name == "" && inText:
			text = appendText(text, e.text)
		case e.name == "si" && e.ends:
			if err := w.texts.add(text, w.options.Texts); err != nil {
				return err
			}
			text = text[:0]
		}
	}
}

// mostText is how much is kept of a text: more than a cell of a known column may have.
const mostText = 4 << 10

func appendText(to, text []byte) []byte {
	return append(to, text[:min(len(text), mostText-len(to))]...)
}

// sharedTexts keeps many texts with few bytes besides: in blocks, each text after its length.
type sharedTexts struct {
	blocks [][]byte
	starts [][]uint32 // of each text, counted over all blocks
	count  int
}

const (
	textBlock  = 1 << 18
	startBlock = 1 << 15
)

func (t *sharedTexts) add(text []byte, most int) error {
	last := len(t.blocks) - 1
	if last < 0 || len(t.blocks[last])+len(text)+2 > textBlock {
		if (len(t.blocks)+1)*textBlock+len(t.starts)*startBlock*4 > max(most, textBlock) {
			return t.tooMany()
		}
		t.blocks = append(t.blocks, make([]byte, 0, textBlock))
		last++
	}
	if t.count%startBlock == 0 {
		if len(t.blocks)*textBlock+(len(t.starts)+1)*startBlock*4 > max(most, textBlock+startBlock*4) {
			return t.tooMany()
		}
		t.starts = append(t.starts, make([]uint32, startBlock))
	}
	t.starts[t.count/startBlock][t.count%startBlock] = uint32(last*textBlock + len(t.blocks[last]))
	t.count++
	block := append(t.blocks[last], byte(len(text)), byte(len(text)>>8))
	t.blocks[last] = append(block, text...)
	return nil
}

func (t *sharedTexts) tooMany() error {
	return &FileError{Problem: "the workbook holds more text than fits into memory", Fix: "Save the sheet as CSV UTF-8 and upload that; it may be of any size."}
}

func (t *sharedTexts) get(i int) (string, bool) {
	if i < 0 || i >= t.count {
		return "", false
	}
	start := int(t.starts[i/startBlock][i%startBlock])
	block := t.blocks[start/textBlock][start%textBlock:]
	n := int(block[0]) | int(block[1])<<8
	return string(block[2 : 2+n]), true
}
