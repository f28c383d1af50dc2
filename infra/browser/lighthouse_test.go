package browser

import (
	"encoding/json"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
)

// TestLighthouse lets Lighthouse judge four pages as a phone would have them. It is for make lighthouse, since it takes a
// quiet machine.
func TestLighthouse(t *testing.T) {
	if os.Getenv("VOICE_LIGHTHOUSE") == "" {
		t.Skip("make lighthouse runs it")
	}
	browser := chromium()
	if browser == "" {
		t.Fatal("there is no Chromium on the PATH or at CHROME_PATH")
	}
	s := serve(t)
	folder := filepath.Join(made.Root, "build", "lighthouse")
	if err := os.MkdirAll(folder, 0o755); err != nil {
		t.Fatal(err)
	}
	categories := []string{"performance", "accessibility", "best-practices", "seo"}
	t.Logf("%-10s %s", "", strings.Join(categories, "  "))
	for _, path := range []string{"/", "/custody", "/alerts", "/help"} {
		name := strings.Trim(path, "/")
		if name == "" {
			name = "home"
		}
		file := filepath.Join(folder, name+".json")
		cmd := exec.Command(filepath.Join("node_modules", ".bin", "lighthouse"), s.API+path, "--quiet", "--output=json", "--output-path="+file,
			"--form-factor=mobile", "--only-categories="+strings.Join(categories, ","),
			"--chrome-flags=--headless=new --no-sandbox --disable-gpu --disable-quic --no-first-run --disable-background-networking --disable-component-update --disable-sync")
		cmd.Env = append(os.Environ(), "CHROME_PATH="+browser)
		if out, err := cmd.CombinedOutput(); err != nil {
			t.Fatalf("lighthouse %s: %v\n%.2000s", path, err, out)
		}
		var report struct {
			Categories map[string]struct {
				Score  float64
				Audits []struct {
					ID     string
					Weight float64
				} `json:"auditRefs"`
			}
			Audits map[string]struct {
				Title, DisplayValue string
				Score               *float64
			}
		}
		text, err := os.ReadFile(file)
		if err == nil {
			err = json.Unmarshal(text, &report)
		}
		if err != nil {
			t.Fatal(err)
		}
		var scores []any
		for _, c := range categories {
			scores = append(scores, int(report.Categories[c].Score*100+0.5))
		}
		t.Logf("%-10s %11d  %13d  %14d  %3d", append([]any{path}, scores...)...)
		for _, c := range categories {
			if report.Categories[c].Score >= 0.98 {
				continue
			}
			for _, ref := range report.Categories[c].Audits {
				if a := report.Audits[ref.ID]; ref.Weight > 0 && a.Score != nil && *a.Score < 0.98 {
					t.Logf("  %s, below 98: %s: %s %s", c, ref.ID, a.Title, a.DisplayValue)
				}
			}
		}
	}
}
