package browser

import (
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"regexp"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"voice.example/infra/local/stacktest"
)

// service is the stack that the pages come from, with the runner's invented people in it.
type service struct{ *stacktest.Stack }

// serve starts it, and waits until its people are there.
func serve(t *testing.T) service {
	t.Helper()
	s := service{made.Start(t)}
	stacktest.Eventually(t, time.Minute, "the invented people are there", func() bool {
		return s.send(t, "POST", "/v1/custody/search", "application/json", `{"a_number":"A900-000-001","country_of_birth":"HN"}`).status == http.StatusOK
	})
	return s
}

// reply is an answer, read whole.
type reply struct {
	status int
	header http.Header
	body   string
}

// send sends one request, as no browser would if need be.
func (s service) send(t *testing.T, method, path, kind, body string) reply {
	t.Helper()
	r, err := s.ask(method, path, kind, body)
	if err != nil {
		t.Fatal(err)
	}
	return r
}

func (s service) ask(method, path, kind, body string) (reply, error) {
	request, err := http.NewRequest(method, s.API+path, strings.NewReader(body))
	if err != nil {
		return reply{}, err
	}
	if kind == formType { // as browsers say of a form of the page itself
		request.Header.Set("Sec-Fetch-Site", "same-origin")
	}
	if kind != "" {
		request.Header.Set("Content-Type", kind)
	}
	response, err := http.DefaultClient.Do(request)
	if err != nil {
		return reply{}, err
	}
	defer response.Body.Close()
	text, err := io.ReadAll(response.Body)
	return reply{response.StatusCode, response.Header, string(text)}, err
}

var phones atomic.Int64

// phone invents a phone that can be texted, in the groups that people write.
func phone() string {
	areas := []int{202, 212, 213, 305, 312, 404, 415, 512, 602, 617}
	n := int(phones.Add(1))
	return fmt.Sprintf("%d 555 01%02d", areas[n/100%len(areas)], n%100)
}

var code6 = regexp.MustCompile(`\b\d{6}\b`)

// code is the last one-time code that a phone or a mailbox has received.
func (s service) code(t *testing.T, to string) string {
	t.Helper()
	if !strings.Contains(to, "@") {
		to = "+1" + digitsOf(to)
	}
	code := ""
	stacktest.Eventually(t, 10*time.Second, "a code", func() bool {
		for _, text := range s.texts(t, to) {
			if found := code6.FindString(text); found != "" {
				code = found
			}
		}
		return code != ""
	})
	return code
}

// texts are what a phone, in E.164, or a mailbox has received.
func (s service) texts(t *testing.T, to string) (texts []string) {
	t.Helper()
	response, err := http.Get(s.Phone + "/messages?to=" + url.QueryEscape(to))
	if err != nil {
		t.Fatal(err)
	}
	defer response.Body.Close()
	var all []struct{ Body string }
	if err := json.NewDecoder(response.Body).Decode(&all); err != nil {
		t.Fatal(err)
	}
	for _, m := range all {
		texts = append(texts, m.Body)
	}
	return texts
}
