package browser

import (
	"cmp"
	"encoding/json"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
)

// grade is the school grade of the United States that prose is written for, as J. P. Kincaid and others have it
// ("Derivation of New Readability Formulas …", Naval Technical Training Command, 1975):
//
//	0.39 · words/sentences + 11.8 · syllables/words − 15.59
func grade(sentences []string) float64 {
	words, syllables := 0, 0
	for _, s := range sentences {
		for _, w := range wordsOf(s) {
			words++
			syllables += syllablesOf(w)
		}
	}
	if words == 0 {
		return 0
	}
	return 0.39*float64(words)/float64(len(sentences)) + 11.8*float64(syllables)/float64(words) - 15.59
}

var (
	wordPattern = regexp.MustCompile(`[A-Za-z][A-Za-z’'-]*|\d+`)
	vowels      = regexp.MustCompile(`[aeiouy]+`)
	sentenceEnd = regexp.MustCompile(`[.?!]["”)]?(\s+|$)`)
	placeholder = regexp.MustCompile(`\{\{[^}]*\}\}`)
)

func wordsOf(sentence string) []string { return wordPattern.FindAllString(sentence, -1) }

// silent is an e at the end that is not spoken, as in phone, rule, escapes and moved, but not in people, changes or wanted.
var silent = regexp.MustCompile(`(?:[^aeiouyl]e|[aeiouy]le|[^aeiouysczxgh]es|[^aeiouytd]ed)$`)

// syllablesOf counts groups of vowels, but for a silent e. It is right for nine words of ten, and a figure counts as one
// syllable.
func syllablesOf(word string) int {
	total := 0
	for part := range strings.SplitSeq(strings.ToLower(word), "-") {
		n := len(vowels.FindAllString(part, -1))
		if silent.MatchString(part) {
			n--
		}
		total += max(n, 1)
	}
	return total
}

// TestReadingLevel measures the English sentences of each page: none is written for more than the eighth grade.
func TestReadingLevel(t *testing.T) {
	text, err := os.ReadFile(filepath.Join(made.Root, "shared", "i18n", "locales", "pages.en.json"))
	if err != nil {
		t.Fatal(err)
	}
	var catalogue map[string]any
	if err := json.Unmarshal(text, &catalogue); err != nil {
		t.Fatal(err)
	}
	pages := map[string][]string{}
	add := func(page, message string) {
		message = placeholder.ReplaceAllString(message, "then")
		for _, s := range sentenceEnd.Split(message, -1) {
			if len(wordsOf(s)) > 2 { // less is a label, and no prose
				pages[page] = append(pages[page], strings.TrimSpace(s))
			}
		}
	}
	for id, message := range catalogue {
		page, _, _ := strings.Cut(id, ".")
		switch m := message.(type) {
		case string:
			add(page, m)
		case map[string]any: // singular and plural say the same
			other, _ := m["other"].(string)
			add(page, other)
		}
	}
	var all []string
	for page, sentences := range pages {
		all = append(all, sentences...)
		got := grade(sentences)
		t.Logf("%-10s grade %4.1f, %d sentences", page, got, len(sentences))
		if got > 8 && len(sentences) > 2 {
			t.Errorf("%s is written for grade %.1f", page, got)
		}
	}
	slices.SortFunc(all, func(a, b string) int { return cmp.Compare(grade([]string{b}), grade([]string{a})) })
	t.Logf("all pages: grade %.1f; the hardest sentences:", grade(all))
	for _, s := range all[:min(12, len(all))] {
		t.Logf("%5.1f  %s", grade([]string{s}), s)
	}
}

// TestGrade measures prose whose figures are known.
func TestGrade(t *testing.T) {
	for word, want := range map[string]int{"custody": 3, "released": 2, "the": 1, "texts": 1, "people": 2, "immigration": 4, "phone": 1, "wanted": 2, "services": 3, "moved": 1, "911": 1, "changes": 2, "agree": 2, "rule": 1, "escapes": 2} {
		if got := syllablesOf(word); got != want {
			t.Errorf("%s has %d syllables, want %d", word, got, want)
		}
	}
	if got := grade([]string{"The cat sat on the mat"}); got > 0 {
		t.Errorf("the cat is of grade %.1f", got)
	}
	if got := grade([]string{"Notwithstanding jurisdictional considerations, administrative authorities disclose custodial information"}); got < 16 {
		t.Errorf("the authorities are of grade %.1f", got)
	}
}
