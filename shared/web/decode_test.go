package web_test

import (
	"errors"
	"fmt"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

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
		{"ErrManyFields", "application/json", many(65), web.Invalid, "f64 field.many"},
		{"ErrManyFieldsInside", "application/json", `{"inner":` + many(65) + `}`, web.Invalid, "inner field.many"},
		{"ErrNaN", "application/json", `{"phone":NaN}`, web.Malformed, ""},
		{"ErrHugeNumber", "application/json", `{"phone":` + strings.Repeat("9", 4000) + `e99999}`, web.Invalid, "phone field.type"},
		{"ErrByteOrderMark", "application/json", "\ufeff{}", web.Malformed, ""},
		{"ErrTextJSON", "text/json", `{}`, web.UnsupportedType, ""},
		{"ErrCompressed", "application/json", "\x1f\x8b\x08\x00\x00\x00\x00\x00\x00\xff", web.Malformed, ""},
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

// many is an object of so many fields.
func many(n int) string {
	var b strings.Builder
	for i := range n {
		fmt.Fprintf(&b, `,"f%d":1`, i)
	}
	return "{" + b.String()[1:] + "}"
}

// TestManyFieldsTakeNoTime sends as many fields as fit into the longest body: each is compared with those before it.
func TestManyFieldsTakeNoTime(t *testing.T) {
	body, began := many(web.MaxLongBody/12), time.Now()
	if code, _ := outcome(t, web.DecodeLongJSON(request("application/json", body), &struct{}{})); code != web.Invalid {
		t.Errorf("%q", code)
	}
	if took := time.Since(began); took > 100*time.Millisecond {
		t.Errorf("%d bytes took %s", len(body), took)
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
