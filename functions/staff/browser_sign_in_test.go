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
		if !strings.Contains(home, "Rosa Delgado-Finch, community relations officer") || !strings.Contains(home, `href="/staff/call"`) || strings.Contains(home, "/staff/audit") {
			t.Error(home)
		}
	})
	t.Run("EverybodyMaySignIn", func(t *testing.T) {
		b := newBrowser(t)
		for _, person := range oidc.Sample() {
			if to := b.signsIn(person.Subject, "/staff"); to != "/staff" {
				t.Errorf("%s is led to %s", person.Subject, to)
			}
			if body := b.page(b.get("/staff"), 200); !strings.Contains(body, person.Name) || strings.Contains(body, "no role yet") != (len(person.Groups) == 0) {
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
		"/staff\\..\\..", "/staff//elsewhere.example", "/staff/../alerts", "/staff/./..", "javascript:alert(1)", "staff", " /staff", "/staff\r\nSet-Cookie: a=b",
		"http:/staff", "///staff", "/staff#x", "/%2f/elsewhere.example", "@elsewhere.example/staff", "/staff/%2e%2e/alerts", "/staff/sign-in", "/staff/callback?code=1",
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

func TestBrowserSession(t *testing.T) {
	rosa := staff.Identity{Subject: "rosa", Name: "Rosa", Email: "rosa@voice.example", Roles: []staff.Role{staff.Officer}}
	t.Run("Idle", func(t *testing.T) {
		b := newBrowser(t)
		b.sit(rosa)
		b.now = b.now.Add(29 * time.Minute)
		b.page(b.get("/staff"), 200)
		b.now = b.now.Add(30 * time.Minute)
		if to := b.leads(b.get("/staff")); to != "/staff/sign-in?to=%2Fstaff" || len(b.cookies) != 0 {
			t.Errorf("led to %s with %v", to, b.cookies)
		}
	})
	t.Run("Old", func(t *testing.T) {
		b := newBrowser(t)
		b.sit(rosa)
		for end := b.now.Add(8 * time.Hour); b.now.Before(end); b.now = b.now.Add(20 * time.Minute) {
			b.page(b.get("/staff"), 200)
		}
		b.leads(b.get("/staff"))
	})
	t.Run("SendingWithoutOneSaysSo", func(t *testing.T) {
		b := newBrowser(t)
		body := b.page(b.do("POST", "/staff/settings", url.Values{"zone": {"UTC"}}), http.StatusUnauthorized)
		if !strings.Contains(body, "Nothing was saved") || strings.Contains(body, `"UTC"`) || len(b.cookies) != 0 {
			t.Error(body)
		}
	})
	t.Run("ErrTable", func(t *testing.T) {
		b := newBrowser(t)
		b.sit(rosa)
		b.handler.sessions.Name = "elsewhere"
		if w := b.get("/staff"); w.Code != http.StatusInternalServerError || b.cookies[sessionCookie] == "" {
			t.Errorf("got %d", w.Code)
		}
	})
	t.Run("SignOut", func(t *testing.T) {
		b := newBrowser(t)
		b.signsIn("officer-1", "/staff")
		token := b.cookies[sessionCookie]
		w := b.do("POST", "/staff/sign-out", url.Values{})
		if body := b.page(w, 200); !strings.Contains(body, "You have signed out") || strings.Contains(body, "Rosa") || len(b.cookies) != 0 {
			t.Error(body)
		}
		next, ok := strings.CutPrefix(w.Header().Get("Refresh"), "0; url=")
		if !ok || !strings.HasPrefix(next, b.provider+"/") {
			t.Fatalf("leads to %q", next)
		}
		client := &http.Client{CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}
		back, err := client.Get(next)
		if err != nil {
			t.Fatal(err)
		}
		defer back.Body.Close()
		if to := back.Header.Get("Location"); to != ourSite+"/staff/signed-out" {
			t.Errorf("%s to %q", back.Status, to)
		}
		b.page(b.get("/staff/signed-out"), 200)
		b.cookies[sessionCookie] = token
		b.leads(b.get("/staff"))
		b.page(b.do("POST", "/staff/sign-out", url.Values{}), 200) // twice is no fault
	})
	t.Run("SignOutWithoutProvider", func(t *testing.T) {
		b := newBrowser(t)
		b.sit(rosa)
		b.handler.provider.issuer = "http://127.0.0.1:1"
		if w := b.do("POST", "/staff/sign-out", url.Values{}); b.page(w, 200) == "" || w.Header().Get("Refresh") != "" || len(b.cookies) != 0 {
			t.Errorf("cookies %v", b.cookies)
		}
	})
	t.Run("ErrOtherSite", func(t *testing.T) {
		b := newBrowser(t)
		b.sit(rosa)
		for path, form := range map[string]url.Values{"/staff/sign-out": {}, "/staff/settings": {"zone": {"UTC"}}} {
			for _, from := range []string{"cross-site", "same-site"} {
				b.page(b.do("POST", path, form, "Sec-Fetch-Site", from), http.StatusForbidden)
			}
		}
		b.page(b.get("/staff"), 200)
	})
	t.Run("FormTokensAreOfOneSession", func(t *testing.T) {
		b := newBrowser(t)
		b.sit(rosa)
		other := b.another()
		other.sit(rosa)
		form := url.Values{"zone": {"UTC"}, "form_token": {token(t, b.get("/staff").Body.String(), "/staff/settings")}}
		other.page(other.do("POST", "/staff/settings", form, "Sec-Fetch-Site", ""), http.StatusForbidden)
		b.leads(b.do("POST", "/staff/settings", form, "Sec-Fetch-Site", ""))
	})
}

// token is the token of the form that is sent to a path.
func token(t *testing.T, body, path string) string {
	t.Helper()
	_, form, _ := strings.Cut(body, `action="`+path+`"`)
	_, value, ok := strings.Cut(form, `name="form_token" value="`)
	if !ok {
		t.Fatalf("no form for %s in %s", path, body)
	}
	value, _, _ = strings.Cut(value, `"`)
	return value
}

func TestZone(t *testing.T) {
	b := newBrowser(t)
	b.sit(staff.Identity{Subject: "rosa", Name: "Rosa", Roles: []staff.Role{staff.Officer}})
	b.now = time.Date(2026, 6, 1, 16, 0, 0, 0, time.UTC)
	b.sit(staff.Identity{Subject: "rosa", Name: "Rosa", Roles: []staff.Role{staff.Officer}})
	says := func(zone string) {
		t.Helper()
		if body := b.page(b.get("/staff"), 200); !strings.Contains(body, "Times are in "+zone+".") {
			t.Errorf("no %s in %s", zone, body)
		}
	}
	says("EDT")
	b.leads(b.do("POST", "/staff/settings", url.Values{"zone": {"Pacific/Honolulu"}}))
	says("HST")
	for _, zone := range []string{"Europe/Paris", "../etc/passwd", "Local"} {
		b.page(b.do("POST", "/staff/settings", url.Values{"zone": {zone}}), http.StatusBadRequest)
	}
	says("HST")
	b.cookies[zoneCookie] = "../../etc/passwd"
	says("EDT")
	b.leads(b.do("POST", "/staff/settings", url.Values{"zone": {""}}))
	says("EDT")
	if b.cookies[zoneCookie] != "" {
		t.Error("the zone is kept")
	}
}
