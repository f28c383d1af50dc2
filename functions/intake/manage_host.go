package main

import (
	"net/http"

	"voice.example/shared/web"
)

// linkSite is what a texted link begins with; nothing where the site is not known.
func linkSite(r *http.Request) string {
	site := web.Address(r)
	if site == "" {
		return ""
	}
	return site + "/manage/"
}
