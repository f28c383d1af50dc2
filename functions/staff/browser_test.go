package main

import (
	"context"
	"crypto/rand"
	"crypto/rsa"
	"io"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"sync"
	"testing"
	"time"

	"voice.example/infra/local/oidc"
	"voice.example/shared/staff"
	"voice.example/shared/web"
	"voice.example/shared/web/webtest"
)

// ourSite is where the console is in these tests.
const ourSite = "http://localhost:8080"

// browser is a window in which somebody works. It keeps cookies as browsers do.
type browser struct {
	*office
	t        *testing.T
	provider string // the address of the sign-in provider
	cookies  map[string]string
}

// signingKey is the provider's, which takes a while to make.
var signingKey = sync.OnceValues(func() (*rsa.PrivateKey, error) { return rsa.GenerateKey(rand.Reader, 2048) })

// newBrowser opens a window at an office whose people sign in at a real provider. The clock is the real one, as the
// provider's is, until the test moves it.
func newBrowser(t *testing.T, unverified ...string) *browser {
	t.Helper()
	b := &browser{office: newOffice(t), t: t, cookies: map[string]string{}}
	key, err := signingKey()
	if err != nil {
		t.Fatal(err)
	}
	var handler http.Handler
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) { handler.ServeHTTP(w, r) }))
	t.Cleanup(server.Close)
	handler, err = oidc.New(oidc.Config{Issuer: server.URL, Key: key, Now: time.Now, Unverified: unverified, Clients: []oidc.Client{{
		ID: "console", Callbacks: []string{ourSite + "/staff/callback"}, SignedOut: []string{ourSite + "/staff/signed-out"}, Lifetime: time.Hour,
	}}})
	if err != nil {
		t.Fatal(err)
	}
	b.provider, b.now = server.URL, time.Now()
	h := b.handler
	h.signIn, h.siteURL, h.staff, h.signedInBy, h.provider = signInPlace{server.URL, "console", scopes}, ourSite, nil, nil, nil
	b.open(t, h.Zone)
	return b
}

// another is a second window, of somebody else.
func (b *browser) another() *browser {
	return &browser{office: b.office, t: b.t, provider: b.provider, cookies: map[string]string{}}
}

// do sends a request; headers are pairs. It checks the cookies that come back, and keeps them.
func (b *browser) do(method, path string, form url.Values, headers ...string) *httptest.ResponseRecorder {
	b.t.Helper()
	r := httptest.NewRequest(method, path, strings.NewReader(form.Encode()))
	r = r.WithContext(web.WithAddress(r.Context(), ourSite))
	r.Header.Set("Accept-Language", "es")
	if form != nil {
		r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
		r.Header.Set("Sec-Fetch-Site", "same-origin")
	}
	for i := 0; i+1 < len(headers); i += 2 {
		if r.Header.Set(headers[i], headers[i+1]); headers[i+1] == "" {
			r.Header.Del(headers[i])
		}
	}
	for name, value := range b.cookies {
		r.AddCookie(&http.Cookie{Name: name, Value: value})
	}
	w := httptest.NewRecorder()
	b.ServeHTTP(w, r)
	for _, c := range w.Result().Cookies() {
		if !strings.HasPrefix(c.Name, "__Host-") || !c.Secure || !c.HttpOnly || c.SameSite != http.SameSiteLaxMode || c.Path != "/" || c.Domain != "" {
			b.t.Errorf("cookie %+v", c)
		}
		if b.cookies[c.Name] = c.Value; c.MaxAge < 0 {
			delete(b.cookies, c.Name)
		}
	}
	return w
}

func (b *browser) get(path string) *httptest.ResponseRecorder {
	b.t.Helper()
	return b.do("GET", path, nil)
}

// leads checks that an answer leads on, and gives where.
func (b *browser) leads(w *httptest.ResponseRecorder) string {
	b.t.Helper()
	to := w.Header().Get("Location")
	if w.Code != http.StatusSeeOther || to == "" {
		b.t.Fatalf("got %d to %q: %s", w.Code, to, w.Body)
	}
	return to
}

// page checks a page of the console and gives its text.
func (b *browser) page(w *httptest.ResponseRecorder, status int) string {
	b.t.Helper()
	webtest.Console(b.t, w)
	if w.Code != status {
		b.t.Fatalf("got %d, want %d: %s", w.Code, status, w.Body)
	}
	return w.Body.String()
}

// choose is somebody at the provider, where we lead them to: it gives the path at our site that they are led back to.
func (b *browser) choose(address, subject string) string {
	b.t.Helper()
	client := &http.Client{CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}
	follow := func(answer *http.Response, err error) string {
		b.t.Helper()
		if err != nil {
			b.t.Fatal(err)
		}
		defer answer.Body.Close()
		text, _ := io.ReadAll(answer.Body)
		to, err := answer.Location()
		if err != nil {
			b.t.Fatalf("%v: %s %s", err, answer.Status, text)
		}
		return to.String()
	}
	page, err := url.Parse(follow(client.Get(address)))
	if err != nil {
		b.t.Fatal(err)
	}
	back := follow(client.PostForm(b.provider+"/sign-in", url.Values{"request": {page.Query().Get("request")}, "subject": {subject}}))
	path, ours := strings.CutPrefix(follow(client.Get(back)), ourSite)
	if !ours {
		b.t.Fatalf("led back to %s", back)
	}
	return path
}

// signsIn goes through the whole sign-in and gives where it ends.
func (b *browser) signsIn(subject, to string) string {
	b.t.Helper()
	return b.leads(b.get(b.choose(b.leads(b.get("/staff/sign-in?to="+url.QueryEscape(to))), subject)))
}

// sit begins a session of somebody without the provider.
func (b *browser) sit(who staff.Identity) {
	b.t.Helper()
	token, err := b.handler.sessions.Start(context.Background(), who)
	if err != nil {
		b.t.Fatal(err)
	}
	b.cookies[sessionCookie] = token
}
