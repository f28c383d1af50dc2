package main

import (
	"context"
	"encoding/json"
	"errors"
	"log/slog"
	"net/http"
	"time"

	"github.com/coreos/go-oidc/v3/oidc"
	"golang.org/x/oauth2"

	"voice.example/shared/secret"
	"voice.example/shared/staff"
	"voice.example/shared/web"
)

// signInWithin is how long somebody may take at the provider, with a second factor.
const signInWithin = 10 * time.Minute

// signInIdentifier tells whose the token of a sign-in is; staff.Verifier does.
type signInIdentifier interface {
	VerifySignIn(ctx context.Context, token, nonce string) (staff.Identity, error)
}

// underWay is a sign-in under way, as its browser keeps it, sealed. The state ties the way back to this browser, the nonce
// the token to this sign-in, and the verifier the code to both.
type underWay struct {
	State    string    `json:"state"`
	Nonce    string    `json:"nonce"`
	Verifier string    `json:"verifier"`
	To       string    `json:"to"`
	At       time.Time `json:"at"`
}

// beginSignIn answers GET /staff/sign-in?to=/staff/…: it leads to the provider.
func (h *handler) beginSignIn(w http.ResponseWriter, r *http.Request) error {
	to := returnTo(r.URL.Query().Get("to"))
	site := h.site(r)
	if here := web.Address(r); here != "" && here != site {
		// A cookie is of one host: whoever came by another name of ours would come back to one without it.
		web.Outcome(r.Context(), "sign_in_elsewhere")
		redirect(w, site+to)
		return nil
	}
	at, err := h.provider.places(r.Context())
	if err != nil {
		return err
	}
	s := underWay{State: secret.NewID(), Nonce: secret.NewID(), Verifier: oauth2.GenerateVerifier(), To: to, At: h.now()}
	sealed, err := json.Marshal(s)
	if err != nil {
		return err
	}
	setCookie(w, signInCookie, h.keys.Seal("staff-sign-in", string(sealed)), signInWithin)
	web.Outcome(r.Context(), "sign_in_begun")
	redirect(w, h.flow(at, site).AuthCodeURL(s.State, oauth2.S256ChallengeOption(s.Verifier), oidc.Nonce(s.Nonce)))
	return nil
}

// flow is the code flow at the provider's places, which leads back to our site.
func (h *handler) flow(at places, site string) *oauth2.Config {
	endpoint := at.Endpoint
	endpoint.AuthStyle = oauth2.AuthStyleInParams // there is no secret to send in a header; trying would use the code up
	return &oauth2.Config{ClientID: h.signIn.ClientID, Endpoint: endpoint, RedirectURL: site + "/staff/callback", Scopes: h.signIn.Scopes}
}

// site is what our own addresses begin with.
func (h *handler) site(r *http.Request) string {
	if h.siteURL != "" {
		return h.siteURL
	}
	return web.Address(r)
}

// errSignIn says that a sign-in did not come to an end as it must. Whoever it is can begin anew.
var errSignIn = errors.New("staff: the sign-in cannot be used")

// endSignIn answers GET /staff/callback, where the provider leads to: it begins a session.
func (h *handler) endSignIn(w http.ResponseWriter, r *http.Request) error {
	dropCookie(w, signInCookie) // it is used up, whatever comes of it
	who, to, err := h.whoSignedIn(r)
	if errors.Is(err, errSignIn) || errors.Is(err, staff.ErrToken) {
		slog.WarnContext(r.Context(), "denied", "route", r.Pattern, "error", err)
		web.Outcome(r.Context(), "sign_in_failed")
		return h.Render(w, r, web.Page{Template: "signed_out", Status: http.StatusBadRequest, Title: "You are not signed in",
			Data: "The sign-in took too long, was begun in another window, or was used before. Nothing is wrong: begin again."})
	}
	if err != nil {
		return err
	}
	if who.Office, err = h.officeOf(r.Context(), who); err != nil {
		return err
	}
	// Never the session that was there: whoever put it there would be signed in with it.
	if err := h.sessions.End(r.Context(), cookie(r, sessionCookie)); err != nil {
		return err
	}
	token, err := h.sessions.Start(r.Context(), who)
	if err != nil {
		return err
	}
	setCookie(w, sessionCookie, token, 0)
	slog.InfoContext(r.Context(), "signed in", "subject", who.Subject, "roles", who.Roles)
	web.Outcome(r.Context(), "signed_in")
	redirect(w, to)
	return nil
}

// whoSignedIn checks what the provider sent back and gives who it is and where they wanted to. Errors: errSignIn,
// staff.ErrToken, staff.ErrKeys, errProvider.
func (h *handler) whoSignedIn(r *http.Request) (who staff.Identity, to string, err error) {
	opened, err := h.keys.Open("staff-sign-in", cookie(r, signInCookie))
	if err != nil {
		return who, "", wrap("cookie", errSignIn)
	}
	var s underWay
	if err := json.Unmarshal([]byte(opened), &s); err != nil {
		return who, "", wrap("cookie", errSignIn)
	}
	query := r.URL.Query()
	switch age := h.now().Sub(s.At); {
	case age >= signInWithin:
		return who, "", wrap("too late", errSignIn)
	case !secret.Equal(query.Get("state"), s.State):
		return who, "", wrap("state", errSignIn)
	case query.Get("code") == "":
		return who, "", wrap("refused by the provider", errSignIn)
	}
	raw, err := h.exchange(r, query.Get("code"), s.Verifier)
	if err != nil {
		return who, "", err
	}
	who, err = h.signedInBy.VerifySignIn(r.Context(), raw, s.Nonce)
	return who, s.To, err
}

// exchange gives the ID token for a code. Errors: errSignIn, errProvider.
func (h *handler) exchange(r *http.Request, code, verifier string) (idToken string, err error) {
	at, err := h.provider.places(r.Context())
	if err != nil {
		return "", err
	}
	ctx := context.WithValue(r.Context(), oauth2.HTTPClient, h.provider.client())
	token, err := h.flow(at, h.site(r)).Exchange(ctx, code, oauth2.VerifierOption(verifier))
	var refused *oauth2.RetrieveError
	switch {
	case errors.As(err, &refused) && refused.Response != nil && refused.Response.StatusCode < http.StatusInternalServerError:
		return "", wrap("code", errSignIn) // what the provider says more may repeat what was sent
	case err != nil:
		return "", wrap("exchanging the code", errProvider)
	}
	idToken, _ = token.Extra("id_token").(string)
	return idToken, nil
}
