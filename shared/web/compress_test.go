package web_test

import (
	"bytes"
	"compress/gzip"
	"encoding/base64"
	"io"
	"net/http"
	"strings"
	"testing"
)

func TestCompress(t *testing.T) {
	long := strings.Repeat("<p>word ", 400)
	for _, test := range []struct {
		name, accepts, kind, body string
		compressed                bool
	}{
		{"Page", "gzip, deflate, br", "text/html; charset=utf-8", long, true},
		{"StyleSheet", "br;q=1, gzip;q=0.5", "text/css; charset=utf-8", long, true},
		{"JSONStays", "gzip", "application/json", long, false},
		{"ShortStays", "gzip", "text/html; charset=utf-8", "<p>", false},
		{"NotAskedFor", "", "text/html; charset=utf-8", long, false},
		{"Refused", "br, gzip;q=0.0", "text/html; charset=utf-8", long, false},
	} {
		t.Run(test.name, func(t *testing.T) {
			e := event(t, "get_path.json")
			e.Headers["accept-encoding"] = test.accepts
			got := answer(t, func(w http.ResponseWriter, _ *http.Request) {
				w.Header().Set("Content-Type", test.kind)
				_, _ = io.WriteString(w, test.body)
			}, e)
			body := []byte(got.Body)
			if got.IsBase64Encoded {
				body, _ = base64.StdEncoding.DecodeString(got.Body)
			}
			if (got.Headers["content-encoding"] == "gzip") != test.compressed {
				t.Fatalf("headers %v", got.Headers)
			}
			if test.compressed {
				r, err := gzip.NewReader(bytes.NewReader(body))
				if err != nil {
					t.Fatal(err)
				}
				if body, err = io.ReadAll(r); err != nil || len(got.Body) > len(test.body)/4 {
					t.Errorf("%d bytes: %v", len(got.Body), err)
				}
			}
			if string(body) != test.body {
				t.Errorf("got %q", body)
			}
			if strings.HasPrefix(test.kind, "text/") && got.Headers["vary"] != "Accept-Encoding" {
				t.Errorf("headers %v", got.Headers)
			}
		})
	}
}
