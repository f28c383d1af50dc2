package country

import (
	"slices"
	"strings"
	"sync"
	"unicode"

	"golang.org/x/text/unicode/norm"
)

// silent are words that say nothing about which country is meant, in any order or language here.
var silent = map[string]bool{
	"the": true, "of": true, "and": true, "de": true, "del": true, "la": true, "las": true, "los": true, "el": true,
	"y": true, "d": true, "da": true, "e": true, "island": true, "islands": true, "isla": true, "islas": true,
	"is": true, "sar": true,
}

// formal are words of a state's full style: "Republic of Cuba", "Plurinational State of Bolivia".
var formal = map[string]bool{
	"republic": true, "republica": true, "rep": true, "federal": true, "federative": true, "islamic": true,
	"islamica": true, "kingdom": true, "reino": true, "state": true, "estado": true, "commonwealth": true,
	"mancomunidad": true, "principality": true, "principado": true, "sultanate": true, "sultanato": true,
	"grand": true, "gran": true, "duchy": true, "ducado": true, "hashemite": true, "plurinational": true,
	"plurinacional": true, "bolivarian": true, "bolivariana": true, "socialist": true, "socialista": true,
	"cooperative": true, "oriental": true, "independent": true, "arab": true, "arabe": true, "democratic": true,
	"democratica": true, "union": true, "co": true, "operative": true,
	"people": true, "popular": true,
}

// spelled evens out words that are written in several ways.
var spelled = map[string]string{
	"st": "saint", "ste": "saint", "sta": "santa", "rep": "republic", "dem": "democratic", "fed": "federated",
	"repub": "republic", "peoples": "people", "terr": "territory", "territories": "territory", "br": "british",
	"isl": "island", "n": "north", "s": "south",
}

// key turns a name into its words, evened out and sorted, so that "CHINA, PEOPLES REPUBLIC OF" and "People's Republic
// of China" have one key. With short, the words of a formal style are left out too.
func key(name string, short bool) string {
	var folded strings.Builder
	for _, r := range norm.NFKD.String(name) {
		switch {
		case unicode.Is(unicode.Mn, r), r == '\'', r == '’', r == '‘', r == '`', r == '.':
			// Accents, and marks inside a word: côte, people's, U.S.
		case unicode.IsLetter(r), unicode.IsDigit(r):
			folded.WriteRune(unicode.ToLower(r))
		default:
			folded.WriteByte(' ')
		}
	}
	var words []string
	for word := range strings.FieldsSeq(folded.String()) {
		if other, ok := spelled[word]; ok {
			word = other
		}
		if silent[word] || short && formal[word] || slices.Contains(words, word) {
			continue
		}
		words = append(words, word)
	}
	slices.Sort(words)
	return strings.Join(words, " ")
}

// lookUp finds a key among all names.
func lookUp(key string) (Code, bool) {
	if key == "" {
		return "", false
	}
	code, ok := index()[key]
	return code, ok
}

// index maps the key of every name to its country: Unicode's names in both languages, then the aliases, which win.
var index = sync.OnceValue(func() map[string]Code {
	all := make(map[string]Code, 1024)
	// What one country is called besides never takes a name that another has.
	for code, e := range countries().byCode {
		for other := range strings.SplitSeq(e.more, ";") {
			if other != "" {
				all[key(other, false)] = code
			}
		}
	}
	for code, e := range countries().byCode {
		all[key(e.Name, false)], all[key(e.spanish, false)] = code, code
	}
	for code, list := range aliases() {
		for alias := range strings.SplitSeq(list, ";") {
			all[key(alias, false)] = code
		}
	}
	return all
})
