package browser

import (
	"bytes"
	"compress/gzip"
	"regexp"
	"strings"
	"testing"
)

var sheetLinks = regexp.MustCompile(`<link rel="stylesheet" href="([^"]*)"`)

// compressed is how many bytes a text has on the wire.
func compressed(text string) int {
	var out bytes.Buffer
	w := gzip.NewWriter(&out)
	_, _ = w.Write([]byte(text)) // into memory, it cannot fail
	_ = w.Close()
	return out.Len()
}

// TestFirstView weighs what comes before a page can be read: HTML and style sheets, compressed.
func TestFirstView(t *testing.T) {
	s := serve(t)
	for _, path := range []string{"/", "/custody", "/custody?by=name", "/alerts", "/ask", "/follow", "/help", "/privacy"} {
		for _, lang := range []string{"en", "es"} {
			separator := "?"
			if strings.Contains(path, "?") {
				separator = "&"
			}
			page := s.send(t, "GET", path+separator+"lang="+lang, "", "").body
			weight := compressed(page)
			for _, m := range sheetLinks.FindAllStringSubmatch(page, -1) {
				weight += compressed(s.send(t, "GET", m[1], "", "").body)
			}
			if t.Logf("%-18s %s %5d bytes", path, lang, weight); weight > 14<<10 {
				t.Errorf("%s in %s is %d bytes", path, lang, weight)
			}
		}
	}
}
