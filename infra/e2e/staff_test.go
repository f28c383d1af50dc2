package e2e

import (
	"bytes"
	"encoding/json"
	"io"
	"net/http"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"

	"voice.example/infra/local/stacktest"
)

// employee is somebody of the staff at their own desk, with their own sign-in.
type employee struct {
	s       *stack
	subject string
	home    string
}

// The exit codes of voicectl, as its help lists them.
const (
	wentWell = 0
	refused  = 1
	rejected = 3
	isHeld   = 4
	denied   = 5
	unknown  = 6
)

// employee signs somebody in, by voicectl and the provider's page.
func (s *stack) employee(t *testing.T, subject string) *employee {
	t.Helper()
	e := &employee{s: s, subject: subject, home: t.TempDir()}
	said, w := io.Pipe()
	cmd := e.command("login", "--port", "0", "--json")
	var out bytes.Buffer
	cmd.Stdout, cmd.Stderr = &out, w
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	text := ""
	for address := regexp.MustCompile(`http://\S+/authorize\?\S+\n`); ; {
		some := make([]byte, 4096)
		n, err := said.Read(some)
		if err != nil {
			t.Fatalf("%v after %s", err, text)
		}
		if text += string(some[:n]); address.MatchString(text) {
			go func() { _, _ = io.Copy(io.Discard, said) }()
			s.signIn(t, strings.TrimSpace(address.FindString(text)), subject)
			break
		}
	}
	if err := cmd.Wait(); err != nil || !strings.Contains(out.String(), `"subject": "`+subject+`"`) {
		t.Fatalf("%v: %s", err, &out)
	}
	return e
}

// signIn is a browser that opens an address, chooses somebody, and is led back to where it came from.
func (s *stack) signIn(t *testing.T, address, subject string) {
	t.Helper()
	page, err := http.Get(address)
	if err != nil {
		t.Fatal(err)
	}
	text, _ := io.ReadAll(page.Body)
	page.Body.Close()
	if !strings.HasPrefix(page.Request.URL.String(), s.SignIn+"/") || !strings.Contains(string(text), `value="`+subject+`"`) {
		t.Fatalf("%s is no page with %s on it: %s", page.Request.URL, subject, text)
	}
	back, err := http.PostForm(s.SignIn+"/sign-in", url.Values{"request": {page.Request.URL.Query().Get("request")}, "subject": {subject}})
	if err != nil {
		t.Fatal(err)
	}
	defer back.Body.Close()
	if back.StatusCode != http.StatusOK || back.Request.URL.Path != "/callback" {
		t.Fatalf("the browser ends at %s: %s", back.Request.URL.Path, back.Status)
	}
}

func (e *employee) command(args ...string) *exec.Cmd {
	cmd := exec.Command(made.Voicectl, args...)
	cmd.Env = append(os.Environ(), "VOICE_API="+e.s.API, "VOICE_TOKEN=", "HOME="+e.home, "XDG_CONFIG_HOME="+e.home)
	return cmd
}

// run runs voicectl --json, which must end with a code, and reads what it prints into into.
func (e *employee) run(t *testing.T, code int, into any, args ...string) (said string) {
	t.Helper()
	cmd := e.command(append(args, "--json")...)
	var out, errs bytes.Buffer
	cmd.Stdout, cmd.Stderr = &out, &errs
	err := cmd.Run()
	if got := cmd.ProcessState.ExitCode(); got != code {
		t.Fatalf("voicectl %s: exit code %d, want %d: %v\n%s%s", strings.Join(args, " "), got, code, err, &out, &errs)
	}
	if into != nil {
		if err := json.Unmarshal(out.Bytes(), into); err != nil {
			t.Fatalf("voicectl %s: %v in %s", strings.Join(args, " "), err, &out)
		}
	}
	return errs.String()
}

// token is the employee's, as voicectl keeps it.
func (e *employee) token(t *testing.T) string {
	t.Helper()
	text, err := os.ReadFile(filepath.Join(e.home, "voice", "sign-in.json"))
	if err != nil {
		t.Fatal(err)
	}
	var kept map[string]struct{ Token string }
	if err := json.Unmarshal(text, &kept); err != nil || kept[e.s.API].Token == "" {
		t.Fatalf("no token for %s: %v", e.s.API, err)
	}
	return kept[e.s.API].Token
}

// ask asks the API as the employee.
func (e *employee) ask(t *testing.T, method, path, body string) reply {
	t.Helper()
	kind := ""
	if body != "" {
		kind = "application/json"
	}
	return ask(t, method, e.s.API+path, kind, body, "Authorization", "Bearer "+e.token(t))
}

// uploaded is an upload as the API tells of it.
type uploaded struct {
	UploadID   string `json:"upload_id"`
	Kind       string
	Of         string
	State      string
	UploadedBy string `json:"uploaded_by"`
	PlanHash   string `json:"plan_hash"`
	Counts     struct{ Rows, Applied, Unchanged, Rejected, Alerts int }
	Brake      *struct {
		Reasons []string
		Ends    int
		Alerts  int
	}
	Decisions []struct{ By, What, Why string }
}

// write puts a file on the employee's desk.
func (e *employee) write(t *testing.T, name string, content []byte) string {
	t.Helper()
	path := filepath.Join(e.home, name)
	if err := os.WriteFile(path, content, 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}

// problemIs checks that an answer is a problem document with a status and a code.
func problemIs(t *testing.T, r reply, status int, code string) {
	t.Helper()
	var p struct {
		Type, Title, Detail, Code string
		Status                    int
	}
	r.decode(t, status, &p)
	if r.header.Get("Content-Type") != "application/problem+json" || p.Code != code || p.Status != status || p.Title == "" || p.Detail == "" {
		t.Errorf("got %s %s, want code %s", r.header.Get("Content-Type"), r.body, code)
	}
}

// TestStaff is data officers at work: who may do what, a file that goes through, one that is held until two have
// approved it, one that is rejected, and one that is taken back.
func TestStaff(t *testing.T) {
	s := start(t)
	dana, omar, sofia := s.employee(t, "data-officer-1"), s.employee(t, "data-officer-2"), s.employee(t, "supervisor-1")
	theo, walter := s.employee(t, "operator-1"), s.employee(t, "auditor-1")

	t.Run("Doors", func(t *testing.T) { testDoors(t, s, dana, theo) })
	t.Run("Upload", func(t *testing.T) { testStaffUpload(t, dana, walter) })
	t.Run("HeldApprovedAndTakenBack", func(t *testing.T) { testHeld(t, s, dana, omar, sofia, theo, walter) })
	t.Run("HeldAndRejected", func(t *testing.T) { testHeldRejected(t, s, dana, sofia) })
	t.Run("CtrlCLeavesNoProcess", func(t *testing.T) { s.Stop(t) })
	for _, name := range []string{"Whitfield", "Castellan", "Lindqvist"} {
		made.People.Name(name)
	}
}

func testDoors(t *testing.T, s *stack, dana, theo *employee) {
	t.Run("SignInPlace", func(t *testing.T) {
		var place struct {
			Issuer   string
			ClientID string `json:"client_id"`
		}
		ask(t, "GET", s.API+"/v1/staff/sign-in", "", "").decode(t, http.StatusOK, &place)
		if place.Issuer != s.SignIn || place.ClientID == "" {
			t.Errorf("%+v", place)
		}
	})
	t.Run("ErrNoToken", func(t *testing.T) {
		r := ask(t, "GET", s.API+"/v1/staff/uploads", "", "")
		problemIs(t, r, http.StatusUnauthorized, "sign_in")
		if r.header.Get("WWW-Authenticate") != `Bearer realm="staff"` {
			t.Errorf("WWW-Authenticate is %q", r.header.Get("WWW-Authenticate"))
		}
	})
	t.Run("ErrChangedToken", func(t *testing.T) {
		parts := strings.Split(dana.token(t), ".")
		payload := parts[1]
		parts[1] = payload[:len(payload)/2] + "A" + payload[len(payload)/2+1:]
		r := ask(t, "GET", s.API+"/v1/staff/uploads", "", "", "Authorization", "Bearer "+strings.Join(parts, "."))
		problemIs(t, r, http.StatusUnauthorized, "sign_in_again")
	})
	t.Run("ErrRole", func(t *testing.T) {
		problemIs(t, theo.ask(t, "POST", "/v1/staff/uploads", `{"name":"a.csv","size":1,"mode":"uploads"}`), http.StatusForbidden, "forbidden")
		problemIs(t, theo.ask(t, "GET", "/v1/staff/uploads/x/plan", ""), http.StatusForbidden, "forbidden")
		theo.run(t, denied, nil, "upload", theo.write(t, "a.csv", []byte("a_number\n")))
	})
	t.Run("ErrNotFound", func(t *testing.T) {
		problemIs(t, theo.ask(t, "GET", "/v1/staff/uploads/none", ""), http.StatusNotFound, "upload_not_found")
		theo.run(t, unknown, nil, "show", "none")
	})
	t.Run("ErrMethod", func(t *testing.T) {
		for path, allow := range map[string]string{"/v1/staff/uploads/none/approve": "POST", "/v1/staff/uploads": "GET, HEAD, POST"} {
			r := dana.ask(t, "DELETE", path, "")
			problemIs(t, r, http.StatusMethodNotAllowed, "wrong_method")
			if got := r.header.Get("Allow"); got != allow {
				t.Errorf("%s allows %q", path, got)
			}
		}
	})
}

// roomful invents people who are held, and a file that says so.
func (s *stack) roomful(t *testing.T, n int) ([]person, []byte) {
	t.Helper()
	people := make([]person, n)
	rows := make([]stint, n)
	for i := range people {
		people[i] = s.person()
		rows[i] = people[i].held(ago(20))
	}
	return people, file(t, rows...)
}

// gone is a file that says that people were removed.
func gone(t *testing.T, people []person) []byte {
	t.Helper()
	rows := make([]stint, len(people))
	for i, p := range people {
		rows[i] = p.out(ago(20), ago(1), "Removed")
	}
	return file(t, rows...)
}

func testStaffUpload(t *testing.T, dana, walter *employee) {
	s := dana.s
	people, content := s.roomful(t, 3)
	var u uploaded
	t.Run("DryRunChangesNothing", func(t *testing.T) {
		dana.run(t, wentWell, &u, "upload", "--dry-run", dana.write(t, "today.csv", content))
		if u.State != "planned" || s.lookUp(t, people[0].aNumber, people[0].country).status != http.StatusNotFound {
			t.Errorf("%+v", u)
		}
	})
	t.Run("GoesThrough", func(t *testing.T) {
		dana.run(t, wentWell, &u, "upload", dana.write(t, "today.csv", content))
		if u.State != "done" || u.Counts.Rows != 3 || u.Counts.Applied != 3 || u.UploadedBy != dana.subject {
			t.Errorf("%+v", u)
		}
		if r := s.lookUp(t, people[0].aNumber, people[0].country); r.status != http.StatusOK {
			t.Errorf("the person is not found: %d", r.status)
		}
	})
	t.Run("Report", func(t *testing.T) {
		var r struct {
			Summary summary
			Files   []struct{ Name, URL string }
		}
		walter.run(t, wentWell, &r, "report", u.UploadID)
		if r.Summary.UploadID != u.UploadID || r.Summary.Applied != 3 || len(r.Files) < 2 {
			t.Errorf("%+v", r)
		}
	})
	t.Run("UnreadableIsRejectedWithReasons", func(t *testing.T) {
		dana.run(t, rejected, &u, "upload", dana.write(t, "colours.csv", []byte("colour,taste\nred,sweet\n")))
		if u.State != "rejected" {
			t.Errorf("%+v", u)
		}
		cmd := dana.command("report", u.UploadID, "--rejects")
		if out, err := cmd.Output(); err != nil || !strings.HasPrefix(string(out), "line,column,value,problem,fix") {
			t.Errorf("%v %s", err, out)
		}
	})
}

// testHeld takes a file that would end too many people's custody through the brake, and back again.
func testHeld(t *testing.T, s *stack, dana, omar, sofia, theo, walter *employee) {
	people, content := s.roomful(t, 25)
	dana.run(t, wentWell, nil, "upload", dana.write(t, "crowd.csv", content))
	phone := s.phone()
	s.subscribe(t, people[0].application(phone))

	var u uploaded
	dana.run(t, isHeld, &u, "upload", dana.write(t, "gone.csv", gone(t, people[:22])))
	if u.State != "held" || u.Brake == nil || u.Brake.Ends != 22 || len(u.Brake.Reasons) == 0 || u.PlanHash == "" {
		t.Fatalf("%+v", u)
	}
	t.Run("Listed", func(t *testing.T) {
		var l struct{ Uploads []uploaded }
		stacktest.Eventually(t, 10*time.Second, "the upload is on the list", func() bool {
			theo.run(t, wentWell, &l, "list", "--state", "held")
			return len(l.Uploads) == 1 && l.Uploads[0].UploadID == u.UploadID
		})
	})
	t.Run("Plan", func(t *testing.T) {
		seen := map[string]bool{}
		for after := ""; ; {
			var page struct {
				Changes []struct {
					ANumber  string `json:"a_number"`
					From, To string
				}
				Next string
			}
			walter.run(t, wentWell, &page, "plan", u.UploadID, "--limit", "10", "--after", after)
			for _, c := range page.Changes {
				if seen[c.ANumber] = true; c.From != "in_custody" || c.To != "removed" {
					t.Errorf("%+v", c)
				}
			}
			if after = page.Next; after == "" {
				break
			}
		}
		if len(seen) != 22 {
			t.Errorf("%d people", len(seen))
		}
	})
	approve := func(t *testing.T, e *employee, code int, hash string, more ...string) {
		t.Helper()
		e.run(t, code, nil, append([]string{"approve", u.UploadID, "--yes", "--plan-hash", hash}, more...)...)
	}
	t.Run("ErrOwnUpload", func(t *testing.T) { approve(t, dana, refused, u.PlanHash) })
	t.Run("ErrRole", func(t *testing.T) { approve(t, theo, denied, u.PlanHash) })
	t.Run("ErrOtherPlan", func(t *testing.T) { approve(t, omar, refused, "another") })
	approve(t, omar, wentWell, u.PlanHash)
	t.Run("ErrTwice", func(t *testing.T) {
		approve(t, omar, refused, u.PlanHash)
		problemIs(t, omar.ask(t, "POST", "/v1/staff/uploads/"+u.UploadID+"/approve", `{"plan_hash":"`+u.PlanHash+`"}`), http.StatusConflict, "same_person")
	})
	if n := len(s.alerts(t, phone)); n != 0 {
		t.Fatalf("%d texts went out on one approval", n)
	}
	approve(t, sofia, wentWell, u.PlanHash, "--follow")
	s.awaitAlerts(t, phone, 1, 30*time.Second)
	t.Run("AgainIsTheSame", func(t *testing.T) {
		if again := sofia.ask(t, "POST", "/v1/staff/uploads/"+u.UploadID+"/approve", `{"plan_hash":"`+u.PlanHash+`"}`); again.status != http.StatusOK {
			t.Errorf("%d %s", again.status, again.body)
		}
	})
	t.Run("TakenBack", func(t *testing.T) {
		var back, done uploaded
		omar.run(t, isHeld, &back, "retract", u.UploadID, "--why", "last year's file", "--follow")
		if back.Kind != "retraction" || back.Of != u.UploadID || back.State != "held" {
			t.Fatalf("%+v", back)
		}
		omar.run(t, refused, nil, "approve", back.UploadID, "--yes", "--plan-hash", back.PlanHash)
		sofia.run(t, wentWell, &done, "approve", back.UploadID, "--yes", "--plan-hash", back.PlanHash, "--follow")
		if done.State != "done" {
			t.Errorf("%+v", done)
		}
		s.awaitAlerts(t, phone, 2, 30*time.Second)
	})
}

func testHeldRejected(t *testing.T, s *stack, dana, sofia *employee) {
	people, content := s.roomful(t, 25)
	dana.run(t, wentWell, nil, "upload", dana.write(t, "crowd.csv", content))
	var u uploaded
	dana.run(t, isHeld, &u, "upload", dana.write(t, "gone.csv", gone(t, people)))
	sofia.run(t, wentWell, &u, "reject", u.UploadID, "--why", "the wrong month")
	if u.State != "rejected" || len(u.Decisions) != 1 || u.Decisions[0].Why != "the wrong month" || u.Decisions[0].By != sofia.subject {
		t.Errorf("%+v", u)
	}
	dana.run(t, rejected, &u, "show", u.UploadID)
	problemIs(t, dana.ask(t, "POST", "/v1/staff/uploads/"+u.UploadID+"/approve", `{"plan_hash":"`+u.PlanHash+`"}`), http.StatusConflict, "not_held")
	if r := s.lookUp(t, people[0].aNumber, people[0].country); !strings.Contains(r.body, `"in_custody"`) {
		t.Errorf("%d %s", r.status, r.body)
	}
}
