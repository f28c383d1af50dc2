package country

import (
	"flag"
	"fmt"
	"os"
	"slices"
	"strings"
	"testing"

	"golang.org/x/text/collate"
	"golang.org/x/text/language"
	"golang.org/x/text/language/display"
)

var update = flag.Bool("update", false, "write names.txt anew")

// renamed are the names that differ from the Unicode tables at hand: newer than they are, plainer, or the ones heard
// in the Americas. English, then Spanish.
func renamed() map[Code][2]string {
	return map[Code][2]string{
		"CD": {"Congo (Democratic Republic)", "Congo (República Democrática)"},
		"CG": {"Congo (Republic)", "Congo (República)"},
		"CI": {"Ivory Coast (Côte d’Ivoire)", "Costa de Marfil"},
		"HK": {"Hong Kong", "Hong Kong"},
		"MK": {"North Macedonia", "Macedonia del Norte"},
		"MO": {"Macau", "Macao"},
		"PS": {"Palestinian Territories", "Territorios Palestinos"},
		"SA": {"Saudi Arabia", "Arabia Saudita"},
		"SZ": {"Eswatini (Swaziland)", "Esuatini (Suazilandia)"},
	}
}

// TestNames holds names.txt to Unicode's tables and orders, and to renamed.
func TestNames(t *testing.T) {
	type row struct {
		code, alpha3 string
		shown        [2]string // English, Spanish
		more         []string
	}
	var rows []row
	for i := 0; i < len(codes); i += 2 {
		region, err := language.ParseRegion(codes[i : i+2])
		if err != nil {
			t.Fatal(err)
		}
		r := row{code: codes[i : i+2], alpha3: region.ISO3()}
		english, latin, spanish := display.Regions(language.English), display.Regions(language.LatinAmericanSpanish), display.Regions(language.Spanish)
		r.shown = [2]string{english.Name(region), latin.Name(region)}
		if names, ok := renamed()[Code(r.code)]; ok {
			r.shown = names
		}
		for _, name := range []string{english.Name(region), latin.Name(region), spanish.Name(region)} {
			if !slices.Contains(r.shown[:], name) && !slices.Contains(r.more, name) {
				r.more = append(r.more, name)
			}
		}
		rows = append(rows, r)
	}
	order := func(which int, tag language.Tag) {
		by := collate.New(tag)
		slices.SortFunc(rows, func(a, b row) int { return by.CompareString(a.shown[which], b.shown[which]) })
	}
	order(1, language.Spanish)
	place := map[string]int{}
	for i, r := range rows {
		place[r.code] = i
	}
	order(0, language.English)
	var want strings.Builder
	for _, r := range rows {
		fmt.Fprintf(&want, "%s\t%s\t%s\t%s\t%d\t%s\n", r.code, r.alpha3, r.shown[0], r.shown[1], place[r.code], strings.Join(r.more, ";"))
	}
	if *update {
		if err := os.WriteFile("names.txt", []byte(want.String()), 0o600); err != nil {
			t.Fatal(err)
		}
		return
	}
	if namesText != want.String() {
		t.Errorf("names.txt is not what Unicode and renamed give: go test ./shared/country -update")
	}
}
