package web

import (
	"os"
	"regexp"
	"strings"
	"testing"
)

func TestColours(t *testing.T) {
	t.Run("ZeroValueKeepsTheSheets", func(t *testing.T) {
		if css, err := (Colours{}).css(); css != "" || err != nil {
			t.Errorf("%q, %v", css, err)
		}
	})
	t.Run("DarkModeHasALighterOne", func(t *testing.T) {
		for _, action := range []string{"#005ea2", "#8b0a03", "#000000", "#1a6b1a", "#4a0072"} {
			css, err := Colours{Brand: "#162e51", Action: action}.css()
			if err != nil {
				t.Fatal(err)
			}
			found := regexp.MustCompile(`^:root\{--brand:#162e51;--action:(#\w{6});--press:(#\w{6});\}\n@media\(prefers-color-scheme:dark\)\{:root\{--action:(#\w{6});--press:(#\w{6});\}\}\n$`).FindStringSubmatch(css)
			if found == nil {
				t.Fatalf("%s", css)
			}
			for i, ground := range []colour{lightGround, lightGround, darkGround, darkGround} {
				c, err := parseColour(found[i+1])
				if err != nil || contrast(c, ground) < minContrast {
					t.Errorf("of %s: %s on %s has a contrast of %.1f", action, c, ground, contrast(c, ground))
				}
			}
			if c, _ := parseColour(found[3]); contrast(c, darkLetters) < minContrast {
				t.Errorf("of %s: %s under a button's letters", action, c)
			}
		}
	})
	for name, test := range map[string]struct {
		colours Colours
		want    string
	}{
		"ErrBrandTooLight":  {Colours{Brand: "#ffcc00"}, "brand: white letters on #ffcc00 have a contrast of 1.5"},
		"ErrActionTooLight": {Colours{Action: "#777777"}, "action: #777777 on "},
		"ErrNoColour":       {Colours{Brand: "navy"}, `"navy" is no colour`},
		"ErrShort":          {Colours{Action: "#abc"}, `"#abc" is no colour`},
	} {
		t.Run(name, func(t *testing.T) {
			if _, err := NewServer(Site{Colours: test.colours}, os.DirFS("testdata"), nil, nil); err == nil || !strings.Contains(err.Error(), test.want) {
				t.Errorf("got %v", err)
			}
		})
	}
}

// TestSheetsOwnColours holds what the style sheet puts upon what, in both modes.
func TestSheetsOwnColours(t *testing.T) {
	light, dark := map[string]colour{}, map[string]colour{}
	_, css, _ := strings.Cut(string(stylesheet), ":root{")
	lightCSS, rest, _ := strings.Cut(css, "}")
	_, darkCSS, _ := strings.Cut(rest, ":root{")
	darkCSS, _, _ = strings.Cut(darkCSS, "}")
	read := func(css string, into map[string]colour) {
		for _, m := range regexp.MustCompile(`--([\w-]+): ?(#\w+)`).FindAllStringSubmatch(css, -1) {
			text := m[2]
			if len(text) == 4 {
				text = "#" + strings.Repeat(text[1:2], 2) + strings.Repeat(text[2:3], 2) + strings.Repeat(text[3:], 2)
			}
			c, err := parseColour(text)
			if err != nil {
				t.Fatal(err)
			}
			into[m[1]] = c
		}
	}
	read(lightCSS, light)
	read(lightCSS, dark)
	read(darkCSS, dark)
	if len(light) < 20 || light["paper"] == dark["paper"] {
		t.Fatalf("read %v, %v", light, dark)
	}
	for mode, colours := range map[string]map[string]colour{"light": light, "dark": dark} {
		for letters, grounds := range map[string][]string{
			"ink": {"paper", "tint", "note", "warn", "good", "bad-tint"}, "soft": {"paper", "tint", "note"}, "action": {"paper", "tint", "note"},
			"press": {"paper", "tint", "note"}, "bad": {"paper", "bad-tint"}, "on-action": {"action", "press"}, "on-brand": {"brand"},
		} {
			for _, ground := range grounds {
				if got := contrast(colours[letters], colours[ground]); got < minContrast {
					t.Errorf("%s: %s on %s has a contrast of %.2f", mode, letters, ground, got)
				}
			}
		}
		for _, line := range []string{"field", "focus", "p0", "p1", "p2", "p3", "p4"} { // of controls and charts: 3 to 1 is asked
			if got := contrast(colours[line], colours["paper"]); got < 3 {
				t.Errorf("%s: %s on paper has a contrast of %.2f", mode, line, got)
			}
		}
	}
	if lightGround != light["note"] || darkGround.luminance() < max(dark["tint"].luminance(), dark["paper"].luminance()) {
		t.Errorf("the grounds that colours are measured on are not the sheet's: %s, %s", lightGround, darkGround)
	}
}
