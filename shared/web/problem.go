package web

import (
	"encoding/json"
	"math"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"time"

	"voice.example/shared/i18n"
)

// Problem is an error as a problem document (RFC 9457). Code, and the problem of each field, are said in words of
// the reader's language; Code is for machines.
type Problem struct {
	Type      string         `json:"type"` // always about:blank: Code tells kinds apart
	Title     string         `json:"title"`
	Status    int            `json:"status"`
	Detail    string         `json:"detail,omitempty"`
	Code      Code           `json:"code"`
	Errors    []ProblemField `json:"errors,omitempty"`
	TriesLeft *int           `json:"tries_left,omitempty"`
	Hotline   string         `json:"hotline,omitempty"`
	State     string         `json:"state,omitempty"`  // of an upload
	Office    string         `json:"office,omitempty"` // of whoever has an inquiry
}

// ProblemField says what is wrong with one field.
type ProblemField struct {
	Field   string `json:"field"`
	Problem string `json:"problem"`
}

// problem writes an error as a problem document in a language.
func (s *Site) problem(e *Error, l i18n.Language) Problem {
	p := Problem{
		Type: "about:blank", Status: e.Code.status(), Code: e.Code, State: e.State, Office: e.Office,
		Title:  l.Text("problem."+string(e.Code)+".title", nil),
		Detail: l.Text("problem."+string(e.Code)+".detail", s.detail(e)),
	}
	for _, field := range e.Fields {
		p.Errors = append(p.Errors, ProblemField{field.Name, field.say(l)})
	}
	switch e.Code {
	case WrongCode:
		p.TriesLeft = &e.TriesLeft
	case Unavailable, Internal, Throttled, NotSent:
		p.Hotline = s.Hotline
	case Invalid: // whoever cannot be texted is to have somebody to talk to
		if slices.ContainsFunc(e.Fields, func(f Field) bool { return strings.HasSuffix(f.Problem, ".abroad") }) {
			p.Hotline = s.Hotline
		}
	}
	return p
}

// detail gives the values that a code's detail message needs.
func (s *Site) detail(e *Error) map[string]any {
	switch e.Code {
	case WrongCode:
		return map[string]any{"Count": e.TriesLeft}
	case Throttled:
		return map[string]any{"Count": minutes(e.RetryAfter), "Number": s.Hotline}
	case Unavailable, Internal, NotSent:
		return map[string]any{"Number": s.Hotline}
	case NotHeld, NotDone:
		return map[string]any{"State": e.State}
	}
	return nil
}

// minutes rounds up, to at least one.
func minutes(d time.Duration) int { return max(1, int(math.Ceil(d.Minutes()))) }

// errorHeaders sets what an error's status calls for.
func errorHeaders(header http.Header, e *Error) {
	switch e.Code {
	case WrongMethod:
		header.Set("Allow", e.Allow)
	case Throttled:
		header.Set("Retry-After", strconv.Itoa(max(1, int(math.Ceil(e.RetryAfter.Seconds())))))
	case Unauthorized:
		header.Set("WWW-Authenticate", "Bearer")
	case SignIn:
		header.Set("WWW-Authenticate", `Bearer realm="staff"`)
	case SignInAgain:
		header.Set("WWW-Authenticate", `Bearer realm="staff", error="invalid_token"`)
	}
}

// WriteJSON answers with a status and a value as JSON.
func WriteJSON(w http.ResponseWriter, status int, value any) error {
	return writeJSON(w, "application/json", status, value)
}

func writeJSON(w http.ResponseWriter, kind string, status int, value any) error {
	body, err := json.Marshal(value)
	if err != nil {
		return err
	}
	w.Header().Set("Content-Type", kind)
	w.WriteHeader(status)
	_, err = w.Write(append(body, '\n'))
	return err
}
