package web_test

import (
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"testing/fstest"
	"time"

	"voice.example/shared/custody"
	"voice.example/shared/web"
)

// errOwn is an error that only the function under the server knows.
var errOwn = errors.New("own")

// newServer has one page and one endpoint, which both fail as they are told to.
func newServer(t *testing.T, fail func() error) *web.Server {
	t.Helper()
	pages := fstest.MapFS{"plain.html": {Data: []byte(`{{define "main"}}<h1>{{.Title}}</h1>{{end}}`)}}
	server, err := web.NewServer(web.Site{Agency: "VOICE", Hotline: "1-855-488-6423"}, pages, time.Now, func(err error) *web.Error {
		if errors.Is(err, errOwn) {
			return &web.Error{Code: web.CodeExpired}
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	server.Handle("GET", "/assets/{file}", server.Asset)
	server.Handle("POST", "/v1/things/{id}", func(w http.ResponseWriter, r *http.Request) error {
		web.Outcome(r.Context(), "done")
		if err := fail(); err != nil {
			return err
		}
		return web.WriteJSON(w, http.StatusCreated, "ok")
	})
	server.Handle("POST", "/page", func(w http.ResponseWriter, r *http.Request) error {
		if err := fail(); err != nil {
			return err
		}
		return server.Render(w, r, web.Page{Template: "plain", Title: "Plain <title>"})
	})
	server.Handle("GET", "/listed", func(w http.ResponseWriter, r *http.Request) error {
		return server.Render(w, r, web.Page{Template: "plain", Title: "Plain", Listed: true})
	})
	return server
}

func ask(server http.Handler, method, path string) *httptest.ResponseRecorder {
	w := httptest.NewRecorder()
	server.ServeHTTP(w, httptest.NewRequest(method, path, strings.NewReader("secret body")))
	return w
}

func TestErrors(t *testing.T) {
	for _, test := range []struct {
		name   string
		err    error
		status int
		code   string
	}{
		{"CustodyNotFound", custody.ErrNotFound, 404, "not_found"},
		{"Wrapped", fmt.Errorf("looking: %w", custody.ErrNotFound), 404, "not_found"},
		{"ANumber", custody.ErrANumber, 400, "invalid"},
		{"FunctionsOwn", errOwn, 410, "code_expired"},
		{"Throttled", &web.Error{Code: web.Throttled, RetryAfter: 90 * time.Second}, 429, "throttled"},
		{"WrongCode", &web.Error{Code: web.WrongCode}, 422, "wrong_code"},
		{"TriesUsedUp", &web.Error{Code: web.TriesUsedUp}, 410, "tries_used_up"},
		{"Unauthorized", &web.Error{Code: web.Unauthorized}, 401, "unauthorized"},
		{"Unavailable", fmt.Errorf("texting: %w", &web.Error{Code: web.Unavailable}), 503, "unavailable"},
		{"Malformed", &web.Error{Code: web.Malformed}, 400, "malformed"},
		{"TooLarge", &web.Error{Code: web.TooLarge}, 413, "too_large"},
		{"UnsupportedType", &web.Error{Code: web.UnsupportedType}, 415, "unsupported_type"},
		{"Unknown", errors.New("the secret cause"), 500, "internal"},
	} {
		t.Run(test.name, func(t *testing.T) {
			server := newServer(t, func() error { return test.err })
			var problem, page *httptest.ResponseRecorder
			log := logged(func() {
				problem = ask(server, "POST", "/v1/things/7")
				page = ask(server, "POST", "/page")
			})
			var p struct {
				Type, Title, Detail, Code string
				Status                    int
			}
			if err := json.Unmarshal(problem.Body.Bytes(), &p); err != nil {
				t.Fatal(err)
			}
			if problem.Code != test.status || p.Status != test.status || p.Code != test.code || p.Type != "about:blank" || p.Title == "" || p.Detail == "" {
				t.Errorf("problem %d %s", problem.Code, problem.Body)
			}
			if page.Code != test.status || !strings.Contains(page.Body.String(), "<h1>"+p.Title+"</h1>") {
				t.Errorf("page %d %s", page.Code, page.Body)
			}
			for _, body := range []string{problem.Body.String(), page.Body.String(), log} {
				if strings.Contains(body, "message cannot be said") || strings.Contains(body, `"problem.`) {
					t.Errorf("a message is missing: %s", body)
				}
			}
			if strings.Contains(problem.Body.String()+page.Body.String(), "cause") {
				t.Error("the client is told the cause")
			}
			if told := strings.Contains(log, "secret cause"); told != (test.status == 500) {
				t.Errorf("logged %s", log)
			}
		})
	}
	t.Run("RetryAfter", func(t *testing.T) {
		server := newServer(t, func() error { return &web.Error{Code: web.Throttled, RetryAfter: 1500 * time.Millisecond} })
		if got := ask(server, "POST", "/page").Header().Get("Retry-After"); got != "2" {
			t.Errorf("got %q", got)
		}
	})
}

func TestServer(t *testing.T) {
	server := newServer(t, func() error { return nil })
	t.Run("OneLineThatNamesNobody", func(t *testing.T) {
		log := logged(func() { ask(server, "POST", "/v1/things/012345678?phone=2025550143") })
		var line map[string]any
		if err := json.Unmarshal([]byte(log), &line); err != nil {
			t.Fatalf("%v in %s", err, log)
		}
		if line["route"] != "POST /v1/things/{id}" || line["status"] != 201.0 || line["outcome"] != "done" || line["ms"] == nil {
			t.Errorf("logged %s", log)
		}
		for _, secret := range []string{"012345678", "2025550143", "192.0.2", "secret"} {
			if strings.Contains(log, secret) {
				t.Errorf("logged %s", log)
			}
		}
	})
	t.Run("PanicLeavesALine", func(t *testing.T) {
		server := newServer(t, func() error { panic("x") })
		log := logged(func() {
			defer func() {
				if recover() == nil {
					t.Error("the panic was swallowed")
				}
			}()
			ask(server, "POST", "/page")
		})
		if !strings.Contains(log, `"outcome":"panic"`) {
			t.Errorf("logged %s", log)
		}
	})
	t.Run("EveryAnswerIsSecured", func(t *testing.T) {
		for _, path := range []string{"/page", "/v1/things/7", "/nothing", "/v1/nothing"} {
			w := ask(server, "POST", path)
			for name, want := range map[string]string{
				"Cache-Control": "no-store", "Referrer-Policy": "no-referrer", "X-Content-Type-Options": "nosniff",
				"Content-Security-Policy": "default-src 'none'", "Strict-Transport-Security": "max-age=",
				"Cross-Origin-Opener-Policy": "same-origin", "Permissions-Policy": "geolocation=()",
			} {
				if !strings.HasPrefix(w.Header().Get(name), want) && !strings.Contains(w.Header().Get(name), want) {
					t.Errorf("%s: %s is %q", path, name, w.Header().Get(name))
				}
			}
			if w.Header().Get("Set-Cookie") != "" {
				t.Errorf("%s sets a cookie", path)
			}
		}
	})
	t.Run("PagesAreEscaped", func(t *testing.T) {
		if body := ask(server, "POST", "/page").Body.String(); !strings.Contains(body, "Plain &lt;title&gt;") || strings.Contains(body, "Plain <title>") {
			t.Errorf("got %s", body)
		}
	})
	t.Run("OnlyWhatIsTheSameForEverybodyIsListed", func(t *testing.T) {
		for path, listed := range map[string]bool{"/listed": true, "/listed?lang=es": false, "/nothing": false} {
			if got := ask(server, "GET", path).Header().Get("X-Robots-Tag"); (got == "") != listed {
				t.Errorf("%s: %q", path, got)
			}
		}
	})
	t.Run("ErrMethod", func(t *testing.T) {
		if w := ask(server, "PUT", "/page"); w.Code != http.StatusMethodNotAllowed || w.Header().Get("Allow") != "POST" {
			t.Errorf("got %d, Allow %q", w.Code, w.Header().Get("Allow"))
		}
	})
}

func TestAsset(t *testing.T) {
	server := newServer(t, func() error { return nil })
	page := ask(server, "POST", "/page").Body.String()
	_, rest, _ := strings.Cut(page, `rel="stylesheet" href="`)
	path, _, _ := strings.Cut(rest, `"`)
	t.Run("TheNameThatPagesUseIsKept", func(t *testing.T) {
		w := ask(server, "GET", path)
		if w.Code != http.StatusOK || !strings.Contains(w.Header().Get("Cache-Control"), "immutable") || w.Body.Len() == 0 {
			t.Errorf("%s: got %d, %q", path, w.Code, w.Header().Get("Cache-Control"))
		}
	})
	t.Run("AnotherDeploymentsNameIsNotKept", func(t *testing.T) {
		if w := ask(server, "GET", "/assets/site.000000000000.css"); w.Code != http.StatusOK || strings.Contains(w.Header().Get("Cache-Control"), "immutable") {
			t.Errorf("got %d, %q", w.Code, w.Header().Get("Cache-Control"))
		}
	})
	t.Run("ErrOtherFile", func(t *testing.T) {
		if w := ask(server, "GET", "/assets/layout.html"); w.Code != http.StatusNotFound {
			t.Errorf("got %d", w.Code)
		}
	})
}
