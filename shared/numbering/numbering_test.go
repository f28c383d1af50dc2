package numbering_test

import (
	"errors"
	"strings"
	"testing"

	"voice.example/shared/numbering"
	"voice.example/shared/phone"
)

func TestParse(t *testing.T) {
	for _, test := range []struct {
		name, text string
		want       phone.Number
		err        error
	}{
		{"TenDigits", "202 555 0143", "+12025550143", nil},
		{"Punctuation", " (202) 555-0143 ", "+12025550143", nil},
		{"LeadingOne", "1-202-555-0143", "+12025550143", nil},
		{"CountryCode", "+1 202 555 0143", "+12025550143", nil},
		{"UnassignedAreaIsPossible", "+1 555 555 0100", "+15555550100", nil},
		{"MexicanMobile", "+52 55 1234 5678", "+525512345678", nil},
		{"BritishMobile", "+44 7400 123456", "+447400123456", nil},
		{"ErrEmpty", " \t", "", phone.ErrEmpty},
		{"ErrWords", "call me", "", phone.ErrNotNumber},
		{"ErrUnknownCountryCode", "+999 123 456 789", "", phone.ErrNotNumber},
		{"ErrEndless", strings.Repeat("2", 65), "", phone.ErrNotNumber},
		{"ErrSevenDigits", "555-0143", "", phone.ErrLength},
		{"ErrNineDigits", "202 555 014", "", phone.ErrLength},
		{"ErrElevenDigits", "202 555 01434", "", phone.ErrLength},
		{"ErrBritishLandline", "+44 20 7946 0018", "", phone.ErrLandline},
		{"ErrTollFree", "1-800-234-5678", "", phone.ErrNotTextable},
		{"ErrPremium", "1-900-234-5678", "", phone.ErrNotTextable},
		{"ErrExtension", "202 555 0143 ext 5", "", phone.ErrNotTextable},
	} {
		t.Run(test.name, func(t *testing.T) {
			got, err := numbering.Parse(test.text)
			if !errors.Is(err, test.err) || got.E164() != test.want.E164() {
				t.Errorf("got %q, %v; want %q, %v", got.E164(), err, test.want.E164(), test.err)
			}
		})
	}
}

func TestParseToCall(t *testing.T) {
	for name, text := range map[string]string{"TollFree": "1-833-555-0143", "Landline": "+44 20 7946 0018", "Office": "(404) 893-1290"} {
		t.Run(name, func(t *testing.T) {
			if n, err := numbering.ParseToCall(text); err != nil || n.E164()[0] != '+' {
				t.Errorf("%s, %v", n, err)
			}
		})
	}
	for name, test := range map[string]struct {
		text string
		want error
	}{
		"ErrEmpty": {" ", phone.ErrEmpty}, "ErrLength": {"404 893", phone.ErrLength}, "ErrNotNumber": {"ask Rosa", phone.ErrNotNumber},
		"ErrExtension": {"(404) 893-1290 ext. 12", phone.ErrExtension}, "ErrPremium": {"1-900-234-5678", phone.ErrNotCalled},
		"ErrSharedCost": {"+44 843 555 0143", phone.ErrNotCalled},
	} {
		t.Run(name, func(t *testing.T) {
			if n, err := numbering.ParseToCall(test.text); !errors.Is(err, test.want) {
				t.Errorf("%s, %v", n, err)
			}
		})
	}
}

func TestZoneOf(t *testing.T) {
	for number, want := range map[phone.Number]string{
		"+12025550143": "America/New_York", "+13125550143": "America/Chicago", "+16025550143": "America/Phoenix",
		"+18085550143": "Pacific/Honolulu", "+17875550143": "America/Puerto_Rico",
		"+12085550143": "", // Idaho has two
		"+18005550143": "", "+8835100123456": "", "": "",
	} {
		if got, ok := numbering.ZoneOf(number); got != want || ok != (want != "") {
			t.Errorf("%s: got %q, %v, want %q", number.E164(), got, ok, want)
		}
	}
}

func TestCountryOf(t *testing.T) {
	for name, c := range map[string]struct {
		number phone.Number
		want   string
	}{
		"UnitedStates":   {"+12025550143", "US"},
		"PuertoRico":     {"+17875550143", "PR"},
		"Guam":           {"+16715550143", "GU"},
		"Canada":         {"+14165550143", "CA"},
		"Jamaica":        {"+18765550143", "JM"},
		"Dominican":      {"+18095550143", "DO"},
		"Mexico":         {"+525512345678", "MX"},
		"Britain":        {"+447400123456", "GB"},
		"NewAreaCode":    {"+15555550100", "US"},
		"ErrNoNumber":    {"12", ""},
		"ErrNoSuchPlace": {"+999123456789", ""},
	} {
		t.Run(name, func(t *testing.T) {
			if got := numbering.CountryOf(c.number); got != c.want {
				t.Errorf("got %q, want %q", got, c.want)
			}
		})
	}
}
