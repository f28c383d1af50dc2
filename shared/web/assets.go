package web

import (
	"crypto/sha256"
	_ "embed"
	"encoding/hex"
	"net/http"
	"strings"
)

//go:embed assets/site.css
var stylesheet []byte

//go:embed assets/exit.js
var exitScript []byte

// asset is a file that pages refer to. Its path changes with it.
type asset struct {
	path, before, after string // before and after the hash in the path
	kind                string
	content             []byte
}

func newAsset(before, after, kind string, content []byte) asset {
	sum := sha256.Sum256(content)
	return asset{path: before + hex.EncodeToString(sum[:6]) + after, before: before, after: after, kind: kind, content: content}
}

// newAssets makes the style sheet, in the site's colours, and the script.
func newAssets(c Colours) (style, script asset, err error) {
	own, err := c.css()
	if err != nil {
		return style, script, err
	}
	style = newAsset("/assets/site.", ".css", "text/css; charset=utf-8", append(stylesheet[:len(stylesheet):len(stylesheet)], own...))
	return style, newAsset("/assets/exit.", ".js", "text/javascript; charset=utf-8", exitScript), nil
}

// Asset serves the style sheet and the script as /assets/{file}. Under the name that pages use, which changes with it, a
// browser may keep a file for a year. Under any other site.*.css or exit.*.js it is today's for five minutes: a page of a
// function that was deployed a moment earlier or later still gets a style.
func (s *Server) Asset(w http.ResponseWriter, r *http.Request) error {
	for _, a := range []asset{s.style, s.script} {
		if !strings.HasPrefix(r.URL.Path, a.before) || !strings.HasSuffix(r.URL.Path, a.after) {
			continue
		}
		keep := "public, max-age=300"
		if r.URL.Path == a.path {
			keep = "public, max-age=31536000, immutable"
		}
		Outcome(r.Context(), "asset")
		w.Header().Set("Cache-Control", keep)
		w.Header().Set("Content-Type", a.kind)
		_, err := w.Write(a.content)
		return err
	}
	return &Error{Code: NotFound}
}
