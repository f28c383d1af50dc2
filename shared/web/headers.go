package web

import (
	"net/http"
	"strings"
)

// policy is what a page may load and do. listedPolicy is that of a page that search engines may list, which have to be
// able to ask for robots.txt from within it.
const (
	policy       = "default-src 'none'; style-src 'self'; script-src 'self'; img-src data:; form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
	listedPolicy = policy + "; connect-src 'self'"
)

// secure sets the headers that every answer carries. Nothing is kept by a browser or a cache unless the handler of
// an asset says otherwise, no address is passed on, and a page can load only its own style sheet and script. Its icon is empty and in the page: a
// browser asks for none.
func secure(header http.Header) {
	for name, value := range map[string]string{
		"Cache-Control":           "no-store",
		"Referrer-Policy":         "no-referrer",
		"Content-Security-Policy": policy,
		// Two years, as the preload lists ask.
		"Strict-Transport-Security":    "max-age=63072000; includeSubDomains",
		"X-Content-Type-Options":       "nosniff",
		"Cross-Origin-Opener-Policy":   "same-origin",
		"Cross-Origin-Resource-Policy": "same-origin",
		"Cross-Origin-Embedder-Policy": "require-corp",
		"Permissions-Policy":           "camera=(), geolocation=(), microphone=(), payment=(), usb=(), browsing-topics=()",
		"X-Robots-Tag":                 "noindex",
	} {
		header.Set(name, value)
	}
}

// FormsTo lets the forms of one answer be sent to other origins too, such as https://bucket.example. Call it before the page
// is rendered.
func FormsTo(header http.Header, origins ...string) {
	header.Set("Content-Security-Policy", strings.Replace(policy, "form-action 'self'", "form-action 'self' "+strings.Join(origins, " "), 1))
}
