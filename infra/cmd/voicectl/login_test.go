package main

import (
	"bufio"
	"bytes"
	"context"
	"encoding/json"
	"io"
	"net/http"
	"net/http/cookiejar"
	"net/http/httptest"
	"net/url"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"

	"voice.example/infra/local/oidc"
	"voice.example/shared/staff"
)

// signInService is an API whose sign-in is the local provider.
func signInService(t *testing.T) *service {
	t.Helper()
	t.Setenv("XDG_CONFIG_HOME", t.TempDir())
	t.Setenv("HOME", t.TempDir())
	var provider http.Handler
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) { provider.ServeHTTP(w, r) }))
	t.Cleanup(server.Close)
	key, err := oidc.OpenKey(filepath.Join(t.TempDir(), "key.pem"))
	if err != nil {
		t.Fatal(err)
	}
	provider, err = oidc.New(oidc.Config{Issuer: server.URL, Key: key, Now: time.Now,
		Clients: []oidc.Client{{ID: "staff", Callbacks: []string{"http://localhost:8976/callback"}, Lifetime: time.Hour}}})
	if err != nil {
		t.Fatal(err)
	}
	s := newService(t)
	s.on("GET /v1/staff/sign-in", map[string]any{"issuer": server.URL, "client_id": "staff", "scopes": []string{"openid", "email", "profile"}})
	verifier := staff.NewVerifier(server.URL, "staff", time.Now)
	s.mux.HandleFunc("GET /v1/staff/me", func(w http.ResponseWriter, r *http.Request) {
		who, err := verifier.Verify(r.Context(), strings.TrimPrefix(r.Header.Get("Authorization"), "Bearer "))
		if err != nil {
			w.WriteHeader(http.StatusUnauthorized)
			return
		}
		_ = json.NewEncoder(w).Encode(map[string]any{"subject": who.Subject, "name": who.Name, "roles": who.Roles})
	})
	return s
}

// program is voicectl with nobody signed in.
func (s *service) program(out, err io.Writer) *program {
	return &program{in: strings.NewReader(""), out: out, err: err, client: s.Client(), now: time.Now, sleep: sleep,
		getenv: func(name string) string { return map[string]string{"VOICE_API": s.URL}[name] }}
}

var addressIn = regexp.MustCompile(`http://\S+/authorize\?\S+`)

// login runs voicectl login and gives what a browser would open.
func (s *service) login(t *testing.T) (address string, end func() (int, string)) {
	t.Helper()
	var out bytes.Buffer
	r, w := io.Pipe()
	code := make(chan int, 1)
	go func() {
		code <- s.program(&out, w).run([]string{"login", "--port", "0"})
		w.Close()
	}()
	lines := bufio.NewScanner(r)
	for address == "" && lines.Scan() {
		address = addressIn.FindString(lines.Text())
	}
	if address == "" {
		t.Fatal("no address was printed")
	}
	rest := make(chan string, 1)
	go func() {
		text, _ := io.ReadAll(r)
		rest <- string(text)
	}()
	return address, func() (int, string) { c, more := <-code, <-rest; return c, out.String() + more }
}

// browse opens an address and chooses somebody.
func browse(t *testing.T, address, subject string) string {
	t.Helper()
	jar, _ := cookiejar.New(nil)
	browser := &http.Client{Jar: jar}
	page, err := browser.Get(address)
	if err != nil {
		t.Fatal(err)
	}
	page.Body.Close()
	back, err := browser.PostForm(page.Request.URL.Scheme+"://"+page.Request.URL.Host+"/sign-in",
		url.Values{"request": {page.Request.URL.Query().Get("request")}, "subject": {subject}})
	if err != nil {
		t.Fatal(err)
	}
	defer back.Body.Close()
	text, _ := io.ReadAll(back.Body)
	return string(text)
}

func TestLogin(t *testing.T) {
	s := signInService(t)
	if r := s.runAs("", "", "whoami"); r.code != exitDenied || !strings.Contains(r.err, "voicectl login") {
		t.Errorf("signed out: %d %s", r.code, r.err)
	}
	address, end := s.login(t)
	if !strings.Contains(address, "code_challenge_method=S256") || !strings.Contains(address, "nonce=") {
		t.Errorf("%s", address)
	}
	if page := browse(t, address, "data-officer-1"); !strings.Contains(page, "close this window") {
		t.Errorf("the browser ends with %q", page)
	}
	code, text := end()
	if code != 0 || !strings.Contains(text, "You are signed in as Dana Whitfield (data-officer) until ") {
		t.Fatalf("%d %s", code, text)
	}
	path, err := sessionFile()
	if err != nil {
		t.Fatal(err)
	}
	kept, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	t.Run("TokenIsKeptForNobodyElseAndNeverPrinted", func(t *testing.T) {
		var sessions map[string]session
		if err := json.Unmarshal(kept, &sessions); err != nil || sessions[s.URL].Token == "" || strings.Contains(text, sessions[s.URL].Token) {
			t.Errorf("%v %s", err, text)
		}
		if info, err := os.Stat(path); err != nil || info.Mode().Perm() != 0o600 {
			t.Errorf("%v %v", info.Mode(), err)
		}
	})
	t.Run("Whoami", func(t *testing.T) {
		var out, err bytes.Buffer
		if code := s.program(&out, &err).run([]string{"whoami"}); code != 0 || !strings.Contains(out.String(), "Dana Whitfield") {
			t.Errorf("%d %s %s", code, &out, &err)
		}
	})
	t.Run("ErrAnotherAPIIsSentNothing", func(t *testing.T) {
		other := newService(t)
		var out, err bytes.Buffer
		if code := other.program(&out, &err).run([]string{"whoami"}); code != exitDenied || len(other.seen) != 0 {
			t.Errorf("%d %v", code, other.seen)
		}
	})
	t.Run("ErrExpired", func(t *testing.T) {
		var out, err bytes.Buffer
		p := s.program(&out, &err)
		p.now = func() time.Time { return time.Now().Add(2 * time.Hour) }
		if code := p.run([]string{"whoami"}); code != exitDenied {
			t.Errorf("%d %s", code, &err)
		}
	})
	t.Run("Logout", func(t *testing.T) {
		for _, want := range []string{"You are signed out.\n", "You were not signed in.\n"} {
			var out, err bytes.Buffer
			if code := s.program(&out, &err).run([]string{"logout"}); code != 0 || out.String() != want {
				t.Errorf("%d %q", code, out.String())
			}
		}
	})
}

func TestLoginRefuses(t *testing.T) {
	t.Run("ErrState", func(t *testing.T) {
		f := &flow{state: "right", done: make(chan answer, 1)}
		w := httptest.NewRecorder()
		f.ServeHTTP(w, httptest.NewRequest("GET", "/callback?state=wrong&code=x", nil))
		if w.Code != http.StatusNotFound || len(f.done) != 0 {
			t.Errorf("%d, %d answers", w.Code, len(f.done))
		}
	})
	t.Run("ErrRefusedByTheProvider", func(t *testing.T) {
		f := &flow{state: "right", done: make(chan answer, 1)}
		f.ServeHTTP(httptest.NewRecorder(), httptest.NewRequest("GET", "/callback?state=right&error=access_denied", nil))
		if a := <-f.done; a.err == nil || !strings.Contains(a.err.Error(), "access_denied") {
			t.Errorf("%+v", a)
		}
	})
	t.Run("ErrIssuerInTheClear", func(t *testing.T) {
		s := newService(t)
		s.on("GET /v1/staff/sign-in", map[string]any{"issuer": "http://elsewhere.example", "client_id": "staff"})
		var out, err bytes.Buffer
		if code := s.program(&out, &err).run([]string{"login", "--port", "0"}); code != exitFault || !strings.Contains(err.String(), "not https") {
			t.Errorf("%d %s", code, &err)
		}
	})
	t.Run("ErrBrokenFileSignsNobodyIn", func(t *testing.T) {
		t.Setenv("XDG_CONFIG_HOME", t.TempDir())
		path, err := sessionFile()
		if err != nil {
			t.Fatal(err)
		}
		if err := writeSessions(map[string]session{}); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, []byte("{"), 0o600); err != nil {
			t.Fatal(err)
		}
		s := newService(t)
		if err := s.program(io.Discard, io.Discard).call(context.Background(), "GET", "/", nil, nil); err != errSignedOut {
			t.Errorf("%v", err)
		}
	})
}
