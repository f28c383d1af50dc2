package main

import (
	"context"
	"errors"
	"net/http"
	"net/mail"
	"strconv"
	"strings"
	"unicode/utf8"

	"voice.example/shared/audit"
	"voice.example/shared/county"
	"voice.example/shared/custody"
	"voice.example/shared/i18n"
	"voice.example/shared/inquiry"
	"voice.example/shared/numbering"
	"voice.example/shared/secret"
	"voice.example/shared/staff"
	"voice.example/shared/web"
)

// routeCalls routes logging calls: JSON and pages.
func (h *handler) routeCalls() {
	h.Handle("POST", "/v1/staff/inquiries", audited(h.allowed(staff.LogCalls, h.logCall)))
	h.Handle("GET", "/staff/call", h.page(staff.LogCalls, h.showCallForm))
	h.Handle("POST", "/staff/call", audited(h.page(staff.LogCalls, h.takeCall)))
}

// call is what a caller asks for.
type call struct {
	Reason       inquiry.Reason `json:"reason" jsonschema:"required"`
	Language     i18n.Language  `json:"language"`
	Name         string         `json:"name"`
	Phone        string         `json:"phone"`
	Email        string         `json:"email"`
	Place        string         `json:"place"` // a ZIP code, or a county and its state, such as Maricopa, AZ
	ANumber      string         `json:"a_number"`
	MayText      bool           `json:"may_text"`
	MayVoicemail bool           `json:"may_voicemail"`
	Hours        string         `json:"hours"`
	Safety       string         `json:"safety"` // what whoever calls must know
	Message      string         `json:"message"`
}

// The most that may be written, in characters.
const (
	maxName  = 100
	maxHours = 120
)

// inquiryOf makes the inquiry of a call, and says of every field what is wrong with it.
func (h *handler) inquiryOf(ctx context.Context, c call) (inquiry.Inquiry, error) {
	var check web.Check
	i := inquiry.Inquiry{Reason: c.Reason, Channel: inquiry.Phone, Language: c.Language}
	if i.Language == "" {
		i.Language = i18n.English
	}
	if !knownReason(c.Reason) {
		check.Say("reason", "Choose what they ask for.")
	}
	if _, known := i18n.Parse(string(i.Language)); !known {
		check.Say("language", "Texts are not written in this language.")
	}
	if c.Reason.OffTopic() {
		return i, check.Err() // nothing else is asked or kept
	}
	contact := inquiry.Contact{Name: strings.TrimSpace(c.Name), Email: strings.TrimSpace(c.Email), MayText: c.MayText, MayVoicemail: c.MayVoicemail,
		Hours: strings.TrimSpace(c.Hours), Note: strings.TrimSpace(c.Safety)}
	if c.Phone != "" {
		number, err := numbering.ParseToCall(c.Phone)
		if err != nil {
			check.Say("phone", "This is no phone number. Write it with its area code, such as 202 555 0143.")
		}
		contact.Phone = number
	}
	if contact.Email != "" {
		if parsed, err := mail.ParseAddress(contact.Email); err != nil || parsed.Address != contact.Email {
			check.Say("email", "This is no e-mail address.")
		}
	}
	if c.MayText && contact.Phone != "" {
		if _, err := numbering.Parse(c.Phone); err != nil {
			check.Say("may_text", "This number cannot get texts.")
		}
	}
	if place := strings.TrimSpace(c.Place); place != "" {
		at, err := countyOf(place)
		if err != nil {
			check.Say("place", "We know no such ZIP code or county. Write 85001, or Maricopa, AZ; or leave it empty.")
		}
		i.County = at.FIPS
	}
	if c.ANumber != "" {
		number, err := custody.ParseANumber(c.ANumber)
		if err != nil {
			check.Say("a_number", "An A-number has seven to nine digits.")
		}
		i.ANumber = number
	}
	for name, of := range map[string]struct {
		text string
		most int
	}{"name": {c.Name, maxName}, "hours": {c.Hours, maxHours}, "safety": {c.Safety, inquiry.MaxText}, "message": {c.Message, inquiry.MaxText}} {
		if utf8.RuneCountInString(of.text) > of.most {
			check.Say(name, "Write no more than "+strconv.Itoa(of.most)+" characters.")
		}
	}
	if err := check.Err(); err != nil {
		return i, err
	}
	if err := h.inquiries.Say(ctx, &i, strings.TrimSpace(c.Message)); err != nil {
		return i, err
	}
	return i, h.inquiries.Reach(ctx, &i, contact)
}

// errSeveral says that a county's name means more than one.
var errSeveral = errors.New("staff: the name is of several counties")

// countyOf reads where somebody lives: a ZIP code, or a county and its state with a comma between.
func countyOf(place string) (county.County, error) {
	name, state, named := strings.Cut(place, ",")
	if !named {
		return county.OfZIP(place)
	}
	found, err := county.Find(name, state)
	if err != nil {
		return county.County{}, err
	}
	if len(found) > 1 {
		return county.County{}, errSeveral
	}
	return found[0], nil
}

func knownReason(r inquiry.Reason) bool {
	for _, known := range inquiry.Asked() {
		if r == known {
			return true
		}
	}
	return false
}

// log opens the inquiry of a call, once for each key.
func (h *handler) log(r *http.Request, who staff.Identity, key string, seconds int, c call) (inquiry.Inquiry, error) {
	i, err := h.inquiryOf(r.Context(), c)
	if err != nil {
		return i, err
	}
	i.CallSeconds = seconds
	if err := h.note(r.Context(), who, audit.Entry{Subject: audit.Console, Action: audit.Changed, What: "log a call"}, ""); err != nil {
		return i, err
	}
	opened, _, err := h.inquiries.Open(r.Context(), "call/"+who.Subject+"/"+key, i, who)
	web.Outcome(r.Context(), "call_logged")
	return opened, err
}

// logged answers a call that was logged.
type loggedCall struct {
	summary
	PIN    string `json:"pin,omitempty"`
	Number string `json:"call_instead,omitempty"` // whom others are told to call
}

func (h *handler) answerTo(i inquiry.Inquiry) loggedCall {
	l := loggedCall{summary: h.summarize(i), Number: h.numberOf(i.Reason)}
	if l.Number == "" {
		l.PIN = h.inquiries.PIN(i)
	}
	return l
}

// numberOf is whom a caller is told to call whose reason is others' business; "" where it is ours.
func (h *handler) numberOf(r inquiry.Reason) string {
	switch r {
	case inquiry.ReportCrime:
		return h.tipLine
	case inquiry.OwnCase:
		return h.ownCase
	}
	return ""
}

// logCall answers POST /v1/staff/inquiries. With an Idempotency-Key it can be sent again.
func (h *handler) logCall(w http.ResponseWriter, r *http.Request, who staff.Identity) error {
	var c call
	if err := web.DecodeJSON(r, &c); err != nil {
		return err
	}
	key := r.Header.Get("Idempotency-Key")
	if key == "" {
		key = secret.NewID()
	}
	i, err := h.log(r, who, key, 0, c)
	if err != nil {
		return err
	}
	w.Header().Set("Location", "/v1/staff/inquiries/"+i.Reference)
	return web.WriteJSON(w, http.StatusCreated, h.answerTo(i))
}
