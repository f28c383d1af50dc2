package e2e

import (
	"html"
	"net/http"
	"regexp"
	"strings"
	"testing"
	"time"

	"voice.example/infra/local/stacktest"
)

var checks = regexp.MustCompile(` Ref ([2-9B-Z]{4}-[2-9B-Z]{4})$`)

// testChecks asks whether texts are ours, by the codes that they end in.
func testChecks(t *testing.T, s *stack) {
	p, phone := s.person(), s.phone()
	s.subscribe(t, p.application(phone))
	began := time.Now()
	s.upload(t, key("held"), file(t, p.held(ago(40))))
	body := s.awaitAlerts(t, phone, 1, textWithin)[0].Body
	found := checks.FindStringSubmatch(body)
	if found == nil {
		t.Fatalf("%q ends in no code", body)
	}
	code := found[1]
	wrong := code[:8] + "2"
	if code == wrong {
		wrong = code[:8] + "3"
	}
	check := func(code string) reply {
		return s.json(t, "POST", "/v1/verify", map[string]string{"code": code})
	}
	var answer struct {
		Sent   bool
		SentAt time.Time `json:"sent_at"`
	}
	t.Run("TheCodeOfATextIsOurs", func(t *testing.T) {
		var r reply
		stacktest.Eventually(t, textWithin, "the text is settled", func() bool { r = check(code); return r.status == http.StatusOK })
		r.decode(t, http.StatusOK, &answer)
		if !answer.Sent || answer.SentAt.Before(began.Truncate(time.Minute)) || answer.SentAt.After(time.Now()) {
			t.Errorf("%s, the text came after %s", r.body, began)
		}
		if r := check(" ref " + strings.ToLower(strings.ReplaceAll(code, "-", " "))); r.status != http.StatusOK {
			t.Errorf("as people type it: %d %s", r.status, r.body)
		}
	})
	t.Run("OneLetterChangedIsNot", func(t *testing.T) {
		first := check(wrong)
		first.trouble(t, http.StatusNotFound, "not_sent")
		if other := check("AEIO-0000"); other.status != first.status || other.body != first.body {
			t.Errorf("%s is not %s", other.body, first.body)
		}
	})
	t.Run("OnThePage", func(t *testing.T) {
		form := s.open(t, "/verify?lang=en")
		if ours := s.fill(t, form, "/verify", map[string]string{"check": code}); ours.status != http.StatusOK ||
			!strings.Contains(ours.body, answer.SentAt.In(feedZone).Format("January 2, 2006, 3:04 PM")) || strings.Contains(ours.body, code) ||
			strings.Contains(html.UnescapeString(ours.body), p.initials()) {
			t.Errorf("%d %s", ours.status, ours.body)
		}
		if not := s.fill(t, form, "/verify", map[string]string{"check": wrong}); not.status != http.StatusNotFound || !strings.Contains(not.body, "did not send") {
			t.Errorf("%d %s", not.status, not.body)
		}
	})
	t.Run("OneTimeCodesAndAnswersHaveNone", func(t *testing.T) {
		s.says(t, phone, "STATUS")
		for _, text := range s.awaitTexts(t, phone, 3) { // the one-time code, the alert and the answer
			if isAlert := text.Body == body; strings.Contains(text.Body, "Ref") != isAlert {
				t.Errorf("%q", text.Body)
			}
		}
	})
}
