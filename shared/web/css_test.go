package web_test

import (
	"bytes"
	"os"
	"os/exec"
	"regexp"
	"strings"
	"testing"
)

// TestStyleSheetIsWhatTheSourcesGive compiles the style sheet anew, where the packages for it are installed; make test
// installs them.
func TestStyleSheetIsWhatTheSourcesGive(t *testing.T) {
	if _, err := os.Stat("../../infra/css/node_modules/sass"); err != nil {
		t.Skip("the style sheet was not compiled anew: its npm packages are not installed (make css)")
	}
	node, err := exec.LookPath("node")
	if err != nil {
		t.Skip("the style sheet was not compiled anew: there is no node on the PATH")
	}
	want, err := exec.Command(node, "../../infra/css/build.mjs", "--stdout").Output()
	if err != nil {
		t.Fatal(err)
	}
	if got, err := os.ReadFile("assets/site.css"); err != nil || !bytes.Equal(got, want) {
		t.Errorf("shared/web/assets/site.css is not what infra/css gives: run make css (%v)", err)
	}
}

// TestStyleSheet holds what no page shows.
func TestStyleSheet(t *testing.T) {
	content, err := os.ReadFile("assets/site.css")
	if err != nil {
		t.Fatal(err)
	}
	css := string(content)
	for _, wrong := range []string{"url(", "@font-face", "@import", "http"} {
		if strings.Contains(css, wrong) {
			t.Errorf("the style sheet loads something: %s", wrong)
		}
	}
	for _, want := range []string{"prefers-color-scheme: dark", "prefers-reduced-motion: reduce", "forced-colors: active", ":focus-visible{outline:.25rem", ".top{position:sticky"} {
		if !strings.Contains(css, want) {
			t.Errorf("the style sheet lacks %q", want)
		}
	}
	known := regexp.MustCompile(`--[\w-]+`)
	for _, m := range regexp.MustCompile(`var\((--[\w-]+)\)`).FindAllStringSubmatch(css, -1) {
		if !strings.Contains(css, m[1]+":") {
			t.Errorf("%s has no value, of %d properties", m[1], len(known.FindAllString(css, -1)))
		}
	}
	if script, err := os.ReadFile("assets/exit.js"); err != nil || len(script) > 2<<10 {
		t.Errorf("the script has %d bytes, over 2 KiB (%v)", len(script), err)
	}
}
