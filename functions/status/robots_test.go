package main

import (
	"strings"
	"testing"
)

func TestRobots(t *testing.T) {
	w := newDesk(t).ask("GET", "/robots.txt", "", "")
	if w.Code != 200 || w.Body.String() != robots || !strings.HasPrefix(w.Header().Get("Content-Type"), "text/plain") {
		t.Errorf("%d %q %q", w.Code, w.Header().Get("Content-Type"), w.Body)
	}
}
