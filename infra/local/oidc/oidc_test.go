package oidc_test

import (
	"context"
	"errors"
	"io"
	"net/http"
	"net/http/httptest"
	"net/url"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"golang.org/x/oauth2"

	"voice.example/infra/local/oidc"
	"voice.example/shared/staff"
)

const (
	callback  = "http://localhost:8976/callback"
	signedOut = "http://localhost:8976/signed-out"
)

// provider is one on a port of its own.
type provider struct {
	t      *testing.T
	url    string
	now    time.Time
	client *http.Client // follows no redirect
}

func newProvider(t *testing.T, keyFile string) *provider {
	t.Helper()
	key, err := oidc.OpenKey(keyFile)
	if err != nil {
		t.Fatal(err)
	}
	p := &provider{t: t, now: time.Now()}
	var handler http.Handler
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) { handler.ServeHTTP(w, r) }))
	t.Cleanup(server.Close)
	p.url = server.URL
	p.client = &http.Client{CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}
	handler, err = oidc.New(oidc.Config{Issuer: p.url, Key: key, Now: func() time.Time { return p.now },
		Clients:    []oidc.Client{{ID: "voicectl", Callbacks: []string{callback}, SignedOut: []string{signedOut}, Lifetime: 8 * time.Hour}},
		Unverified: []string{"operator-2"}})
	if err != nil {
		t.Fatal(err)
	}
	return p
}

func (p *provider) config() *oauth2.Config {
	return &oauth2.Config{ClientID: "voicectl", RedirectURL: callback, Scopes: []string{"openid", "email", "profile"},
		Endpoint: oauth2.Endpoint{AuthURL: p.url + "/authorize", TokenURL: p.url + "/oauth/token"}}
}

// ask sends a request and gives where the answer leads and what it says.
func (p *provider) ask(r *http.Request) (status int, location, body string) {
	p.t.Helper()
	response, err := p.client.Do(r)
	if err != nil {
		p.t.Fatal(err)
	}
	defer response.Body.Close()
	text, err := io.ReadAll(response.Body)
	if err != nil {
		p.t.Fatal(err)
	}
	if location = response.Header.Get("Location"); strings.HasPrefix(location, "/") {
		location = p.url + location
	}
	return response.StatusCode, location, string(text)
}

func (p *provider) get(address string) (status int, location, body string) {
	p.t.Helper()
	r, err := http.NewRequest(http.MethodGet, address, nil)
	if err != nil {
		p.t.Fatal(err)
	}
	return p.ask(r)
}

func (p *provider) post(address string, form url.Values) (status int, location, body string) {
	p.t.Helper()
	r, err := http.NewRequest(http.MethodPost, address, strings.NewReader(form.Encode()))
	if err != nil {
		p.t.Fatal(err)
	}
	r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	return p.ask(r)
}

// begin asks for a sign-in and gives the id of it.
func (p *provider) begin(verifier string) string {
	p.t.Helper()
	_, page, _ := p.get(p.config().AuthCodeURL("the-state", oauth2.S256ChallengeOption(verifier), oauth2.SetAuthURLParam("nonce", "the-nonce")))
	parsed, err := url.Parse(page)
	if err != nil || parsed.Query().Get("request") == "" {
		p.t.Fatalf("led to %q", page)
	}
	return parsed.Query().Get("request")
}

// choose signs somebody in and gives the code.
func (p *provider) choose(request, subject string) string {
	p.t.Helper()
	status, next, body := p.post(p.url+"/sign-in", url.Values{"request": {request}, "subject": {subject}})
	if status != http.StatusSeeOther {
		p.t.Fatalf("%d %s", status, body)
	}
	_, back, body := p.get(next)
	parsed, err := url.Parse(back)
	if err != nil || !strings.HasPrefix(back, callback+"?") || parsed.Query().Get("state") != "the-state" {
		p.t.Fatalf("led back to %q: %s", back, body)
	}
	return parsed.Query().Get("code")
}

func (p *provider) signIn(subject string) (idToken string) {
	p.t.Helper()
	verifier := oauth2.GenerateVerifier()
	token, err := p.config().Exchange(context.Background(), p.choose(p.begin(verifier), subject), oauth2.VerifierOption(verifier))
	if err != nil {
		p.t.Fatal(err)
	}
	idToken, _ = token.Extra("id_token").(string)
	return idToken
}

func TestSignIn(t *testing.T) {
	keyFile := filepath.Join(t.TempDir(), "key.pem")
	p := newProvider(t, keyFile)
	verifier := staff.NewVerifier(p.url, "voicectl", time.Now)

	t.Run("TokenSaysWhoItIs", func(t *testing.T) {
		for _, person := range oidc.Sample() {
			who, err := verifier.Verify(context.Background(), p.signIn(person.Subject))
			if err != nil || who.Subject != person.Subject || who.Name != person.Name || who.Email != person.Email && person.Subject != "operator-2" || len(who.Roles) != len(person.Groups) {
				t.Errorf("%s: %+v, %v", person.Subject, who, err)
			}
		}
	})
	t.Run("EveryRoleHasSomebody", func(t *testing.T) {
		for _, role := range staff.Roles() {
			if !slices.ContainsFunc(oidc.Sample(), func(p oidc.Person) bool { return slices.Contains(p.Groups, string(role)) }) {
				t.Errorf("nobody is %s", role)
			}
		}
	})
	t.Run("PageListsPeopleAndSaysThatThereAreNoPasswords", func(t *testing.T) {
		status, _, body := p.get(p.url + "/sign-in?request=" + p.begin(oauth2.GenerateVerifier()))
		if status != http.StatusOK || !strings.Contains(body, "nobody has a password") || strings.Count(body, "<button") != len(oidc.Sample()) {
			t.Errorf("%d %s", status, body)
		}
	})
	t.Run("DiscoveryNamesTheKeysWhereCognitoHasThem", func(t *testing.T) {
		_, _, body := p.get(p.url + "/.well-known/openid-configuration")
		if !strings.Contains(body, `"`+p.url+staff.KeysPath+`"`) {
			t.Error(body)
		}
	})
	t.Run("AnyLoopbackPort", func(t *testing.T) {
		config := p.config()
		config.RedirectURL = "http://localhost:40123/callback"
		_, page, _ := p.get(config.AuthCodeURL("s", oauth2.S256ChallengeOption(oauth2.GenerateVerifier())))
		if !strings.HasPrefix(page, p.url+"/sign-in?request=") {
			t.Errorf("led to %q", page)
		}
	})
	t.Run("SignOutLeadsBack", func(t *testing.T) {
		ask := func(back string) (status int, location string) {
			query := url.Values{"client_id": {"voicectl"}, "logout_uri": {back}, "post_logout_redirect_uri": {back}}
			status, location, _ = p.get(p.url + "/end_session?" + query.Encode())
			return status, location
		}
		if status, to := ask(signedOut); status != http.StatusFound || to != signedOut {
			t.Errorf("%d, led to %q", status, to)
		}
		if status, to := ask("https://elsewhere.example/"); status != http.StatusBadRequest || to != "" {
			t.Errorf("%d, led to %q", status, to)
		}
	})
	t.Run("EmailOfNobody", func(t *testing.T) {
		who, err := verifier.Verify(context.Background(), p.signIn("operator-2"))
		if err != nil || who.Subject != "operator-2" || who.Email != "" {
			t.Errorf("%+v, %v", who, err)
		}
	})
	t.Run("ErrCallback", func(t *testing.T) {
		config := p.config()
		config.RedirectURL = "https://elsewhere.example/callback"
		status, location, _ := p.get(config.AuthCodeURL("s", oauth2.S256ChallengeOption(oauth2.GenerateVerifier())))
		if status != http.StatusBadRequest || location != "" {
			t.Errorf("%d, led to %q", status, location)
		}
	})
	t.Run("ErrNoChallenge", func(t *testing.T) {
		for _, options := range [][]oauth2.AuthCodeOption{nil, {oauth2.SetAuthURLParam("code_challenge", "abc"), oauth2.SetAuthURLParam("code_challenge_method", "plain")}} {
			_, location, _ := p.get(p.config().AuthCodeURL("s", options...))
			if !strings.HasPrefix(location, callback) || !strings.Contains(location, "error=") {
				t.Errorf("led to %q", location)
			}
		}
	})
	t.Run("ErrWrongVerifier", func(t *testing.T) {
		code := p.choose(p.begin(oauth2.GenerateVerifier()), "operator-1")
		_, err := p.config().Exchange(context.Background(), code, oauth2.VerifierOption(oauth2.GenerateVerifier()))
		var refused *oauth2.RetrieveError
		if !errors.As(err, &refused) {
			t.Errorf("%v", err)
		}
	})
	t.Run("ErrCodeTwice", func(t *testing.T) {
		verifier := oauth2.GenerateVerifier()
		code := p.choose(p.begin(verifier), "operator-1")
		for i, ok := range []bool{true, false} {
			if _, err := p.config().Exchange(context.Background(), code, oauth2.VerifierOption(verifier)); (err == nil) != ok {
				t.Errorf("time %d: %v", i+1, err)
			}
		}
	})
	t.Run("ErrNobody", func(t *testing.T) {
		if status, _, _ := p.post(p.url+"/sign-in", url.Values{"request": {p.begin(oauth2.GenerateVerifier())}, "subject": {"stranger"}}); status != http.StatusBadRequest {
			t.Errorf("%d", status)
		}
	})
	t.Run("ErrTooLate", func(t *testing.T) {
		request := p.begin(oauth2.GenerateVerifier())
		p.now = p.now.Add(16 * time.Minute)
		if status, _, _ := p.post(p.url+"/sign-in", url.Values{"request": {request}, "subject": {"operator-1"}}); status != http.StatusBadRequest {
			t.Errorf("%d", status)
		}
		if status, _, _ := p.get(p.url + "/sign-in?request=" + request); status != http.StatusBadRequest {
			t.Errorf("%d", status)
		}
	})
}

func TestOpenKey(t *testing.T) {
	path := filepath.Join(t.TempDir(), "key.pem")
	first, err := oidc.OpenKey(path)
	if err != nil {
		t.Fatal(err)
	}
	t.Run("Kept", func(t *testing.T) {
		if again, err := oidc.OpenKey(path); err != nil || !again.Equal(first) {
			t.Errorf("another key, %v", err)
		}
	})
	t.Run("ForNobodyElse", func(t *testing.T) {
		if info, err := os.Stat(path); err != nil || info.Mode().Perm() != 0o600 {
			t.Errorf("%v %v", info.Mode(), err)
		}
	})
	t.Run("ErrNoKey", func(t *testing.T) {
		if err := os.WriteFile(path, []byte("no key"), 0o600); err != nil {
			t.Fatal(err)
		}
		if _, err := oidc.OpenKey(path); err == nil {
			t.Error("it was taken for a key")
		}
	})
}
