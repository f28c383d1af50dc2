package main

import (
	"io/fs"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"
	"testing/fstest"
	"time"

	"voice.example/shared/i18n"
	"voice.example/shared/web"
	"voice.example/shared/web/webtest"
)

// tryPage is a page that has every part once.
const tryPage = `{{define "main"}}<h1>{{.Title}}</h1>
{{template "safe" .Data.Safe}}{{template "safe" .Data.Nothing}}
{{template "filters" .Data.List}}
{{template "select" (.Choice "state" "State" "" .Data.Options)}}
{{template "filter" "Show"}}</form>
<table class="table cards"><caption>Inquiries</caption>
<thead><tr>{{template "head" (.Data.List.Head "due" "Due")}}
{{template "head" (.Data.List.Head "opened" "Opened")}}<th scope="col">State</th></tr></thead>
<tbody><tr><td data-label="Due">{{.Moment .Data.At}}</td>
<td data-label="Opened">{{.DateTime .Data.At}}</td><td data-label="State">{{template "badge" .Data.Badge}}</td></tr></tbody>
</table>
{{template "pager" .Data.List}}
<dl class="facts"><dt>Zone</dt><dd>{{.ZoneName}}</dd></dl>
{{template "act" (.Act "/staff/try/take" "Take it")}}
{{template "form" (.Post "/staff/try")}}
{{template "input" (.Field "zip" "zip" "ZIP code" "Five digits")}}
{{template "input" (.Field "other" "text" "Something else" "")}}
{{template "textarea" (.Field "note" "" "What was said" "")}}
{{template "radios" (.Choice "reason" "Reason" "" .Data.Options)}}
{{template "check" (.Field "text_ok" "" "May be texted" "If they said so")}}
{{template "submit" "Save"}}
</form>{{end}}`

// tryServer serves that page, with the console's own files around it.
func tryServer(t *testing.T, query string) *httptest.ResponseRecorder {
	t.Helper()
	files := fstest.MapFS{"try.html": {Data: []byte(tryPage)}}
	for _, name := range []string{"layout.html", "parts.html", "error.html"} {
		data, err := fs.ReadFile(pages, "pages/"+name)
		if err != nil {
			t.Fatal(err)
		}
		files[name] = &fstest.MapFile{Data: data}
	}
	server, err := web.NewServer(web.Site{Agency: "VOICE"}, files, time.Now, nil)
	if err != nil {
		t.Fatal(err)
	}
	server.Speak(i18n.English, "/staff")
	server.Handle("GET", "/staff/try", func(w http.ResponseWriter, r *http.Request) error {
		list := readListing(r, []string{"-due", "opened"}, "state")
		list.Next = "cursor&more"
		var check web.Check
		check.Say("zip", "A ZIP code has five digits.")
		check.Say("reason", "Choose one.")
		form := web.Form{"zip": "<b>", "note": "</textarea>", "reason": "b", "text_ok": "yes", "state": list.Filters["state"]}
		return server.RenderForm(w, r, web.Page{Template: "try", Title: "Every part", Form: form, Data: map[string]any{
			"List": list, "Options": []web.Option{{Value: "a", Words: "One"}, {Value: "b", Words: "Two"}}, "At": time.Date(2026, 6, 1, 16, 5, 0, 0, time.UTC),
			"Badge": badge{"Overdue", "bad"}, "Safe": []string{"Text only after 6 PM."}, "Nothing": nil,
		}}, check.Err())
	})
	w := httptest.NewRecorder()
	server.ServeHTTP(w, httptest.NewRequest("GET", "/staff/try"+query, nil))
	return w
}

func TestParts(t *testing.T) {
	w := tryServer(t, "?state=b&sort=opened&lang=es&after=x")
	webtest.Console(t, w, "cursor-of-somebody")
	body := w.Body.String()
	for _, want := range []string{
		`<a href="#zip">A ZIP code has five digits.</a>`, `aria-describedby="zip-hint zip-error" aria-invalid="true"`, `value="&lt;b&gt;"`,
		`&lt;/textarea&gt;</textarea>`, `<option value="b" selected>Two</option>`, `value="b" checked`, `value="yes" checked`,
		"Jun 1, 4:05 PM UTC", "June 1, 2026, 4:05 PM UTC",
		`<span class="badge badge--bad">Overdue</span>`, "Text only after 6 PM.", "Ask before you leave a message",
		`aria-sort="ascending"><a class="alone" href="/staff/try?sort=-opened&amp;state=b">`, `<a class="alone" href="/staff/try?sort=due&amp;state=b">Due</a>`,
		`href="/staff/try?sort=opened&amp;state=b">First page`, `href="/staff/try?after=cursor%26more&amp;sort=opened&amp;state=b">Next page`,
		`<input type="hidden" name="sort" value="opened">`, `action="/staff/try/take"`, `<html lang="en">`,
	} {
		if !strings.Contains(body, want) {
			t.Errorf("the page lacks %s", want)
		}
	}
	if strings.Contains(body, "lang=es") {
		t.Error("a link keeps a language")
	}
}

func TestListing(t *testing.T) {
	read := func(query string) listing {
		return readListing(httptest.NewRequest("GET", "/staff/queue?"+query, nil), []string{"-due", "opened"}, "state", "office")
	}
	t.Run("Usual", func(t *testing.T) {
		if l := read(""); l.Sort != "due" || !l.Desc || l.After != "" || len(l.Filters) != 0 || l.FirstHref() != "/staff/queue?sort=-due" {
			t.Errorf("%+v", l)
		}
	})
	t.Run("UnknownIsLeftOut", func(t *testing.T) {
		l := read("sort=password&state=open&a_number=012345678&office=")
		if l.Sort != "due" || !l.Desc || len(l.Filters) != 1 || strings.Contains(l.NextHref()+l.Head("due", "Due").Href, "012345678") {
			t.Errorf("%+v", l)
		}
	})
	t.Run("OrderTurnsRound", func(t *testing.T) {
		for sort, want := range map[string]head{
			"due":  {"Due", "/staff/queue?sort=-due", "ascending"},
			"-due": {"Due", "/staff/queue?sort=due", "descending"}, "opened": {"Due", "/staff/queue?sort=due", ""},
		} {
			if got := read("sort="+sort).Head("due", "Due"); got != want {
				t.Errorf("%s: %+v", sort, got)
			}
		}
	})
	t.Run("NoColumns", func(t *testing.T) {
		l := readListing(httptest.NewRequest("GET", "/staff/queue", nil), nil)
		if l.FirstHref() != "/staff/queue" || l.SortKey() != "" {
			t.Errorf("%+v", l)
		}
	})
	t.Run("PageIsDroppedWhenTheOrderChanges", func(t *testing.T) {
		to, err := url.Parse(read("after=x&sort=due").Head("opened", "Opened").Href)
		if err != nil || to.Query().Has("after") {
			t.Errorf("%v, %v", to, err)
		}
	})
}
