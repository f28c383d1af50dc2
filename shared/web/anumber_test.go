package web

import (
	"strings"
	"testing"
)

func TestReadANumber(t *testing.T) {
	for text, want := range map[string]string{
		"A012-345-678": "", " 1234567": "",
		"": "a_number.missing", "  ": "a_number.missing", "A": "a_number.missing",
		"Juan": "a_number.digits", "A01234567B": "a_number.digits", "🙂": "a_number.digits", "AA1234567": "a_number.digits", "012.345.678": "a_number.digits",
		"123456": "a_number.shape", "A1234567890": "a_number.shape", strings.Repeat("1", 10_000): "a_number.shape",
	} {
		var check Check
		number := ReadANumber(&check, text)
		switch {
		case want == "" && (len(check) != 0 || len(number) != 9):
			t.Errorf("%q: got %v", text, check)
		case want != "" && (len(check) != 1 || check[0] != Field{Name: "a_number", Problem: want}):
			t.Errorf("%q: got %v, want %s", text, check, want)
		}
	}
}
