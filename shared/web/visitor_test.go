package web_test

import (
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"
	"testing/fstest"
	"time"

	"voice.example/shared/i18n"
	"voice.example/shared/secret"
	"voice.example/shared/web"
)

// desk is a server with a layout of its own, some of whose pages are for a visitor.
func desk(t *testing.T, visitor *web.Visitor) *web.Server {
	t.Helper()
	pages := fstest.MapFS{
		"layout.html": {Data: []byte(`{{define "layout"}}<html lang="{{.Lang}}"><p>{{with .Shell}}Hello {{.}}{{else}}Nobody{{end}}</p>
{{template "main" .}}</html>{{end}}`)},
		"parts.html": {Data: []byte(`{{define "submit"}}<button>{{.}}!</button>{{end}}`)},
		"error.html": {Data: []byte(`{{define "main"}}<h1>Own {{.Title}}</h1>{{end}}`)},
		"form.html": {Data: []byte(`{{define "main"}}{{.DateTime .Data}}|{{.Moment .Data}}|{{template "form" (.Post "/desk/send")}}
{{template "input" (.Field "zip" "text" "ZIP code" "Five digits")}}{{template "submit" "Go"}}</form><a href="{{.Href "/desk"}}">again</a>{{end}}`)},
	}
	server, err := web.NewServer(web.Site{Agency: "VOICE"}, pages, time.Now, nil)
	if err != nil {
		t.Fatal(err)
	}
	keys, err := secret.New(strings.Repeat("k", secret.MinKeyLength))
	if err != nil {
		t.Fatal(err)
	}
	server.SignForms(keys)
	server.Speak(i18n.English, "/desk")
	show := func(w http.ResponseWriter, r *http.Request) error {
		web.Know(r.Context(), *visitor)
		return server.Render(w, r, web.Page{Template: "form", Title: "Form", Data: time.Date(2026, 6, 1, 16, 5, 0, 0, time.UTC)})
	}
	server.Handle("GET", "/desk", show)
	server.Handle("GET", "/desktop", show)
	server.Handle("POST", "/desk/send", func(w http.ResponseWriter, r *http.Request) error {
		web.Know(r.Context(), *visitor)
		form, err := web.DecodeForm(r, "zip")
		if err != nil {
			return err
		}
		if err := server.CheckForm(r, form); err != nil {
			return err
		}
		var check web.Check
		check.Say("zip", "A ZIP code has five digits.")
		return server.RenderForm(w, r, web.Page{Template: "form", Title: "Form", Form: form, Data: time.Time{}}, check.Err())
	})
	server.Handle("GET", "/desk/files", func(w http.ResponseWriter, r *http.Request) error {
		web.FormsTo(w.Header(), "https://bucket.example")
		return show(w, r)
	})
	return server
}

func TestOwnLayout(t *testing.T) {
	eastern, err := time.LoadLocation("America/New_York")
	if err != nil {
		t.Fatal(err)
	}
	visitor := web.Visitor{Shell: "Rosa", Zone: eastern, Bound: "session-1"}
	server := desk(t, &visitor)
	get := func(path string) *httptest.ResponseRecorder {
		r := httptest.NewRequest("GET", path, nil)
		r.Header.Set("Accept-Language", "es")
		w := httptest.NewRecorder()
		server.ServeHTTP(w, r)
		return w
	}
	send := func(form url.Values) *httptest.ResponseRecorder {
		r := httptest.NewRequest("POST", "/desk/send", strings.NewReader(form.Encode()))
		r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
		w := httptest.NewRecorder()
		server.ServeHTTP(w, r)
		return w
	}
	tokenOf := func(body string) string {
		_, rest, _ := strings.Cut(body, `name="form_token" value="`)
		value, _, _ := strings.Cut(rest, `"`)
		return value
	}
	t.Run("OK", func(t *testing.T) {
		body := get("/desk").Body.String()
		for _, want := range []string{"Hello Rosa", "<button>Go!</button>",
			"June 1, 2026, 12:05 PM EDT|Jun 1, 12:05 PM EDT", `>ZIP code</label>`, ">Five digits</p>"} {
			if !strings.Contains(body, want) {
				t.Errorf("%s is not in %s", want, body)
			}
		}
	})
	t.Run("OneLanguage", func(t *testing.T) {
		for _, path := range []string{"/desk", "/desk?lang=es", "/desk/nowhere"} {
			w := get(path)
			if w.Header().Get("Content-Language") != "en" || strings.Contains(w.Body.String(), "lang=es") || strings.Contains(w.Body.String(), "?lang") {
				t.Errorf("%s: %s", path, w.Body)
			}
		}
		if w := get("/desktop"); w.Header().Get("Content-Language") != "es" {
			t.Errorf("the language is fixed elsewhere: %s", w.Body)
		}
		if w := send(url.Values{"lang": {"es"}, "form_token": {tokenOf(get("/desk").Body.String())}}); w.Header().Get("Content-Language") != "en" {
			t.Errorf("a form changes the language: %s", w.Body)
		}
	})
	t.Run("ErrorsAreOwn", func(t *testing.T) {
		if body := get("/desk/nowhere").Body.String(); !strings.Contains(body, "<h1>Own We found nothing here</h1>") || !strings.Contains(body, "Nobody") {
			t.Error(body)
		}
	})
	t.Run("ProblemsInWords", func(t *testing.T) {
		w := send(url.Values{"zip": {"1"}, "form_token": {tokenOf(get("/desk").Body.String())}})
		if w.Code != http.StatusBadRequest || !strings.Contains(w.Body.String(), "A ZIP code has five digits.</p>") ||
			!strings.Contains(w.Body.String(), `value="1"`) {
			t.Errorf("%d %s", w.Code, w.Body)
		}
	})
	t.Run("FormsOfOneVisitor", func(t *testing.T) {
		mine := tokenOf(get("/desk").Body.String())
		for bound, want := range map[string]int{"session-2": http.StatusForbidden, "": http.StatusForbidden, "session-1": http.StatusBadRequest} {
			visitor.Bound = bound
			if w := send(url.Values{"form_token": {mine}}); w.Code != want {
				t.Errorf("as %q: got %d, want %d", bound, w.Code, want)
			}
		}
	})
	t.Run("FormsToElsewhere", func(t *testing.T) {
		if policy := get("/desk/files").Header().Get("Content-Security-Policy"); !strings.Contains(policy, "form-action 'self' https://bucket.example;") {
			t.Error(policy)
		}
		if policy := get("/desk").Header().Get("Content-Security-Policy"); !strings.Contains(policy, "form-action 'self';") {
			t.Error(policy)
		}
	})
}
