package web_test

import (
	"errors"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"voice.example/shared/web"
)

func request(kind, body string) *http.Request {
	r := httptest.NewRequest("POST", "/v1/x", strings.NewReader(body))
	if kind != "" {
		r.Header.Set("Content-Type", kind)
	}
	return r
}

// outcome is an error's code and the field it names.
func outcome(t *testing.T, err error) (web.Code, string) {
	t.Helper()
	var e *web.Error
	if err == nil {
		return "", ""
	}
	if !errors.As(err, &e) {
		t.Fatalf("got %v, which clients cannot be told", err)
	}
	if len(e.Fields) == 0 {
		return e.Code, ""
	}
	return e.Code, e.Fields[0].Name + " " + e.Fields[0].Problem
}

func TestDecodeJSON(t *testing.T) {
	for _, test := range []struct {
		name, kind, body string
		code             web.Code
		field            string
	}{
		{"OK", "application/json; charset=utf-8", ` {"phone":"1","inner":{"list":["a"]}} `, "", ""},
		{"NullIsNothing", "application/json", `{"phone":null}`, "", ""},
		{"ErrNoType", "", `{}`, web.UnsupportedType, ""},
		{"ErrForm", "application/x-www-form-urlencoded", `{}`, web.UnsupportedType, ""},
		{"ErrEmpty", "application/json", ``, web.Malformed, ""},
		{"ErrCutOff", "application/json", `{"phone":"1`, web.Malformed, ""},
		{"ErrNoObject", "application/json", `["phone"]`, web.Malformed, ""},
		{"ErrNull", "application/json", `null`, web.Malformed, ""},
		{"ErrTrailing", "application/json", `{"phone":"1"} {}`, web.Malformed, ""},
		{"ErrNotUTF8", "application/json", "{\"phone\":\"\xff\"}", web.Malformed, ""},
		{"ErrUnknownField", "application/json", `{"fone":"1"}`, web.Invalid, "fone field.unknown"},
		{"ErrWrongType", "application/json", `{"phone":1}`, web.Invalid, "phone field.type"},
		{"ErrWrongTypeInside", "application/json", `{"inner":{"list":"a"}}`, web.Invalid, "inner.list field.type"},
		{"ErrTwice", "application/json", `{"phone":"1","phone":"2"}`, web.Invalid, "phone field.twice"},
		{"ErrTwiceInCapitals", "application/json", `{"phone":"1","Phone":"2"}`, web.Invalid, "phone field.twice"},
		{"ErrDeep", "application/json", `{"inner":{"list":[[["a"]]]}}`, web.Invalid, "inner.list field.deep"},
		{"ErrEndlessDepth", "application/json", `{"inner":` + strings.Repeat("[", 8000), web.Invalid, "inner field.deep"},
		{"ErrTooLarge", "application/json", `{"phone":"` + strings.Repeat("1", web.MaxBody) + `"}`, web.TooLarge, ""},
	} {
		t.Run(test.name, func(t *testing.T) {
			var target struct {
				Phone string `json:"phone"`
				Inner struct {
					List []string `json:"list"`
				} `json:"inner"`
			}
			if code, field := outcome(t, web.DecodeJSON(request(test.kind, test.body), &target)); code != test.code || field != test.field {
				t.Errorf("got %q, %q; want %q, %q", code, field, test.code, test.field)
			}
		})
	}
}

func TestDecodeForm(t *testing.T) {
	const kind = "application/x-www-form-urlencoded"
	t.Run("OK", func(t *testing.T) {
		form, err := web.DecodeForm(request(kind, "phone=+%2B1+202+&lang=es"), "phone")
		if err != nil || form["phone"] != "+1 202" || form["lang"] != "es" {
			t.Errorf("got %v, %v", form, err)
		}
	})
	for _, test := range []struct {
		name, kind, body string
		code             web.Code
		field            string
	}{
		{"ErrJSON", "application/json", `{}`, web.UnsupportedType, ""},
		{"ErrUnknownField", kind, "fone=1", web.Invalid, "fone field.unknown"},
		{"ErrTwice", kind, "phone=1&phone=2", web.Invalid, "phone field.twice"},
		{"ErrEscape", kind, "phone=%zz", web.Malformed, ""},
		{"ErrNotUTF8", kind, "phone=%ff", web.Malformed, ""},
		{"ErrTooLarge", kind, "phone=" + strings.Repeat("1", web.MaxBody), web.TooLarge, ""},
	} {
		t.Run(test.name, func(t *testing.T) {
			_, err := web.DecodeForm(request(test.kind, test.body), "phone")
			if code, field := outcome(t, err); code != test.code || field != test.field {
				t.Errorf("got %q, %q; want %q, %q", code, field, test.code, test.field)
			}
		})
	}
}
