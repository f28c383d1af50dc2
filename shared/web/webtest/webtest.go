// Package webtest holds pages, in the tests of the functions that serve them, to what every page promises: small enough for
// a slow link, nothing from elsewhere, the hotline and the way out always there, and readable by every machine that
// reads to people. Page is for victims' pages, Console for those of staff.
package webtest

import (
	"bytes"
	"compress/gzip"
	"html"
	"net/http"
	"net/http/httptest"
	"regexp"
	"slices"
	"strings"
	"sync"
	"testing"
	"testing/fstest"
	"time"

	"voice.example/shared/web"
)

// MaxFirstView is how many bytes a page and its style sheet may have together, compressed: what a server sends before it
// waits for the first answer.
const MaxFirstView = 14_000

// assets answers for the style sheet and the script of any site.
var assets = sync.OnceValues(func() (http.Handler, error) {
	server, err := web.NewServer(web.Site{}, fstest.MapFS{}, time.Now, nil)
	if err == nil {
		server.Handle("GET", "/assets/{file}", server.Asset)
	}
	return server, err
})

// Page checks an answer that is a page.
func Page(t *testing.T, w *httptest.ResponseRecorder) {
	t.Helper()
	body := w.Body.String()
	common(t, w, MaxFirstView, "")
	shell(t, w, body)
	for _, wrong := range []string{"<svg", "<img"} {
		if strings.Contains(body, wrong) {
			t.Errorf("the page has %s", wrong)
		}
	}
}

// common checks what pages of every layout have in common: of their size, which may be most bytes with the style sheet and
// compressed, of their headers, and of their classes. They lead nowhere else but to origin, which may be "".
func common(t *testing.T, w *httptest.ResponseRecorder, most int, origin string) {
	t.Helper()
	body := w.Body.String()
	if kind := w.Header().Get("Content-Type"); kind != "text/html; charset=utf-8" {
		t.Fatalf("no page but %q", kind)
	}
	style := styleSheet(t, body)
	size := compressed(t, w.Body.Bytes()) + compressed(t, style)
	t.Logf("first view %d bytes, the style sheet %d of them", size, compressed(t, style))
	if size > most {
		t.Errorf("the page and its style sheet have %d bytes compressed, over %d", size, most)
	}
	if w.Code >= 500 {
		t.Errorf("status %d", w.Code)
	}
	if strings.Count(body, "<h1") != 1 {
		t.Errorf("the page has %d headings of the first level", strings.Count(body, "<h1"))
	}
	if w.Header().Get("Cache-Control") != "no-store" || w.Header().Get("Referrer-Policy") != "no-referrer" {
		t.Errorf("headers %v", w.Header())
	}
	foreign(t, body, origin)
	readable(t, body)
	for _, class := range classes(body) {
		if !slices.Contains(markers, class) && !regexp.MustCompile(`\.`+regexp.QuoteMeta(class)+`[^\w-]`).Match(style) {
			t.Errorf("the style sheet has no class %q", class)
		}
	}
}

// markers are classes that only the script looks for.
var markers = []string{"problems"}

// shell checks what the layout gives, and the headers.
func shell(t *testing.T, w *httptest.ResponseRecorder, body string) {
	t.Helper()
	for _, want := range []string{
		`<html lang="` + w.Header().Get("Content-Language") + `">`, `<a class="usa-skipnav" href="#main">`, `<main id="main"`,
		`href="tel:+18554886423"`, `<a class="exit" href="https://www.weather.gov/" rel="noreferrer noopener">`,
	} {
		if !strings.Contains(html.UnescapeString(body), want) {
			t.Errorf("the page lacks %s", want)
		}
	}
	// A message that no catalogue has is shown as its id.
	if id := unsaid.FindString(body); id != "" {
		t.Errorf("the page says %s", id)
	}
	// The way out comes before anything that could push it off the screen.
	if strings.Index(body, `class="exit"`) > strings.Index(body, "<main") {
		t.Error("the exit control comes after the page")
	}
	if w.Header().Get("Set-Cookie") != "" {
		t.Errorf("headers %v", w.Header())
	}
}

var (
	addresses = regexp.MustCompile(`(?:src|href|action|data|srcset|poster)="([^"]*)"`)
	unsaid    = regexp.MustCompile(`>\s*(?:[a-z_]+\.)+[a-z_]+\s*<`)
	handlers  = regexp.MustCompile(`<[^>]*\son[a-z]+=`)
	scripts   = regexp.MustCompile(`<script\b[^>]*>([^<]*)</script>`)
)

// foreign finds what the page's policy would block, or what leads to another site than origin.
func foreign(t *testing.T, body, origin string) {
	t.Helper()
	for _, m := range addresses.FindAllStringSubmatch(body, -1) {
		address := html.UnescapeString(m[1])
		if origin != "" && strings.HasPrefix(address, origin+"/") {
			continue
		}
		if !strings.HasPrefix(address, "/") && !strings.HasPrefix(address, "#") && !strings.HasPrefix(address, "tel:") &&
			address != "data:," && address != "https://www.weather.gov/" || strings.HasPrefix(address, "//") {
			t.Errorf("the page leads to %q", address)
		}
	}
	if handlers.MatchString(body) || strings.Contains(body, " style=") || strings.Contains(body, "<style") {
		t.Error("the page has a script or a style of its own")
	}
	for _, m := range scripts.FindAllStringSubmatch(body, -1) {
		if m[1] != "" {
			t.Error("the page has a script of its own")
		}
	}
	for _, wrong := range []string{"<no value>", "<iframe", "%!"} {
		if strings.Contains(body, wrong) {
			t.Errorf("the page has %s", wrong)
		}
	}
}

var (
	ids      = regexp.MustCompile(`\sid="([^"]*)"`)
	fors     = regexp.MustCompile(`<label[^>]*\sfor="([^"]*)"`)
	refers   = regexp.MustCompile(`\s(?:aria-describedby|aria-labelledby|for)="([^"]*)"|href="#([^"]*)"`)
	controls = regexp.MustCompile(`<(?:input|select|textarea)\b[^>]*>`)
	title    = regexp.MustCompile(`<title>([^<]*)</title>`)
)

// readable finds ids that are there twice or not at all, and controls without a label.
func readable(t *testing.T, body string) {
	t.Helper()
	var known, labelled []string
	for _, m := range ids.FindAllStringSubmatch(body, -1) {
		if slices.Contains(known, m[1]) {
			t.Errorf("two elements have the id %q", m[1])
		}
		known = append(known, m[1])
	}
	for _, m := range refers.FindAllStringSubmatch(body, -1) {
		for id := range strings.FieldsSeq(m[1] + m[2]) {
			if !slices.Contains(known, id) {
				t.Errorf("nothing has the id %q", id)
			}
		}
	}
	for _, m := range fors.FindAllStringSubmatch(body, -1) {
		labelled = append(labelled, m[1])
	}
	for _, control := range controls.FindAllString(body, -1) {
		if strings.Contains(control, `type="hidden"`) || strings.Contains(control, `type="radio"`) || strings.Contains(control, `type="checkbox"`) {
			continue // the label of the last two is around them
		}
		if id := ids.FindStringSubmatch(control); id == nil || !slices.Contains(labelled, id[1]) {
			t.Errorf("no label is for %s", control)
		}
		if !strings.Contains(control, "autocomplete=") && !strings.HasPrefix(control, "<select") {
			t.Errorf("nothing says whether a browser fills in %s", control)
		}
	}
	if m := title.FindStringSubmatch(body); m == nil || strings.ContainsAny(m[1], "0123456789") {
		t.Errorf("title %q", m)
	}
}

// styleSheet is the one that the page links to.
func styleSheet(t *testing.T, body string) []byte {
	t.Helper()
	_, rest, _ := strings.Cut(body, `<link rel="stylesheet" href="`)
	path, _, ok := strings.Cut(rest, `"`)
	if !ok || strings.Contains(rest, `rel="stylesheet"`) {
		t.Fatal("the page has no style sheet, or two")
	}
	server, err := assets()
	if err != nil {
		t.Fatal(err)
	}
	w := httptest.NewRecorder()
	server.ServeHTTP(w, httptest.NewRequest("GET", path, nil))
	if w.Code != http.StatusOK {
		t.Fatalf("%s: %d", path, w.Code)
	}
	return w.Body.Bytes()
}

func classes(body string) (all []string) {
	for _, m := range regexp.MustCompile(`\sclass="([^"]*)"`).FindAllStringSubmatch(body, -1) {
		all = append(all, strings.Fields(m[1])...)
	}
	return all
}

func compressed(t *testing.T, content []byte) int {
	t.Helper()
	var out bytes.Buffer
	w := gzip.NewWriter(&out)
	if _, err := w.Write(content); err != nil {
		t.Fatal(err)
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	return out.Len()
}
