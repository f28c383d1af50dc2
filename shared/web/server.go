package web

import (
	"context"
	"fmt"
	"io/fs"
	"net/http"
	"slices"
	"strings"
	"time"

	"voice.example/shared/i18n"
	"voice.example/shared/secret"
)

// Site is what every page says of who runs it.
type Site struct {
	Agency  string         // the agency's short name
	Hotline string         // the number people are told to call, as it is printed
	Zone    *time.Location // the zone that pages tell times in; nil is UTC
	Colours Colours
}

// HandlerFunc answers a request, or returns an error for the mapper to answer with.
type HandlerFunc func(w http.ResponseWriter, r *http.Request) error

// Server routes requests to handlers and answers for them when they fail. Routes are added before it serves.
type Server struct {
	Site
	now       func() time.Time
	mux       *http.ServeMux
	allowed   map[string][]string // path pattern → methods
	routes    []string
	templates pageTemplates
	own       Describe
	style     asset
	script    asset
	keys      *secret.Keys // that sign forms; nil signs none
	spoken    map[string]i18n.Language
}

// NewServer makes a Server whose pages are the layout of this package around the *.html files of pages. Files with the names
// of this package's own stand in for them: layout.html defines "layout", parts.html adds parts or defines them anew, and
// error.html and again.html are what an error looks like. own knows the function's own errors; it may be nil.
func NewServer(site Site, pages fs.FS, now func() time.Time, own Describe) (*Server, error) {
	if site.Zone == nil {
		site.Zone = time.UTC
	}
	templates, err := readPages(pages)
	if err != nil {
		return nil, fmt.Errorf("reading the pages: %w", err)
	}
	style, script, err := newAssets(site.Colours)
	if err != nil {
		return nil, fmt.Errorf("colours: %w", err)
	}
	s := &Server{Site: site, style: style, script: script, now: now, mux: http.NewServeMux(), allowed: map[string][]string{}, templates: templates,
		own: own, spoken: map[string]i18n.Language{}}
	s.mux.HandleFunc("/", func(w http.ResponseWriter, r *http.Request) {
		s.fail(w, r, &Error{Code: NotFound})
	})
	return s, nil
}

// Handle routes a method and a path, a pattern of http.ServeMux without method, to a handler. The other methods of the
// path are answered with 405 and the list of those it has.
func (s *Server) Handle(method, path string, handler HandlerFunc) {
	s.Elsewhere(path, method)
	if method == http.MethodGet { // which the mux lets HEAD through to
		s.Elsewhere(path, http.MethodHead)
	}
	s.HandleBeside(method, path, handler)
}

// HandleBeside is Handle for a path that the pattern of another route covers too, as /things/{id} covers /things/all.
// The other methods go to that route.
func (s *Server) HandleBeside(method, path string, handler HandlerFunc) {
	s.routes = append(s.routes, method+" "+path)
	s.mux.HandleFunc(method+" "+path, func(w http.ResponseWriter, r *http.Request) {
		if err := handler(w, r); err != nil {
			s.fail(w, r, err)
		}
	})
}

// Routes are all that it serves itself, as "METHOD /path".
func (s *Server) Routes() []string { return slices.Clone(s.routes) }

// Elsewhere says that another function serves a path with these methods, so that a wrong method, which the gateway
// sends here, is answered with 405 and not with 404.
func (s *Server) Elsewhere(path string, methods ...string) {
	if len(s.allowed[path]) == 0 {
		s.mux.HandleFunc(path, func(w http.ResponseWriter, r *http.Request) {
			s.fail(w, r, &Error{Code: WrongMethod, Allow: strings.Join(s.allowed[path], ", ")})
		})
	}
	s.allowed[path] = append(s.allowed[path], methods...)
	slices.Sort(s.allowed[path])
}

// ServeHTTP answers one request, and says in the invocation's line in the log how it ended.
func (s *Server) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	start := s.now()
	l := new(line)
	l.language, l.fixed = s.spokenAt(r.URL.Path)
	r = r.WithContext(context.WithValue(r.Context(), lineKey{}, l))
	secure(w.Header())
	status := &statusWriter{ResponseWriter: w}
	defer func() {
		// A panic is logged by Adapt; here only that this request had one.
		if cause := recover(); cause != nil {
			l.outcome = "panic"
			l.write(r.Context(), r, http.StatusInternalServerError, s.now().Sub(start))
			panic(cause)
		}
	}()
	s.mux.ServeHTTP(status, r)
	l.write(r.Context(), r, status.status, s.now().Sub(start))
}

// fail answers with an error: a problem document, or a page that says the same.
func (s *Server) fail(w http.ResponseWriter, r *http.Request, err error) {
	e, known := s.describe(err)
	if l, ok := r.Context().Value(lineKey{}).(*line); ok {
		if l.outcome = string(e.Code); !known || e.Code.status() == http.StatusServiceUnavailable {
			l.err = err
		}
	}
	errorHeaders(w.Header(), e)
	language := Language(r)
	if wantsJSON(r) {
		w.Header().Set("Content-Language", string(language))
		// The client has gone if this fails: nothing is left to tell it.
		_ = writeJSON(w, "application/problem+json", e.Code.status(), s.problem(e, language))
		return
	}
	page := Page{
		Template: "error", Status: e.Code.status(), Data: s.problem(e, language),
		Title: language.Text("problem."+string(e.Code)+".title", nil), SwitchTo: startOf(r),
	}
	if e.Code == FormAgain && e.form != nil {
		page.Template, page.Form, page.SwitchTo, page.NoSwitch = "again", e.form, r.URL.Path, true
	}
	if err := s.Render(w, r, page); err != nil {
		http.Error(w, http.StatusText(http.StatusInternalServerError), http.StatusInternalServerError)
	}
}

// startOf is the page where a person begins again after an error.
func startOf(r *http.Request) string {
	for _, start := range []string{"/alerts", "/ask", "/custody", "/follow", "/manage", "/verify", "/staff"} {
		if r.URL.Path == start || strings.HasPrefix(r.URL.Path, start+"/") {
			return start
		}
	}
	return "/"
}

// Language is the language that a request is answered in: the form's or the link's, else the browser's.
func Language(r *http.Request) i18n.Language {
	if language, ok := chosen(r); ok {
		return language
	}
	return i18n.MatchPage(r.Header.Get("Accept-Language"))
}

// TextLanguage is the language for text messages to whoever sent a request and named none: the one they chose for our
// pages, else the browser's, which need not be a language of our pages.
func TextLanguage(r *http.Request) i18n.Language {
	if language, ok := chosen(r); ok {
		return language
	}
	return i18n.Match(r.Header.Get("Accept-Language"))
}

// chosen is the language that a person chose on our pages, if they did.
func chosen(r *http.Request) (i18n.Language, bool) {
	if l, ok := r.Context().Value(lineKey{}).(*line); ok && l.language != "" {
		return l.language, true
	}
	return i18n.ParsePage(r.URL.Query().Get("lang"))
}
