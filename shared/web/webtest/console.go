package webtest

import (
	"html"
	"net/http/httptest"
	"regexp"
	"strings"
	"testing"
)

// MaxConsoleView is how many bytes a page of the console and its style sheet may have together, compressed. Staff sit at
// desks, and lists are long; but officers open them on a phone, too.
const MaxConsoleView = 30_000

var (
	tables   = regexp.MustCompile(`(?s)<table\b[^>]*>.*?</table>`)
	cells    = regexp.MustCompile(`<td\b[^>]*>`)
	headings = regexp.MustCompile(`<th\b[^>]*>`)
)

// Console checks an answer that is a page of the console. What is private, such as the name and the number of whom the page
// is about, must be neither in its title nor in an address on it.
func Console(t *testing.T, w *httptest.ResponseRecorder, private ...string) {
	t.Helper()
	ConsoleTo(t, w, "", private...)
}

// ConsoleTo is Console for a page that leads to one other site, such as the bucket's: its address begins with origin and a
// slash.
func ConsoleTo(t *testing.T, w *httptest.ResponseRecorder, origin string, private ...string) {
	t.Helper()
	body := w.Body.String()
	common(t, w, MaxConsoleView, origin)
	for _, want := range []string{`<html lang="en">`, `<body class="console">`, `<a class="usa-skipnav" href="#main">`, `<main id="main"`, " staff</title>"} {
		if !strings.Contains(body, want) {
			t.Errorf("the page lacks %s", want)
		}
	}
	for _, wrong := range []string{`class="exit"`, "<img"} {
		if strings.Contains(body, wrong) {
			t.Errorf("the page has %s", wrong)
		}
	}
	public := title.FindString(body)
	for _, m := range addresses.FindAllStringSubmatch(body, -1) {
		public += " " + html.UnescapeString(m[1])
	}
	for _, secret := range private {
		if secret != "" && strings.Contains(strings.ToLower(public), strings.ToLower(secret)) {
			t.Error("something private is in the title or in an address")
		}
	}
	for _, table := range tables.FindAllString(body, -1) {
		checkTable(t, table)
	}
}

// checkTable finds a table that says nothing of what it is, and cells that nobody could tell apart once it is cards.
func checkTable(t *testing.T, table string) {
	t.Helper()
	start, _, _ := strings.Cut(table, ">")
	if !strings.Contains(table, "<caption") && !strings.Contains(start, "aria-label") {
		t.Errorf("nothing says what is in %s>", start)
	}
	for _, heading := range headings.FindAllString(table, -1) {
		if !strings.Contains(heading, "scope=") {
			t.Errorf("nothing says what %s is the heading of", heading)
		}
	}
	if !strings.Contains(start, "cards") {
		return
	}
	for _, cell := range cells.FindAllString(table, -1) {
		if !strings.Contains(cell, "data-label=") {
			t.Errorf("on a phone nothing says what is in %s", cell)
		}
	}
}
