package browser

import (
	"fmt"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"voice.example/infra/local/stacktest"
	"voice.example/shared/i18n"
)

// TestLook makes sure that the look-out sees what it looks for, on a page that does everything wrong.
func TestLook(t *testing.T) {
	browse(t)
	mux := http.NewServeMux()
	mux.HandleFunc("/900000001", func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "text/html; charset=utf-8")
		w.Header().Set("Set-Cookie", "seen=yes")
		fmt.Fprint(w, `<!doctype html><html lang="en"><title>Amostra</title>
<link rel="stylesheet" href="/sheet.css"><link rel="stylesheet" href="http://elsewhere.example/sheet.css">
<h1>Wrong</h1><h1>Again</h1><p class="wide">wide</p><p class="pale">pale</p><p class="dark">gone in the dark</p>
<p class="forced">gone when colours are forced</p>
<input aria-label="plain"><a class="bare" href="/a">a</a><button class="bare">small</button><p style="color: red">inline</p>`)
	})
	mux.HandleFunc("/sheet.css", func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "text/css")
		fmt.Fprint(w, `.wide { width: 700px } .pale { color: #ccc; background: #fff } .bare { outline: none !important; font-size: 8px; padding: 0; border: 0 }
			@media (prefers-color-scheme: dark) { .dark { color: #333; background: #222 } }
			@media (forced-colors: active) { .forced { forced-color-adjust: none; color: #111; background: #000 } }`)
	})
	server := httptest.NewServer(mux)
	defer server.Close()
	site := strings.Replace(server.URL, "127.0.0.1", "localhost", 1)

	b := open(t, site, reader{language: i18n.English, width: 390, scripts: true, keyboard: true})
	var faults []string
	b.fault = func(format string, values ...any) { faults = append(faults, fmt.Sprintf(format, values...)) }
	b.typed = []string{"A900-000-001", "amostra"}
	b.visit("/900000001")
	b.look("self-test")
	b.tabTo(b.need("small", "button"))
	for _, want := range []string{
		"it scrolls sideways", "a small target: button", "2 first headings", "the hotline's number is not on it", "something inline",
		"no autocomplete", "there is no exit", "there are cookies", "Cache-Control", "an address in the history holds what was typed",
		"a title in the history holds what was typed", "something is asked for elsewhere: http://elsewhere.example", "self-test: axe color-contrast",
		"self-test dark: axe color-contrast", `forced colours: "gone when colours are forced" has a contrast of`, `the focus cannot be seen on a a`,
	} {
		seen := false
		for _, fault := range faults {
			seen = seen || strings.Contains(fault, want)
		}
		if !seen {
			t.Errorf("not seen: %s", want)
		}
	}
	if t.Failed() {
		t.Logf("seen:\n%s", strings.Join(faults, "\n"))
	}
}

// TestExit makes sure that the journey of the exit is content with a page that does it right.
func TestExit(t *testing.T) {
	browse(t)
	mux := http.NewServeMux()
	mux.HandleFunc("/", func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "text/html; charset=utf-8")
		fmt.Fprint(w, `<!doctype html><html lang="en"><title>Page</title><script src="/exit.js" defer></script><h1>Page</h1><a href="https://www.weather.gov/">Exit</a>`)
	})
	mux.HandleFunc("/exit.js", func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "text/javascript")
		fmt.Fprint(w, `const link = document.querySelector("a"), leave = () => location.replace(link.href);
			let pressed = 0;
			link.addEventListener("click", event => { event.preventDefault(); leave(); });
			addEventListener("keydown", event => { if (event.key === "Escape" && ++pressed === 3) leave(); });`)
	})
	server := httptest.NewServer(mux)
	defer server.Close()
	s := service{&stacktest.Stack{API: strings.Replace(server.URL, "127.0.0.1", "localhost", 1)}}
	for _, r := range []reader{
		{language: i18n.English, width: 390, scripts: true}, {language: i18n.English, width: 1280, scripts: true, keyboard: true}, {language: i18n.English, width: 390},
	} {
		t.Run(r.String(), func(t *testing.T) { exit(t, s, r) })
	}
}
