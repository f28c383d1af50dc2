package roster

import (
	"errors"
	"io"
	"math"
	"strconv"
	"strings"
	"time"
)

// sheet reads the rows of one sheet.
type sheet struct {
	workbook *workbook
	part     *part
	width    int // of the header, once that is found
	row      int // the number of the row read last, as Excel counts
	rows     int // with anything in them
	ended    bool
	failed   error
	cells    []string
	value    []byte
}

func (w *workbook) openSheet(name string) (*sheet, error) {
	p, err := w.part(name)
	if err != nil {
		return nil, err
	}
	return &sheet{workbook: w, part: p}, nil
}

// next returns the next row that the file has; empty ones may be left out of it.
func (s *sheet) next() (record, error) {
	if s.failed != nil {
		return record{}, s.failed
	}
	for {
		e, err := s.part.next()
		if errors.Is(err, io.EOF) && s.ended {
			return record{}, io.EOF
		}
		if errors.Is(err, io.EOF) {
			err = errWorkbook // a part without rows is no sheet
		}
		if err != nil {
			s.failed = err
			return record{}, err
		}
		switch {
		case e.name == "sheetData" && e.ends:
			s.ended = true
		case e.name == "row" && !e.ends && !s.ended:
			rec, err := s.readRow(e)
			if err != nil {
				s.failed = err
			}
			if !rec.blank {
				s.rows++
			}
			return rec, err
		}
	}
}

func (s *sheet) readRow(e element) (record, error) {
	number := s.row + 1
	if text := e.attribute("r"); text != "" {
		n, err := strconv.Atoi(text)
		if err != nil || n <= s.row || n > math.MaxInt32 {
			return record{}, errWorkbook
		}
		number = n
	}
	s.row = number
	rec := record{line: number}
	s.cells = s.cells[:0]
	begin := s.part.xml.InputOffset()
	for {
		e, err := s.part.next()
		if errors.Is(err, io.EOF) {
			err = errWorkbook
		}
		if err == nil && s.part.xml.InputOffset()-begin > int64(s.workbook.options.RowBytes) {
			err = s.part.tooLong()
		}
		if err != nil {
			return record{}, err
		}
		switch {
		case e.name == "row" && e.ends:
			for len(s.cells) < s.width {
				s.cells = append(s.cells, "")
			}
			rec.cells, rec.blank = s.cells, blank(s.cells) && !rec.tooWide
			return rec, nil
		case e.name == "c" && !e.ends:
			if err := s.readCell(e, &rec); err != nil {
				return record{}, err
			}
		}
	}
}

// readCell reads a cell into its place in the row.
func (s *sheet) readCell(e element, rec *record) error {
	at := len(s.cells)
	if ref := e.attribute("r"); ref != "" {
		column, ok := columnOf(ref)
		if !ok || column < len(s.cells) {
			return errWorkbook
		}
		at = column
	}
	style, kind := e.attribute("s"), e.attribute("t")
	s.value = s.value[:0]
	inText, sounds := false, false
	for {
		e, err := s.part.next()
		if errors.Is(err, io.EOF) {
			err = errWorkbook
		}
		if err != nil {
			return err
		}
		switch {
		case e.name == "rPh":
			sounds = !e.ends
		case e.name == "v", e.name == "t":
			inText = !e.ends && !sounds
		case e.name == "" && inText:
			s.value = appendText(s.value, e.text)
		case e.name == "c" && e.ends:
			text, err := s.text(kind, style)
			if err != nil || strings.TrimSpace(text) == "" {
				return err
			}
			if at >= s.workbook.options.Columns {
				rec.tooWide = true
				return nil
			}
			for len(s.cells) < at {
				s.cells = append(s.cells, "")
			}
			s.cells = append(s.cells, text)
			return nil
		case e.name == "row" || e.name == "sheetData":
			return errWorkbook
		}
	}
}

// columnOf reads the column of a reference such as AB12, counted from 0.
func columnOf(ref string) (int, bool) {
	column, letters := 0, 0
	for letters < len(ref) {
		c := ref[letters] &^ 0x20
		if c < 'A' || c > 'Z' {
			break
		}
		column = column*26 + int(c-'A') + 1
		if letters++; letters > 3 {
			return 0, false
		}
	}
	return column - 1, letters > 0
}

// text is what a cell's value means, by the kind that it says it has.
func (s *sheet) text(kind, style string) (string, error) {
	switch kind {
	case "s":
		i, err := strconv.Atoi(strings.TrimSpace(string(s.value)))
		if err != nil {
			return "", errWorkbook
		}
		text, ok := s.workbook.texts.get(i)
		if !ok {
			return "", errWorkbook
		}
		return unescape(text), nil
	case "inlineStr", "str":
		return unescape(string(s.value)), nil
	case "b":
		if string(s.value) == "1" {
			return "true", nil
		}
		return "false", nil
	case "d":
		return string(s.value), nil
	case "e":
		return "#N/A", nil // whichever error it is
	}
	number := strings.TrimSpace(string(s.value))
	if i, err := strconv.Atoi(style); err == nil && i >= 0 && i < len(s.workbook.dates) && s.workbook.dates[i] {
		if text, ok := dateText(number, s.workbook.from1904); ok {
			return text, nil
		}
	}
	return plainNumber(number), nil
}

// unescape turns _x000D_ and the like into the characters that XML cannot hold.
func unescape(text string) string {
	if !strings.Contains(text, "_x") {
		return text
	}
	var b strings.Builder
	for {
		i := strings.Index(text, "_x")
		if i < 0 || len(text) < i+7 {
			break
		}
		code, err := strconv.ParseUint(text[i+2:i+6], 16, 16)
		if err != nil || text[i+6] != '_' {
			b.WriteString(text[:i+2])
			text = text[i+2:]
			continue
		}
		b.WriteString(text[:i])
		b.WriteRune(rune(code))
		text = text[i+7:]
	}
	return b.String() + text
}

// dateText writes a number of days as a time. Numbers of before March 1900 are left alone: Excel counts a day then that
// never was, and what is formatted as a time of day without a day is among them.
func dateText(number string, from1904 bool) (string, bool) {
	const first, last = 61, 2_958_466 // March 1900, and the end of 9999
	days, err := strconv.ParseFloat(number, 64)
	epoch := time.Date(1899, 12, 30, 0, 0, 0, 0, time.UTC)
	if from1904 {
		days += 1462
	}
	if err != nil || !(days >= first && days < last) {
		return "", false
	}
	t := epoch.Add(time.Duration(math.Floor(days)) * 24 * time.Hour).Add(time.Duration(math.Round((days-math.Floor(days))*86400)) * time.Second)
	if t.Hour()+t.Minute()+t.Second() == 0 {
		return t.Format(time.DateOnly), true
	}
	return t.Format(time.DateTime), true
}

// isDateNumber reports whether a built-in number format shows a date. Those of 27 to 58 depend on the language.
func isDateNumber(id int) bool {
	return id >= 14 && id <= 17 || id == 22 || id >= 27 && id <= 31 || id == 36 || id >= 50 && id <= 54 || id == 57 || id == 58
}

// isDateFormat reports whether a number format shows a day: it has a place for the year or the day outside quotation
// marks and brackets. One for a time of day or a duration alone names no moment.
func isDateFormat(code string) bool {
	for i := 0; i < len(code); i++ {
		switch code[i] {
		case '"':
			for i++; i < len(code) && code[i] != '"'; i++ {
			}
		case '[':
			for i++; i < len(code) && code[i] != ']'; i++ {
			}
		case '\\', '_', '*':
			i++
		case ';': // what follows is for negative numbers and texts
			return false
		case 'd', 'D', 'y', 'Y':
			return true
		}
	}
	return false
}
