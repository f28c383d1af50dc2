package main

import (
	"voice.example/shared/i18n"
	"voice.example/shared/inquiry"
	"voice.example/shared/sms"
)

// compose words a step of an inquiry, for the phone of whoever asked. Somebody else may read it over their shoulder: it says
// that there is a request, and its reference, and nothing of what it is about; and never the PIN.
func compose(step inquiry.Step, i inquiry.Inquiry, agency, hotline string) string {
	l := spoken(i.Language)
	what := l.Text("sms_request_"+string(step), map[string]any{"Reference": i.Reference})
	return sms.Write(l, l.Text("sms_frame_undated", map[string]any{"From": agency, "What": what, "Hotline": hotline}))
}

// spoken is the language of an inquiry, or English for one that it should not have.
func spoken(l i18n.Language) i18n.Language {
	if known, ok := i18n.Parse(string(l)); ok {
		return known
	}
	return i18n.English
}
