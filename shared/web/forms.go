package web

import (
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"time"

	"voice.example/shared/secret"
)

// formLife is how long a form may stay open before it is sent: a night, on a phone that is hidden in a drawer.
const formLife = 12 * time.Hour

// tokenField is the field that holds a form's token.
const tokenField = "form_token"

// SignForms puts a token into each form that template "form" begins, and makes CheckForm ask for it where a browser says
// nothing of where a form comes from. Call it before the server serves.
func (s *Server) SignForms(keys *secret.Keys) { s.keys = keys }

// CheckForm returns an error when a form was not sent from a page of ours. Handlers call it before a form does something:
// what only shows a page again needs no check.
//
// Victims' pages have no session and no cookie that another site could ride on; the console's cookie is not sent with another
// site's forms. The browser is asked first: Sec-Fetch-Site, else
// Origin, says which site a form was sent from. Our own forms have the Origin "null" in browsers that follow our
// Referrer-Policy, so that is no answer. A browser that says neither, as those before 2020 and Safari before 16.4, must
// send the token that we wrote into the form: it is signed for the form's path and its time, and works for formLife. It
// is bound to nobody but a Visitor, so someone who fetches a form of ours can use its token elsewhere, for those browsers
// only; what they gain, they could as well send themselves. The token of a Visitor works for them alone.
//
// The error is for RenderForm, which shows the form again with what was typed and a fresh token. Returned from a handler it
// becomes a page with one button that sends the same again.
func (s *Server) CheckForm(r *http.Request, form Form) error {
	again := &Error{Code: FormAgain, Fields: []Field{{Name: "send", Problem: "form.again"}}, form: form.Again()}
	switch r.Header.Get("Sec-Fetch-Site") {
	case "same-origin", "none": // none: the person themselves, by reloading
		return nil
	case "":
	default:
		return again
	}
	if origin := r.Header.Get("Origin"); origin != "" && origin != "null" {
		from, err := url.Parse(origin)
		if err != nil || !strings.EqualFold(from.Host, r.Host) {
			return again
		}
		return nil
	}
	if s.keys != nil && !s.signed(r.URL.Path, visitor(r).Bound, form[tokenField]) {
		return again
	}
	return nil
}

// sign makes the token of a form that is sent to a path, bound to a visitor or to "".
func (s *Server) sign(path, bound string) string {
	if s.keys == nil {
		return ""
	}
	at := strconv.FormatInt(s.now().Unix(), 36)
	return at + "." + s.keys.Hash("form", path, at, bound)
}

func (s *Server) signed(path, bound, token string) bool {
	at, hash, ok := strings.Cut(token, ".")
	if !ok || !secret.Equal(hash, s.keys.Hash("form", path, at, bound)) {
		return false
	}
	seconds, err := strconv.ParseInt(at, 36, 64)
	age := s.now().Sub(time.Unix(seconds, 0))
	return err == nil && age < formLife && age > -time.Minute // clocks of two machines differ
}
