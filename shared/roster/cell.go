package roster

import (
	"fmt"
	"strings"
	"unicode"
	"unicode/utf8"

	"voice.example/shared/reject"
)

// cell returns a column's text, "" when the file has no such column. Text that is no UTF-8, too long or not to be seen
// is rejected.
func (p *parser) cell(c Column) string {
	i := p.header.at[c]
	if i < 0 {
		return ""
	}
	text := strings.TrimSpace(p.cells[i])
	if len(text) <= maxCell && isPlain(text) {
		if text != "" && text[0] == '#' && isSheetError(text) {
			p.reject(c, text, "the spreadsheet could not work out this cell", "Correct the formula in the spreadsheet.")
			return ""
		}
		return text
	}
	return p.oddCell(c, text)
}

// isPlain reports whether text is printable ASCII.
func isPlain(text string) bool {
	for i := range len(text) {
		if text[i] < ' ' || text[i] > '~' {
			return false
		}
	}
	return true
}

// isSheetError reports whether the text is what a spreadsheet shows in place of a value that it cannot work out.
func isSheetError(text string) bool {
	switch text {
	case "#N/A", "#REF!", "#VALUE!", "#NAME?", "#DIV/0!", "#NUM!", "#NULL!", "#SPILL!", "#CALC!", "#GETTING_DATA":
		return true
	}
	return false
}

// oddCell looks closer at text that is more than short printable ASCII.
func (p *parser) oddCell(c Column, text string) string {
	switch {
	case !utf8.ValidString(text):
		p.reject(c, reject.Mask(text), "the text is not UTF-8", "Save the file as CSV UTF-8.")
		return ""
	case len(text) > maxCell:
		p.reject(c, reject.Mask(text), fmt.Sprintf("the cell has more than %d bytes", maxCell), "Look for a missing separator or quotation mark.")
		return ""
	case c == ANumber: // every character counts there
		return text
	}
	lost := false
	for _, r := range text {
		switch {
		case unicode.IsSpace(r):
		case unicode.IsControl(r), r == '\u202d', r == '\u202e':
			p.reject(c, reject.Mask(text), "the cell has characters that cannot be seen", "Type the cell anew.")
			return ""
		case r == utf8.RuneError:
			lost = true
		}
	}
	if lost {
		p.warn(c, reject.Mask(text), "a character was lost before the file came here", "Correct the cell and upload the row again.")
	}
	return tidy(text)
}

// tidy leaves out what pasting brings along unseen, marks of direction and of width, and makes every run of spaces,
// tabs and line breaks one space.
func tidy(text string) string {
	text = strings.Map(func(r rune) rune {
		switch r {
		case '\u200b', '\u200e', '\u200f', '\u2060', '\ufeff', '\u00ad', '\u061c':
			return -1
		}
		if r >= '\u202a' && r <= '\u202e' || r >= '\u2066' && r <= '\u2069' {
			return -1
		}
		return r
	}, text)
	for i, r := range text {
		if r != ' ' && unicode.IsSpace(r) || r == ' ' && strings.HasPrefix(text[i+1:], " ") {
			return strings.Join(strings.Fields(text), " ")
		}
	}
	return text
}
