package staff

import (
	"context"
	"crypto/subtle"
	"errors"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"time"

	"github.com/coreos/go-oidc/v3/oidc"
)

// What a token may be refused for. A reason in more words is for the log, and holds nothing of the token.
var (
	ErrToken = errors.New("staff: the token is not one of ours, or not any more")
	// ErrKeys says that the issuer's keys could not be fetched: the token may be good.
	ErrKeys = errors.New("staff: the issuer's keys cannot be reached")
)

// KeysPath is where, under its own address, an issuer has its public keys. Cognito has them there, and so has the local
// provider, so that nobody needs to ask the issuer for its configuration first.
const KeysPath = "/.well-known/jwks.json"

// keysWithin is how long the issuer may take to answer with its keys.
const keysWithin = 5 * time.Second

// Verifier knows the tokens of one issuer for one client.
type Verifier struct {
	tokens *oidc.IDTokenVerifier
}

// NewVerifier makes a Verifier for an issuer, such as https://cognito-idp.us-east-1.amazonaws.com/POOL, and the client
// that its tokens are meant for. It calls nobody: the keys are fetched with the first token, and again when a token
// names a key that is new.
func NewVerifier(issuer, client string, now func() time.Time) *Verifier {
	// The keys outlive the request that had them fetched, so they hang on no request's context.
	ctx := oidc.ClientContext(context.Background(), &http.Client{Timeout: keysWithin, Transport: unreachable{}})
	keys := keySet{oidc.NewRemoteKeySet(ctx, issuer+KeysPath)}
	return &Verifier{oidc.NewVerifier(issuer, keys, &oidc.Config{
		ClientID: client, Now: now, SupportedSigningAlgs: []string{oidc.RS256},
	})}
}

// Verify gives whose ID token it is. Errors: ErrToken, ErrKeys.
func (v *Verifier) Verify(ctx context.Context, raw string) (Identity, error) {
	id, _, err := v.verify(ctx, raw)
	return id, err
}

// VerifySignIn is Verify for a token that a sign-in of ours has just given, and no other: it must have the nonce that this
// one sent along. Errors: ErrToken, ErrKeys.
func (v *Verifier) VerifySignIn(ctx context.Context, raw, nonce string) (Identity, error) {
	id, has, err := v.verify(ctx, raw)
	if err == nil && (nonce == "" || subtle.ConstantTimeCompare([]byte(has), []byte(nonce)) != 1) {
		return Identity{}, ErrToken
	}
	return id, err
}

func (v *Verifier) verify(ctx context.Context, raw string) (id Identity, nonce string, err error) {
	var keysError error
	token, err := v.tokens.Verify(context.WithValue(ctx, keysErrorKey{}, &keysError), raw)
	if keysError != nil {
		return Identity{}, "", fmt.Errorf("%w: %w", ErrKeys, keysError)
	}
	if err != nil {
		return Identity{}, "", ErrToken
	}
	var claims struct {
		Use      string   `json:"token_use"`
		Name     string   `json:"name"`
		Email    string   `json:"email"`
		Verified bool     `json:"email_verified"`
		Groups   []string `json:"cognito:groups"`
	}
	if err := token.Claims(&claims); err != nil || token.Subject == "" || claims.Use != "id" {
		return Identity{}, "", ErrToken
	}
	id = Identity{Subject: token.Subject, Name: claims.Name, Roles: []Role{}}
	if claims.Verified {
		id.Email = strings.ToLower(claims.Email)
	}
	for _, group := range claims.Groups {
		if r := Role(group); slices.Contains(Roles(), r) && !id.Has(r) {
			id.Roles = append(id.Roles, r)
		}
	}
	return id, token.Nonce, nil
}

// unreachable marks the errors of a server that does not answer, or answers with its own fault.
type unreachable struct{}

func (unreachable) RoundTrip(r *http.Request) (*http.Response, error) {
	response, err := http.DefaultTransport.RoundTrip(r)
	if err != nil {
		return nil, fmt.Errorf("%w: %w", errNoAnswer, err)
	}
	if response.StatusCode != http.StatusOK {
		response.Body.Close()
		return nil, fmt.Errorf("%w: status %d", errNoAnswer, response.StatusCode)
	}
	return response, nil
}

var errNoAnswer = errors.New("no keys")

type keysErrorKey struct{}

// keySet tells a fault of the issuer, which the library words like a bad token, from a bad token.
type keySet struct{ *oidc.RemoteKeySet }

// VerifySignature is called by the library.
func (k keySet) VerifySignature(ctx context.Context, raw string) ([]byte, error) {
	payload, err := k.RemoteKeySet.VerifySignature(ctx, raw)
	if to, ok := ctx.Value(keysErrorKey{}).(*error); ok && errors.Is(err, errNoAnswer) {
		*to = err
	}
	return payload, err
}
