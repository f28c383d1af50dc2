package main

import (
	"bytes"
	"encoding/json"
	"log/slog"
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"golang.org/x/oauth2"

	"voice.example/infra/local/oidc"
	"voice.example/shared/staff"
)

func TestBrowserSignIn(t *testing.T) {
	t.Run("OK", func(t *testing.T) {
		b := newBrowser(t)
		first := b.leads(b.get("/staff?state=open"))
		if first != "/staff/sign-in?to=%2Fstaff%3Fstate%3Dopen" {
			t.Fatalf("led to %s", first)
		}
		at := b.leads(b.get(first))
		for _, want := range []string{b.provider + "/authorize?", "code_challenge_method=S256", "&nonce=", "&state=", "response_type=code"} {
			if !strings.Contains(at, want) {
				t.Errorf("%s lacks %s", at, want)
			}
		}
		if to := b.leads(b.get(b.choose(at, "officer-1"))); to != "/staff?state=open" {
			t.Errorf("led to %s", to)
		}
		if len(b.cookies) != 1 || len(b.cookies[sessionCookie]) != 43 {
			t.Errorf("cookies %v", b.cookies)
		}
		home := b.page(b.get("/staff"), 200)
		if !strings.Contains(home, "Rosa Delgado-Finch, community relations officer") ||
			!strings.Contains(home, `href="/staff/call"`) || strings.Contains(home, "/staff/audit") {
			t.Error(home)
		}
	})
	t.Run("EverybodyMaySignIn", func(t *testing.T) {
		b := newBrowser(t)
		for _, person := range oidc.Sample() {
			if to := b.signsIn(person.Subject, "/staff"); to != "/staff" {
				t.Errorf("%s is led to %s", person.Subject, to)
			}
			body := b.page(b.get("/staff"), 200)
			if !strings.Contains(body, person.Name) || strings.Contains(body, "no role yet") != (len(person.Groups) == 0) {
				t.Errorf("%s: %s", person.Subject, body)
			}
		}
	})
	t.Run("SessionIsNewEachTime", func(t *testing.T) {
		b := newBrowser(t)
		b.cookies[sessionCookie] = strings.Repeat("A", 43) // planted
		b.signsIn("officer-1", "/staff")
		first := b.cookies[sessionCookie]
		b.signsIn("officer-1", "/staff")
		if second := b.cookies[sessionCookie]; first == second || strings.HasPrefix(first, "AAAA") {
			t.Error("the session is an old one")
		}
		b.cookies[sessionCookie] = first
		if to := b.leads(b.get("/staff")); !strings.HasPrefix(to, "/staff/sign-in") {
			t.Errorf("the session before still works, led to %s", to)
		}
	})
	t.Run("OtherNameOfOurs", func(t *testing.T) {
		b := newBrowser(t)
		b.handler.siteURL = "https://voice.example.gov"
		if to := b.leads(b.get("/staff/sign-in?to=/staff/queue")); to != "https://voice.example.gov/staff/queue" || len(b.cookies) != 0 {
			t.Errorf("led to %s", to)
		}
	})
	t.Run("NameThatAPIGatewaySays", func(t *testing.T) {
		b := newBrowser(t)
		b.handler.siteURL = ""
		if b.signsIn("officer-1", "/staff/call"); b.cookies[sessionCookie] == "" {
			t.Error("not signed in")
		}
	})
	t.Run("EmailOfNobody", func(t *testing.T) {
		b := newBrowser(t, "officer-1")
		b.signsIn("officer-1", "/staff")
		s, err := b.handler.sessions.Use(t.Context(), b.cookies[sessionCookie])
		if err != nil || s.Who.Email != "" || s.Who.Subject != "officer-1" || !s.Who.Has(staff.Officer) {
			t.Errorf("%+v, %v", s, err)
		}
		if body := b.page(b.get("/staff"), 200); !strings.Contains(body, "Your e-mail address is not confirmed") {
			t.Error(body)
		}
	})
}

func TestBrowserSignInRefused(t *testing.T) {
	// failed checks that a callback signs nobody in.
	failed := func(t *testing.T, b *browser, callback string) {
		t.Helper()
		body := b.page(b.get(callback), http.StatusBadRequest)
		if !strings.Contains(body, `href="/staff/sign-in"`) || len(b.cookies) != 0 {
			t.Errorf("cookies %v, %s", b.cookies, body)
		}
	}
	begun := func(b *browser) (callback string) {
		b.t.Helper()
		return b.choose(b.leads(b.get("/staff/sign-in")), "officer-1")
	}
	t.Run("ErrState", func(t *testing.T) {
		b := newBrowser(t)
		callback, err := url.Parse(begun(b))
		if err != nil {
			t.Fatal(err)
		}
		query := callback.Query()
		query.Set("state", "another")
		failed(t, b, "/staff/callback?"+query.Encode())
	})
	t.Run("ErrOtherBrowser", func(t *testing.T) {
		b := newBrowser(t)
		callback, other := begun(b), b.another()
		failed(t, other, callback) // without a cookie
		begun(other)
		failed(t, other, callback) // with that of a sign-in of their own
	})
	t.Run("ErrCodeTwice", func(t *testing.T) {
		b := newBrowser(t)
		callback := begun(b)
		kept := b.cookies[signInCookie]
		b.leads(b.get(callback))
		b.cookies = map[string]string{signInCookie: kept}
		failed(t, b, callback)
	})
	t.Run("ErrTooLate", func(t *testing.T) {
		b := newBrowser(t)
		callback := begun(b)
		b.now = b.now.Add(10 * time.Minute)
		failed(t, b, callback)
	})
	t.Run("ErrTampered", func(t *testing.T) {
		b := newBrowser(t)
		callback := begun(b)
		sealed := []byte(b.cookies[signInCookie])
		if sealed[40]++; sealed[40] > 'z' || sealed[40] == ':' || sealed[40] == '[' {
			sealed[40] = 'a'
		}
		b.cookies[signInCookie] = string(sealed)
		failed(t, b, callback)
	})
	// change seals a sign-in under way anew, as nobody but us can.
	change := func(t *testing.T, b *browser, how func(*underWay)) {
		t.Helper()
		text, err := b.handler.keys.Open("staff-sign-in", b.cookies[signInCookie])
		if err != nil {
			t.Fatal(err)
		}
		var s underWay
		if err := json.Unmarshal([]byte(text), &s); err != nil {
			t.Fatal(err)
		}
		how(&s)
		changed, err := json.Marshal(s)
		if err != nil {
			t.Fatal(err)
		}
		b.cookies[signInCookie] = b.handler.keys.Seal("staff-sign-in", string(changed))
	}
	t.Run("ErrNonce", func(t *testing.T) {
		b := newBrowser(t)
		callback := begun(b)
		change(t, b, func(s *underWay) { s.Nonce = "another" })
		failed(t, b, callback)
	})
	t.Run("ErrVerifier", func(t *testing.T) {
		b := newBrowser(t)
		callback := begun(b)
		change(t, b, func(s *underWay) { s.Verifier = oauth2.GenerateVerifier() })
		failed(t, b, callback)
	})
	t.Run("ErrRefusedThere", func(t *testing.T) {
		b := newBrowser(t)
		at, err := url.Parse(b.leads(b.get("/staff/sign-in")))
		if err != nil {
			t.Fatal(err)
		}
		failed(t, b, "/staff/callback?error=access_denied&state="+at.Query().Get("state"))
	})
	t.Run("ErrOtherPurpose", func(t *testing.T) {
		b := newBrowser(t)
		callback := begun(b)
		text, err := b.handler.keys.Open("staff-sign-in", b.cookies[signInCookie])
		if err != nil {
			t.Fatal(err)
		}
		b.cookies[signInCookie] = b.handler.keys.Seal("another", text)
		failed(t, b, callback)
	})
	t.Run("ErrProvider", func(t *testing.T) {
		b := newBrowser(t)
		b.handler.provider.issuer = "http://127.0.0.1:1"
		if body := b.page503(b.do("GET", "/staff/sign-in", nil)); !strings.Contains(body, "We cannot check who you are right now") {
			t.Error(body)
		}
	})
	t.Run("NothingPrivateIsLogged", func(t *testing.T) {
		var log bytes.Buffer
		before := slog.Default()
		slog.SetDefault(slog.New(slog.NewJSONHandler(&log, nil)))
		defer slog.SetDefault(before)
		b := newBrowser(t)
		callback := begun(b)
		sealed := b.cookies[signInCookie]
		b.leads(b.get(callback))
		b.get("/staff")
		token := b.cookies[sessionCookie]
		b.cookies[signInCookie] = sealed
		b.get(callback)
		code, _ := url.Parse(callback)
		for _, private := range []string{token, sealed, code.Query().Get("code"), code.Query().Get("state"), "Rosa", "@"} {
			if strings.Contains(log.String(), private) {
				t.Errorf("%q is in %s", private, &log)
			}
		}
		if !strings.Contains(log.String(), `"msg":"signed in","subject":"officer-1"`) {
			t.Error(&log)
		}
	})
}

// page503 is a page that says that we cannot now.
func (b *browser) page503(w interface {
	Result() *http.Response
}) string {
	b.t.Helper()
	result := w.Result()
	if result.StatusCode != http.StatusServiceUnavailable {
		b.t.Fatalf("got %d", result.StatusCode)
	}
	var body bytes.Buffer
	if _, err := body.ReadFrom(result.Body); err != nil {
		b.t.Fatal(err)
	}
	return body.String()
}

func TestReturnTo(t *testing.T) {
	for to, want := range map[string]string{
		"/staff": "/staff", "/staff/queue": "/staff/queue", "/staff/queue?state=open&sort=-due": "/staff/queue?state=open&sort=-due",
		"/staff/inquiries/K7P4-QDX2": "/staff/inquiries/K7P4-QDX2",
		"/staff/\\elsewhere.example": "/staff/%5Celsewhere.example", "/staff/\u2028x": "/staff/%E2%80%A8x", "/staff?\\x=//y": "/staff?\\x=//y",
	} {
		if got := returnTo(to); got != want {
			t.Errorf("%q leads to %q", to, got)
		}
	}
	for _, to := range []string{
		"", "/", "/alerts", "/staffroom", "//elsewhere.example", "//elsewhere.example/staff", "https://elsewhere.example/staff", "/\\elsewhere.example",
		"/staff\\..\\..", "/staff//elsewhere.example", "/staff/../alerts", "/staff/./..", "javascript:alert(1)",
		"staff", " /staff", "/staff\r\nSet-Cookie: a=b",
		"http:/staff", "///staff", "/staff#x", "/%2f/elsewhere.example", "@elsewhere.example/staff", "/staff/%2e%2e/alerts", "/staff/sign-in",
		"/staff/callback?code=1",
		"/staff/signed-out", "/staff/" + strings.Repeat("a", 1000), "/staff/%zz", "\x00/staff", "/staff\tx",
	} {
		if got := returnTo(to); got != "/staff" {
			t.Errorf("%q leads to %q", to, got)
		}
	}
	t.Run("EndToEnd", func(t *testing.T) {
		b := newBrowser(t)
		for _, to := range []string{"//elsewhere.example", "https://elsewhere.example/staff", "/\\elsewhere.example"} {
			if got := b.signsIn("officer-1", to); got != "/staff" {
				t.Errorf("%q leads to %q", to, got)
			}
		}
	})
}
