package main

import (
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
)

func page(t *testing.T) ([]Threat, []Limit) {
	t.Helper()
	text, err := os.ReadFile("../threats.md")
	if err != nil {
		t.Fatal(err)
	}
	threats, limits, err := Read(string(text))
	if err != nil {
		t.Fatal(err)
	}
	return threats, limits
}

// sources is the text of a package's Go files, tests or not.
func sources(t *testing.T, pkg string, tests bool) string {
	t.Helper()
	files, err := filepath.Glob(filepath.Join("../..", pkg, "*.go"))
	if err != nil {
		t.Fatal(err)
	}
	var all strings.Builder
	for _, name := range files {
		if strings.HasSuffix(name, "_test.go") != tests {
			continue
		}
		text, err := os.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		all.Write(text)
	}
	return all.String()
}

// TestThreats keeps threats.md true: each test that it names exists, and each threat has one.
func TestThreats(t *testing.T) {
	threats, _ := page(t)
	if len(threats) < 25 {
		t.Errorf("only %d threats", len(threats))
	}
	for _, threat := range threats {
		for _, test := range threat.Tests {
			text := sources(t, test.Package, true)
			if !strings.Contains(text, "func "+test.Func()+"(t") {
				t.Errorf("%s: there is no test %s", threat.What, test)
			}
			for _, sub := range strings.Split(test.Name, "/")[1:] {
				if !strings.Contains(text, `"`+sub+`"`) {
					t.Errorf("%s: there is no %s in %s", threat.What, sub, test)
				}
			}
		}
	}
}

// TestLimits keeps the page's numbers those of the template and of the code.
func TestLimits(t *testing.T) {
	_, limits := page(t)
	template, err := os.ReadFile("../../template.yaml")
	if err != nil {
		t.Fatal(err)
	}
	if len(limits) < 20 {
		t.Errorf("only %d limits", len(limits))
	}
	for _, l := range limits {
		names := regexp.MustCompile("`([^`]+)`").FindAllStringSubmatch(l.Where, -1)
		want := ""
		switch {
		case strings.HasPrefix(l.Where, "parameter ") && len(names) == 1:
			if m := regexp.MustCompile(`(?m)^  ` + names[0][1] + `:\n    Type: Number\n    Default: (\d+)$`).FindSubmatch(template); m != nil {
				want = string(m[1])
			}
		case len(names) == 2:
			if m := regexp.MustCompile(`(?m)^(?:const |\t)` + names[1][1] + `\s+= (\d+)\b`).FindStringSubmatch(sources(t, names[0][1], false)); m != nil {
				want = m[1]
			}
		}
		if want != l.Most {
			t.Errorf("%s: the page says %s, and %s says %q", l.What, l.Most, l.Where, want)
		}
	}
}

func TestRead(t *testing.T) {
	t.Run("ErrThreatWithoutATest", func(t *testing.T) {
		if _, _, err := Read("| something | bad | nothing | hope |"); err == nil {
			t.Error("taken")
		}
	})
	t.Run("ErrHalfAName", func(t *testing.T) {
		if _, _, err := Read("| something | bad | much | `shared/web TestEdge` `TestMore` |"); err == nil {
			t.Error("taken")
		}
	})
}
