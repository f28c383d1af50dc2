package main

import (
	"log/slog"
	"net/http"
	"net/url"
	"strings"

	"voice.example/shared/session"
	"voice.example/shared/web"
)

// anyPage lets everybody through who has signed in with a browser, whatever their role. Whoever has not, or not lately, is
// led to the sign-in and back; what they sent is not kept, but they are told so.
func (h *handler) anyPage(next handlerFunc) guarded {
	return guarded{handle: func(w http.ResponseWriter, r *http.Request) error {
		s, err := h.sessions.Use(r.Context(), cookie(r, sessionCookie))
		if session.Ended(err) {
			slog.InfoContext(r.Context(), "denied", "route", r.Pattern, "error", err)
			return h.askSignIn(w, r)
		}
		if err != nil {
			return err
		}
		h.know(r, s)
		return next(w, r, s.Who)
	}}
}

// know tells the layout whose session a request is.
func (h *handler) know(r *http.Request, s session.Session) {
	web.Know(r.Context(), web.Visitor{Shell: newShell(r, s), Zone: h.zone(r), Bound: s.ID})
}

// askSignIn answers somebody who has no session.
func (h *handler) askSignIn(w http.ResponseWriter, r *http.Request) error {
	if cookie(r, sessionCookie) != "" {
		dropCookie(w, sessionCookie)
	}
	if r.Method == http.MethodGet || r.Method == http.MethodHead {
		web.Outcome(r.Context(), "sign_in_first")
		redirect(w, "/staff/sign-in?to="+url.QueryEscape(r.URL.RequestURI()))
		return nil
	}
	web.Outcome(r.Context(), "sign_in_again")
	return h.Render(w, r, web.Page{Template: "signed_out", Status: http.StatusUnauthorized, Title: "Your sign-in has ended",
		Data: "Nothing was saved. You were away for too long, or signed in too long ago. Sign in again, and send it once more."})
}

// redirect leads a browser on, by GET.
func redirect(w http.ResponseWriter, to string) {
	w.Header().Set("Location", to)
	w.WriteHeader(http.StatusSeeOther)
}

// maxReturn is how long the path may be that a sign-in leads back to: it travels in a cookie.
const maxReturn = 1000

// returnTo is the page of the console that a sign-in leads back to: to, if it is one, else the first. Everything that a
// browser could take for another site is refused, or escaped.
func returnTo(to string) string {
	const first = "/staff"
	parsed, err := url.Parse(to)
	if err != nil || len(to) > maxReturn || parsed.IsAbs() || parsed.Host != "" || parsed.User != nil || parsed.Fragment != "" ||
		strings.Contains(parsed.Path, "//") || strings.Contains(parsed.Path, "/.") {
		return first
	}
	if parsed.Path != first && !strings.HasPrefix(parsed.Path, first+"/") {
		return first
	}
	switch parsed.Path {
	case "/staff/sign-in", "/staff/callback", "/staff/sign-out", "/staff/signed-out":
		return first
	}
	return parsed.RequestURI()
}
