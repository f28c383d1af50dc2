package main

import (
	"net/http"
	"time"
)

// The cookies. The prefix __Host- has browsers take them from this host alone, over TLS, for all of its paths, so that
// nobody beside us can plant one.
const (
	sessionCookie = "__Host-voice-session"
	signInCookie  = "__Host-voice-sign-in" // a sign-in under way
	zoneCookie    = "__Host-voice-zone"    // the time zone of whoever sits here
)

// setCookie gives a browser a cookie that no script can read. No life is until the browser is closed.
//
// SameSite is Lax and not Strict: the provider leads back here from another site, and with Strict neither the sign-in that is
// under way nor, in the redirect after it, the new session would be sent. With Lax, other sites' links bring the cookie
// along and their forms do not; and no GET of the console changes anything.
func setCookie(w http.ResponseWriter, name, value string, life time.Duration) {
	http.SetCookie(w, &http.Cookie{
		Name: name, Value: value, Path: "/", MaxAge: int(life.Seconds()), Secure: true, HttpOnly: true, SameSite: http.SameSiteLaxMode,
	})
}

// dropCookie has a browser forget a cookie.
func dropCookie(w http.ResponseWriter, name string) {
	http.SetCookie(w, &http.Cookie{Name: name, Path: "/", MaxAge: -1, Secure: true, HttpOnly: true, SameSite: http.SameSiteLaxMode})
}

// cookie is what a browser has of a name, or "".
func cookie(r *http.Request, name string) string {
	c, err := r.Cookie(name)
	if err != nil {
		return ""
	}
	return c.Value
}
