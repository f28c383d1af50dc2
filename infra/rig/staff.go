package rig

import (
	"crypto/rand"
	"crypto/rsa"
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"time"

	"github.com/go-jose/go-jose/v4"
	"github.com/go-jose/go-jose/v4/jwt"

	"voice.example/shared/staff"
)

// staffKeys stand for the pool that staff sign in with.
type staffKeys struct {
	issuer string
	key    jose.SigningKey
}

const keyID = "rig"

// openStaff serves the public key with which the functions check the tokens of staff, and gives the issuer's URL.
func (r *Rig) openStaff() string {
	r.t.Helper()
	key, err := rsa.GenerateKey(rand.Reader, 2048)
	if err != nil {
		r.t.Fatal(err)
	}
	r.staff = &staffKeys{key: jose.SigningKey{Algorithm: jose.RS256, Key: jose.JSONWebKey{Key: key, KeyID: keyID}}}
	public, err := json.Marshal(jose.JSONWebKeySet{Keys: []jose.JSONWebKey{{Key: key.Public(), KeyID: keyID, Algorithm: string(jose.RS256), Use: "sig"}}})
	if err != nil {
		r.t.Fatal(err)
	}
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { _, _ = w.Write(public) }))
	r.t.Cleanup(server.Close)
	r.staff.issuer = server.URL
	return server.URL
}

// Token is what somebody of the staff has who signed in now. It holds for an hour.
func (r *Rig) Token(subject string, roles ...staff.Role) string {
	r.t.Helper()
	pool, err := r.template.SignIn()
	if err != nil || len(pool.Clients) == 0 {
		r.t.Fatalf("template.yaml has %d clients of a pool: %v", len(pool.Clients), err)
	}
	signer, err := jose.NewSigner(r.staff.key, nil)
	if err != nil {
		r.t.Fatal(err)
	}
	now := r.Now()
	token, err := jwt.Signed(signer).Claims(map[string]any{
		"iss": r.staff.issuer, "aud": pool.Clients[0].ID, "sub": subject, "token_use": "id", "iat": now.Unix(), "exp": now.Add(time.Hour).Unix(),
		"name": "An invented " + subject, "email": subject + "@voice.example", "email_verified": true, "cognito:groups": roles,
	}).Serialize()
	if err != nil {
		r.t.Fatal(err)
	}
	return token
}
