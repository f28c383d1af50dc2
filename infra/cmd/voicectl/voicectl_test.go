package main

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"voice.example/shared/upload"
)

// service is an API that answers what a test says; what the real one answers is tested from outside, in infra/e2e.
type service struct {
	*httptest.Server
	t   *testing.T
	mux *http.ServeMux

	mu   sync.Mutex
	seen []string // "METHOD path body" of every request, in order
}

func newService(t *testing.T) *service {
	t.Helper()
	s := &service{t: t, mux: http.NewServeMux()}
	s.Server = httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		body, _ := io.ReadAll(r.Body)
		s.mu.Lock()
		s.seen = append(s.seen, strings.TrimSpace(r.Method+" "+r.URL.RequestURI()+" "+string(body)))
		s.mu.Unlock()
		r.Body = io.NopCloser(bytes.NewReader(body))
		s.mux.ServeHTTP(w, r)
	}))
	t.Cleanup(s.Close)
	return s
}

// on answers a route with each of the answers in turn, the last for ever. A value is answered with 200 as JSON, a number
// as a problem with that status.
func (s *service) on(route string, answers ...any) {
	n := 0
	s.mux.HandleFunc(route, func(w http.ResponseWriter, r *http.Request) {
		s.mu.Lock()
		answer := answers[min(n, len(answers)-1)]
		n++
		s.mu.Unlock()
		if status, is := answer.(int); is {
			w.Header().Set("Content-Type", "application/problem+json")
			w.WriteHeader(status)
			fmt.Fprintf(w, `{"title":"Title of %d","detail":"Detail.","status":%d,"code":"a_code","errors":[{"field":"why","problem":"Say why."}]}`, status, status)
			return
		}
		_ = json.NewEncoder(w).Encode(answer)
	})
}

func (s *service) requests(prefix string) (found []string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, r := range s.seen {
		if strings.HasPrefix(r, prefix) {
			found = append(found, r)
		}
	}
	return found
}

// ran is how a run of voicectl ended.
type ran struct {
	code     int
	out, err string
}

// secretToken must never be printed.
const secretToken = "header.secret-payload.signature"

// run runs voicectl signed in, with what is typed.
func (s *service) run(typed string, args ...string) ran {
	s.t.Helper()
	return s.runAs(secretToken, typed, args...)
}

func (s *service) runAs(token, typed string, args ...string) ran {
	s.t.Helper()
	var out, err bytes.Buffer
	now := time.Date(2026, 6, 1, 12, 0, 0, 0, time.UTC)
	p := &program{in: strings.NewReader(typed), out: &out, err: &err, client: s.Client(),
		getenv: func(name string) string { return map[string]string{"VOICE_TOKEN": token, "VOICE_API": s.URL}[name] },
		now:    func() time.Time { return now },
		sleep:  func(_ context.Context, d time.Duration) error { now = now.Add(d); return nil }}
	r := ran{code: p.run(args), out: out.String(), err: err.String()}
	if strings.Contains(r.out+r.err, "secret-payload") {
		s.t.Errorf("the token was printed: %s %s", r.out, r.err)
	}
	return r
}

// held is an upload that waits for people.
func held() upload.Upload {
	return upload.Upload{UploadID: "u1", Kind: upload.File, Key: "uploads/x-today.csv", State: upload.Held, Mode: upload.Updates, Feed: "default", PlanHash: "hash-1",
		Counts: upload.Counts{Rows: 100, Unchanged: 99, Rejected: 1},
		Brake:  &upload.Brake{Reasons: []string{"it would end the custody of 900 people"}, Changes: 900, Ends: 900, PeopleHeld: 12000, Alerts: 1200, TextParts: 2400, Minutes: 2}}
}

func in(state upload.State) upload.Upload {
	u := held()
	u.State = state
	return u
}

func TestExitCodes(t *testing.T) {
	for _, test := range []struct {
		name   string
		answer any
		args   []string
		code   int
	}{
		{"Done", in(upload.Done), []string{"show", "u1"}, 0},
		{"UnderWay", in(upload.Applying), []string{"show", "u1"}, 0},
		{"ErrFault", 500, []string{"show", "u1"}, 1},
		{"ErrConflict", 409, []string{"show", "u1"}, 1},
		{"ErrUnknownCommand", 500, []string{"frobnicate"}, 2},
		{"ErrUnknownFlag", 500, []string{"show", "--loud"}, 2},
		{"ErrNoArgument", 500, []string{"show"}, 2},
		{"ErrTwoArguments", 500, []string{"show", "a", "b"}, 2},
		{"ErrNoWhy", 500, []string{"reject", "u1"}, 2},
		{"ErrYesWithoutHash", 500, []string{"approve", "u1", "--yes"}, 2},
		{"ErrNoFile", 500, []string{"upload", "/nowhere/today.csv"}, 2},
		{"ErrInvalid", 400, []string{"show", "u1"}, 2},
		{"ErrPlainHTTP", 500, []string{"--api", "http://voice.example", "show", "u1"}, 2},
		{"ErrNoAddress", 500, []string{"--api", "voice", "show", "u1"}, 2},
		{"ErrRejected", in(upload.Rejected), []string{"show", "u1"}, 3},
		{"ErrFailed", in(upload.Failed), []string{"show", "u1"}, 3},
		{"ErrHeld", held(), []string{"show", "u1"}, 4},
		{"ErrSignedOut", 401, []string{"show", "u1"}, 5},
		{"ErrForbidden", 403, []string{"show", "u1"}, 5},
		{"ErrNotFound", 404, []string{"show", "u1"}, 6},
	} {
		for _, json := range []bool{false, true} {
			t.Run(fmt.Sprintf("%s/json=%t", test.name, json), func(t *testing.T) {
				s := newService(t)
				s.on("/v1/staff/uploads/u1", test.answer)
				args := test.args
				if json {
					args = append([]string{"--json"}, args...)
				}
				if r := s.run("", args...); r.code != test.code {
					t.Errorf("exit code %d, want %d\n%s%s", r.code, test.code, r.out, r.err)
				}
			})
		}
	}
	t.Run("HelpListsThem", func(t *testing.T) {
		r := newService(t).run("", "--help")
		for code := range 7 {
			if !strings.Contains(r.out, fmt.Sprintf("\n  %d  ", code)) {
				t.Errorf("%d is not in the help:\n%s", code, r.out)
			}
		}
	})
	t.Run("EveryCommandHasAnExample", func(t *testing.T) {
		for _, cmd := range newProgram().command().Commands() {
			if name := cmd.Name(); name != "help" && name != "completion" && cmd.Example == "" {
				t.Errorf("%s has none", name)
			}
		}
	})
	t.Run("Completion", func(t *testing.T) {
		if r := newService(t).run("", "completion", "bash"); r.code != 0 || !strings.Contains(r.out, "voicectl") {
			t.Errorf("%d %s", r.code, r.err)
		}
	})
}

func TestProblemsAreTold(t *testing.T) {
	s := newService(t)
	s.on("/v1/staff/uploads/u1/reject", 409)
	if r := s.run("", "reject", "u1", "--why", "x"); r.err != "voicectl: Title of 409. Detail.\n  why: Say why.\n" {
		t.Errorf("%q", r.err)
	}
	r := s.run("", "reject", "u1", "--why", "x", "--json")
	var told struct {
		Error string
		Exit  int
	}
	if err := json.Unmarshal([]byte(r.err), &told); err != nil || told.Exit != 1 || r.out != "" {
		t.Errorf("%v %q %q", err, r.out, r.err)
	}
}

// files answers as the API and the bucket do for an upload of a file in parts.
func (s *service) files(partSize int, parts int, last int) *sync.Map {
	s.t.Helper()
	var list []address
	for i := range parts {
		size := partSize
		if i == parts-1 {
			size = last
		}
		list = append(list, address{Number: i + 1, Size: int64(size), URL: fmt.Sprintf("%s/bucket/%d?signature=x", s.URL, i+1)})
	}
	arrived := new(sync.Map)
	s.on("POST /v1/staff/uploads", map[string]any{"key": "uploads/k", "s3_upload_id": "s3", "parts": list})
	s.mux.HandleFunc("PUT /bucket/{n}", func(w http.ResponseWriter, r *http.Request) {
		body, _ := io.ReadAll(r.Body)
		arrived.Store(r.PathValue("n"), string(body))
		w.Header().Set("ETag", `"etag-`+r.PathValue("n")+`"`)
	})
	s.on("POST /v1/staff/uploads/complete", map[string]string{"upload_id": "u1"})
	s.on("POST /v1/staff/uploads/abort", map[string]string{})
	return arrived
}

func file(t *testing.T, content string) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), "today.csv")
	if err := os.WriteFile(path, []byte(content), 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}

func TestUpload(t *testing.T) {
	content := strings.Repeat("0123456789", 25)

	t.Run("InPartsThenFollowed", func(t *testing.T) {
		s := newService(t)
		arrived := s.files(100, 3, 50)
		done := in(upload.Done)
		done.Counts = upload.Counts{Rows: 3, Applied: 2, Rejected: 1}
		s.on("GET /v1/staff/uploads/u1", 404, 404, in(upload.Validating), in(upload.Diffing), 503, in(upload.Applying), done)
		r := s.run("", "upload", "--roster", "--feed", "stewart-ga", "--dry-run", file(t, content))
		if r.code != 0 {
			t.Fatalf("%d %s", r.code, r.err)
		}
		var whole string
		for _, n := range []string{"1", "2", "3"} {
			text, _ := arrived.Load(n)
			whole += text.(string)
		}
		if whole != content {
			t.Errorf("%q arrived", whole)
		}
		if got := s.requests("POST /v1/staff/uploads {"); len(got) != 1 || !strings.Contains(got[0], `{"dry_run":true,"feed":"stewart-ga","mode":"roster","name":"today.csv","size":250}`) {
			t.Errorf("%v", got)
		}
		if got := s.requests("POST /v1/staff/uploads/complete"); len(got) != 1 ||
			!strings.Contains(got[0], `"parts":[{"number":1,"etag":"\"etag-1\""},{"number":2,"etag":"\"etag-2\""},{"number":3,"etag":"\"etag-3\""}]`) {
			t.Errorf("%v", got)
		}
		for _, want := range []string{"sent 100 % of 250 bytes", "It is upload u1.", "validating", "diffing", "applying"} {
			if !strings.Contains(r.err, want) {
				t.Errorf("%q is not in %s", want, r.err)
			}
		}
		for _, want := range []string{"3 rows", "applied    ██████████████████████████████         2   66.7 %", "voicectl report u1 --rejects"} {
			if !strings.Contains(r.out, want) {
				t.Errorf("%q is not in %s", want, r.out)
			}
		}
	})
	t.Run("JSONIsTheUpload", func(t *testing.T) {
		s := newService(t)
		s.files(100, 3, 50)
		s.on("GET /v1/staff/uploads/u1", held())
		r := s.run("", "upload", "--json", file(t, content))
		var u upload.Upload
		if err := json.Unmarshal([]byte(r.out), &u); err != nil || r.code != exitHeld || u.UploadID != "u1" || u.State != upload.Held {
			t.Errorf("%d %v %s", r.code, err, r.out)
		}
	})
	t.Run("NotFollowed", func(t *testing.T) {
		s := newService(t)
		s.files(250, 1, 250)
		if r := s.run("", "upload", "--no-follow", file(t, content)); r.code != 0 || r.out != "u1\n" {
			t.Errorf("%d %q", r.code, r.out)
		}
	})
	t.Run("PartIsSentAgain", func(t *testing.T) {
		s := newService(t)
		s.on("POST /v1/staff/uploads", map[string]any{"key": "uploads/k", "s3_upload_id": "s3",
			"parts": []address{{1, 250, s.URL + "/flaky"}}})
		n := 0
		s.mux.HandleFunc("PUT /flaky", func(w http.ResponseWriter, r *http.Request) {
			if n++; n < 4 {
				w.WriteHeader(http.StatusServiceUnavailable)
				return
			}
			w.Header().Set("ETag", "e")
		})
		s.on("POST /v1/staff/uploads/complete", 503, map[string]string{"upload_id": "u1"})
		if r := s.run("", "upload", "--no-follow", file(t, content)); r.code != 0 || n != 4 || len(s.requests("POST /v1/staff/uploads/complete")) != 2 {
			t.Errorf("%d %s, %d tries", r.code, r.err, n)
		}
	})
	t.Run("ErrPartIsGivenUp", func(t *testing.T) {
		for status, tries := range map[int]int{http.StatusForbidden: 1, http.StatusInternalServerError: 5} {
			s := newService(t)
			s.on("POST /v1/staff/uploads", map[string]any{"key": "uploads/k", "s3_upload_id": "s3", "parts": []address{{1, 250, s.URL + "/refused?signature=secret-signature"}}})
			s.on("PUT /refused", status)
			s.on("POST /v1/staff/uploads/abort", map[string]string{})
			r := s.run("", "upload", file(t, content))
			if r.code != exitFault || len(s.requests("PUT")) != tries || len(s.requests(`POST /v1/staff/uploads/abort {"key":"uploads/k","s3_upload_id":"s3"}`)) != 1 {
				t.Errorf("%d: exit %d, %v", status, r.code, s.seen)
			}
			if strings.Contains(r.err, "secret-signature") {
				t.Errorf("an address was printed: %s", r.err)
			}
		}
	})
	t.Run("ErrNoServerTellsNoAddress", func(t *testing.T) {
		s := newService(t)
		s.on("POST /v1/staff/uploads", map[string]any{"key": "uploads/k", "s3_upload_id": "s3", "parts": []address{{1, 250, "http://127.0.0.1:1/x?signature=secret-signature"}}})
		s.on("POST /v1/staff/uploads/abort", map[string]string{})
		if r := s.run("", "upload", file(t, content)); r.code != exitFault || strings.Contains(r.err, "secret-signature") {
			t.Errorf("%d %s", r.code, r.err)
		}
	})
	t.Run("ErrEmpty", func(t *testing.T) {
		s := newService(t)
		if r := s.run("", "upload", file(t, "")); r.code != exitUsage || len(s.seen) != 0 {
			t.Errorf("%d %s", r.code, r.err)
		}
	})
	t.Run("ErrNeverKnown", func(t *testing.T) {
		s := newService(t)
		s.files(250, 1, 250)
		s.on("GET /v1/staff/uploads/u1", 404)
		if r := s.run("", "upload", file(t, content)); r.code != exitNotFound || len(s.requests("GET")) < 10 {
			t.Errorf("%d after %d looks: %s", r.code, len(s.requests("GET")), r.err)
		}
	})
}

func TestApprove(t *testing.T) {
	asked := func(typed string, args ...string) (*service, ran) {
		s := newService(t)
		s.on("GET /v1/staff/uploads/u1", held())
		s.on("POST /v1/staff/uploads/u1/approve", in(upload.PlanReady))
		return s, s.run(typed, append([]string{"approve", "u1"}, args...)...)
	}
	const sent = `POST /v1/staff/uploads/u1/approve {"plan_hash":"hash-1"}`
	t.Run("ShowsAndAsks", func(t *testing.T) {
		s, r := asked("yes\n")
		if r.code != 0 || len(s.requests(sent)) != 1 || !strings.Contains(r.out, "Approved. The upload is planned") {
			t.Errorf("%d %s %s", r.code, r.out, r.err)
		}
		for _, want := range []string{"it would end the custody of 900 people", "900 of 12,000 held", "1,200, up to 2,400 parts of text, about 2 minutes", "hash-1"} {
			if !strings.Contains(r.err, want) {
				t.Errorf("%q is not in %s", want, r.err)
			}
		}
	})
	t.Run("ScriptNamesThePlan", func(t *testing.T) {
		if s, r := asked("", "--yes", "--plan-hash", "hash-1"); r.code != 0 || len(s.requests(sent)) != 1 || len(s.requests("GET")) != 0 {
			t.Errorf("%d %s %v", r.code, r.err, s.seen)
		}
	})
	for name, test := range map[string]struct {
		typed string
		args  []string
		code  int
	}{
		"ErrNo": {"no\n", nil, exitFault}, "ErrNobodyAnswers": {"", nil, exitUsage}, "ErrOtherPlan": {"yes\n", []string{"--plan-hash", "hash-0"}, exitFault},
	} {
		t.Run(name, func(t *testing.T) {
			if s, r := asked(test.typed, test.args...); r.code != test.code || len(s.requests("POST")) != 0 {
				t.Errorf("%d %s %v", r.code, r.err, s.seen)
			}
		})
	}
}

func TestReview(t *testing.T) {
	s := newService(t)
	s.on("GET /v1/staff/uploads", map[string]any{"uploads": []upload.Upload{held(), in(upload.Done)}, "next": "u1"})
	s.on("GET /v1/staff/uploads/u1", held())
	s.on("GET /v1/staff/uploads/u1/plan", upload.Page{Changes: []upload.Planned{{Line: 2, ANumber: "900000001", From: "in_custody", To: "released", Event: "released", Alerts: 3}}, Next: "0.1"})
	s.on("GET /v1/staff/uploads/u1/report", map[string]any{"upload_id": "u1", "state": "held", "summary": map[string]int{"rows": 100},
		"files": []reportFile{{Name: "rejects.csv", Size: 12, URL: s.URL + "/rejects"}}})
	s.mux.HandleFunc("GET /rejects", func(w http.ResponseWriter, r *http.Request) {
		if r.Header.Get("Authorization") != "" {
			t.Error("the token was sent to the bucket")
		}
		fmt.Fprint(w, "line,column\n")
	})
	s.on("POST /v1/staff/uploads/u1/reject", in(upload.Rejected))
	s.on("POST /v1/staff/uploads/u1/retract", upload.Upload{UploadID: "u2", Kind: upload.Retraction, State: upload.Received})
	for _, test := range []struct {
		name string
		args []string
		want []string
	}{
		{"List", []string{"list", "--state", "held"}, []string{"u1", "held", "x-today.csv", "--after u1"}},
		{"Plan", []string{"plan", "u1"}, []string{"held because", "900000001", "released", "--after 0.1", "plan hash  hash-1"}},
		{"Report", []string{"report", "u1"}, []string{"100 rows", "rejects.csv (12 bytes)", s.URL + "/rejects"}},
		{"Rejects", []string{"report", "u1", "--rejects"}, []string{"line,column\n"}},
		{"Reject", []string{"reject", "u1", "--why", "x"}, []string{"never be applied"}},
		{"Retract", []string{"retract", "u1", "--why", "x"}, []string{"Upload u2 takes it back"}},
	} {
		t.Run(test.name, func(t *testing.T) {
			r := s.run("", test.args...)
			for _, want := range test.want {
				if !strings.Contains(r.out, want) {
					t.Errorf("%q is not in %s%s", want, r.out, r.err)
				}
			}
			if r.code != 0 {
				t.Errorf("exit code %d", r.code)
			}
			if j := s.run("", append(test.args, "--json")...); test.name != "Rejects" && !json.Valid([]byte(j.out)) {
				t.Errorf("not JSON: %s", j.out)
			}
		})
	}
	if got := s.requests("GET /v1/staff/uploads?"); len(got) == 0 || got[0] != "GET /v1/staff/uploads?limit=25&state=held" {
		t.Errorf("%v", got)
	}
	t.Run("TextFromElsewhereCannotMoveTheCursor", func(t *testing.T) {
		var out bytes.Buffer
		u := held()
		u.Key, u.Problem = "uploads/\x1b[2Jx", "bad\x1b]0;title\x07"
		if picture(&out, u); strings.ContainsAny(out.String(), "\x1b\x07") {
			t.Errorf("%q", out.String())
		}
	})
}

func TestNumbers(t *testing.T) {
	for n, want := range map[int]string{0: "0", 7: "7", 999: "999", 1000: "1,000", 1234567: "1,234,567", -1000: "-1,000", -100: "-100"} {
		if got := number(n); got != want {
			t.Errorf("%d is %s", n, got)
		}
	}
}
