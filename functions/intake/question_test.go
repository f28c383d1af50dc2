package main

import (
	"errors"
	"net/http/httptest"
	"strings"
	"testing"

	"voice.example/shared/i18n"
	"voice.example/shared/inquiry"
	"voice.example/shared/phone"
	"voice.example/shared/web"
)

// read reads a question as of a browser that prefers Vietnamese, and gives what is wrong as "field problem".
func read(q question) (asking, string) {
	r := httptest.NewRequest("POST", "/ask", nil)
	r.Header.Set("Accept-Language", "vi")
	a, err := q.read(r, inquiry.Web)
	var wrong *web.Error
	if !errors.As(err, &wrong) {
		return a, ""
	}
	var said []string
	for _, f := range wrong.Fields {
		said = append(said, f.Name+" "+f.Problem)
	}
	return a, strings.Join(said, ", ")
}

func TestQuestion(t *testing.T) {
	t.Run("OK", func(t *testing.T) {
		a, wrong := read(question{Reason: inquiry.VictimServices, Phone: "(202) 555-0143", Email: " ana@example.org ", ZIP: "85001", ANumber: "A012-345-678",
			Safe: safeContact{Name: " Ana \r\n", MayText: true, MayVoicemail: true, Hours: "9 to 12", Note: "line\r\nline\x00"}, Message: "a\u202eb"})
		want := inquiry.Contact{Name: "Ana", Phone: "+12025550143", Email: "ana@example.org", MayText: true, MayVoicemail: true, Hours: "9 to 12", Note: "line\nline"}
		if wrong != "" || a.contact != want || a.message != "ab" || a.County != "04013" || a.ANumber != "012345678" || a.Language != i18n.Vietnamese ||
			a.Reason != inquiry.VictimServices || a.Channel != inquiry.Web {
			t.Errorf("%q, %+v", wrong, a)
		}
	})
	t.Run("ALandlineIsCalled", func(t *testing.T) {
		a, wrong := read(question{Reason: inquiry.Other, Phone: "+44 20 7946 0018"})
		if wrong != "" || a.contact.Phone != phone.Number("+442079460018") {
			t.Errorf("%q, %+v", wrong, a.contact)
		}
	})
	t.Run("NothingOfAQuestionThatOthersAnswer", func(t *testing.T) {
		a, wrong := read(question{Reason: inquiry.OwnCase, Phone: "12", Message: "about me", ZIP: "x"})
		if wrong != "" || a.message != "" || a.reachable() {
			t.Errorf("%q, %+v", wrong, a)
		}
	})
	for name, place := range map[string]question{
		"ByName": {County: "Maricopa, AZ"}, "ByCode": {County: "04013"}, "ByState": {County: "maricopa county, Arizona"},
		"TheNamedOneOfTwo": {County: "Maricopa, AZ", ZIP: "60601"}, "ByZIPPlus4": {ZIP: "85001-1234"},
	} {
		t.Run("County"+name, func(t *testing.T) {
			place.Reason, place.Phone = inquiry.Other, "2025550143"
			if a, wrong := read(place); wrong != "" || a.County != "04013" {
				t.Errorf("%q, %s", wrong, a.County)
			}
		})
	}
	for name, test := range map[string]struct {
		q    question
		want string
	}{
		"ErrNoReason":         {question{Phone: "2025550143"}, "reason reason.missing"},
		"ErrUnknownReason":    {question{Reason: "call_me", Phone: "2025550143"}, "reason reason.unknown"},
		"ErrNoContact":        {question{Reason: inquiry.CustodyStatus}, "phone contact.missing"},
		"OnlineOnly":          {question{Reason: inquiry.LocalContact}, ""},
		"ErrTextsToALandline": {question{Reason: inquiry.Other, Phone: "+44 20 7946 0018", Safe: safeContact{MayText: true}}, "phone phone.no_texts"},
		"ErrTextsToTollFree":  {question{Reason: inquiry.Other, Phone: "800 555 0199", Safe: safeContact{MayText: true}}, "phone phone.no_texts"},
		"TollFreeIsCalled":    {question{Reason: inquiry.Other, Phone: "800 555 0199"}, ""},
		"ErrPremium":          {question{Reason: inquiry.Other, Phone: "900 234 5678"}, "phone phone.costs"},
		"ErrExtension":        {question{Reason: inquiry.Other, Phone: "202 555 0143 ext 7"}, "phone phone.extension"},
		"ErrShort":            {question{Reason: inquiry.Other, Phone: "555 0143"}, "phone phone.length"},
		"ErrTextsToNoPhone":   {question{Reason: inquiry.Other, Email: "ana@example.org", Safe: safeContact{MayText: true}}, "phone phone.for_texts"},
		"ErrEmail":            {question{Reason: inquiry.Other, Email: "ana"}, "email email.shape"},
		"ErrZIP":              {question{Reason: inquiry.Other, ZIP: "8500"}, "zip zip.shape"},
		"ErrUnknownZIP":       {question{Reason: inquiry.Other, ZIP: "00000"}, "zip zip.unknown"},
		"ErrCounty":           {question{Reason: inquiry.Other, County: "Nowhere, AZ"}, "county county.unknown"},
		"ErrCountyOfNoState":  {question{Reason: inquiry.Other, County: "Maricopa"}, "state state.missing"},
		"ErrTwoCounties":      {question{Reason: inquiry.Other, County: "Baltimore, MD"}, "county county.several"},
		"ErrStateOnly":        {question{Reason: inquiry.Other, County: ", AZ"}, "county county.missing"},
		"ErrANumber":          {question{Reason: inquiry.Other, ANumber: "12"}, "a_number a_number.shape"},
		"ErrLanguage":         {question{Reason: inquiry.Other, Language: "tlh"}, "language language.unknown"},
		"ErrLong": {question{Reason: inquiry.Other, Message: strings.Repeat("ü", inquiry.MaxText+1), Safe: safeContact{Name: strings.Repeat("n", 101),
			Hours: strings.Repeat("h", 121), Note: strings.Repeat("n", 501)}}, "name written.long, hours written.long, note written.long, message written.long"},
		"AsLongAsItMayBe": {question{Reason: inquiry.Other, Message: strings.Repeat("ü", inquiry.MaxText)}, ""},
	} {
		t.Run(name, func(t *testing.T) {
			if _, wrong := read(test.q); wrong != test.want {
				t.Errorf("got %q, want %q", wrong, test.want)
			}
		})
	}
}
