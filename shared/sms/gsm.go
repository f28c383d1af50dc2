package sms

import (
	"strings"
	"unicode"
	"unicode/utf16"

	"golang.org/x/text/unicode/norm"

	"voice.example/shared/i18n"
)

// The GSM 7-bit default alphabet (without the escape) and its extension table, whose characters take two places.
// Source: 3GPP TS 23.038, sections 6.2.1 and 6.2.1.1.
const (
	basic = "@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ !\"#¤%&'()*+,-./0123456789:;<=>?" +
		"¡ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§¿abcdefghijklmnopqrstuvwxyzäöñüà"
	extended = "^{}\\[~]|€\f"
)

// MaxParts is the most parts that a text of ours may take.
const MaxParts = 2

// Encoding is how a text goes over the air.
type Encoding string

const (
	GSM7 Encoding = "GSM-7"
	UCS2 Encoding = "UCS-2"
)

// Parts returns how many messages a text is billed and sent as, and in which encoding: one of up to 160 GSM-7 or
// 70 UCS-2 places, or several of 153 or 67. A character is never split between two parts.
func Parts(text string) (int, Encoding) {
	widths, encoding := make([]int, 0, len(text)), GSM7
	for _, r := range text {
		switch {
		case strings.ContainsRune(basic, r):
			widths = append(widths, 1)
		case strings.ContainsRune(extended, r):
			widths = append(widths, 2)
		default:
			encoding = UCS2
		}
	}
	single, several := 160, 153
	if encoding == UCS2 {
		single, several, widths = 70, 67, widths[:0]
		for _, r := range text {
			widths = append(widths, utf16.RuneLen(r))
		}
	}
	total, parts, used := 0, 1, 0
	for _, width := range widths {
		total += width
		if used+width > several {
			parts, used = parts+1, 0
		}
		used += width
	}
	if total <= single {
		return 1, encoding
	}
	return parts, encoding
}

// Write gives a text the letters in which it is sent. Languages that can do without the accents which GSM-7 lacks are
// folded into it. Vietnamese loses what tells its words apart, so it keeps its marks where the text then fits in
// MaxParts; a longer one goes without, as banks and telephone companies in Viet Nam write theirs, and its sentences are
// chosen to be clear without.
func Write(l i18n.Language, text string) string {
	if l == i18n.Vietnamese {
		marked := norm.NFC.String(text)
		if parts, _ := Parts(marked); parts <= MaxParts {
			return marked
		}
		return Fold(strings.Map(unmark, norm.NFD.String(text))) // all its marks: with only those of GSM-7 it would look broken
	}
	return Fold(text)
}

// Fold replaces letters that GSM-7 lacks by their base letters (á becomes a), and typographic marks by plain ones,
// which keeps a text in Spanish, say, in the cheap, long alphabet and readable. A text in another script is left as it is.
func Fold(text string) string {
	var b strings.Builder
	for _, r := range norm.NFC.String(text) {
		if strings.ContainsRune(basic, r) || strings.ContainsRune(extended, r) {
			b.WriteRune(r)
			continue
		}
		plain, ok := plainer[r]
		if !ok {
			plain = strings.Map(unmark, norm.NFD.String(string(r)))
		}
		b.WriteString(plain)
	}
	folded := b.String()
	if _, encoding := Parts(folded); encoding == UCS2 {
		return text
	}
	return folded
}

// unmark drops combining marks.
func unmark(r rune) rune {
	if unicode.Is(unicode.Mn, r) {
		return -1
	}
	return r
}

var plainer = map[rune]string{
	'\u2018': "'", '\u2019': "'", '\u201c': `"`, '\u201d': `"`, '\u2013': "-", '\u2014': "-", '\u2026': "...",
	'\u00a0': " ", '\u202f': " ", 'ł': "l", 'Ł': "L", 'đ': "d", 'Đ': "D", 'ı': "i",
}
