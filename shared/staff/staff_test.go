package staff_test

import (
	"context"
	"crypto/rand"
	"crypto/rsa"
	"encoding/json"
	"errors"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/coreos/go-oidc/v3/oidc/oidctest"

	"voice.example/shared/staff"
)

func TestMay(t *testing.T) {
	// One line a role, in the order of staff.Actions: what it may do.
	want := map[staff.Role]string{
		staff.DataOfficer: "upload read_uploads read_plans approve reject retract read_feeds read_directory read_delivery",
		staff.Supervisor: "upload read_uploads read_plans approve reject retract read_feeds set_feeds search_people log_calls read_inquiries " +
			"work_inquiries assign_inquiries hold_inquiries read_directory set_directory set_absence read_volumes read_delivery",
		staff.Auditor:    "read_uploads read_plans read_feeds read_directory read_volumes read_delivery read_audit",
		staff.Operator:   "read_uploads read_feeds search_people log_calls read_inquiries work_inquiries read_directory set_absence read_delivery",
		staff.Officer:    "read_uploads read_feeds search_people log_calls read_inquiries work_inquiries read_directory set_absence read_delivery",
		staff.Specialist: "read_uploads read_feeds search_people log_calls read_inquiries work_inquiries read_directory set_absence read_delivery",
		"stranger":       "",
	}
	for role, actions := range want {
		who := staff.Identity{Roles: []staff.Role{role}}
		for _, a := range staff.Actions() {
			if may, should := who.May(a), slices.Contains(strings.Fields(actions), string(a)); may != should {
				t.Errorf("%s may %s: %t, want %t", role, a, may, should)
			}
		}
	}
	if len(want) != len(staff.Roles())+1 {
		t.Error("a role is not tested")
	}
	t.Run("RolesAddUp", func(t *testing.T) {
		who := staff.Identity{Roles: []staff.Role{staff.Operator, staff.DataOfficer}}
		if !who.May(staff.Upload) || !who.May(staff.ReadUploads) || who.May(staff.SetFeeds) {
			t.Errorf("%+v", who)
		}
	})
	t.Run("NobodyMayTheUnknown", func(t *testing.T) {
		if (staff.Identity{Roles: staff.Roles()}).May("erase") {
			t.Error("erase is allowed")
		}
	})
}

// issuer is a provider with one key.
type issuer struct {
	*httptest.Server
	key   *rsa.PrivateKey
	asked int
	down  bool
}

func newIssuer(t *testing.T) *issuer {
	t.Helper()
	key, err := rsa.GenerateKey(rand.Reader, 2048)
	if err != nil {
		t.Fatal(err)
	}
	i := &issuer{key: key}
	keys := &oidctest.Server{PublicKeys: []oidctest.PublicKey{{PublicKey: key.Public(), KeyID: "one", Algorithm: "RS256"}}}
	i.Server = httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if i.asked++; i.down {
			http.Error(w, "down", http.StatusBadGateway)
			return
		}
		if r.URL.Path == staff.KeysPath {
			r.URL.Path = "/keys" // where oidctest has them
		}
		keys.ServeHTTP(w, r)
	}))
	keys.SetIssuer(i.URL)
	t.Cleanup(i.Close)
	return i
}

var now = time.Date(2026, 6, 1, 16, 0, 0, 0, time.UTC)

func (i *issuer) verifier() *staff.Verifier {
	return staff.NewVerifier(i.URL, "voice", func() time.Time { return now })
}

// claims are a good token's, changed by pairs of names and values; a nil value takes one away.
func (i *issuer) claims(changes ...any) string {
	claims := map[string]any{
		"iss": i.URL, "aud": "voice", "sub": "s-1", "iat": now.Unix(), "exp": now.Add(time.Hour).Unix(), "token_use": "id",
		"email": "Dana@voice.example", "email_verified": true, "nonce": "n-1", "name": "Dana Sample", "cognito:groups": []string{"data-officer", "choir"},
	}
	for k := 0; k+1 < len(changes); k += 2 {
		claims[changes[k].(string)] = changes[k+1]
		if changes[k+1] == nil {
			delete(claims, changes[k].(string))
		}
	}
	text, err := json.Marshal(claims)
	if err != nil {
		panic(err)
	}
	return string(text)
}

func TestVerify(t *testing.T) {
	i := newIssuer(t)
	v := i.verifier()
	ctx := context.Background()

	t.Run("OK", func(t *testing.T) {
		who, err := v.Verify(ctx, oidctest.SignIDToken(i.key, "one", "RS256", i.claims()))
		if err != nil || who.Subject != "s-1" || who.Name != "Dana Sample" || who.Email != "dana@voice.example" ||
			!slices.Equal(who.Roles, []staff.Role{staff.DataOfficer}) {
			t.Errorf("%+v, %v", who, err)
		}
	})
	t.Run("EmailCountsOnceItIsVerified", func(t *testing.T) {
		for _, verified := range []any{false, nil} {
			who, err := v.Verify(ctx, oidctest.SignIDToken(i.key, "one", "RS256", i.claims("email_verified", verified)))
			if err != nil || who.Subject != "s-1" || who.Email != "" {
				t.Errorf("%+v, %v", who, err)
			}
		}
	})
	t.Run("SignIn", func(t *testing.T) {
		token := oidctest.SignIDToken(i.key, "one", "RS256", i.claims())
		if who, err := v.VerifySignIn(ctx, token, "n-1"); err != nil || who.Subject != "s-1" {
			t.Errorf("%+v, %v", who, err)
		}
		for _, nonce := range []string{"n-2", "", "n-"} {
			if who, err := v.VerifySignIn(ctx, token, nonce); !errors.Is(err, staff.ErrToken) || who.Subject != "" {
				t.Errorf("nonce %q: %+v, %v", nonce, who, err)
			}
		}
		none := oidctest.SignIDToken(i.key, "one", "RS256", i.claims("nonce", nil))
		if _, err := v.VerifySignIn(ctx, none, ""); !errors.Is(err, staff.ErrToken) {
			t.Errorf("no nonce: %v", err)
		}
	})
	t.Run("NoGroupsIsNoRole", func(t *testing.T) {
		who, err := v.Verify(ctx, oidctest.SignIDToken(i.key, "one", "RS256", i.claims("cognito:groups", nil)))
		if err != nil || len(who.Roles) != 0 {
			t.Errorf("%+v, %v", who, err)
		}
	})
	t.Run("KeysAreFetchedOnce", func(t *testing.T) {
		if i.asked != 1 {
			t.Errorf("%d times", i.asked)
		}
	})
	other, err := rsa.GenerateKey(rand.Reader, 2048)
	if err != nil {
		t.Fatal(err)
	}
	for name, token := range map[string]string{
		"ErrNone":         "",
		"ErrNoToken":      "abc",
		"ErrExpired":      oidctest.SignIDToken(i.key, "one", "RS256", i.claims("exp", now.Add(-time.Second).Unix())),
		"ErrIssuer":       oidctest.SignIDToken(i.key, "one", "RS256", i.claims("iss", "https://elsewhere.example")),
		"ErrAudience":     oidctest.SignIDToken(i.key, "one", "RS256", i.claims("aud", "another")),
		"ErrAccessToken":  oidctest.SignIDToken(i.key, "one", "RS256", i.claims("token_use", "access")),
		"ErrNoUse":        oidctest.SignIDToken(i.key, "one", "RS256", i.claims("token_use", nil)),
		"ErrNoSubject":    oidctest.SignIDToken(i.key, "one", "RS256", i.claims("sub", nil)),
		"ErrAnothersKey":  oidctest.SignIDToken(other, "one", "RS256", i.claims()),
		"ErrUnknownKey":   oidctest.SignIDToken(other, "two", "RS256", i.claims()),
		"ErrNotSigned":    "eyJhbGciOiJub25lIn0." + strings.Split(oidctest.SignIDToken(i.key, "one", "RS256", i.claims()), ".")[1] + ".",
		"ErrGroupsNoList": oidctest.SignIDToken(i.key, "one", "RS256", i.claims("cognito:groups", "supervisor")),
	} {
		t.Run(name, func(t *testing.T) {
			if who, err := v.Verify(ctx, token); !errors.Is(err, staff.ErrToken) || who.Subject != "" {
				t.Errorf("%+v, %v", who, err)
			}
		})
	}
	t.Run("ErrKeysIsNoFaultOfTheToken", func(t *testing.T) {
		token := oidctest.SignIDToken(i.key, "one", "RS256", i.claims())
		i.down = true
		defer func() { i.down = false }()
		if _, err := i.verifier().Verify(ctx, token); !errors.Is(err, staff.ErrKeys) || errors.Is(err, staff.ErrToken) {
			t.Errorf("%v", err)
		}
		if _, err := v.Verify(ctx, token); err != nil {
			t.Errorf("whoever has the keys needs nobody: %v", err)
		}
	})
	t.Run("ErrorHoldsNothingOfTheToken", func(t *testing.T) {
		_, err := v.Verify(ctx, oidctest.SignIDToken(i.key, "one", "RS256", i.claims("aud", "secret-audience")))
		if strings.Contains(err.Error(), "secret-audience") {
			t.Error(err)
		}
	})
}
