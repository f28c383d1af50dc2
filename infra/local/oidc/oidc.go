// Package oidc is the local runner's Cognito: an OpenID provider with the code flow, PKCE and ID tokens that carry the
// claims that Cognito's do.
//
// Its people are invented, some of each role, and nobody has a password: whoever opens the sign-in page chooses who to
// be. The signing key is kept in a file, so that a token outlives a restart of the runner as it outlives a deployment.
//
// Nobody stays signed in at the provider itself: it asks anew each time, so its sign-out only leads back.
//
// Limits: sign-ins that are under way are in memory and end with the process; no refresh tokens, no second factor, and
// access tokens are good for the userinfo endpoint only.
package oidc

import (
	"crypto/rand"
	"crypto/rsa"
	"fmt"
	"net/http"
	"time"

	"github.com/zitadel/oidc/v3/pkg/op"
)

// Config is what a Provider needs.
type Config struct {
	Issuer  string // such as http://localhost:9998
	Key     *rsa.PrivateKey
	Clients []Client
	People  []Person // nil: those of Sample
	// Unverified are those, by subject, whose email address nobody has made sure of.
	Unverified []string
	Now        func() time.Time
}

// Client is a program that people sign in to. It has no secret.
type Client struct {
	ID        string
	Callbacks []string      // on a loopback address, any port will do in place of the one named
	SignedOut []string      // where its sign-out may lead back to; of ports the same
	Lifetime  time.Duration // of ID tokens
}

// Where the provider's own pages and keys are.
const (
	signInPath = "/sign-in"
	keysPath   = "/.well-known/jwks.json" // as Cognito has them
)

// New makes the provider.
func New(config Config) (http.Handler, error) {
	if config.People == nil {
		config.People = Sample()
	}
	storage := newStorage(config)
	encryption := [32]byte{}
	if _, err := rand.Read(encryption[:]); err != nil {
		return nil, err
	}
	keys := op.NewEndpoint(keysPath[1:])
	provider, err := op.NewProvider(&op.Config{CryptoKey: encryption, CodeMethodS256: true}, storage,
		op.StaticIssuer(config.Issuer), op.WithAllowInsecure(), op.WithCustomKeysEndpoint(keys))
	if err != nil {
		return nil, fmt.Errorf("make the sign-in provider: %w", err)
	}
	page := &page{storage: storage, people: config.People, callback: op.AuthCallbackURL(provider)}
	mux := http.NewServeMux()
	mux.HandleFunc("GET "+signInPath, page.show)
	mux.Handle("POST "+signInPath, op.NewIssuerInterceptor(provider.IssuerFromRequest).HandlerFunc(page.choose))
	mux.HandleFunc("GET /{$}", page.show)
	mux.Handle("/", provider)
	return mux, nil
}
