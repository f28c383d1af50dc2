package main

import (
	"errors"
	"net/http"
	"strings"

	"voice.example/shared/country"
	"voice.example/shared/custody"
	"voice.example/shared/i18n"
	"voice.example/shared/numbering"
	"voice.example/shared/phone"
	"voice.example/shared/subscription"
	"voice.example/shared/web"
)

// wanted is what somebody asks for as they wrote it, in JSON or in the form.
type wanted struct {
	ANumber        string          `json:"a_number" jsonschema:"required"`
	CountryOfBirth string          `json:"country_of_birth" jsonschema:"required"`
	Phone          string          `json:"phone" jsonschema:"required"`
	Language       string          `json:"language"`
	Events         []custody.Event `json:"events"`
	Discreet       bool            `json:"discreet"`
	CodeWord       string          `json:"code_word"`
	Quiet          *quietHours     `json:"quiet_hours"`
	SecondPhone    string          `json:"second_phone"`
	Email          string          `json:"email"`
}

// quietHours are as in a subscription. An object of none of them stands for no quiet hours.
type quietHours = subscription.Quiet

// application reads what was written and says all that is wrong with it at once. Whoever names no language for their
// texts gets that of the request.
func (in wanted) application(r *http.Request) (subscription.Application, error) {
	var check web.Check
	app := subscription.Application{
		Language: web.TextLanguage(r), Events: in.Events, Discreet: in.Discreet, CodeWord: in.CodeWord, Email: in.Email,
	}
	if in.Quiet != nil && *in.Quiet != (quietHours{}) {
		app.Quiet = in.Quiet
	}
	app.ANumber = web.ReadANumber(&check, in.ANumber)
	var err error
	if app.CountryOfBirth, err = country.Parse(in.CountryOfBirth); strings.TrimSpace(in.CountryOfBirth) == "" {
		check.Add("country_of_birth", "country_of_birth.missing")
	} else if err != nil {
		check.Add("country_of_birth", "country_of_birth.unknown")
	}
	if app.Phone, err = numbering.Parse(in.Phone); err != nil {
		check.Add("phone", "phone."+phoneProblem(err))
	}
	app.Second = secondPhone(&check, in.SecondPhone)
	if in.Language != "" {
		language, ok := i18n.Parse(in.Language)
		if !ok {
			check.Add("language", "language.unknown")
		}
		app.Language = language
	}
	return app, check.Err()
}

// secondPhone reads the phone of a second contact; none when nothing is written.
func secondPhone(check *web.Check, text string) phone.Number {
	number, err := numbering.Parse(text)
	if err != nil && !errors.Is(err, phone.ErrEmpty) {
		check.Add("second_phone", "second_phone."+phoneProblem(err))
	}
	return number
}

// phoneProblem says what is wrong with a phone number: the end of a message's id.
func phoneProblem(err error) string {
	switch {
	case errors.Is(err, phone.ErrEmpty):
		return "missing"
	case errors.Is(err, phone.ErrLength):
		return "length"
	case errors.Is(err, phone.ErrLandline):
		return "landline"
	case errors.Is(err, phone.ErrNotTextable):
		return "kind"
	}
	return "number"
}

// idempotencyKey is the request's Idempotency-Key header: none, or up to 255 visible ASCII characters.
func idempotencyKey(r *http.Request) (string, error) {
	key := r.Header.Get("Idempotency-Key")
	visible := func(c rune) rune {
		if c < '!' || c > '~' {
			return c
		}
		return -1
	}
	if len(key) > 255 || strings.Map(visible, key) != "" {
		var check web.Check
		check.Add("Idempotency-Key", "idempotency_key.shape")
		return "", check.Err()
	}
	return key, nil
}

// checkCode refuses what cannot be a code before it costs a try.
func checkCode(code string) error {
	digits := strings.NewReplacer(" ", "", "-", "", "\u00a0", "").Replace(code)
	var check web.Check
	switch {
	case digits == "":
		check.Add("code", "code.missing")
	case len(digits) != 6 || strings.Trim(digits, "0123456789") != "":
		check.Add("code", "code.shape")
	}
	return check.Err()
}
