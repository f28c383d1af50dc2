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

// guarded is a handler together with who may have it. Handle takes nothing else, so no route can be without.
type guarded struct {
	action staff.Action // "": whoever has signed in
	open   bool         // whoever asks, signed in or not
	// audited says that it is written down who saw or changed what; see audited.go.
	audited bool
	handle  web.HandlerFunc
}

// route is one line of what the function serves. A test holds the list against template.yaml, and every role against it.
type route struct {
	method, path string
	guarded
}

// Handle routes a method and a path, as web.Server does, to whoever may have it.
func (h *handler) Handle(method, path string, g guarded) {
	h.routes = append(h.routes, route{method, path, g})
	h.Server.Handle(method, path, g.handle)
}

// HandleBeside is Handle for a path that the pattern of another route covers too.
func (h *handler) HandleBeside(method, path string, g guarded) {
	h.routes = append(h.routes, route{method, path, g})
	h.Server.HandleBeside(method, path, g.handle)
}

// open lets everybody through: what is needed to sign in and out, and no more.
func open(next web.HandlerFunc) guarded { return guarded{open: true, handle: next} }

// signedIn lets everybody through whose bearer token is good, whatever their role. Cookies count for nothing here.
func (h *handler) signedIn(next handlerFunc) guarded {
	return guarded{handle: func(w http.ResponseWriter, r *http.Request) error {
		who, err := h.identify(r)
		if err != nil {
			slog.WarnContext(r.Context(), "denied", "route", r.Pattern, "error", err)
			return err
		}
		return next(w, r, who)
	}}
}

// allowed lets those through by bearer token whose role allows an action.
func (h *handler) allowed(action staff.Action, next handlerFunc) guarded {
	g := h.signedIn(h.ifMay(action, next))
	g.action = action
	return g
}

// page lets those through by the browser's session whose role allows an action. Bearer tokens count for nothing here.
func (h *handler) page(action staff.Action, next handlerFunc) guarded {
	g := h.anyPage(h.ifMay(action, next))
	g.action = action
	return g
}

// ifMay lets those through whose role allows an action.
func (h *handler) ifMay(action staff.Action, next handlerFunc) handlerFunc {
	return func(w http.ResponseWriter, r *http.Request, who staff.Identity) error {
		if !who.May(action) {
			return h.deny(r, who, action)
		}
		return next(w, r, who)
	}
}

// deny refuses somebody an action that their role does not allow. Every denial is logged: who, by subject, and what for.
func (h *handler) deny(r *http.Request, who staff.Identity, action staff.Action) error {
	slog.WarnContext(r.Context(), "denied", "route", r.Pattern, "subject", who.Subject, "action", action)
	h.noteDenied(r, who, action)
	return &web.Error{Code: web.Forbidden}
}

// identify reads the request's bearer token.
func (h *handler) identify(r *http.Request) (staff.Identity, error) {
	scheme, token, _ := strings.Cut(r.Header.Get("Authorization"), " ")
	if token = strings.TrimSpace(token); !strings.EqualFold(scheme, "Bearer") || token == "" {
		return staff.Identity{}, &web.Error{Code: web.SignIn}
	}
	return h.staff.Verify(r.Context(), token)
}
