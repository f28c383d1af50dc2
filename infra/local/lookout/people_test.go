package lookout

import (
	"encoding/base64"
	"net/url"
	"testing"
)

// TestPeople makes sure that the look-out itself sees what it looks for.
func TestPeople(t *testing.T) {
	var p People
	p.Number("+12025550143")
	p.Number("012345678")
	p.Name("Whitfield")
	p.Sent("application/json", `{"email": "ada.example@example.org", "code_word": "Girasol", "safe_contact": {"note": "Please call after six."}, "language": "en"}`)
	p.Sent("application/x-www-form-urlencoded", "phone=202+555+0144&why=He+follows+my+sister.&reason=custody_status_of_one")
	in64 := func(text string) string { return base64.StdEncoding.EncodeToString([]byte(text)) }
	for name, line := range map[string]string{
		"Phone":           `{"to":"+12025550143"}`,
		"PhoneNational":   "to (202) 555-0143.",
		"PhoneDigits":     "to 2025550143,",
		"PhoneDotted":     "202.555.0143",
		"PhoneOfAForm":    "+12025550144",
		"PhoneInAURL":     "/messages?to=" + url.QueryEscape("+12025550143"),
		"ANumber":         "A012345678",
		"ANumberDashed":   "A12-345-678,",
		"ANumberShort":    "a_number=12345678 ",
		"LastNameFirst":   "WHITFIELD, ADA",
		"LastNameInAURL":  "name=Whitfield%2C+Ada",
		"Mail":            "to <Ada.Example@example.org>",
		"MailInAURL":      "to=ada.example%40example.org",
		"MailInJSON":      `"ada.example\u0040example.org"`,
		"CodeWord":        `"code_word":"GIRASOL"`,
		"Sentence":        `"message":"please call after six."`,
		"SentenceOfAForm": "He follows my sister.",
		"PhoneIn64":       in64("+12025550143"),
		"MailIn64":        in64(`{"to":"ada.example@example.org"}`),
		"NameIn64URL":     base64.RawURLEncoding.EncodeToString([]byte("?>?Whitfield")),
		"ANumberWithin64": "x" + in64("of 012345678 and others"),
	} {
		t.Run(name, func(t *testing.T) {
			if p.In("a line before\n"+line+"\n") == "" {
				t.Errorf("%s is not seen", line)
			}
		})
	}
	for name, line := range map[string]string{
		"UUID":      `03:15:38.766 deliver queue 12345678-1111-4111-8111-123456789012 ok 5.4 ms`,
		"Time":      `{"timestamp":"2026-11-26T02:59:24.210762795Z","Timestamp":1795661964210}`,
		"OtherMail": "staff@agency.example",
		"Reason":    "custody_status_of_one en",
	} {
		t.Run("NotTakenForIt"+name, func(t *testing.T) {
			if found := p.In(line); found != "" {
				t.Errorf("%q", found)
			}
		})
	}
}
