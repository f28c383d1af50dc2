package main

import (
	"net/http"

	"voice.example/shared/staff"
	"voice.example/shared/web"
)

// routeConsole routes signing in by browser, and the console's first page.
func (h *handler) routeConsole() {
	h.Handle("GET", "/staff/sign-in", open(h.beginSignIn))
	h.Handle("GET", "/staff/callback", open(h.endSignIn))
	h.Handle("POST", "/staff/sign-out", open(h.signOut))
	h.Handle("GET", "/staff/signed-out", open(h.showSignedOut))
	h.Handle("GET", "/staff", h.anyPage(h.showHome))
	h.Handle("POST", "/staff/settings", h.anyPage(h.setZone))
}

// home is the console's first page.
type home struct {
	Who   staff.Identity
	Roles string
	Nav   []place
	Zones []web.Option
}

// showHome answers GET /staff.
func (h *handler) showHome(w http.ResponseWriter, r *http.Request, who staff.Identity) error {
	web.Outcome(r.Context(), "home")
	return h.Render(w, r, web.Page{Template: "home", Title: "Your work", Form: web.Form{"zone": cookie(r, zoneCookie)}, Data: home{
		Who: who, Roles: rolesInWords(who.Roles), Nav: navigationOf(who, ""), Zones: zones,
	}})
}
