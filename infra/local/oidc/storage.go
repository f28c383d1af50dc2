package oidc

import (
	"context"
	"crypto/rand"
	"errors"
	"maps"
	"slices"
	"sync"
	"time"

	"github.com/go-jose/go-jose/v4"
	"github.com/zitadel/oidc/v3/pkg/oidc"
	"github.com/zitadel/oidc/v3/pkg/op"
)

// requestWithin is how long a sign-in may take.
const requestWithin = 15 * time.Minute

var (
	errUnknown = errors.New("there is no such sign-in, or it took too long")
	errNotHere = errors.New("the local provider does not do this")
)

// storage keeps what package op works with.
type storage struct {
	clients map[string]client
	people  map[string]Person // by subject
	key     signingKey
	now     func() time.Time
	doubted []string // subjects whose email address is not verified

	mu       sync.Mutex
	requests map[string]*request
	codes    map[string]string // code → request
	tokens   map[string]string // access token → subject
}

func newStorage(config Config) *storage {
	s := &storage{
		clients: map[string]client{}, people: map[string]Person{}, key: signingKey{config.Key, keyID(config.Key)}, now: config.Now, doubted: config.Unverified,
		requests: map[string]*request{}, codes: map[string]string{}, tokens: map[string]string{},
	}
	for _, c := range config.Clients {
		s.clients[c.ID] = client{c}
	}
	for _, p := range config.People {
		s.people[p.Subject] = p
	}
	return s
}

// CreateAuthRequest begins a sign-in. It must have PKCE by S256: without it a code that is seen could be used.
func (s *storage) CreateAuthRequest(_ context.Context, asked *oidc.AuthRequest, _ string) (op.AuthRequest, error) {
	if asked.CodeChallenge == "" || asked.CodeChallengeMethod != oidc.CodeChallengeMethodS256 {
		return nil, oidc.ErrInvalidRequest().WithDescription("a code_challenge with the method S256 is needed")
	}
	if len(asked.Prompt) == 1 && asked.Prompt[0] == oidc.PromptNone {
		return nil, oidc.ErrLoginRequired()
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	maps.DeleteFunc(s.requests, func(_ string, r *request) bool { return s.old(r) })
	maps.DeleteFunc(s.codes, func(_, id string) bool { return s.requests[id] == nil })
	r := &request{id: rand.Text(), asked: asked, began: s.now()}
	s.requests[r.id] = r
	return r, nil
}

func (s *storage) old(r *request) bool { return s.now().Sub(r.began) > requestWithin }

// choose says who signs in.
func (s *storage) choose(id, subject string) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	r, person := s.requests[id], s.people[subject]
	if r == nil || s.old(r) || person.Subject == "" {
		return errUnknown
	}
	chosen := *r // others may be reading the old one
	chosen.person, chosen.chosen = &person, s.now()
	s.requests[id] = &chosen
	return nil
}

// AuthRequestByID finds a sign-in.
func (s *storage) AuthRequestByID(_ context.Context, id string) (op.AuthRequest, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	r := s.requests[id]
	if r == nil || s.old(r) {
		return nil, errUnknown
	}
	return r, nil
}

// AuthRequestByCode finds the sign-in that a code was made for.
func (s *storage) AuthRequestByCode(ctx context.Context, code string) (op.AuthRequest, error) {
	s.mu.Lock()
	id := s.codes[code]
	s.mu.Unlock()
	return s.AuthRequestByID(ctx, id)
}

// SaveAuthCode keeps a code.
func (s *storage) SaveAuthCode(_ context.Context, id, code string) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.codes[code] = id
	return nil
}

// DeleteAuthRequest forgets a sign-in, so that its code works once.
func (s *storage) DeleteAuthRequest(_ context.Context, id string) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	delete(s.requests, id)
	maps.DeleteFunc(s.codes, func(_, other string) bool { return other == id })
	return nil
}

// CreateAccessToken makes an access token, for the userinfo endpoint.
func (s *storage) CreateAccessToken(_ context.Context, r op.TokenRequest) (string, time.Time, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	id := rand.Text()
	s.tokens[id] = r.GetSubject()
	return id, s.now().Add(time.Hour), nil
}

// SetUserinfoFromScopes fills an ID token in.
func (s *storage) SetUserinfoFromScopes(_ context.Context, info *oidc.UserInfo, subject, _ string, _ []string) error {
	return s.describe(info, subject)
}

// SetUserinfoFromToken fills the answer of the userinfo endpoint in.
func (s *storage) SetUserinfoFromToken(_ context.Context, info *oidc.UserInfo, id, _, _ string) error {
	s.mu.Lock()
	subject := s.tokens[id]
	s.mu.Unlock()
	return s.describe(info, subject)
}

// describe tells of a person what Cognito tells.
func (s *storage) describe(info *oidc.UserInfo, subject string) error {
	p, known := s.people[subject]
	if !known {
		return errUnknown
	}
	info.Subject, info.Name, info.Email, info.EmailVerified = p.Subject, p.Name, p.Email, oidc.Bool(!slices.Contains(s.doubted, subject))
	info.AppendClaims("token_use", "id")
	info.AppendClaims("cognito:username", p.Subject)
	if len(p.Groups) > 0 {
		info.AppendClaims("cognito:groups", p.Groups)
	}
	return nil
}

// GetClientByClientID finds a client.
func (s *storage) GetClientByClientID(_ context.Context, id string) (op.Client, error) {
	c, known := s.clients[id]
	if !known {
		return nil, errors.New("there is no such client")
	}
	return c, nil
}

// SigningKey, SignatureAlgorithms and KeySet tell of the one key.
func (s *storage) SigningKey(context.Context) (op.SigningKey, error) { return s.key, nil }

func (s *storage) SignatureAlgorithms(context.Context) ([]jose.SignatureAlgorithm, error) {
	return []jose.SignatureAlgorithm{jose.RS256}, nil
}

func (s *storage) KeySet(context.Context) ([]op.Key, error) { return []op.Key{publicKey{s.key}}, nil }

// Health says that all is well.
func (s *storage) Health(context.Context) error { return nil }

// What follows is asked for by package op and is not done here.

func (s *storage) CreateAccessAndRefreshTokens(context.Context, op.TokenRequest, string) (string, string, time.Time, error) {
	return "", "", time.Time{}, errNotHere
}

func (s *storage) TokenRequestByRefreshToken(context.Context, string) (op.RefreshTokenRequest, error) {
	return nil, op.ErrInvalidRefreshToken
}

func (s *storage) TerminateSession(context.Context, string, string) error { return nil }

func (s *storage) RevokeToken(context.Context, string, string, string) *oidc.Error { return nil }

func (s *storage) GetRefreshTokenInfo(context.Context, string, string) (string, string, error) {
	return "", "", op.ErrInvalidRefreshToken
}

func (s *storage) AuthorizeClientIDSecret(context.Context, string, string) error { return errNotHere }

func (s *storage) SetIntrospectionFromToken(context.Context, *oidc.IntrospectionResponse, string, string, string) error {
	return errNotHere
}

func (s *storage) GetPrivateClaimsFromScopes(context.Context, string, string, []string) (map[string]any, error) {
	return nil, nil
}

func (s *storage) GetKeyByIDAndClientID(context.Context, string, string) (*jose.JSONWebKey, error) {
	return nil, errNotHere
}

func (s *storage) ValidateJWTProfileScopes(context.Context, string, []string) ([]string, error) {
	return nil, errNotHere
}
