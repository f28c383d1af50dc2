package template

import (
	"fmt"
	"time"
)

// SignIn is what the template says of its one user pool. It is empty without one.
type SignIn struct {
	Groups  []string
	Clients []SignInClient
}

// SignInClient is a program that people sign in to, by the code flow.
type SignInClient struct {
	ID        string
	Callbacks []string // where the code may be sent
	SignedOut []string // where a sign-out may lead back to
	Scopes    []string
	Lifetime  time.Duration // of ID tokens
}

// SignIn gives the user pool's groups and clients. A client that keeps a secret, or that has another flow than the code
// flow, is an error: the local provider has neither.
func (t *Template) SignIn() (SignIn, error) {
	var s SignIn
	if pools, err := t.ofKind(kindUserPool); err != nil {
		return s, err
	} else if len(pools) > 1 {
		return s, fmt.Errorf("line %d: %s: the local runner has one user pool", pools[1].line, pools[1].id)
	}
	groups, err := t.ofKind(kindUserGroup)
	if err != nil {
		return s, err
	}
	for _, r := range groups {
		name, err := t.name(r)
		if err != nil {
			return s, err
		}
		s.Groups = append(s.Groups, name)
	}
	clients, err := t.ofKind(kindUserClient)
	if err != nil {
		return s, err
	}
	for _, r := range clients {
		c, err := t.signInClient(r)
		if err != nil {
			return s, err
		}
		s.Clients = append(s.Clients, c)
	}
	return s, nil
}

func (t *Template) signInClient(r *resource) (SignInClient, error) {
	var p struct {
		GenerateSecret                   flag
		AllowedOAuthFlows                []string
		AllowedOAuthScopes, CallbackURLs []string
		LogoutURLs                       []string
		IdTokenValidity                  number
		TokenValidityUnits               struct{ IdToken string }
	}
	if err := t.decode(r, &p); err != nil {
		return SignInClient{}, err
	}
	if p.GenerateSecret || len(p.AllowedOAuthFlows) != 1 || p.AllowedOAuthFlows[0] != "code" {
		return SignInClient{}, fmt.Errorf("line %d: %s: the local runner knows clients without a secret, with the code flow alone", r.line, r.id)
	}
	id, err := t.name(r)
	if err != nil {
		return SignInClient{}, err
	}
	unit, known := map[string]time.Duration{
		"": time.Hour, "seconds": time.Second, "minutes": time.Minute, "hours": time.Hour, "days": 24 * time.Hour,
	}[p.TokenValidityUnits.IdToken]
	if !known {
		return SignInClient{}, fmt.Errorf("line %d: %s: %q is no unit of time", r.line, r.id, p.TokenValidityUnits.IdToken)
	}
	if p.IdTokenValidity == 0 {
		p.IdTokenValidity, unit = 1, time.Hour
	}
	return SignInClient{ID: id, Callbacks: p.CallbackURLs, SignedOut: p.LogoutURLs, Scopes: p.AllowedOAuthScopes, Lifetime: time.Duration(p.IdTokenValidity) * unit}, nil
}
