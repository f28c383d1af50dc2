package main

import (
	"errors"
	"net/http"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"voice.example/shared/county"
	"voice.example/shared/i18n"
	"voice.example/shared/inquiry"
	"voice.example/shared/numbering"
	"voice.example/shared/phone"
	"voice.example/shared/subscription"
	"voice.example/shared/web"
)

// The most letters that somebody may write, but for the message, which may have inquiry.MaxText.
const (
	maxAskedName = 100
	maxHours     = 120
	maxNote      = 500
)

// question is what somebody asks for as they wrote it, in JSON or on the page.
type question struct {
	Reason   inquiry.Reason `json:"reason" jsonschema:"required"`
	Language string         `json:"language"`
	Phone    string         `json:"phone"`
	Email    string         `json:"email"`
	County   string         `json:"county"` // five digits, or a name and a state: "Cook County, IL"
	ZIP      string         `json:"zip"`
	ANumber  string         `json:"a_number"`
	Safe     safeContact    `json:"safe_contact"`
	Message  string         `json:"message"`
}

// safeContact is how somebody may be reached without harm.
type safeContact struct {
	Name         string `json:"name"`
	MayText      bool   `json:"may_text"`
	MayVoicemail bool   `json:"may_voicemail"`
	Hours        string `json:"hours"`
	Note         string `json:"note"`
}

// asking is what somebody asks for once it is read.
type asking struct {
	inquiry.Inquiry
	contact inquiry.Contact
	message string
}

// reachable reports whether anybody could be in contact with whoever asks.
func (a asking) reachable() bool { return a.contact.Phone != "" || a.contact.Email != "" }

// read reads what was written and says all that is wrong with it at once. Of a question that others answer nothing is read.
func (q question) read(r *http.Request, channel inquiry.Channel) (asking, error) {
	var check web.Check
	a := asking{Inquiry: inquiry.Inquiry{Reason: q.Reason, Channel: channel, Language: web.TextLanguage(r)}}
	switch {
	case q.Reason == "":
		check.Add("reason", "reason.missing")
	case !slices.Contains(inquiry.Asked(), q.Reason):
		check.Add("reason", "reason.unknown")
	}
	if q.Language != "" {
		language, ok := i18n.Parse(q.Language)
		if !ok {
			check.Add("language", "language.unknown")
		}
		a.Language = language
	}
	if q.Reason.OffTopic() {
		return a, check.Err()
	}
	a.contact = q.Safe.read(&check, q.Phone, q.Email)
	if !a.reachable() && len(check) == 0 && !onlineWillDo(q.Reason) {
		check.Add("phone", "contact.missing")
	}
	a.County = q.county(&check)
	if strings.TrimSpace(q.ANumber) != "" {
		a.ANumber = web.ReadANumber(&check, q.ANumber)
	}
	a.message = written(&check, "message", q.Message, inquiry.MaxText, true)
	return a, check.Err()
}

// onlineWillDo reports whether a request of this reason makes sense without a way to reach whoever asks: an office can be asked
// to see to something, but nobody can be told by us what we must not write down, or be called back.
func onlineWillDo(r inquiry.Reason) bool {
	return r == inquiry.LocalContact || r == inquiry.Other
}

// read reads how somebody is reached. A phone that is texted must be one that gets texts; one that is only called need not.
func (s safeContact) read(check *web.Check, number, email string) inquiry.Contact {
	c := inquiry.Contact{MayText: s.MayText, MayVoicemail: s.MayVoicemail,
		Name:  written(check, "name", s.Name, maxAskedName, false),
		Hours: written(check, "hours", s.Hours, maxHours, false),
		Note:  written(check, "note", s.Note, maxNote, true),
		Email: strings.TrimSpace(email)}
	parse := numbering.ParseToCall
	if s.MayText {
		parse = numbering.Parse
	}
	var err error
	switch c.Phone, err = parse(number); {
	case errors.Is(err, phone.ErrEmpty) && (s.MayText || s.MayVoicemail):
		check.Add("phone", "phone.for_texts")
	case err != nil && !errors.Is(err, phone.ErrEmpty):
		check.Add("phone", "phone."+callProblem(err))
	}
	if c.Email != "" && !subscription.ValidEmail(c.Email) {
		check.Add("email", "email.shape")
	}
	return c
}

// callProblem says what is wrong with a number that is to be called, or called and texted: the end of a message's id.
func callProblem(err error) string {
	switch {
	case errors.Is(err, phone.ErrExtension):
		return "extension"
	case errors.Is(err, phone.ErrLandline), errors.Is(err, phone.ErrNotTextable):
		return "no_texts"
	case errors.Is(err, phone.ErrNotCalled):
		return "costs"
	}
	return phoneProblem(err)
}

// county is the FIPS code of the county that somebody named, or that their ZIP code is in; of both, the one they named. None
// is fine.
func (q question) county(check *web.Check) string {
	named, zip := strings.TrimSpace(q.County), strings.TrimSpace(q.ZIP)
	code := ""
	if zip != "" {
		found, err := county.OfZIP(zip)
		switch {
		case errors.Is(err, county.ErrUnknown):
			check.Add("zip", "zip.unknown")
		case err != nil:
			check.Add("zip", "zip.shape")
		}
		code = found.FIPS
	}
	if named == "" {
		return code
	}
	if found, err := county.Parse(named); err == nil {
		return found.FIPS
	}
	name, state := named, ""
	if at := strings.LastIndex(named, ","); at >= 0 {
		name, state = strings.TrimSpace(named[:at]), strings.TrimSpace(named[at+1:])
	}
	found, err := county.Find(name, state)
	switch {
	case name == "" && state != "":
		check.Add("county", "county.missing")
	case state == "":
		check.Add("state", "state.missing")
	case err != nil:
		check.Add("county", "county.unknown")
	case len(found) > 1:
		check.Add("county", "county.several")
	default:
		return found[0].FIPS
	}
	return code
}

// written is what somebody wrote in their own words, without characters that cannot be seen and could change how the others
// look to whoever reads it, and in one line if it is not to have several.
func written(check *web.Check, name, text string, most int, lines bool) string {
	text = strings.Map(func(r rune) rune {
		switch {
		case r == '\n' && lines, r == '\u200c', r == '\u200d': // the joiners belong to words of some languages
			return r
		case r == '\n', r == '\t':
			return ' '
		case unicode.IsControl(r), unicode.Is(unicode.Cf, r), r == unicode.ReplacementChar, r == '\u2028', r == '\u2029':
			return -1
		}
		return r
	}, strings.ReplaceAll(text, "\r\n", "\n"))
	text = strings.TrimSpace(text)
	if utf8.RuneCountInString(text) > most {
		*check = append(*check, web.Field{Name: name, Problem: "written.long", Count: most})
	}
	return text
}
