// Package country reads countries of birth however they are written, and names them for people.
//
// It knows the countries and territories of ISO 3166-1, and Kosovo (XK). Parse takes codes, English and Spanish
// names, and the spellings of agency files (aliases.go).
//
// Limits: a state that broke apart (USSR, Yugoslavia, Czechoslovakia, the Netherlands Antilles) stands for no
// country and is refused; a renamed one (Burma, Zaire) is read as what it is now. The names are Unicode's (names.txt); they
// are read on first use, so that a function which needs none pays for none.
package country

import (
	"errors"
	"strings"
)

// ErrUnknown is Parse's answer to a text that names no country.
var ErrUnknown = errors.New("not a country that is known by this name or code")

// maxTyped is longer than any country's name.
const maxTyped = 100

// Code is a country or territory as an ISO 3166-1 alpha-2 code in capitals, such as MX. Make one with Parse.
type Code string

// Country is a code and its name in the language asked for.
type Country struct {
	Code Code
	Name string
}

// codes holds every Code there is, two letters each.
const codes = "ADAEAFAGAIALAMAOAQARASATAUAWAXAZ" +
	"BABBBDBEBFBGBHBIBJBLBMBNBOBQBRBSBTBVBWBYBZ" +
	"CACCCDCFCGCHCICKCLCMCNCOCRCUCVCWCXCYCZ" +
	"DEDJDKDMDODZECEEEGEHERESETFIFJFKFMFOFR" +
	"GAGBGDGEGFGGGHGIGLGMGNGPGQGRGSGTGUGWGY" +
	"HKHMHNHRHTHUIDIEILIMINIOIQIRISITJEJMJOJP" +
	"KEKGKHKIKMKNKPKRKWKYKZLALBLCLILKLRLSLTLULVLY" +
	"MAMCMDMEMFMGMHMKMLMMMNMOMPMQMRMSMTMUMVMWMXMYMZ" +
	"NANCNENFNGNINLNONPNRNUNZOMPAPEPFPGPHPKPLPMPNPRPSPTPWPYQA" +
	"REROSRSSSTSVSXSYSZRSRURWSASBSCSDSESGSHSISJSKSLSMSNSO" +
	"TCTDTFTGTHTJTKTLTMTNTOTRTTTVTWTZUAUGUMUSUYUZ" +
	"VAVCVEVGVIVNVUWFWSXKYEYTZAZMZW"

// known says whether a code is one of codes.
func known(code string) bool {
	if len(code) != 2 {
		return false
	}
	for i := 0; i < len(codes); i += 2 {
		if codes[i:i+2] == code {
			return true
		}
	}
	return false
}

// Parse reads a country: its alpha-2 or alpha-3 code, its English or Spanish name, or a spelling used in the agency's
// files. Case, accents, punctuation and the order of words do not matter. It returns ErrUnknown for anything else.
func Parse(text string) (Code, error) {
	if len(text) > maxTyped {
		return "", ErrUnknown
	}
	upper := strings.ToUpper(strings.TrimSpace(text))
	if known(upper) {
		return Code(upper), nil
	}
	if code, ok := parseAlpha3(upper); ok {
		return code, nil
	}
	if code, ok := lookUp(key(text, false)); ok {
		return code, nil
	}
	// Only then without the words of a formal style, so that the Dominican Republic stays itself.
	if code, ok := lookUp(key(text, true)); ok {
		return code, nil
	}
	return "", ErrUnknown
}

// parseAlpha3 reads three capitals. A country's former code (BUR for Burma) is not one.
func parseAlpha3(text string) (Code, bool) {
	if len(text) != 3 || strings.Trim(text, "ABCDEFGHIJKLMNOPQRSTUVWXYZ") != "" {
		return "", false
	}
	code, ok := countries().byAlpha3[text]
	return code, ok
}

// Name names the country in a language, given as a BCP 47 tag; in English if the language is neither English nor
// Spanish. The name of a code that Parse did not make is the code.
func (c Code) Name(lang string) string {
	e, ok := countries().byCode[c]
	switch {
	case !ok:
		return string(c)
	case isSpanish(lang):
		return e.spanish
	}
	return e.Name
}

func isSpanish(lang string) bool {
	return lang == "es" || strings.HasPrefix(strings.ToLower(lang), "es-")
}

// All lists every country by its name in a language (as Name takes it), in that language's order. Callers must not
// change the list.
func All(lang string) []Country {
	if isSpanish(lang) {
		return countries().spanish
	}
	return countries().english
}
