package phone_test

import (
	"testing"

	"voice.example/shared/phone"
)

func TestCountry(t *testing.T) {
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
			if got := c.number.Country(); got != c.want {
				t.Errorf("got %q, want %q", got, c.want)
			}
		})
	}
}

func TestBlock(t *testing.T) {
	if got := phone.Number("+12025550143").Block(); got != "+12025550" {
		t.Errorf("got %q", got)
	}
	if got := phone.Number("").Block(); got != "" {
		t.Errorf("got %q", got)
	}
}
