package e2e

import (
	"encoding/json"
	"net/http"
	"os"
	"os/exec"
	"strings"
	"testing"

	"voice.example/infra/local/stacktest"
	"voice.example/shared/keyring"
)

// keys runs voicectl keys as the operator of a stack does, and gives what it printed.
func (s *stack) keys(t *testing.T, code int, args ...string) string {
	t.Helper()
	cmd := exec.Command(made.Voicectl, append([]string{"keys"}, args...)...)
	cmd.Env = os.Environ()
	for name, value := range s.replaying(t) {
		cmd.Env = append(cmd.Env, name+"="+value)
	}
	var said strings.Builder
	cmd.Stderr = &said
	out, _ := cmd.Output()
	if got := cmd.ProcessState.ExitCode(); got != code {
		t.Fatalf("voicectl keys %v: %d, %s%s", args, got, out, said.String())
	}
	return string(out) + said.String()
}

// TestKeys rotates the key of what is sealed under a service that runs: everybody is reached as before, and nobody hears of it.
func TestKeys(t *testing.T) {
	s := start(t)
	phone, p, theo := s.phone(), s.person(), s.employee(t, "operator-1")
	s.book(t, ago(30), p)
	s.subscribe(t, p.application(phone))
	var asked struct{ Reference, PIN string }
	ask(t, "POST", s.API+"/v1/inquiries", "application/json", `{"reason": "custody_status", "language": "en", "phone": "`+phone+
		`", "safe_contact": {"may_text": true}, "message": "Please call in the evening only."}`).decode(t, http.StatusCreated, &asked)
	s.awaitTexts(t, phone, 2) // the code, and that the request is there
	for table, of := range map[string]string{"SubscriptionsTable": "subscription_id", "InquiriesTable": "reference"} {
		for key, item := range s.scan(t, table, of) {
			for _, name := range []string{"phone", "contact", "message"} {
				if sealed, ok := item[name].(string); ok {
					if _, ok := keyring.KeyOf(sealed); !ok {
						t.Errorf("%s of %s is not sealed by a keyset: %s", name, key, sealed)
					}
				}
			}
		}
	}
	texts := len(s.texts(t, ""))
	s.keys(t, 0, "rotate")
	var done struct {
		Behind int
		Tally  struct{ Rewritten, Lost int }
	}
	if err := json.Unmarshal([]byte(s.keys(t, 0, "reencrypt", "--json")), &done); err != nil || done.Behind != 0 || done.Tally.Lost != 0 || done.Tally.Rewritten < 3 {
		t.Errorf("%+v, %v", done, err)
	}
	if said := s.keys(t, 0, "show", "--count"); strings.Count(said, "fields") != 2 {
		t.Error(said)
	}
	if stacktest.WaitFor(quiet, func() bool { return len(s.texts(t, "")) > texts }) {
		t.Errorf("somebody was texted: %+v", s.texts(t, phone))
	}
	// The functions that run have the old keyset still.
	r := theo.ask(t, "GET", "/v1/staff/inquiries/"+asked.Reference, "")
	if r.status != http.StatusOK || !strings.Contains(r.body, "in the evening only") || !strings.Contains(r.body, phone) {
		t.Errorf("%d %s", r.status, r.body)
	}
	s.upload(t, key("free"), file(t, p.out(ago(30), ago(2), "Paroled")))
	if got := s.awaitTexts(t, phone, 3)[2].Body; !strings.Contains(got, "RELEASED") {
		t.Errorf("%q", got)
	}
	other := s.phone()
	s.subscribe(t, p.application(other))
	if said := s.keys(t, 1, "retire", "00000000"); !strings.Contains(said, "no such key") {
		t.Error(said)
	}
}
