package web

import (
	"context"
	"net/http"
	"strings"
	"time"

	"voice.example/shared/i18n"
)

// Visitor is what a server knows of whoever sent a request, for the pages that answer it.
type Visitor struct {
	// Shell is what a layout of the server's own shows around every page, as .Shell: who has signed in, say.
	Shell any
	// Zone is the zone that pages tell times in; nil is the site's.
	Zone *time.Location
	// Bound is what the tokens of forms are bound to, such as the id of a session: a form that was fetched by somebody else
	// is worth nothing then. It is not shown.
	Bound string
}

// Know notes who sent a request, before its page is rendered or its form is checked.
func Know(ctx context.Context, v Visitor) {
	if l, ok := ctx.Value(lineKey{}).(*line); ok {
		l.visitor = v
	}
}

// visitor is whoever sent a request, as far as the server said.
func visitor(r *http.Request) Visitor {
	if l, ok := r.Context().Value(lineKey{}).(*line); ok {
		return l.visitor
	}
	return Visitor{}
}

// Speak fixes the language of a path and of all below it, errors too, whatever a browser or a form asks for. Call it before
// the server serves.
func (s *Server) Speak(language i18n.Language, path string) { s.spoken[path] = language }

// spokenAt is the language that is fixed for a path, if one is.
func (s *Server) spokenAt(path string) (i18n.Language, bool) {
	for start, language := range s.spoken {
		if path == start || strings.HasPrefix(path, start+"/") {
			return language, true
		}
	}
	return "", false
}
