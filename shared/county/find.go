package county

import (
	"slices"
	"strings"
	"unicode"

	"golang.org/x/text/unicode/norm"
)

// Find gives the counties that a name may mean, in a state (as StateOf reads it) or, for "", in all. Case, accents, spaces and
// punctuation do not matter, nor "Saint" for "St.", nor whether and how the name says that it is a county: "orleans
// county" finds Orleans Parish. Where the word tells two apart, as of Baltimore County and Baltimore city, it does; without
// it both are found. None found is ErrUnknown.
func Find(name, state string) ([]County, error) {
	within := ""
	if strings.TrimSpace(state) != "" {
		s, err := StateOf(state)
		if err != nil {
			return nil, err
		}
		within = s.Code
	}
	wanted, bare := key(name), key(cutKind(name))
	if bare == "" {
		return nil, ErrUnknown
	}
	var exact, alike []County
	for _, c := range read().counties {
		if within != "" && c.State != within {
			continue
		}
		if key(c.Name) == wanted || aliases[c.FIPS] == wanted {
			exact = append(exact, c)
			continue
		}
		// "James City" is what is left of James City County, though it looks like a kind itself.
		if own := key(cutKind(c.Name)); own == bare || own == wanted {
			alike = append(alike, c)
		}
	}
	if len(exact) > 0 {
		return exact, nil
	}
	if len(alike) > 0 {
		return alike, nil
	}
	return nil, ErrUnknown
}

// aliases are names that people use of counties which are called otherwise, as keys.
var aliases = map[string]string{
	"11001": "washington", "36047": "brooklyn", "36061": "manhattan", "36085": "statenisland",
}

// kinds are what counties call themselves, the longest first of those that end alike.
var kinds = []string{
	"city and borough", "planning region", "census area", "municipality", "municipio", "borough", "county", "parish", "district", "island", "city",
}

// cutKind takes the kind off the end of a name, in small letters. A name that is nothing else stays.
func cutKind(name string) string {
	folded := strings.ToLower(strings.TrimSpace(name))
	for _, kind := range kinds {
		if rest, ok := strings.CutSuffix(folded, " "+kind); ok && strings.TrimSpace(rest) != "" {
			return rest
		}
	}
	return folded
}

// key evens a name out: small letters without accents, nothing between them, "st" for "saint".
func key(name string) string {
	var folded strings.Builder
	for _, r := range norm.NFKD.String(name) {
		switch {
		case unicode.IsLetter(r), unicode.IsDigit(r):
			folded.WriteRune(unicode.ToLower(r))
		case unicode.IsSpace(r), r == '-':
			folded.WriteByte(' ')
		}
	}
	words := strings.Fields(folded.String())
	for i, word := range words {
		if at := slices.Index([]string{"saint", "sainte", "santo"}, word); at >= 0 {
			words[i] = []string{"st", "ste", "sto"}[at]
		}
	}
	return strings.Join(words, "")
}
