package web

import (
	"bytes"
	"embed"
	"fmt"
	"html/template"
	"io/fs"
	"net/http"
	"net/url"
	"path"
	"slices"
	"strings"
	"sync"
	"time"

	"voice.example/shared/country"
	"voice.example/shared/i18n"
)

//go:embed pages/*.html
var ownPages embed.FS

// around are the files that stand around every page and are none themselves.
var around = []string{"layout.html", "parts.html"}

// pageTemplates are the pages by name. Each is parsed when it is first shown: a process that only answers JSON, and one that
// has just started, need not wait for all of them.
type pageTemplates map[string]func() (*template.Template, error)

// readPages makes one template of each page: the layout and the parts around it. The server's own files come after those of
// this package, and so win.
func readPages(pages fs.FS) (pageTemplates, error) {
	files, err := fs.Glob(pages, "*.html")
	if err != nil {
		return nil, err
	}
	base := sync.OnceValues(func() (*template.Template, error) {
		base, err := template.ParseFS(ownPages, "pages/layout.html", "pages/parts.html")
		for _, file := range around {
			if err == nil && slices.Contains(files, file) {
				base, err = base.ParseFS(pages, file)
			}
		}
		return base, err
	})
	templates := pageTemplates{}
	add := func(from fs.FS, file string) {
		templates[strings.TrimSuffix(path.Base(file), ".html")] = sync.OnceValues(func() (*template.Template, error) {
			layout, err := base()
			if err != nil {
				return nil, err
			}
			page, err := layout.Clone()
			if err != nil {
				return nil, err
			}
			return page.ParseFS(from, file)
		})
	}
	for _, file := range []string{"pages/again.html", "pages/error.html"} {
		add(ownPages, file)
	}
	for _, file := range files {
		if !slices.Contains(around, file) {
			add(pages, file)
		}
	}
	return templates, nil
}

// find gives a page's template.
func (t pageTemplates) find(name string) (*template.Template, error) {
	read, ok := t[name]
	if !ok {
		return nil, fmt.Errorf("web: there is no page %s", name)
	}
	page, err := read()
	if err != nil {
		return nil, fmt.Errorf("web: reading the page %s: %w", name, err)
	}
	return page, nil
}

// Page is one answer for people.
type Page struct {
	Template string // the file's name without .html
	Status   int    // 200 when zero
	Title    string // in the reader's language
	Form     Form   // what was typed, to be shown again
	Problems []Field
	Data     any
	// Repeat holds the fields that bring this page up again when the language switch posts them. Nil makes the switch
	// an ordinary link.
	Repeat Form
	// SwitchTo is where the language switch leads, the page's own path when empty.
	SwitchTo string
	// NoSwitch leaves the language switch out, where it would lose what the page shows.
	NoSwitch bool
	// Listed lets search engines show the page. It must be the same for everybody.
	Listed bool
}

// view is what a template sees: the page, the site, and how to say things in the reader's language.
type view struct {
	Page
	Site
	Shell  any // of the Visitor
	Lang   i18n.Language
	chosen bool
	bound  string
	server *Server
}

// Render writes a page in the language of the request.
func (s *Server) Render(w http.ResponseWriter, r *http.Request, page Page) error {
	if page.Status == 0 {
		page.Status = http.StatusOK
	}
	_, isChosen := chosen(r)
	if _, fixed := s.spokenAt(r.URL.Path); fixed {
		isChosen = false
	}
	if page.SwitchTo == "" {
		page.SwitchTo = r.URL.Path
	}
	who := visitor(r)
	v := &view{Page: page, Site: s.Site, Shell: who.Shell, Lang: Language(r), chosen: isChosen, bound: who.Bound, server: s}
	if who.Zone != nil {
		v.Zone = who.Zone
	}
	template, err := s.templates.find(page.Template)
	if err != nil {
		return err
	}
	var out bytes.Buffer
	if err := template.ExecuteTemplate(&out, "layout", v); err != nil {
		return err
	}
	w.Header().Set("Content-Type", "text/html; charset=utf-8")
	w.Header().Set("Content-Language", string(v.Lang))
	if page.Listed && page.Status == http.StatusOK && r.URL.RawQuery == "" {
		w.Header().Del("X-Robots-Tag")
		w.Header().Set("Content-Security-Policy", listedPolicy)
	}
	w.WriteHeader(page.Status)
	_, err = w.Write(out.Bytes())
	return err
}

// RenderForm shows a form again with what is wrong with it, if err is about its fields; any other error is returned.
func (s *Server) RenderForm(w http.ResponseWriter, r *http.Request, page Page, err error) error {
	e, known := s.describe(err)
	if !known || len(e.Fields) == 0 {
		return err
	}
	Outcome(r.Context(), string(e.Code))
	page.Problems, page.Status = e.Fields, e.Code.status()
	return s.Render(w, r, page)
}

// T says a message. pairs are the names and values of its placeholders.
func (v *view) T(id string, pairs ...any) string {
	data := map[string]any{}
	for i := 0; i+1 < len(pairs); i += 2 {
		if name, ok := pairs[i].(string); ok {
			data[name] = pairs[i+1]
		}
	}
	return v.Lang.Text(id, data)
}

// Problem says what is wrong with a field.
func (v *view) Problem(f Field) string { return f.say(v.Lang) }

// Heading is the page's title as the browser shows it.
func (v *view) Heading() string {
	if len(v.Problems) > 0 {
		return v.T("page.error_prefix") + " " + v.Title
	}
	return v.Title
}

// Href is a path of this site, with a query or without, that keeps the chosen language.
func (v *view) Href(path string) string {
	if !v.chosen {
		return path
	}
	return inLanguage(path, v.Lang)
}

// Others lists the languages that the switch leads to.
func (v *view) Others() []i18n.Language {
	return slices.DeleteFunc(i18n.PageLanguages(), func(l i18n.Language) bool { return l == v.Lang })
}

// LanguageSwitch is one of the languages of the switch. It has no Href where what was typed must be posted.
type LanguageSwitch struct {
	Language i18n.Language
	Href     string
}

// To describes one of Others.
func (v *view) To(l i18n.Language) LanguageSwitch {
	if v.Repeat != nil {
		return LanguageSwitch{Language: l}
	}
	return LanguageSwitch{Language: l, Href: inLanguage(v.SwitchTo, l)}
}

// inLanguage is a path of this site in a language.
func inLanguage(path string, l i18n.Language) string {
	to, err := url.Parse(path)
	if err != nil {
		to = &url.URL{Path: "/"}
	}
	query := to.Query()
	query.Set("lang", string(l))
	to.RawQuery = query.Encode()
	return to.String()
}

// Exit is where the exit control leads: a site that anybody may have open.
func (v *view) Exit() string { return "https://www.weather.gov/" }

// Tel is the link that calls the hotline.
func (v *view) Tel() template.URL { return v.Dial(v.Hotline) }

// Dial is the link that calls a number.
func (v *view) Dial(number string) template.URL {
	number = strings.Map(func(r rune) rune {
		if r == '+' || r >= '0' && r <= '9' {
			return r
		}
		return -1
	}, number)
	if !strings.HasPrefix(number, "+") && len(number) == 11 {
		number = "+" + number
	}
	return template.URL("tel:" + number) // #nosec G203 -- digits only, so nothing to escape
}

// DateTime tells a time in the site's zone.
func (v *view) DateTime(t time.Time) string { return v.Lang.DateTime(t.In(v.Zone)) }

// Moment tells a time in the site's zone in little room: "Jun 1, 3:04 PM EDT".
func (v *view) Moment(t time.Time) string { return t.In(v.Zone).Format("Jan 2, 3:04 PM MST") }

// ZoneName is the abbreviation of the zone that the page tells times in, today.
func (v *view) ZoneName() string {
	name, _ := v.server.now().In(v.Zone).Zone()
	return name
}

// Countries lists the countries for a select.
func (v *view) Countries() []country.Country { return country.All(string(v.Lang)) }

// TextLanguages lists the languages that text messages are written in.
func (v *view) TextLanguages() []i18n.Language { return i18n.Languages() }

// Stylesheet is the address of the style sheet; it changes with the sheet.
func (v *view) Stylesheet() string { return v.server.style.path }

// Script is the address of the script; it changes with the script.
func (v *view) Script() string { return v.server.script.path }
