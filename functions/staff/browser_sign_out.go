package main

import (
	"log/slog"
	"net/http"

	"voice.example/shared/session"
	"voice.example/shared/web"
)

// signOut answers POST /staff/sign-out: it ends the session, and leads through the provider's own sign-out. Without that,
// the next click on "sign in" would let anybody at this desk in.
func (h *handler) signOut(w http.ResponseWriter, r *http.Request) error {
	form, err := web.DecodeForm(r)
	if err != nil {
		return err
	}
	token := cookie(r, sessionCookie)
	s, err := h.sessions.Use(r.Context(), token)
	if err != nil && !session.Ended(err) {
		return err
	}
	if err == nil {
		h.know(r, s)
		if err := h.CheckForm(r, form); err != nil {
			return err
		}
		if err := h.sessions.End(r.Context(), token); err != nil {
			return err
		}
		slog.InfoContext(r.Context(), "signed out", "subject", s.Who.Subject)
	}
	web.Know(r.Context(), web.Visitor{})
	dropCookie(w, sessionCookie)
	web.Outcome(r.Context(), "signed_out")
	page := web.Page{Template: "signed_out", Title: "You have signed out", Data: "You can close this window."}
	if at, err := h.provider.places(r.Context()); err == nil {
		if next := at.signOut(h.signIn.ClientID, h.site(r)+"/staff/signed-out"); next != "" {
			// Not a redirect: the policy of our pages lets no form lead to another site, not even by a detour.
			w.Header().Set("Refresh", "0; url="+next)
		}
	} else {
		slog.WarnContext(r.Context(), "signed out here only", "error", err)
	}
	return h.Render(w, r, page)
}

// showSignedOut answers GET /staff/signed-out, where the provider's sign-out leads to.
func (h *handler) showSignedOut(w http.ResponseWriter, r *http.Request) error {
	web.Outcome(r.Context(), "signed_out_shown")
	return h.Render(w, r, web.Page{Template: "signed_out", Title: "You have signed out", Data: "You can close this window."})
}
