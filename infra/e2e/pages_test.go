package e2e

import (
	"html"
	"net/http"
	"net/url"
	"regexp"
	"slices"
	"strings"
	"testing"
)

// page is an HTML page as a browser without JavaScript has it.
type page struct {
	reply
	forms []form
}

// form is what a page asks for: where it goes, and its controls with what they hold already.
type form struct {
	action  string
	fields  url.Values
	choices map[string][]string // of selects and radio buttons
}

var (
	formTags  = regexp.MustCompile(`(?s)<form\b([^>]*)>(.*?)</form>`)
	inputTags = regexp.MustCompile(`(?s)<input\b([^>]*)>`)
	selects   = regexp.MustCompile(`(?s)<select\b([^>]*)>(.*?)</select>`)
	options   = regexp.MustCompile(`(?s)<option\b([^>]*)>`)
	tags      = regexp.MustCompile(`(?s)<(?:style|title)\b.*?</(?:style|title)>|<[^>]*>`)
)

// attribute is the value of a tag's attribute, and whether it has it.
func attribute(tag, name string) (string, bool) {
	m := regexp.MustCompile(`(?:^|\s)` + name + `(?:="([^"]*)")?(?:\s|/|$)`).FindStringSubmatch(tag)
	if m == nil {
		return "", false
	}
	return html.UnescapeString(m[1]), true
}

func readPage(t *testing.T, r reply) page {
	t.Helper()
	if kind := r.header.Get("Content-Type"); !strings.HasPrefix(kind, "text/html") {
		t.Fatalf("not a page but %s: %s", kind, r.body)
	}
	if strings.Count(r.body, "<script") != strings.Count(r.body, `<script src="/assets/`) {
		t.Error("the page has a script that is not a file of ours")
	}
	p := page{reply: r}
	for _, m := range formTags.FindAllStringSubmatch(r.body, -1) {
		f := form{fields: url.Values{}, choices: map[string][]string{}}
		f.action, _ = attribute(m[1], "action")
		if method, _ := attribute(m[1], "method"); method != "post" {
			t.Errorf("the form to %s is sent by %q", f.action, method)
		}
		for _, input := range inputTags.FindAllStringSubmatch(m[2], -1) {
			f.control(input[1])
		}
		for _, sel := range selects.FindAllStringSubmatch(m[2], -1) {
			name, _ := attribute(sel[1], "name")
			f.fields.Set(name, "")
			for _, option := range options.FindAllStringSubmatch(sel[2], -1) {
				value, _ := attribute(option[1], "value")
				f.choices[name] = append(f.choices[name], value)
				if _, chosen := attribute(option[1], "selected"); chosen {
					f.fields.Set(name, value)
				}
			}
		}
		p.forms = append(p.forms, f)
	}
	return p
}

// control notes one input.
func (f form) control(tag string) {
	name, _ := attribute(tag, "name")
	value, _ := attribute(tag, "value")
	kind, _ := attribute(tag, "type")
	_, checked := attribute(tag, "checked")
	if kind == "radio" || kind == "checkbox" {
		f.choices[name] = append(f.choices[name], value)
		if !checked {
			return
		}
	}
	f.fields.Set(name, value)
}

// words are what a person reads on the page.
func (p page) words() string {
	return strings.Join(strings.Fields(html.UnescapeString(tags.ReplaceAllString(p.body, " "))), " ")
}

// post sends a form as a browser does that says where a form comes from.
func (s *stack) post(t *testing.T, path string, fields url.Values) reply {
	t.Helper()
	return ask(t, "POST", s.API+path, "application/x-www-form-urlencoded", fields.Encode(), "Sec-Fetch-Site", "same-origin")
}

func (s *stack) open(t *testing.T, path string) page {
	t.Helper()
	p := readPage(t, ask(t, "GET", s.API+path, "", ""))
	if p.status != http.StatusOK {
		t.Fatalf("%s: %d", path, p.status)
	}
	return p
}

// fill types into the page's form that has all these controls, and sends it. What cannot be typed or chosen on
// the page cannot be sent.
func (s *stack) fill(t *testing.T, p page, action string, typed map[string]string) page {
	t.Helper()
	for _, f := range p.forms {
		if f.action != action || !f.has(typed) {
			continue
		}
		for name, value := range typed {
			if allowed := f.choices[name]; allowed != nil && !slices.Contains(allowed, value) {
				t.Fatalf("%s cannot be chosen as %s; there are %v", value, name, allowed)
			}
			f.fields.Set(name, value)
		}
		// As an old browser sends it, which does not say where a form comes from: the form's token must do.
		return readPage(t, ask(t, "POST", s.API+f.action, "application/x-www-form-urlencoded", f.fields.Encode()))
	}
	t.Fatalf("the page has no form to %s with %v: %s", action, typed, p.words())
	return page{}
}

func (f form) has(typed map[string]string) bool {
	for name := range typed {
		if !f.fields.Has(name) && f.choices[name] == nil {
			return false
		}
	}
	return true
}

// testPages looks a person up and subscribes on the pages alone, then ends it there.
func testPages(t *testing.T, s *stack) {
	p, phone := s.person(), s.phone()
	s.book(t, ago(12), p)
	if home := s.open(t, "/"); !strings.Contains(home.body, `href="/custody"`) || !strings.Contains(home.body, `href="/alerts"`) {
		t.Error("the first page leads neither to the look-up nor to the alerts")
	}
	spelt := "A" + p.aNumber[:3] + "-" + p.aNumber[3:6] + "-" + p.aNumber[6:]
	answer := s.fill(t, s.open(t, "/custody"), "/custody", map[string]string{"a_number": spelt, "country_of_birth": "HN"})
	if words := answer.words(); answer.status != http.StatusOK || !strings.Contains(words, "In custody") || !strings.Contains(words, "NORTHFIELD EXAMPLE CENTER") {
		t.Fatalf("%d: %s", answer.status, words)
	}
	ask := s.fill(t, answer, "/alerts", map[string]string{"step": "start"})
	code := s.fill(t, ask, "/alerts", map[string]string{"phone": phone, "discreet": "yes", "language": "en"})
	if !strings.Contains(code.words(), phone[len(phone)-2:]) {
		t.Errorf("the page does not say to which phone the code went: %s", code.words())
	}
	t.Run("WrongCodeCanBeCorrected", func(t *testing.T) {
		wrong := s.fill(t, code, "/alerts/verify", map[string]string{"code": otherThan(s.code(t, phone))})
		if wrong.status == http.StatusOK || len(wrong.forms) == 0 {
			t.Errorf("%d: %s", wrong.status, wrong.words())
		}
		code = wrong
	})
	done := s.fill(t, code, "/alerts/verify", map[string]string{"code": s.code(t, phone)})
	if done.status != http.StatusOK {
		t.Fatalf("%d: %s", done.status, done.words())
	}
	t.Run("ChangeIsTold", func(t *testing.T) {
		s.upload(t, key("pages"), file(t, p.out(ago(12), ago(2), "Voluntary departure")))
		s.awaitAlerts(t, phone, 1, textWithin)
	})
	t.Run("NothingMoreOnceItIsEnded", func(t *testing.T) {
		if stopped := s.fill(t, done, "/alerts/stop", nil); stopped.status != http.StatusOK {
			t.Errorf("%d: %s", stopped.status, stopped.words())
		}
		s.upload(t, key("pages"), file(t, p.held(ago(1))))
		s.noMore(t, map[string]int{phone: 1})
	})
	t.Run("MissingCountryIsAskedForAgainWithWhatWasTyped", func(t *testing.T) {
		again := s.fill(t, s.open(t, "/custody"), "/custody", map[string]string{"a_number": spelt})
		if again.status < 400 || again.status > 499 || again.forms[len(again.forms)-1].fields.Get("a_number") != spelt && again.forms[0].fields.Get("a_number") != spelt {
			t.Errorf("%d: %s", again.status, again.words())
		}
	})
}

// otherThan is a code that is not this one.
func otherThan(code string) string {
	if code == "135790" {
		return "097531"
	}
	return "135790"
}
