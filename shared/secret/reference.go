package secret

import "strings"

// letters are those of references: without vowels, which make words, and without what looks like another.
const letters = "23456789BCDFGHJKMNPQRSTVWXZ"

// Reference is a keyed hash as people read it out and type it: eight letters in two groups, such as K7P4-QDX2. There are
// 27 to the power of 8, so two inputs may happen to have the same one.
func (k *Keys) Reference(purpose string, parts ...string) string {
	hash := k.Hash(purpose, parts...)
	var number uint64
	for _, c := range []byte(hash[:12]) { // 60 bits, of which the letters take 38
		number = number*32 + uint64(strings.IndexByte("abcdefghijklmnopqrstuvwxyz234567", c))&31
	}
	text := make([]byte, 8)
	for i := range text {
		text[i] = letters[number%uint64(len(letters))]
		number /= uint64(len(letters))
	}
	return grouped(string(text))
}

// ParseReference reads a reference as people type it: in small letters, with blanks, without its dash or with another. It
// is false for what does not look like one: other than eight letters or digits. Whether it is one of ours is not known
// here, not even where it has a letter that no reference has.
func ParseReference(text string) (string, bool) {
	text = strings.Map(func(r rune) rune {
		switch {
		case strings.ContainsRune(" \t\u00a0-\u2010\u2011\u2012\u2013\u2014\u2212", r): // blanks, and what phones make of a dash
			return -1
		case r >= 'a' && r <= 'z':
			return r - 'a' + 'A'
		}
		return r
	}, text)
	if len(text) != 8 || strings.Trim(text, "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ") != "" {
		return "", false
	}
	return grouped(text), true
}

func grouped(text string) string { return text[:4] + "-" + text[4:] }
