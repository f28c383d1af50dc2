package main

import (
	"errors"
	"net/http"
	"regexp"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"

	"voice.example/shared/aws"
	"voice.example/shared/country"
	"voice.example/shared/custody"
	"voice.example/shared/feed"
	"voice.example/shared/web"
)

// maxName is more letters than any name in a record has.
const maxName = 100

// query is a look-up as it was written, in JSON or in a form: by A-number, or by name.
type query struct {
	ANumber string `json:"a_number"` // 7 to 9 digits, with or without an A, dashes and spaces
	// CountryOfBirth is an ISO 3166 code of two or three letters, or a name in English or Spanish.
	CountryOfBirth string `json:"country_of_birth" jsonschema:"required"`
	LastName       string `json:"last_name"`
	FirstName      string `json:"first_name"`
	DateOfBirth    string `json:"date_of_birth"` // 1990-12-31; it narrows a look-up by name
}

func (q query) byName() bool { return q.LastName != "" || q.FirstName != "" || q.DateOfBirth != "" }

// finding is the records that a look-up found, and what is known of the feeds that they come from.
type finding struct {
	records []custody.Record
	feeds   feed.Known
}

// find answers a look-up. What is wrong with it depends on its text alone and is told before any record is read;
// after that there is one answer, custody.ErrNotFound, for all that is not there or may not be shown, after the same work.
func (h *handler) find(r *http.Request, q query) (finding, error) {
	ctx := r.Context()
	var check web.Check
	if q.byName() {
		if q.ANumber != "" {
			check.Add("a_number", "a_number.either")
		}
		checkName(&check, "last_name", q.LastName)
		checkName(&check, "first_name", q.FirstName)
		born := parseCountry(&check, q.CountryOfBirth)
		h.checkDate(&check, q.DateOfBirth)
		if err := check.Err(); err != nil {
			return finding{}, err
		}
		feeds := h.feeds.Read()
		records, err := h.table.FindByName(ctx, custody.NameQuery{
			LastName: q.LastName, FirstName: q.FirstName, CountryOfBirth: born, DateOfBirth: q.DateOfBirth,
		}, h.now())
		return finding{records, feeds()}, h.noted(r, "", err)
	}
	number := web.ReadANumber(&check, q.ANumber)
	born := parseCountry(&check, q.CountryOfBirth)
	if err := check.Err(); err != nil {
		return finding{}, err
	}
	feeds := h.feeds.Read()
	record, err := h.table.Find(ctx, number, born, h.now())
	return finding{[]custody.Record{record}, feeds()}, h.noted(r, string(number), err)
}

// noted counts an answer, and holds it back for a moment where too many numbers are tried out. Empty answers are all alike in
// that, whatever made them empty.
func (h *handler) noted(r *http.Request, number string, err error) error {
	empty := errors.Is(err, custody.ErrNotFound)
	if err != nil && !empty {
		return err
	}
	if empty {
		aws.LineOf(r.Context()).Count(aws.LookupsEmpty, 1)
	}
	h.pace.answered(r.Context(), web.Source(r), number, empty)
	return err
}

func parseCountry(check *web.Check, text string) country.Code {
	code, err := country.Parse(text)
	switch {
	case text == "":
		check.Add("country_of_birth", "country_of_birth.missing")
	case err != nil:
		check.Add("country_of_birth", "country_of_birth.unknown")
	}
	return code
}

func checkName(check *web.Check, field, name string) {
	switch {
	case name == "":
		check.Add(field, field+".missing")
	case utf8.RuneCountInString(name) > maxName:
		check.Add(field, field+".long")
	case !strings.ContainsFunc(name, unicode.IsLetter):
		check.Add(field, field+".letters")
	}
}

// isoDate is a date's shape, whether or not there is such a day.
var isoDate = regexp.MustCompile(`^\d{4}-\d{1,2}-\d{1,2}$`)

// checkDate takes no date, and a day between 1900 and now.
func (h *handler) checkDate(check *web.Check, text string) {
	if text == "" {
		return
	}
	day, err := time.Parse(time.DateOnly, text)
	switch {
	case err != nil && isoDate.MatchString(text):
		check.Add("date_of_birth", "date_of_birth.no_day")
	case err != nil:
		check.Add("date_of_birth", "date_of_birth.shape")
	case day.Year() < 1900:
		check.Add("date_of_birth", "date_of_birth.early")
	case !day.Before(h.now()):
		check.Add("date_of_birth", "date_of_birth.ahead")
	}
}
