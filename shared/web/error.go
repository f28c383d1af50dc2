package web

import (
	"errors"
	"net/http"
	"strings"
	"time"

	"voice.example/shared/custody"
	"voice.example/shared/i18n"
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
	FormAgain       Code = "form_again"       // not sent from a page of ours, or from one that was open too long
	NotSent         Code = "not_sent"         // nothing that we sent has this code

	// Of staff.
	SignIn            Code = "sign_in"             // no token
	SignInAgain       Code = "sign_in_again"       // a token that is not, or not any more, one of ours
	SignInUnavailable Code = "sign_in_unavailable" // whether it is one cannot be found out now
	Forbidden         Code = "forbidden"           // signed in, but not for this
	UploadNotFound    Code = "upload_not_found"    // there is no such upload, or not yet
	NotHeld           Code = "not_held"            // nothing to decide any more; Error.State says how far it is
	NotDone           Code = "not_done"            // nothing to take back; Error.State says how far it is
	OtherPlan         Code = "other_plan"          // the plan is another than was seen
	SamePerson        Code = "same_person"         // somebody else must decide
	NotStarted        Code = "not_started"         // decided, but what follows could not be started
	InquiryNotFound   Code = "inquiry_not_found"   // there is no such inquiry, or not any more
	NotYours          Code = "not_yours"           // an inquiry of another office, or of somebody else
	Taken             Code = "taken"               // somebody else has the inquiry
	ChangedSince      Code = "changed"             // the inquiry has changed since it was seen
	ResolvedAlready   Code = "resolved"            // the inquiry is resolved
	InquiryFull       Code = "inquiry_full"        // as much has happened to the inquiry as it can hold
	FileRejected      Code = "file_rejected"       // nothing of a file of the directory can be used
	RemovesMost       Code = "removes_most"        // a file of the directory would remove more than half of it
	NotInDirectory    Code = "not_in_directory"    // the directory does not have whoever asks
)

// status is the HTTP status of the code.
func (c Code) status() int {
	switch c {
	case Invalid, Malformed:
		return http.StatusBadRequest
	case Unauthorized, SignIn, SignInAgain:
		return http.StatusUnauthorized
	case Forbidden, FormAgain, NotYours:
		return http.StatusForbidden
	case NotFound, UploadNotFound, NotSent, InquiryNotFound:
		return http.StatusNotFound
	case NotHeld, NotDone, OtherPlan, SamePerson, Taken, ChangedSince, ResolvedAlready, InquiryFull, RemovesMost, NotInDirectory:
		return http.StatusConflict
	case WrongMethod:
		return http.StatusMethodNotAllowed
	case CodeExpired, TriesUsedUp:
		return http.StatusGone
	case TooLarge:
		return http.StatusRequestEntityTooLarge
	case UnsupportedType:
		return http.StatusUnsupportedMediaType
	case WrongCode, FileRejected:
		return http.StatusUnprocessableEntity
	case Throttled:
		return http.StatusTooManyRequests
	case Unavailable, SignInUnavailable, NotStarted:
		return http.StatusServiceUnavailable
	}
	return http.StatusInternalServerError
}

// Field says what is wrong with one field of a request. Problem is the id of a message, "problem." left out; Count is
// the number in it, if it has one. Words, where pages are in one language only, say it as it is.
type Field struct {
	Name, Problem string
	Count         int
	Words         string
}

// say words the problem.
func (f Field) say(l i18n.Language) string {
	if f.Words != "" {
		return f.Words
	}
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
	State      string        // of an upload, with NotHeld and NotDone
	Office     string        // of whoever has the inquiry, with Taken
	form       Form          // with FormAgain, to be sent again
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

// Say notes a problem with a field in words, for pages in one language. They must not repeat what was typed.
func (c *Check) Say(name, words string) { *c = append(*c, Field{Name: name, Words: words}) }

// Err is nil when nothing was added.
func (c Check) Err() error {
	if len(c) == 0 {
		return nil
	}
	return &Error{Code: Invalid, Fields: c}
}

// Describe says how a function's own errors are told to clients; nil for an error that it does not know.
type Describe func(error) *Error

// describe is the one mapper from errors to what a client is told: the errors of this package, those that every
// function can meet, then those that the function added. The second result is false for an error that nobody knows,
// which is the service's fault.
//
// A function brings its own part so that one which sends no texts is not linked with what sends them: the tables of
// phone numbers alone take ten milliseconds of a cold start.
func (s *Server) describe(err error) (*Error, bool) {
	var known *Error
	switch {
	case errors.As(err, &known):
		return known, true
	case errors.Is(err, custody.ErrNotFound):
		return &Error{Code: NotFound}, true
	case errors.Is(err, custody.ErrANumber):
		return &Error{Code: Invalid, Fields: []Field{{Name: "a_number", Problem: "a_number.shape"}}}, true
	}
	if s.own != nil {
		if known := s.own(err); known != nil {
			return known, true
		}
	}
	return &Error{Code: Internal}, false
}

// wantsJSON says whether a request is to be answered in JSON: all of /v1/, and a stray request that names JSON and
// not HTML.
func wantsJSON(r *http.Request) bool {
	accept := r.Header.Get("Accept")
	return strings.HasPrefix(r.URL.Path, "/v1/") || strings.Contains(accept, "json") && !strings.Contains(accept, "text/html")
}
