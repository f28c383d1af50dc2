package main

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"sync"
	"time"

	"github.com/coreos/go-oidc/v3/oidc"
	"golang.org/x/oauth2"
)

// errProvider says that the sign-in provider does not answer, or not as it should.
var errProvider = errors.New("staff: the sign-in provider does not answer")

// providerWithin is how long the provider may take for one answer. Somebody waits for it.
const providerWithin = 5 * time.Second

// provider is where browsers are sent to sign in and out. It is asked where its pages are with the first sign-in, and then
// never again while the function lives. Whoever comes with a bearer token needs none of it.
type provider struct {
	issuer string

	mu    sync.Mutex
	found *places
}

// places are the provider's.
type places struct {
	oauth2.Endpoint
	SignOut string // "" for a provider without
}

// client is what the provider is asked with.
func (p *provider) client() *http.Client { return &http.Client{Timeout: providerWithin} }

// places says where the provider's pages are. Error: errProvider.
func (p *provider) places(ctx context.Context) (places, error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.found != nil {
		return *p.found, nil
	}
	known, err := oidc.NewProvider(oidc.ClientContext(ctx, p.client()), p.issuer)
	if err != nil {
		return places{}, fmt.Errorf("%w: %w", errProvider, err)
	}
	var more struct {
		SignOut string `json:"end_session_endpoint"`
	}
	if err := known.Claims(&more); err != nil {
		return places{}, fmt.Errorf("%w: %w", errProvider, err)
	}
	p.found = &places{Endpoint: known.Endpoint(), SignOut: more.SignOut}
	return *p.found, nil
}

// signOut is the address that ends a browser's sign-in at the provider and leads back to an address of ours; "" where the
// provider has none. Cognito, which names its sign-out since 2024, calls the way back logout_uri, and others as OpenID Connect
// does; each passes over what it does not know.
func (p places) signOut(client, back string) string {
	to, err := url.Parse(p.SignOut)
	if p.SignOut == "" || err != nil {
		return ""
	}
	query := to.Query()
	query.Set("client_id", client)
	query.Set("logout_uri", back)
	query.Set("post_logout_redirect_uri", back)
	to.RawQuery = query.Encode()
	return to.String()
}
