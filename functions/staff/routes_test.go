package main

import (
	"bytes"
	"context"
	"fmt"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"regexp"
	"slices"
	"strings"
	"testing"

	"voice.example/infra/local/template"
	"voice.example/shared/staff"
	"voice.example/shared/web"
)

// TestRoutesAreThoseOfTheTemplate compares what API Gateway sends here with what is served.
func TestRoutesAreThoseOfTheTemplate(t *testing.T) {
	parsed, err := template.Load("../../template.yaml", template.Options{Secret: func(string) (string, error) { return "a secret", nil }})
	if err != nil {
		t.Fatal(err)
	}
	functions, err := parsed.Functions()
	if err != nil {
		t.Fatal(err)
	}
	var sent, served []string
	for _, f := range functions {
		if f.LogicalID == "StaffFunction" {
			for _, r := range f.Routes {
				if strings.HasSuffix(r.Path, "/{proxy+}") {
					continue // what is answered with 404 and 405
				}
				sent = append(sent, r.Method+" "+r.Path)
			}
		}
	}
	for _, r := range newOffice(t).handler.routes {
		served = append(served, r.method+" "+r.path)
		if !slices.Contains(sent, r.method+" "+r.path) {
			t.Errorf("%s %s is served, but template.yaml does not send it", r.method, r.path)
		}
		if r.open != (r.path == "/v1/staff/sign-in" || strings.HasPrefix(r.path, "/staff/sign") || r.path == "/staff/callback") {
			t.Errorf("%s %s is open: %t", r.method, r.path, r.open)
		}
	}
	for _, s := range sent {
		if !slices.Contains(served, s) {
			t.Errorf("template.yaml sends %s, but nothing serves it", s)
		}
	}
	if len(sent) < 50 || len(served) < 20 {
		t.Errorf("%d are sent and %d served", len(sent), len(served))
	}
}

// unaudited are routes that show and change nothing of a person: signing in and out, figures, states, and forms.
var unaudited = []string{
	"GET /v1/staff/sign-in", "GET /v1/staff/me", "GET /v1/staff/uploads", "GET /v1/staff/uploads/{id}", "GET /v1/staff/feeds",
	"GET /v1/staff/volumes", "GET /v1/staff/delivery", "GET /v1/staff/directory", "GET /v1/staff/inquiries",
	"GET /staff", "GET /staff/sign-in", "GET /staff/callback", "POST /staff/sign-out", "GET /staff/signed-out", "POST /staff/settings",
	"GET /staff/search", "GET /staff/call", "GET /staff/queue", "GET /staff/uploads", "GET /staff/uploads/{id}", "GET /staff/delivery",
	"GET /staff/directory", "GET /staff/volumes", "GET /staff/volumes.csv", "GET /staff/volumes/quarter", "GET /staff/audit",
}

// TestWhatIsOfAPersonIsAudited finds a route that is neither audited nor listed above.
func TestWhatIsOfAPersonIsAudited(t *testing.T) {
	for _, r := range newOffice(t).handler.routes {
		name := r.method + " " + r.path
		if r.audited == slices.Contains(unaudited, name) {
			t.Errorf("%s: audited %t", name, r.audited)
		}
	}
}

// key is what somebody shows to be let in.
type key string

const (
	noKey     key = "nothing"
	tokenKey  key = "a bearer token"
	cookieKey key = "a session's cookie"
)

// cell is one request: somebody with a key at a route.
type cell struct {
	route
	name  string
	roles []staff.Role
	key   key
}

// outcome is how a cell must end.
type outcome string

const (
	let          outcome = "let through"
	refusedRole  outcome = "refused for the role"
	refusedToken outcome = "asked for a token"
	ledToSignIn  outcome = "led to the sign-in"
	toldToSignIn outcome = "told to sign in"
)

// want is the rule, in one place: JSON is had by bearer tokens, pages by cookies, and both by the role.
func (c cell) want() outcome {
	isJSON := strings.HasPrefix(c.path, "/v1/")
	switch {
	case c.open:
		return let
	case isJSON && c.key != tokenKey:
		return refusedToken
	case !isJSON && c.key != cookieKey && c.method == "GET":
		return ledToSignIn
	case !isJSON && c.key != cookieKey:
		return toldToSignIn
	case c.action != "" && !(staff.Identity{Roles: c.roles}).May(c.action):
		return refusedRole
	}
	return let
}

// got says how an answer ended a cell.
func (c cell) got(w *httptest.ResponseRecorder) outcome {
	body, to := w.Body.String(), w.Header().Get("Location")
	switch {
	case w.Code == http.StatusUnauthorized && strings.Contains(body, `"code":"sign_in"`):
		return refusedToken
	case w.Code == http.StatusUnauthorized && strings.Contains(body, "Your sign-in has ended"):
		return toldToSignIn
	case w.Code == http.StatusForbidden && strings.Contains(body, "Your role does not allow this"):
		return refusedRole
	case w.Code == http.StatusSeeOther && strings.HasPrefix(to, "/staff/sign-in?to="):
		return ledToSignIn
	case w.Code == http.StatusUnauthorized, w.Code >= 500:
		return outcome(fmt.Sprint(w.Code))
	}
	return let
}

var variable = regexp.MustCompile(`\{[^}]*\}`)

// try asks as a cell says.
func (o *office) try(t *testing.T, c cell) *httptest.ResponseRecorder {
	t.Helper()
	r := httptest.NewRequest(c.method, variable.ReplaceAllString(c.path, "x"), strings.NewReader(""))
	r.Header.Set("Sec-Fetch-Site", "same-origin")
	if c.method != "GET" {
		if r.Header.Set("Content-Type", "application/x-www-form-urlencoded"); strings.HasPrefix(c.path, "/v1/") {
			r.Header.Set("Content-Type", "application/json")
		}
	}
	switch c.key {
	case tokenKey:
		r.Header.Set("Authorization", "Bearer "+c.name)
	case cookieKey:
		token, err := o.handler.sessions.Start(context.Background(), staff.Identity{
			Subject: c.name, Name: "Somebody", Email: c.name + "@voice.example", Roles: c.roles,
		})
		if err != nil {
			t.Fatal(err)
		}
		r.AddCookie(&http.Cookie{Name: sessionCookie, Value: token})
	}
	w := httptest.NewRecorder()
	o.ServeHTTP(w, r)
	return w
}

// TestRolesAndRoutes tries every person, with every key, at every route. A new route is tried without being named here.
func TestRolesAndRoutes(t *testing.T) {
	var log bytes.Buffer
	before := slog.Default()
	slog.SetDefault(slog.New(slog.NewJSONHandler(&log, nil)))
	defer slog.SetDefault(before)
	o := newOffice(t)
	o.handler.provider = &provider{issuer: "http://127.0.0.1:1", found: &places{}}
	cells, counts := 0, map[outcome]int{}
	for _, r := range o.handler.routes {
		for name, roles := range people {
			for _, k := range []key{noKey, tokenKey, cookieKey} {
				c := cell{r, name, roles, k}
				cells++
				log.Reset()
				w := o.try(t, c)
				want, got := c.want(), c.got(w)
				if counts[want]++; got != want {
					t.Errorf("%s %s, %s with %s: %s, want %s (%d %s)", c.method, c.path, name, k, got, want, w.Code, w.Body)
				}
				denied := strings.Contains(log.String(), `"msg":"denied","route":"`+c.method+" "+c.path+`"`)
				if denied != (want != let) && c.path != "/staff/callback" {
					t.Errorf("%s %s, %s with %s: denied in the log is %t", c.method, c.path, name, k, denied)
				}
				if want == refusedRole && !strings.Contains(log.String(), `"subject":"`+name+`","action":"`+string(c.action)+`"`) {
					t.Errorf("%s %s, %s: the log says %s", c.method, c.path, name, &log)
				}
				if want != let && k == cookieKey && strings.HasPrefix(c.path, "/staff") && !strings.Contains(w.Body.String(), "Somebody") {
					t.Errorf("%s %s: the page does not say who is signed in", c.method, c.path)
				}
			}
		}
	}
	t.Logf("%d cells of %d routes: %v", cells, len(o.handler.routes), counts)
	for _, o := range []outcome{let, refusedRole, refusedToken, ledToSignIn, toldToSignIn} {
		if counts[o] == 0 {
			t.Errorf("nobody is %s", o)
		}
	}
}

// TestEveryActionIsAskedFor finds an action that the table of roles has and that nothing asks for: no route, and nothing of what
// is done with an inquiry or an upload. Who may change what others have, shared/inquiry asks.
func TestEveryActionIsAskedFor(t *testing.T) {
	asked := []staff.Action{staff.AssignInquiries}
	for _, r := range newOffice(t).handler.routes {
		asked = append(asked, r.action)
	}
	for _, a := range acts {
		asked = append(asked, a.action)
	}
	for _, a := range uploadActs {
		asked = append(asked, a.action)
	}
	for _, action := range staff.Actions() {
		if !slices.Contains(asked, action) {
			t.Errorf("nothing asks for %s", action)
		}
	}
}

// TestStrays asks what no route has.
func TestStrays(t *testing.T) {
	b := newBrowser(t)
	b.page(b.get("/staff/nowhere"), http.StatusNotFound)
	b.page(b.get("/staff/sign-out"), http.StatusMethodNotAllowed)
	if w := b.ask("dana", "GET", "/v1/staff/nowhere", ""); w.Code != http.StatusNotFound {
		t.Errorf("got %d", w.Code)
	}
	if w := b.ask("", "DELETE", "/v1/staff/me", ""); w.Code != http.StatusMethodNotAllowed || w.Header().Get("Allow") != "GET, HEAD" {
		t.Errorf("got %d, allowed are %s", w.Code, w.Header().Get("Allow"))
	}
}

// TestDenialsArePages checks the page that a role is refused with.
func TestDenialsArePages(t *testing.T) {
	b := newBrowser(t)
	b.handler.Handle("GET", "/staff/try", b.handler.page(staff.ReadAudit, func(http.ResponseWriter, *http.Request, staff.Identity) error { return nil }))
	b.sit(staff.Identity{Subject: "rosa", Name: "Rosa", Email: "rosa@voice.example", Roles: []staff.Role{staff.Officer}})
	body := b.page(b.get("/staff/try"), http.StatusForbidden)
	if !strings.Contains(body, "ask a supervisor") || !strings.Contains(body, `href="/staff/queue"`) || !strings.Contains(body, "Rosa") {
		t.Error(body)
	}
	if w := b.do("GET", "/staff/try", nil, "Accept", "application/json"); !strings.Contains(w.Body.String(), string(web.Forbidden)) {
		t.Errorf("%d %s", w.Code, w.Body)
	}
}
