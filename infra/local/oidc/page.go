package oidc

import (
	"context"
	_ "embed"
	"html/template"
	"net/http"
)

//go:embed page.html
var pageText string

var pageTemplate = template.Must(template.New("page").Parse(pageText))

// page is where people choose who to be.
type page struct {
	storage  *storage
	people   []Person
	callback func(ctx context.Context, requestID string) string
}

type shown struct {
	Request string // "" when nobody asked for a sign-in
	Problem string
	People  []Person
}

// show answers GET.
func (p *page) show(w http.ResponseWriter, r *http.Request) {
	id := r.URL.Query().Get("request")
	if _, err := p.storage.AuthRequestByID(r.Context(), id); id != "" && err != nil {
		p.write(w, http.StatusBadRequest, shown{Problem: "This sign-in is not under way any more. Begin it again where you came from.", People: p.people})
		return
	}
	p.write(w, http.StatusOK, shown{Request: id, People: p.people})
}

// choose answers POST: it signs somebody in and sends the browser back to where it came from.
func (p *page) choose(w http.ResponseWriter, r *http.Request) {
	r.Body = http.MaxBytesReader(w, r.Body, 4<<10)
	id := r.PostFormValue("request")
	if err := p.storage.choose(id, r.PostFormValue("subject")); err != nil {
		p.write(w, http.StatusBadRequest, shown{Problem: "This sign-in is not under way any more, or nobody of that name is here.", People: p.people})
		return
	}
	http.Redirect(w, r, p.callback(r.Context(), id), http.StatusSeeOther)
}

func (p *page) write(w http.ResponseWriter, status int, s shown) {
	w.Header().Set("Content-Type", "text/html; charset=utf-8")
	w.Header().Set("Cache-Control", "no-store")
	w.Header().Set("Content-Security-Policy", "default-src 'none'; style-src 'unsafe-inline'; frame-ancestors 'none'")
	w.WriteHeader(status)
	_ = pageTemplate.Execute(w, s)
}
