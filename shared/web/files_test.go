package web

import (
	"bytes"
	"errors"
	"io"
	"mime/multipart"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
)

// parts writes a form: pairs of names and values, and a name with "*" before it for a file.
func parts(t *testing.T, pairs ...string) *http.Request {
	t.Helper()
	var body bytes.Buffer
	w := multipart.NewWriter(&body)
	for i := 0; i+1 < len(pairs); i += 2 {
		var err error
		if name, isFile := strings.CutPrefix(pairs[i], "*"); isFile {
			part, e := w.CreateFormFile(name, "people.csv")
			if e != nil {
				t.Fatal(e)
			}
			_, err = part.Write([]byte(pairs[i+1]))
		} else {
			err = w.WriteField(name, pairs[i+1])
		}
		if err != nil {
			t.Fatal(err)
		}
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	r := httptest.NewRequest("POST", "/x", &body)
	r.Header.Set("Content-Type", w.FormDataContentType())
	return r
}

func TestDecodeFileForm(t *testing.T) {
	t.Run("OK", func(t *testing.T) {
		form, err := DecodeFileForm(parts(t, "kind", " people ", "*file", " a,b\r\n\xff ", "lang", "en", tokenField, "t"), 100, "kind", "file")
		if err != nil || form["kind"] != "people" || form["file"] != " a,b\r\n\xff " || form[tokenField] != "t" {
			t.Errorf("%q, %v", form, err)
		}
	})
	t.Run("NoFileChosen", func(t *testing.T) {
		form, err := DecodeFileForm(parts(t, "kind", "people", "*file", ""), 100, "kind", "file")
		if err != nil || form["file"] != "" {
			t.Errorf("%q, %v", form, err)
		}
	})
	t.Run("AsLongAsMayBe", func(t *testing.T) {
		if _, err := DecodeFileForm(parts(t, "*file", strings.Repeat("x", 100_000)), 100_000, "file"); err != nil {
			t.Error(err)
		}
	})
	cut := parts(t, "*file", "content")
	cut.Body = io.NopCloser(io.LimitReader(cut.Body, 200))
	plain := httptest.NewRequest("POST", "/x", strings.NewReader("file=x"))
	plain.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	noBorder := httptest.NewRequest("POST", "/x", strings.NewReader(""))
	noBorder.Header.Set("Content-Type", "multipart/form-data")
	for name, test := range map[string]struct {
		r    *http.Request
		want Error
	}{
		"ErrUnknown":  {parts(t, "else", "x"), Error{Code: Invalid, Fields: []Field{{Name: "else", Problem: "field.unknown"}}}},
		"ErrTwice":    {parts(t, "*file", "x", "file", "y"), Error{Code: Invalid, Fields: []Field{{Name: "file", Problem: "field.twice"}}}},
		"ErrTooLarge": {parts(t, "*file", strings.Repeat("x", MaxBody+1000)), Error{Code: TooLarge}},
		"ErrNotUTF8":  {parts(t, "kind", "\xff"), Error{Code: Malformed}},
		"ErrCutOff":   {cut, Error{Code: Malformed}},
		"ErrOther":    {plain, Error{Code: UnsupportedType}},
		"ErrNoBorder": {noBorder, Error{Code: UnsupportedType}},
	} {
		t.Run(name, func(t *testing.T) {
			_, err := DecodeFileForm(test.r, 100, "kind", "file")
			var got *Error
			if !errors.As(err, &got) || got.Error() != test.want.Error() {
				t.Errorf("%v, want %v", err, &test.want)
			}
		})
	}
}

func TestReadFile(t *testing.T) {
	ask := func(kind, body string) *http.Request {
		r := httptest.NewRequest("PUT", "/x", strings.NewReader(body))
		r.Header.Set("Content-Type", kind)
		return r
	}
	t.Run("OK", func(t *testing.T) {
		if got, err := ReadFile(ask("text/csv; charset=utf-8", "a\xff"), "text/csv", 2); err != nil || string(got) != "a\xff" {
			t.Errorf("%q, %v", got, err)
		}
	})
	for name, test := range map[string]struct {
		r    *http.Request
		want Code
	}{
		"ErrTooLarge": {ask("text/csv", "abc"), TooLarge}, "ErrType": {ask("application/json", "{}"), UnsupportedType}, "ErrNoType": {ask("", ""), UnsupportedType},
	} {
		t.Run(name, func(t *testing.T) {
			var got *Error
			if _, err := ReadFile(test.r, "text/csv", 2); !errors.As(err, &got) || got.Code != test.want {
				t.Errorf("%v", err)
			}
		})
	}
}
