package e2e

import (
	"fmt"
	"net/http"
	"net/url"
	"regexp"
	"strings"
	"testing"
)

// manageLink is the address in a text that opens the alerts of a phone.
var manageLink = regexp.MustCompile(`http://\S+(/manage/[a-z2-7]{16})\b`)

// testManage comes back to a phone's alerts without the manage token, sees them, stops one, and deletes all. It is told the
// same of a phone that has none.
func testManage(t *testing.T, s *stack) {
	p, other, phone, without := s.person(), s.person(), s.phone(), s.phone()
	s.book(t, ago(12), p)
	s.subscribe(t, p.application(phone))
	s.subscribe(t, other.application(phone)) // whom no record knows
	code := s.fill(t, s.open(t, "/manage"), "/manage", map[string]string{"phone": phone})
	t.Run("NoOracle", func(t *testing.T) {
		none := s.fill(t, s.open(t, "/manage"), "/manage", map[string]string{"phone": without})
		tokens := regexp.MustCompile(`name="(?:id|form_token)" value="[^"]*"`)
		if a, b := tokens.ReplaceAllString(code.face(), ""), tokens.ReplaceAllString(none.face(), ""); a != b {
			t.Errorf("%s\nis not\n%s", a, b)
		}
		if got := s.texts(t, without); len(got) != 0 {
			t.Errorf("a phone without alerts got %v", got)
		}
	})
	all := s.texts(t, phone)
	link := manageLink.FindStringSubmatch(all[len(all)-1].Body)
	if link == nil {
		t.Fatalf("no link in %q", all[len(all)-1].Body)
	}
	if !strings.HasPrefix(link[0], s.API+"/") {
		t.Errorf("%s leads elsewhere than to %s", link[0], s.API)
	}
	list := s.fill(t, s.open(t, link[1]), "/manage/open", nil)
	for _, who := range []person{p, other} {
		if want := fmt.Sprintf("ending in %s, born in: Honduras", who.aNumber[6:]); list.status != http.StatusOK || !strings.Contains(list.words(), want) {
			t.Errorf("%d, the list lacks %q: %s", list.status, want, list.words())
		}
		if strings.Contains(list.body, who.aNumber) || strings.Contains(list.body, who.last) {
			t.Errorf("the list tells who it is about: %s", list.words())
		}
	}
	t.Run("WorkOnce", func(t *testing.T) {
		if again := s.fill(t, s.open(t, link[1]), "/manage/open", nil); again.status != http.StatusGone {
			t.Errorf("the link opened again: %d %s", again.status, again.words())
		}
		if again := s.fill(t, code, "/manage/verify", map[string]string{"code": s.code(t, phone)}); again.status != http.StatusGone {
			t.Errorf("the code works after the link: %d %s", again.status, again.words())
		}
	})
	t.Run("Changes", func(t *testing.T) {
		form := s.fill(t, list, "/manage/change", nil)
		list = s.fill(t, form, "/manage/change", map[string]string{"language": "fr", "code_word": "Marais", "quiet": "yes"})
		if words := list.words(); list.status != http.StatusOK || !strings.Contains(words, "Code word: Marais") || !strings.Contains(words, "Français") {
			t.Errorf("%d: %s", list.status, words)
		}
	})
	t.Run("NothingMoreOnceItIsDeleted", func(t *testing.T) {
		list = s.fill(t, list, "/manage/stop", nil)
		sure := s.fill(t, list, "/manage/delete", nil)
		if done := s.fill(t, sure, "/manage/delete", map[string]string{"sure": "yes"}); done.status != http.StatusOK {
			t.Errorf("%d: %s", done.status, done.words())
		}
		empty := readPage(t, s.post(t, "/manage/alerts", url.Values{"visit": {sure.forms[len(sure.forms)-1].fields.Get("visit")}}))
		if !strings.Contains(empty.words(), "no alerts now") {
			t.Errorf("%d: %s", empty.status, empty.words())
		}
		s.upload(t, key("manage"), file(t, p.out(ago(12), ago(2), "Voluntary departure")))
		s.noMore(t, map[string]int{phone: 0})
	})
}
