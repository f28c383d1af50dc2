package web

import (
	"errors"
	"net/http"
	"strings"
	"time"

	"voice.example/shared/custody"
	"voice.example/shared/i18n"
	"voice.example/shared/limit"
	"voice.example/shared/sms"
	"voice.example/shared/subscription"
)

// Code names a kind of error for machines. Pages and problem documents say it in words by the messages
// problem.CODE.title and problem.CODE.detail.
type Code string

// The codes.
const (
	Invalid         Code = "invalid"          // some fields cannot be used; Error.Fields says which
	Malformed       Code = "malformed"        // the body cannot be read at all
	Unauthorized    Code = "unauthorized"     // no manage token, or not the one for this subscription
	NotFound        Code = "not_found"        // nothing here, or nothing that may be shown
	WrongMethod     Code = "wrong_method"     // Error.Allow lists the right ones
	CodeExpired     Code = "code_expired"     // the one-time code is too old
	TriesUsedUp     Code = "tries_used_up"    // too many wrong codes
	TooLarge        Code = "too_large"        // the body is over MaxBody
	UnsupportedType Code = "unsupported_type" // the body is of another content type
	WrongCode       Code = "wrong_code"       // Error.TriesLeft says how many tries are left
	Throttled       Code = "throttled"        // Error.RetryAfter says how long to wait
	Internal        Code = "internal"         // our fault; the log knows
	Unavailable     Code = "unavailable"      // the text could not be sent
)

// status is the HTTP status of the code.
func (c Code) status() int {
	switch c {
	case Invalid, Malformed:
		return http.StatusBadRequest
	case Unauthorized:
		return http.StatusUnauthorized
	case NotFound:
		return http.StatusNotFound
	case WrongMethod:
		return http.StatusMethodNotAllowed
	case CodeExpired, TriesUsedUp:
		return http.StatusGone
	case TooLarge:
		return http.StatusRequestEntityTooLarge
	case UnsupportedType:
		return http.StatusUnsupportedMediaType
	case WrongCode:
		return http.StatusUnprocessableEntity
	case Throttled:
		return http.StatusTooManyRequests
	case Unavailable:
		return http.StatusServiceUnavailable
	}
	return http.StatusInternalServerError
}

// Field says what is wrong with one field of a request. Problem is the id of a message, "problem." left out; Count is
// the number in it, if it has one.
type Field struct {
	Name, Problem string
	Count         int
}

// say words the problem.
func (f Field) say(l i18n.Language) string {
	if f.Count == 0 {
		return l.Text("problem."+f.Problem, nil)
	}
	return l.Text("problem."+f.Problem, map[string]any{"Count": f.Count})
}

// Error is what went wrong as far as the one who asked may know it.
type Error struct {
	Code       Code
	Fields     []Field       // with Invalid
	TriesLeft  int           // with WrongCode
	RetryAfter time.Duration // with Throttled
	Allow      string        // with WrongMethod
}

func (e *Error) Error() string {
	text := "web: " + string(e.Code)
	for i, field := range e.Fields {
		text += []string{": ", ", "}[min(i, 1)] + field.Name + " " + field.Problem
	}
	return text
}

// Check gathers what is wrong with a request's fields, so that a person learns all of it at once.
type Check []Field

// Add notes a problem with a field.
func (c *Check) Add(name, problem string) { *c = append(*c, Field{Name: name, Problem: problem}) }

// Err is nil when nothing was added.
func (c Check) Err() error {
	if len(c) == 0 {
		return nil
	}
	return &Error{Code: Invalid, Fields: c}
}

// describe is the one mapper from errors to what a client is told. The second result is false for an error that it
// does not know, which is the service's fault.
func describe(err error) (*Error, bool) {
	var known *Error
	var (
		throttled *limit.ThrottledError
		invalid   *subscription.InvalidError
		wrong     *subscription.WrongCodeError
		notSent   *sms.Error
	)
	switch {
	case errors.As(err, &known):
		return known, true
	case errors.Is(err, custody.ErrNotFound), errors.Is(err, subscription.ErrNotFound):
		return &Error{Code: NotFound}, true
	case errors.Is(err, custody.ErrANumber):
		return &Error{Code: Invalid, Fields: []Field{{Name: "a_number", Problem: "a_number.shape"}}}, true
	case errors.As(err, &throttled):
		return &Error{Code: Throttled, RetryAfter: throttled.RetryAfter}, true
	case errors.As(err, &invalid):
		return &Error{Code: Invalid, Fields: []Field{{Name: invalid.Field, Problem: invalid.Field + "." + invalid.Problem}}}, true
	case errors.As(err, &wrong):
		return &Error{Code: WrongCode, TriesLeft: wrong.TriesLeft}, true
	case errors.Is(err, subscription.ErrCodeExpired):
		return &Error{Code: CodeExpired}, true
	case errors.Is(err, subscription.ErrTooManyTries):
		return &Error{Code: TriesUsedUp}, true
	case errors.Is(err, subscription.ErrManageToken):
		return &Error{Code: Unauthorized}, true
	case errors.As(err, &notSent):
		// Why stays between us and the network: a number that refuses texts is told like one that is out of reach.
		return &Error{Code: Unavailable}, true
	}
	return &Error{Code: Internal}, false
}

// wantsJSON says whether a request is to be answered in JSON: all of /v1/, and a stray request that names JSON and
// not HTML.
func wantsJSON(r *http.Request) bool {
	accept := r.Header.Get("Accept")
	return strings.HasPrefix(r.URL.Path, "/v1/") || strings.Contains(accept, "json") && !strings.Contains(accept, "text/html")
}
