package web

import (
	"bytes"
	"cmp"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"maps"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"unicode/utf8"

	"voice.example/shared/i18n"
)

// MaxBody is how many bytes a request's body may have.
const MaxBody = 16 << 10

// MaxLongBody is how many it may have where what is sent may be longer, and its length is known: see DecodeLongJSON and
// DecodeLongForm.
const MaxLongBody = 128 << 10

// maxDepth is how deep JSON may nest: no request of ours needs more than an object of lists.
const maxDepth = 4

// maxFields is how many fields one object of JSON may have: more than any request of ours. Looking for fields that are given
// twice takes the square of it.
const maxFields = 64

// body reads a request's body that is text of one content type, up to a length.
func body(r *http.Request, kind string, most int64) ([]byte, error) {
	content, err := ReadFile(r, kind, most)
	if err != nil {
		return nil, err
	}
	if !utf8.Valid(content) {
		return nil, &Error{Code: Malformed}
	}
	return content, nil
}

// DecodeJSON reads a request's body, one JSON object, into a struct. It refuses, naming the field where there is
// one: another content type, more than MaxBody, anything after the object, a field that target does not have, a
// field given twice, a value of another type and deep nesting.
func DecodeJSON(r *http.Request, target any) error { return decodeJSON(r, MaxBody, target) }

// DecodeLongJSON is DecodeJSON for up to MaxLongBody.
func DecodeLongJSON(r *http.Request, target any) error { return decodeJSON(r, MaxLongBody, target) }

func decodeJSON(r *http.Request, most int64, target any) error {
	content, err := body(r, "application/json", most)
	if err != nil {
		return err
	}
	if err := checkShape(content); err != nil {
		return err
	}
	decoder := json.NewDecoder(bytes.NewReader(content))
	decoder.DisallowUnknownFields()
	err = decoder.Decode(target)
	var wrongType *json.UnmarshalTypeError
	switch {
	case err == nil:
		return nil
	case errors.As(err, &wrongType) && wrongType.Field != "":
		return &Error{Code: Invalid, Fields: []Field{{Name: wrongType.Field, Problem: "field.type"}}}
	}
	// encoding/json has no type for this error.
	if name, ok := strings.CutPrefix(err.Error(), "json: unknown field "); ok {
		return &Error{Code: Invalid, Fields: []Field{{Name: shorten(strings.Trim(name, `"`)), Problem: "field.unknown"}}}
	}
	return &Error{Code: Malformed}
}

// checkShape walks through JSON and refuses what encoding/json would let pass: fields given twice, of which it keeps
// the last, and a second value after the first.
func checkShape(content []byte) error {
	if trimmed := bytes.TrimLeft(content, " \t\r\n"); len(trimmed) == 0 || trimmed[0] != '{' {
		return &Error{Code: Malformed}
	}
	decoder := json.NewDecoder(bytes.NewReader(content))
	decoder.UseNumber()
	if err := checkValue(decoder, "", 0); err != nil {
		return err
	}
	if _, err := decoder.Token(); err != io.EOF {
		return &Error{Code: Malformed}
	}
	return nil
}

func checkValue(decoder *json.Decoder, name string, depth int) error {
	token, err := decoder.Token()
	if err != nil {
		return &Error{Code: Malformed}
	}
	open, ok := token.(json.Delim)
	if !ok {
		return nil
	}
	if depth == maxDepth {
		return &Error{Code: Invalid, Fields: []Field{{Name: name, Problem: "field.deep"}}}
	}
	var seen []string
	for decoder.More() {
		inner := name
		if open == '{' {
			key, err := decoder.Token()
			if err != nil {
				return &Error{Code: Malformed}
			}
			// encoding/json ignores case, so "Phone" is "phone" a second time.
			field := strings.ToLower(fmt.Sprint(key))
			if inner = field; name != "" {
				inner = name + "." + field
			}
			inner = shorten(inner)
			if slices.Contains(seen, field) {
				return &Error{Code: Invalid, Fields: []Field{{Name: inner, Problem: "field.twice"}}}
			}
			if seen = append(seen, field); len(seen) > maxFields {
				return &Error{Code: Invalid, Fields: []Field{{Name: cmp.Or(name, inner), Problem: "field.many"}}}
			}
		}
		if err := checkValue(decoder, inner, depth+1); err != nil {
			return err
		}
	}
	if _, err := decoder.Token(); err != nil {
		return &Error{Code: Malformed}
	}
	return nil
}

// shorten keeps a client's own field name from filling the answer.
func shorten(name string) string {
	if len(name) > 64 {
		return strings.ToValidUTF8(name[:64], "") + "…"
	}
	return name
}

// Form is what was typed into a page's form, spaces around it removed.
type Form map[string]string

// Again is what to post to have the same answer in another language: the form without its lang and its token. It is nil for nil.
func (f Form) Again() Form {
	if f == nil {
		return nil
	}
	again := maps.Clone(f)
	delete(again, "lang")
	delete(again, tokenField)
	return again
}

// DecodeForm reads a form as strictly as DecodeJSON reads JSON. fields are the names the form may have, besides lang,
// which sets the language of the answer, and the token that CheckForm reads.
func DecodeForm(r *http.Request, fields ...string) (Form, error) {
	return decodeForm(r, MaxBody, fields)
}

// DecodeLongForm is DecodeForm for up to MaxLongBody: a letter may be twelve bytes of a form.
func DecodeLongForm(r *http.Request, fields ...string) (Form, error) {
	return decodeForm(r, MaxLongBody, fields)
}

func decodeForm(r *http.Request, most int64, fields []string) (Form, error) {
	content, err := body(r, "application/x-www-form-urlencoded", most)
	if err != nil {
		return nil, err
	}
	values, err := url.ParseQuery(string(content))
	if err != nil {
		return nil, &Error{Code: Malformed}
	}
	form := make(Form, len(values))
	for name, list := range values {
		switch {
		case name != "lang" && name != tokenField && !slices.Contains(fields, name):
			return nil, &Error{Code: Invalid, Fields: []Field{{Name: shorten(name), Problem: "field.unknown"}}}
		case len(list) > 1:
			return nil, &Error{Code: Invalid, Fields: []Field{{Name: name, Problem: "field.twice"}}}
		case !utf8.ValidString(list[0]):
			return nil, &Error{Code: Malformed}
		}
		form[name] = strings.TrimSpace(list[0])
	}
	if l, ok := r.Context().Value(lineKey{}).(*line); ok && !l.fixed {
		l.language, _ = i18n.ParsePage(form["lang"])
	}
	return form, nil
}
