package web

import (
	"crypto/sha256"
	_ "embed"
	"encoding/hex"
	"net/http"
	"strings"
	"sync"
)

//go:embed assets/site.css
var stylesheet []byte

var stylesheetPath = sync.OnceValue(func() string {
	sum := sha256.Sum256(stylesheet)
	return "/assets/site." + hex.EncodeToString(sum[:6]) + ".css"
})

// Asset serves the style sheet as /assets/{file}. Under the name that pages use, which changes with it, a browser may
// keep it for a year. Under any other site.*.css it is today's for five minutes: a page of a function that was deployed
// a moment earlier or later still gets a style.
func Asset(w http.ResponseWriter, r *http.Request) error {
	file := r.PathValue("file")
	if !strings.HasPrefix(file, "site.") || !strings.HasSuffix(file, ".css") {
		return &Error{Code: NotFound}
	}
	keep := "public, max-age=300"
	if r.URL.Path == stylesheetPath() {
		keep = "public, max-age=31536000, immutable"
	}
	Outcome(r.Context(), "asset")
	w.Header().Set("Cache-Control", keep)
	w.Header().Set("Content-Type", "text/css; charset=utf-8")
	_, err := w.Write(stylesheet)
	return err
}
