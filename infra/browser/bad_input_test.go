package browser

import (
	"encoding/json"
	"html"
	"net/http"
	"net/url"
	"regexp"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"

	"voice.example/shared/i18n"
)

const formType, jsonType = "application/x-www-form-urlencoded", "application/json"

// long is a field of 10 kB.
var long = strings.Repeat("x", 10<<10)

// TestBadInput sends what no page lets through, and reads what is said: on a page in either language, and as a problem
// document in JSON.
func TestBadInput(t *testing.T) {
	s := serve(t)
	// form is what a browser would send from a page, with what the page itself puts there.
	form := func(t *testing.T, path string, pairs ...string) string {
		values := s.hidden(t, path)
		for i := 0; i+1 < len(pairs); i += 2 {
			values.Set(pairs[i], pairs[i+1])
		}
		return values.Encode()
	}
	object := func(pairs ...string) string {
		fields := map[string]string{}
		for i := 0; i+1 < len(pairs); i += 2 {
			fields[pairs[i]] = pairs[i+1]
		}
		text, _ := json.Marshal(fields) // of strings, it cannot fail
		return string(text)
	}
	for _, bad := range []struct {
		name, path, api string
		pairs           []string
		status          int
		problems        []string
	}{
		{"LettersInANumber", "/custody", "/v1/custody/search", []string{"a_number", "A12B45678", "country_of_birth", "HN"}, 400, []string{"problem.a_number.digits"}},
		{"EmojiInANumber", "/custody", "/v1/custody/search", []string{"a_number", "\U0001F4DE123456789", "country_of_birth", "HN"}, 400, []string{"problem.a_number.digits"}},
		{"UnknownCountry", "/custody", "/v1/custody/search", []string{"a_number", "900000001", "country_of_birth", "Atlantis"}, 400, []string{"problem.country_of_birth.unknown"}},
		{"NothingAtAll", "/custody", "/v1/custody/search", nil, 400, []string{"problem.a_number.missing", "problem.country_of_birth.missing"}},
		{"ImpossibleDate", "/custody", "/v1/custody/search", []string{"last_name", "Amostra", "first_name", "Beatriz", "country_of_birth", "BR", "date_of_birth", "1980-02-30"}, 400, []string{"problem.date_of_birth.no_day"}},
		{"DateToCome", "/custody", "/v1/custody/search", []string{"last_name", "Amostra", "first_name", "Beatriz", "country_of_birth", "BR", "date_of_birth", "2999-01-01"}, 400, []string{"problem.date_of_birth.ahead"}},
		{"LongANumber", "/custody", "/v1/custody/search", []string{"a_number", long, "country_of_birth", "HN"}, 400, []string{"problem.a_number.digits"}},
		{"LongName", "/custody", "/v1/custody/search", []string{"last_name", long, "first_name", "Beatriz", "country_of_birth", "BR"}, 400, []string{"problem.last_name.long"}},
		{"LongCountry", "/custody", "/v1/custody/search", []string{"a_number", "900000001", "country_of_birth", long}, 400, []string{"problem.country_of_birth.unknown"}},
		{"EmojiPhone", "/alerts", "/v1/subscriptions", []string{"a_number", "900000001", "country_of_birth", "HN", "phone", "\U0001F4DE\U0001F4DE"}, 400, []string{"problem.phone.number"}},
		{"ShortPhone", "/alerts", "/v1/subscriptions", []string{"a_number", "900000001", "country_of_birth", "HN", "phone", "202 555 01"}, 400, []string{"problem.phone.length"}},
		{"TollFreePhone", "/alerts", "/v1/subscriptions", []string{"a_number", "900000001", "country_of_birth", "HN", "phone", "800 555 0199"}, 400, []string{"problem.phone.kind"}},
		{"Landline", "/alerts", "/v1/subscriptions", []string{"a_number", "900000001", "country_of_birth", "HN", "phone", "+44 20 7946 0958"}, 400, []string{"problem.phone.landline"}},
		{"LongPhone", "/alerts", "/v1/subscriptions", []string{"a_number", "900000001", "country_of_birth", "HN", "phone", strings.Repeat("2", 10<<10)}, 400, []string{"problem.phone.number"}},
		{"EmojiCodeWord", "/alerts", "/v1/subscriptions", []string{"a_number", "900000001", "country_of_birth", "HN", "phone", "2025550199", "code_word", "\U0001F4DE"}, 400, []string{"problem.code_word.not_plain"}},
		{"LongCodeWord", "/alerts", "/v1/subscriptions", []string{"a_number", "900000001", "country_of_birth", "HN", "phone", "2025550199", "code_word", long}, 400, []string{"problem.code_word.too_long"}},
		{"WrongEMail", "/alerts", "/v1/subscriptions", []string{"a_number", "900000001", "country_of_birth", "HN", "phone", "2025550199", "email", "nobody"}, 400, []string{"problem.email.shape"}},
	} {
		t.Run(bad.name, func(t *testing.T) {
			for _, l := range i18n.PageLanguages() {
				page := s.send(t, "POST", bad.path, formType, form(t, bad.path, append(bad.pairs, "lang", string(l))...))
				document := s.send(t, "POST", bad.api+"?lang="+string(l), jsonType, object(bad.pairs...))
				if page.status != bad.status || !strings.HasPrefix(page.header.Get("Content-Type"), "text/html") {
					t.Errorf("%s: the page: %d %s", l, page.status, page.header.Get("Content-Type"))
				}
				if document.status != bad.status || document.header.Get("Content-Type") != "application/problem+json" {
					t.Errorf("%s: the API: %d %s: %.200s", l, document.status, document.header.Get("Content-Type"), document.body)
				}
				for _, id := range bad.problems {
					if want := l.Text(id, nil); !strings.Contains(plain(page.body), want) {
						t.Errorf("%s: the page does not say %q", l, want)
					}
					if want := l.Text(id, nil); !strings.Contains(document.body, want) {
						t.Errorf("%s: the API does not say %q: %.300s", l, want, document.body)
					}
				}
			}
		})
	}
	for _, bad := range []struct {
		name, method, path, kind, body string
		status                         int
		title                          string
	}{
		{"WrongMethod", "PUT", "/custody", formType, "", 405, "problem.wrong_method.title"},
		{"WrongMethodOfAPI", "PUT", "/v1/custody/search", jsonType, "{}", 405, "problem.wrong_method.title"},
		{"CodePageWithoutForm", "GET", "/alerts/verify", "", "", 405, "problem.wrong_method.title"},
		{"WrongContentType", "POST", "/custody", "text/plain", "a_number=1", 415, "problem.unsupported_type.title"},
		{"WrongContentTypeOfAPI", "POST", "/v1/custody/search", formType, "a_number=1", 415, "problem.unsupported_type.title"},
		{"NoContentType", "POST", "/alerts", "", "a_number=1", 415, "problem.unsupported_type.title"},
		{"TooLong", "POST", "/custody", formType, "a_number=" + strings.Repeat("1", 64<<10), 413, "problem.too_large.title"},
		{"NoJSON", "POST", "/v1/subscriptions", jsonType, "a_number", 400, "problem.malformed.title"},
		{"NoRequest", "POST", "/alerts/verify", formType, "code=123456", 404, "problem.not_found.title"},
		{"NoCode", "POST", "/alerts/verify", formType, "id=x", 400, "code.title"},
		{"FromNowhere", "POST", "/alerts/stop", formType + "; charset=utf-8", "id=x", 403, "problem.form_again.title"},
		{"MissingToken", "POST", "/alerts/stop", formType, "id=x", 401, "problem.unauthorized.title"},
		{"MissingTokenOfAPI", "GET", "/v1/subscriptions/x", "", "", 401, "problem.unauthorized.title"},
		{"NoSuchPage", "GET", "/nowhere", "", "", 404, "problem.not_found.title"},
		{"NoUTF8", "POST", "/custody", formType, "a_number=%ff%fe&country_of_birth=HN", 400, "problem.malformed.title"},
		{"BadEscape", "POST", "/custody", formType, "a_number=%zz", 400, "problem.malformed.title"},
	} {
		t.Run(bad.name, func(t *testing.T) {
			r := s.send(t, bad.method, bad.path, bad.kind, bad.body)
			if r.status != bad.status || !strings.Contains(plain(r.body), i18n.English.Text(bad.title, nil)) {
				t.Errorf("%d, want %d and %q: %.300s", r.status, bad.status, i18n.English.Text(bad.title, nil), r.body)
			}
			want := "text/html"
			if strings.HasPrefix(bad.path, "/v1/") {
				want = "application/problem+json"
			}
			if kind := r.header.Get("Content-Type"); !strings.HasPrefix(kind, want) {
				t.Errorf("it is answered as %s", kind)
			}
		})
	}
	t.Run("Anything", func(t *testing.T) { s.fuzz(t, 10*time.Second) })
}

var (
	inputs     = regexp.MustCompile(`<input type="hidden"[^>]*>`)
	attributes = regexp.MustCompile(` (name|value)="([^"]*)"`)
)

// hidden are the hidden fields of the first form of a page that leads to the page's own path.
func (s service) hidden(t *testing.T, path string) url.Values {
	t.Helper()
	found := url.Values{}
	_, form, ok := strings.Cut(s.send(t, "GET", path, "", "").body, `action="`+path+`"`)
	if !ok {
		t.Fatalf("%s has no form", path)
	}
	form, _, _ = strings.Cut(form, "</form>")
	for _, input := range inputs.FindAllString(form, -1) {
		of := map[string]string{}
		for _, m := range attributes.FindAllStringSubmatch(input, -1) {
			of[m[1]] = html.UnescapeString(m[2])
		}
		found.Set(of["name"], of["value"])
	}
	return found
}

// plain is a page's text without what stands for letters in HTML.
func plain(body string) string { return html.UnescapeString(body) }

// fuzz sends forms and JSON that are nearly right, or not at all, for some time. None may fail on our side, and each answer
// is of the kind that was asked for.
func (s service) fuzz(t *testing.T, during time.Duration) {
	deadline, sent := time.Now().Add(during), 0
	fields := []string{"a_number", "country_of_birth", "phone", "language", "lang", "discreet", "code_word", "quiet", "second_phone", "email",
		"reason", "zip", "county", "state", "message", "note", "hours", "name", "safe_contact", "online", "reference", "pin", "visit", "sure",
		"last_name", "first_name", "date_of_birth", "by", "step", "key", "id", "ending", "code", "manage_token", "events", "quiet_hours", "__proto__"}
	likely := []string{"", "900000001", "A900-000-001", "HN", "Honduras", "+1 202 555 0143", "en", "zz", "yes", "name", "start", "code", "send", "reach", "123456",
		"other", "own_case", "85001", "Cook County, IL", "K7P4-QDX2", "1980-05-28",
		"0000-00-00", "\x00", "\u202e", "\U0001F4DE", "'; --", "<script>", "{{.}}", "../..", "%", long}
	value := rapid.OneOf(rapid.SampledFrom(likely), rapid.String())
	one := func(t *rapid.T) {
		path := rapid.SampledFrom([]string{"/custody", "/alerts", "/alerts/verify", "/alerts/stop", "/v1/custody/search", "/v1/subscriptions",
			"/v1/subscriptions/x", "/v1/subscriptions/x/verify", "/ask", "/follow", "/v1/inquiries", "/v1/inquiries/search"}).Draw(t, "path")
		method := rapid.SampledFrom([]string{"POST", "POST", "POST", "GET", "PATCH", "DELETE", "PUT"}).Draw(t, "method")
		values, object := url.Values{}, map[string]any{}
		for _, f := range rapid.SliceOfN(rapid.SampledFrom(fields), 0, 8).Draw(t, "fields") {
			v := value.Draw(t, f)
			values.Add(f, v)
			object[f] = rapid.OneOf(rapid.Just(any(v)), rapid.Just(any(7)), rapid.Just(any(nil)), rapid.Just(any([]string{v})), rapid.Just(any(map[string]any{f: v}))).Draw(t, "shape")
		}
		kind, body := formType, values.Encode()
		if strings.HasPrefix(path, "/v1/") {
			text, _ := json.Marshal(object)
			kind, body = jsonType, string(text)
		}
		switch rapid.IntRange(0, 9).Draw(t, "spoilt") {
		case 0:
			body = body[:len(body)/2]
		case 1:
			kind = rapid.SampledFrom([]string{"", "text/plain", "multipart/form-data; boundary=x", jsonType, formType, ";;"}).Draw(t, "kind")
		case 2:
			path += "?lang=" + url.QueryEscape(value.Draw(t, "lang"))
		}
		r, err := s.ask(method, path, kind, body)
		if err != nil {
			t.Fatal(err)
		}
		sent++
		if r.status >= 500 {
			t.Fatalf("%s %s: %d: %.300s", method, path, r.status, r.body)
		}
		want := "text/html"
		if strings.HasPrefix(path, "/v1/") {
			want = "application/"
		}
		if kind := r.header.Get("Content-Type"); r.status != http.StatusNoContent && !strings.HasPrefix(kind, want) {
			t.Fatalf("%s %s: %d as %q", method, path, r.status, kind)
		}
	}
	for time.Now().Before(deadline) && !t.Failed() {
		rapid.Check(t, one)
	}
	t.Logf("%d requests", sent)
}
