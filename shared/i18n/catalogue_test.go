package i18n_test

import (
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"voice.example/shared/i18n"
)

// TestCatalogues compares every catalogue with the English one of its kind.
func TestCatalogues(t *testing.T) {
	for _, kind := range []string{"pages", "texts"} {
		want := read(t, kind, i18n.English)
		for _, l := range i18n.Languages() {
			t.Run(kind+"/"+string(l), func(t *testing.T) {
				got := read(t, kind, l)
				for id, text := range want {
					other, ok := got[id]
					if !ok {
						t.Errorf("%s is not said", id)
					} else if a, b := placeholders(text), placeholders(other); !slices.Equal(a, b) {
						t.Errorf("%s has the placeholders %v, in English %v", id, b, a)
					}
				}
				for id := range got {
					if _, ok := want[id]; !ok {
						t.Errorf("%s is not said in English", id)
					}
				}
			})
		}
	}
}

// TestEveryMessageIsSayable fills each placeholder, so that a broken template is found here.
func TestEveryMessageIsSayable(t *testing.T) {
	for _, kind := range []string{"pages", "texts"} {
		for _, l := range i18n.Languages() {
			for id, text := range read(t, kind, l) {
				data := map[string]any{}
				for _, name := range placeholders(text) {
					data[name] = "X"
				}
				if _, counts := data["Count"]; counts {
					data["Count"] = 2
				}
				if said := l.Text(id, data); said == id || said == "" {
					t.Errorf("%s: %s cannot be said", l, id)
				}
			}
		}
	}
}

// TestEveryMessageUsedExists reads the ids in the code and in the pages.
func TestEveryMessageUsedExists(t *testing.T) {
	known := read(t, "pages", i18n.English)
	for id, text := range read(t, "texts", i18n.English) {
		known[id] = text
	}
	used := regexp.MustCompile(`(?:\bText\(|\{\{-? ?\.?\$?\.?T |\(\$?\.T |\(T )"([a-z0-9_.]+)"`)
	for _, root := range []string{"../../functions", "../web", "../sms", "../alert", "../subscription"} {
		err := filepath.WalkDir(root, func(path string, entry os.DirEntry, err error) error {
			if os.IsNotExist(err) || err == nil && (entry.IsDir() || strings.HasSuffix(path, "_test.go")) {
				return nil
			}
			if err != nil {
				return err
			}
			content, err := os.ReadFile(path)
			for _, match := range used.FindAllSubmatch(content, -1) {
				if id := string(match[1]); known[id] == "" && !strings.HasSuffix(id, ".") {
					t.Errorf("%s says %q, which is in no catalogue", path, id)
				}
			}
			return err
		})
		if err != nil {
			t.Fatal(err)
		}
	}
}

// read gives each message's text, its plural forms joined.
func read(t *testing.T, kind string, l i18n.Language) map[string]string {
	t.Helper()
	content, err := os.ReadFile(fmt.Sprintf("locales/%s.%s.json", kind, l))
	if err != nil {
		t.Fatal(err)
	}
	var messages map[string]json.RawMessage
	if err := json.Unmarshal(content, &messages); err != nil {
		t.Fatalf("%s.%s: %v", kind, l, err)
	}
	texts := make(map[string]string, len(messages))
	for id, raw := range messages {
		var text string
		if json.Unmarshal(raw, &text) != nil {
			var forms map[string]string
			if err := json.Unmarshal(raw, &forms); err != nil {
				t.Fatalf("%s: %v", id, err)
			}
			if forms["one"] == "" || forms["other"] == "" {
				t.Errorf("%s in %s lacks a form", id, l)
			}
			text = forms["one"] + " " + forms["other"]
		}
		if strings.TrimSpace(text) == "" {
			t.Errorf("%s in %s is empty", id, l)
		}
		texts[id] = text
	}
	return texts
}

var placeholder = regexp.MustCompile(`\.([A-Z][A-Za-z]*)`)

// placeholders lists the values a message needs, each once, sorted.
func placeholders(text string) []string {
	var names []string
	for _, action := range regexp.MustCompile(`\{\{[^}]*\}\}`).FindAllString(text, -1) {
		for _, match := range placeholder.FindAllStringSubmatch(action, -1) {
			names = append(names, match[1])
		}
	}
	slices.Sort(names)
	return slices.Compact(names)
}
