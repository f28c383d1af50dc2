package i18n_test

import (
	"encoding/json"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"golang.org/x/text/feature/plural"
	"golang.org/x/text/language"

	"voice.example/shared/i18n"
)

// kinds lists the kinds of catalogue and the languages of each.
func kinds() map[string][]i18n.Language {
	return map[string][]i18n.Language{"pages": i18n.PageLanguages(), "texts": i18n.Languages()}
}

// TestEveryFileIsALanguage finds a catalogue whose name no language has, which nobody would ever read.
func TestEveryFileIsALanguage(t *testing.T) {
	files, err := filepath.Glob("locales/*.json")
	if err != nil {
		t.Fatal(err)
	}
	for _, file := range files {
		kind, tag, _ := strings.Cut(strings.TrimSuffix(filepath.Base(file), ".json"), ".")
		if !slices.Contains(kinds()[kind], i18n.Language(tag)) {
			t.Errorf("%s is a catalogue of no language", file)
		}
	}
}

// TestCatalogues compares every catalogue with the English one of its kind.
func TestCatalogues(t *testing.T) {
	for kind, languages := range kinds() {
		want := read(t, kind, i18n.English)
		for _, l := range languages {
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

// TestWordsThatStay finds a text that lacks, or adds, what somebody may reply, whom they may call in danger, or what stands
// before the code by which a text is checked: these are the same in every language.
func TestWordsThatStay(t *testing.T) {
	stay := regexp.MustCompile(`\b(STOP|START|911|1|Ref)\b`)
	words := func(text string) []string {
		found := stay.FindAllString(text, -1)
		slices.Sort(found)
		return found
	}
	want := read(t, "texts", i18n.English)
	for _, l := range i18n.Languages() {
		for id, text := range read(t, "texts", l) {
			if a, b := words(want[id]), words(text); !slices.Equal(a, b) {
				t.Errorf("%s in %s has %v, in English %v", id, l, b, a)
			}
		}
	}
}

// TestUrgentFrames holds what the frames of texts are for: the urgent ones ask for a 1, no other does, and no e-mail asks
// for an answer.
func TestUrgentFrames(t *testing.T) {
	asks, ends := regexp.MustCompile(`\b1\b`), regexp.MustCompile(`\bSTOP\b`)
	for id, text := range read(t, "texts", i18n.English) {
		if want := strings.HasPrefix(id, "sms_frame_urgent"); asks.MatchString(text) != want {
			t.Errorf("%s: %s", id, text)
		}
		if strings.HasPrefix(id, "sms_frame") && !ends.MatchString(text) || strings.HasPrefix(id, "email_") && ends.MatchString(text) {
			t.Errorf("%s: %s", id, text)
		}
	}
}

// TestEveryMessageIsSayable fills each placeholder, so that a broken template is found here.
func TestEveryMessageIsSayable(t *testing.T) {
	for kind, languages := range kinds() {
		for _, l := range languages {
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
	used := regexp.MustCompile(`(?:\bText\(|\{\{-? ?\.?\$?\.?T |\(\$?\.T |\(T )"([a-z0-9_.]+)"|"((?:sms|email)_[a-z_]+)"`)
	for _, root := range []string{"../../functions", "../web", "../sms", "../alert", "../subscription"} {
		err := filepath.WalkDir(root, func(path string, entry os.DirEntry, err error) error {
			if os.IsNotExist(err) || err == nil && (entry.IsDir() || strings.HasSuffix(path, "_test.go") || strings.HasSuffix(path, ".md")) {
				return nil
			}
			if err != nil {
				return err
			}
			content, err := os.ReadFile(path)
			for _, match := range used.FindAllSubmatch(content, -1) {
				if id := string(match[1]) + string(match[2]); known[id] == "" && !strings.HasSuffix(id, ".") && !strings.HasSuffix(id, "_") {
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
			for form, n := range pluralForms(l) {
				if forms[form] == "" {
					t.Errorf("%s in %s lacks the form %q, of %d", id, l, form, n)
				}
				text += forms[form] + " "
			}
			for form := range forms {
				if _, ok := pluralForms(l)[form]; !ok {
					t.Errorf("%s in %s has a form %q that the language does not", id, l, form)
				}
			}
		}
		if strings.TrimSpace(text) == "" {
			t.Errorf("%s in %s is empty", id, l)
		}
		texts[id] = text
	}
	return texts
}

// pluralForms lists the forms that a language has for the counts we write, by Unicode's rules, with a count of each. Some
// have one more for millions, which we never count.
func pluralForms(l i18n.Language) map[string]int {
	names := map[plural.Form]string{plural.Zero: "zero", plural.One: "one", plural.Two: "two", plural.Few: "few",
		plural.Many: "many", plural.Other: "other"}
	forms := map[string]int{}
	for n := range 10_000 {
		forms[names[plural.Cardinal.MatchPlural(language.Make(string(l)), n, 0, 0, 0, 0)]] = n
	}
	return forms
}

// TestPluralForms holds the rules against what is known of the languages.
func TestPluralForms(t *testing.T) {
	for _, l := range i18n.Languages() {
		want := []string{"one", "other"}
		if l == i18n.HaitianCreole || l == i18n.Vietnamese || l == i18n.Chinese {
			want = []string{"other"}
		}
		if got := slices.Sorted(maps.Keys(pluralForms(l))); !slices.Equal(got, want) {
			t.Errorf("%s has the forms %v", l, got)
		}
	}
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
