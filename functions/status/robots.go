package main

import (
	"io"
	"net/http"

	"voice.example/shared/web"
)

// robots lets search engines find the pages that are the same for everybody; the others forbid it themselves, by a header.
const robots = "User-agent: *\nDisallow: /v1/\n"

// tellRobots answers GET /robots.txt.
func tellRobots(w http.ResponseWriter, r *http.Request) error {
	web.Outcome(r.Context(), "robots")
	w.Header().Set("Content-Type", "text/plain; charset=utf-8")
	_, err := io.WriteString(w, robots)
	return err
}
