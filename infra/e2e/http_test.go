package e2e

import (
	"bytes"
	"encoding/json"
	"io"
	"net/http"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"voice.example/infra/local/stacktest"
)

// reply is an HTTP answer, read whole.
type reply struct {
	status int
	header http.Header
	body   string
}

// ask sends a request. Its header values come in pairs.
func ask(t *testing.T, method, address, kind, body string, header ...string) reply {
	t.Helper()
	made.People.Sent(kind, body)
	r, err := http.NewRequest(method, address, strings.NewReader(body))
	if err != nil {
		t.Fatal(err)
	}
	if kind != "" {
		r.Header.Set("Content-Type", kind)
	}
	for i := 0; i+1 < len(header); i += 2 {
		r.Header.Set(header[i], header[i+1])
	}
	response, err := http.DefaultClient.Do(r)
	if err != nil {
		t.Fatal(err)
	}
	defer response.Body.Close()
	text, err := io.ReadAll(response.Body)
	if err != nil {
		t.Fatal(err)
	}
	answer := reply{response.StatusCode, response.Header, string(text)}
	if method != http.MethodHead {
		isDescribed(t, method, address, kind, body, answer)
	}
	return answer
}

// json asks the API in JSON.
func (s *stack) json(t *testing.T, method, path string, body any, header ...string) reply {
	t.Helper()
	var text bytes.Buffer
	if err := json.NewEncoder(&text).Encode(body); err != nil {
		t.Fatal(err)
	}
	return ask(t, method, s.API+path, "application/json", text.String(), header...)
}

// decode reads a reply that must have a status.
func (r reply) decode(t *testing.T, status int, into any) {
	t.Helper()
	if r.status != status {
		t.Fatalf("status %d, want %d: %s", r.status, status, r.body)
	}
	if err := json.Unmarshal([]byte(r.body), into); err != nil {
		t.Fatalf("%v: %s", err, r.body)
	}
}

// lookUp asks for a person's status.
func (s *stack) lookUp(t *testing.T, aNumber, country string) reply {
	t.Helper()
	return s.json(t, "POST", "/v1/custody/search", map[string]string{"a_number": aNumber, "country_of_birth": country})
}

// application is the body of POST /v1/subscriptions.
type application map[string]any

func (p person) application(phone string) application {
	return application{"a_number": p.aNumber, "country_of_birth": p.country, "phone": phone, "language": "en"}
}

// request asks for a subscription and gives its id.
func (s *stack) request(t *testing.T, a application) string {
	t.Helper()
	var answer struct {
		ID string `json:"subscription_id"`
	}
	s.json(t, "POST", "/v1/subscriptions", a).decode(t, http.StatusAccepted, &answer)
	return answer.ID
}

func (s *stack) verify(t *testing.T, id, code string) reply {
	t.Helper()
	return s.json(t, "POST", "/v1/subscriptions/"+id+"/verify", map[string]string{"code": code})
}

// subscribe subscribes a phone to a person: request, code, verify.
func (s *stack) subscribe(t *testing.T, a application) (id, token string) {
	t.Helper()
	phone, _ := a["phone"].(string)
	id = s.request(t, a)
	var answer struct {
		Token string `json:"manage_token"`
	}
	s.verify(t, id, s.code(t, phone)).decode(t, http.StatusOK, &answer)
	if answer.Token == "" {
		t.Fatal("no manage_token")
	}
	return id, answer.Token
}

// text is one message as the phone's JSON tells it.
type text struct {
	To        string
	Body      string
	SentAt    time.Time `json:"sent_at"`
	MessageID string    `json:"message_id"`
}

// texts are all that a phone, or a mailbox, has received, or all phones for "".
func (s *stack) texts(t *testing.T, phone string) []text {
	t.Helper()
	address := s.Phone + "/messages"
	if phone != "" {
		address += "?to=" + strings.Replace(phone, "+", "%2B", 1)
	}
	var all []text
	ask(t, "GET", address, "", "").decode(t, http.StatusOK, &all)
	return slices.DeleteFunc(all, func(m text) bool { return strings.Contains(m.To, "@") != strings.Contains(phone, "@") })
}

// digits6 is a one-time code in a text.
var digits6 = regexp.MustCompile(`\b\d{6}\b`)

// code is the last one-time code that a phone has received.
func (s *stack) code(t *testing.T, phone string) string {
	t.Helper()
	all := s.texts(t, phone)
	for i := len(all) - 1; i >= 0; i-- {
		if code := digits6.FindString(all[i].Body); code != "" {
			return code
		}
	}
	t.Fatal("the phone has no code")
	return ""
}

// alerts are the texts of a phone that are no codes.
func (s *stack) alerts(t *testing.T, phone string) []text {
	t.Helper()
	var found []text
	for _, m := range s.texts(t, phone) {
		if !digits6.MatchString(m.Body) {
			found = append(found, m)
		}
	}
	return found
}

// awaitAlerts waits until a phone has so many alerts.
func (s *stack) awaitAlerts(t *testing.T, phone string, n int, within time.Duration) []text {
	t.Helper()
	var found []text
	stacktest.Eventually(t, within, "the alert arrives", func() bool {
		found = s.alerts(t, phone)
		return len(found) >= n
	})
	if len(found) > n {
		t.Fatalf("%d alerts, want %d: %+v", len(found), n, found)
	}
	return found
}

// rule sets how the phone network treats a phone.
func (s *stack) rule(t *testing.T, phone, behaviour string) {
	t.Helper()
	r := ask(t, "PUT", s.Phone+"/rules", "application/json", `{"to":"`+phone+`","behaviour":"`+behaviour+`"}`)
	if r.status != http.StatusOK {
		t.Fatalf("rule %s: %d %s", behaviour, r.status, r.body)
	}
}
