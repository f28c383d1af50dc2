package web

import (
	"strings"

	"voice.example/shared/custody"
)

// ReadANumber reads the field a_number and notes what is wrong with it: nothing there, something other than digits in it,
// or too few or too many of them.
func ReadANumber(check *Check, text string) custody.ANumber {
	number, err := custody.ParseANumber(text)
	text = strings.TrimSpace(text)
	if text != "" && strings.ContainsRune("Aa", rune(text[0])) {
		text = text[1:]
	}
	switch {
	case err == nil:
	case text == "":
		check.Add("a_number", "a_number.missing")
	case strings.Trim(text, "0123456789- \u00a0\u2011\u2013") != "":
		check.Add("a_number", "a_number.digits")
	default:
		check.Add("a_number", "a_number.shape")
	}
	return number
}
