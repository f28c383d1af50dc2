package template_test

import (
	"slices"
	"strings"
	"testing"
	"time"

	"voice.example/infra/local/template"
	"voice.example/shared/staff"
)

func TestSignIn(t *testing.T) {
	const head = "Resources:\n  Pool: {Type: AWS::Cognito::UserPool}\n"

	t.Run("TheProjectsOwnTemplate", func(t *testing.T) {
		parsed, err := template.Load("../../../template.yaml", template.Options{
			Issuer: "http://localhost:9998", Secret: func(string) (string, error) { return "x", nil },
		})
		if err != nil {
			t.Fatal(err)
		}
		s, err := parsed.SignIn()
		if err != nil {
			t.Fatal(err)
		}
		var roles []string
		for _, role := range staff.Roles() {
			roles = append(roles, string(role))
		}
		if slices.Sort(roles); !slices.Equal(slices.Sorted(slices.Values(s.Groups)), roles) {
			t.Errorf("groups %v, roles %v", s.Groups, roles)
		}
		if len(s.Clients) != 1 || s.Clients[0].Lifetime != 8*time.Hour || !slices.Equal(s.Clients[0].Callbacks, []string{"http://localhost:8976/callback"}) ||
			!slices.Contains(s.Clients[0].Scopes, "openid") || len(s.Clients[0].SignedOut) != 0 {
			t.Errorf("%+v", s.Clients)
		}
		known, err := template.Load("../../../template.yaml", template.Options{Parameters: map[string]string{"SiteUrl": "http://localhost:8080"}})
		if err != nil {
			t.Fatal(err)
		}
		if s, err := known.SignIn(); err != nil || !slices.Contains(s.Clients[0].Callbacks, "http://localhost:8080/staff/callback") ||
			!slices.Equal(s.Clients[0].SignedOut, []string{"http://localhost:8080/staff/signed-out"}) {
			t.Errorf("%+v, %v", s.Clients, err)
		}
		functions, err := parsed.Functions()
		if err != nil {
			t.Fatal(err)
		}
		i := slices.IndexFunc(functions, func(f template.Function) bool { return f.Folder == "staff" })
		if i < 0 || functions[i].Environment["STAFF_ISSUER"] != "http://localhost:9998" || functions[i].Environment["STAFF_CLIENT_ID"] != s.Clients[0].ID {
			t.Errorf("%+v", functions)
		}
	})
	for name, test := range map[string]struct{ text, want string }{
		"ErrTwoPools": {head + "  Other: {Type: AWS::Cognito::UserPool}\n", "one user pool"},
		"ErrSecret":   {head + "  C: {Type: AWS::Cognito::UserPoolClient, Properties: {GenerateSecret: true, AllowedOAuthFlows: [code]}}\n", "line 3: C"},
		"ErrFlow":     {head + "  C: {Type: AWS::Cognito::UserPoolClient, Properties: {AllowedOAuthFlows: [implicit]}}\n", "code flow"},
		"ErrUnit":     {head + "  C: {Type: AWS::Cognito::UserPoolClient, Properties: {AllowedOAuthFlows: [code], IdTokenValidity: 1, TokenValidityUnits: {IdToken: weeks}}}\n", "weeks"},
	} {
		t.Run(name, func(t *testing.T) {
			err := parse(t, test.text, template.Options{}).Check()
			if err == nil || !strings.Contains(err.Error(), test.want) {
				t.Errorf("err = %v, want %q", err, test.want)
			}
		})
	}
}
