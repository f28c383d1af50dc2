package main

import (
	"bytes"
	"log/slog"
	"net/http"
	"strings"
	"testing"

	"voice.example/shared/web"
)

func TestSignedOut(t *testing.T) {
	o := newOffice(t)
	for _, route := range o.handler.routes {
		if route.open || !strings.HasPrefix(route.path, "/v1/") {
			continue
		}
		t.Run("ErrSignIn "+route.method+" "+route.path, func(t *testing.T) {
			w := o.try(t, cell{route: route, key: noKey})
			refused(t, w, http.StatusUnauthorized, web.SignIn)
			if got := w.Header().Get("WWW-Authenticate"); got != `Bearer realm="staff"` {
				t.Errorf("WWW-Authenticate is %q", got)
			}
		})
		t.Run("ErrSignInAgain "+route.method+" "+route.path, func(t *testing.T) {
			w := o.try(t, cell{route: route, name: "nobody", key: tokenKey})
			refused(t, w, http.StatusUnauthorized, web.SignInAgain)
			if got := w.Header().Get("WWW-Authenticate"); got != `Bearer realm="staff", error="invalid_token"` {
				t.Errorf("WWW-Authenticate is %q", got)
			}
		})
	}
	t.Run("ErrSignInUnavailable", func(t *testing.T) {
		refused(t, o.ask("keys-are-out", "GET", "/v1/staff/me", ""), http.StatusServiceUnavailable, web.SignInUnavailable)
	})
}

func TestDenialsAreLogged(t *testing.T) {
	var log bytes.Buffer
	before := slog.Default()
	slog.SetDefault(slog.New(slog.NewJSONHandler(&log, nil)))
	defer slog.SetDefault(before)
	o := newOffice(t)
	o.ask("theo", "GET", "/v1/staff/uploads/a-secret-id/plan", "")
	o.ask("some-token", "GET", "/v1/staff/uploads/a-secret-id/plan", "")
	for _, want := range []string{`"msg":"denied","route":"GET /v1/staff/uploads/{id}/plan","subject":"theo","action":"read_plans"`, `"error":"staff: the token`} {
		if !strings.Contains(log.String(), want) {
			t.Errorf("%s is not in %s", want, &log)
		}
	}
	for _, private := range []string{"@", "some-token", "Theo", "a-secret-id"} {
		if strings.Contains(log.String(), private) {
			t.Errorf("%s is in %s", private, &log)
		}
	}
}

func TestSignInPlace(t *testing.T) {
	var place signInPlace
	decode(t, newOffice(t).ask("", "GET", "/v1/staff/sign-in", ""), http.StatusOK, &place)
	if place.Issuer != "http://localhost:9998" || place.ClientID != "voicectl" || strings.Join(place.Scopes, " ") != "openid email profile" {
		t.Errorf("%+v", place)
	}
}

func TestMe(t *testing.T) {
	o := newOffice(t)
	var who me
	decode(t, o.ask("dana", "GET", "/v1/staff/me", ""), http.StatusOK, &who)
	if who.Subject != "dana" || who.Name != "Dana" || who.Email != "dana@voice.example" || len(who.Roles) != 1 || len(who.May) != 9 {
		t.Errorf("%+v", who)
	}
	w := o.ask("nell", "GET", "/v1/staff/me", "")
	if w.Code != http.StatusOK || !strings.Contains(w.Body.String(), `"may":[]`) {
		t.Errorf("a newcomer gets %d %s", w.Code, w.Body)
	}
}
