package main

import (
	"log/slog"
	"net/http"
	"strings"

	"voice.example/shared/staff"
	"voice.example/shared/web"
)

// handlerFunc answers a request of somebody who has signed in.
type handlerFunc func(w http.ResponseWriter, r *http.Request, who staff.Identity) error

// signedIn lets everybody through whose token is good, whatever their role.
func (h *handler) signedIn(next handlerFunc) web.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) error {
		who, err := h.identify(r)
		if err != nil {
			slog.WarnContext(r.Context(), "denied", "route", r.Pattern, "error", err)
			return err
		}
		return next(w, r, who)
	}
}

// allowed lets those through whose role allows an action. Every denial is logged: who, by subject, and what for.
func (h *handler) allowed(action staff.Action, next handlerFunc) web.HandlerFunc {
	return h.signedIn(func(w http.ResponseWriter, r *http.Request, who staff.Identity) error {
		if !who.May(action) {
			slog.WarnContext(r.Context(), "denied", "route", r.Pattern, "subject", who.Subject, "action", action)
			return &web.Error{Code: web.Forbidden}
		}
		return next(w, r, who)
	})
}

// identify reads the request's bearer token.
func (h *handler) identify(r *http.Request) (staff.Identity, error) {
	scheme, token, _ := strings.Cut(r.Header.Get("Authorization"), " ")
	if token = strings.TrimSpace(token); !strings.EqualFold(scheme, "Bearer") || token == "" {
		return staff.Identity{}, &web.Error{Code: web.SignIn}
	}
	return h.staff.Verify(r.Context(), token)
}
