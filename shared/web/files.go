package web

import (
	"errors"
	"io"
	"mime"
	"mime/multipart"
	"net/http"
	"slices"
	"strings"
	"unicode/utf8"

	"voice.example/shared/i18n"
)

// ReadFile reads a request's body that is a file of a content type, up to a length. What is in it is for the caller to look at.
func ReadFile(r *http.Request, kind string, most int64) ([]byte, error) {
	got, _, err := mime.ParseMediaType(r.Header.Get("Content-Type"))
	if err != nil || got != kind {
		return nil, &Error{Code: UnsupportedType}
	}
	content, err := io.ReadAll(io.LimitReader(r.Body, most+1))
	if err != nil {
		return nil, &Error{Code: Malformed}
	}
	if int64(len(content)) > most {
		return nil, &Error{Code: TooLarge}
	}
	return content, nil
}

// DecodeFileForm is DecodeForm for a form with a file in it (multipart/form-data), of which all fields together may have so many
// bytes. The bytes of a file are the field's value as they are, and "" where none was chosen; its name and type are
// the browser's word and not read.
func DecodeFileForm(r *http.Request, most int64, fields ...string) (Form, error) {
	kind, params, err := mime.ParseMediaType(r.Header.Get("Content-Type"))
	if err != nil || kind != "multipart/form-data" || params["boundary"] == "" {
		return nil, &Error{Code: UnsupportedType}
	}
	// The borders between parts count, too.
	body := &limited{from: r.Body, left: most + MaxBody}
	parts := multipart.NewReader(body, params["boundary"])
	form := Form{}
	for {
		part, err := parts.NextRawPart()
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			return nil, body.blame()
		}
		name := part.FormName()
		_, again := form[name]
		switch {
		case name != "lang" && name != tokenField && !slices.Contains(fields, name):
			return nil, &Error{Code: Invalid, Fields: []Field{{Name: shorten(strings.ToValidUTF8(name, "")), Problem: "field.unknown"}}}
		case again:
			return nil, &Error{Code: Invalid, Fields: []Field{{Name: name, Problem: "field.twice"}}}
		}
		content, err := io.ReadAll(part)
		if err != nil {
			return nil, body.blame()
		}
		form[name] = string(content)
		if _, isFile := disposition(part)["filename"]; isFile {
			continue
		}
		if !utf8.Valid(content) {
			return nil, &Error{Code: Malformed}
		}
		form[name] = strings.TrimSpace(form[name])
	}
	if l, ok := r.Context().Value(lineKey{}).(*line); ok {
		l.language, _ = i18n.ParsePage(form["lang"])
	}
	return form, nil
}

func disposition(part *multipart.Part) map[string]string {
	_, params, _ := mime.ParseMediaType(part.Header.Get("Content-Disposition"))
	return params
}

// limited reads so much and then fails.
type limited struct {
	from io.Reader
	left int64
}

var errTooMuch = errors.New("web: the body is too long")

func (l *limited) Read(p []byte) (int, error) {
	if l.left <= 0 {
		return 0, errTooMuch
	}
	n, err := l.from.Read(p[:min(int64(len(p)), l.left)])
	l.left -= int64(n)
	return n, err
}

// blame says why the body could not be read.
func (l *limited) blame() error {
	if l.left <= 0 {
		return &Error{Code: TooLarge}
	}
	return &Error{Code: Malformed}
}
