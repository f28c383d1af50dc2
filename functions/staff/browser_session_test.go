package main

import (
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"voice.example/shared/staff"
)

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
