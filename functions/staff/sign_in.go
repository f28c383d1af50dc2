package main

import (
	"net/http"

	"voice.example/shared/staff"
	"voice.example/shared/web"
)

// scopes are what a client asks the provider for, so that its ID token has a name and an email address.
var scopes = []string{"openid", "email", "profile"}

// signInPlace is where staff sign in. Nothing of it is secret.
type signInPlace struct {
	Issuer   string   `json:"issuer"`
	ClientID string   `json:"client_id"`
	Scopes   []string `json:"scopes"`
}

// me is who has signed in.
type me struct {
	Subject string         `json:"subject"`
	Name    string         `json:"name"`
	Email   string         `json:"email"`
	Roles   []staff.Role   `json:"roles"`
	May     []staff.Action `json:"may"`
}

// showSignIn answers GET /v1/staff/sign-in, which needs no token: it says how to come by one.
func (h *handler) showSignIn(w http.ResponseWriter, r *http.Request) error {
	web.Outcome(r.Context(), "sign_in_place")
	return web.WriteJSON(w, http.StatusOK, h.signIn)
}

// showMe answers GET /v1/staff/me.
func (h *handler) showMe(w http.ResponseWriter, r *http.Request, who staff.Identity) error {
	may := []staff.Action{}
	for _, action := range staff.Actions() {
		if who.May(action) {
			may = append(may, action)
		}
	}
	web.Outcome(r.Context(), "me")
	return web.WriteJSON(w, http.StatusOK, me{who.Subject, who.Name, who.Email, who.Roles, may})
}
