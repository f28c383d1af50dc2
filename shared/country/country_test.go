package country_test

import (
	"errors"
	"slices"
	"strings"
	"testing"

	"voice.example/shared/country"
)

// spellings are names as files and people write them.
var spellings = map[country.Code]string{
	"AE": "United Arab Emirates;UAE", "AG": "ANTIGUA-BARBUDA;Antigua and Barbuda",
	"BA": "BOSNIA-HERZEGOVINA;Bosnia and Herzegovina", "BO": "Bolivia, Plurinational State of",
	"BS": "BAHAMAS, THE;The Bahamas", "CD": "DEM REP OF THE CONGO;CONGO, DEMOCRATIC REPUBLIC OF THE;ZAIRE;COD",
	"CG": "CONGO;Republic of Congo;REP OF THE CONGO", "CI": "IVORY COAST;COTE D'IVOIRE;Côte d’Ivoire;COTE DIVOIRE;CIV",
	"CN": "CHINA, PEOPLES REPUBLIC OF;People's Republic of China;china;CHN", "CV": "CAPE VERDE;CABO VERDE",
	"CZ": "CZECH REPUBLIC;Czechia;República Checa", "DM": "DOMINICA;Commonwealth of Dominica",
	"DO": "DOMINICAN REPUBLIC;República Dominicana;dominican rep.", "FM": "MICRONESIA, FEDERATED STATES OF",
	"GB": "UNITED KINGDOM;England;Reino Unido;UK", "GM": "GAMBIA, THE;THE GAMBIA", "GN": "GUINEA;Republic of Guinea",
	"GW": "GUINEA-BISSAU", "HK": "HONG KONG;Hong Kong SAR China", "IE": "Ireland, Republic of",
	"IR": "IRAN;Iran (Islamic Republic of)", "KG": "KYRGYZSTAN;Kyrgyz Republic", "KN": "ST. KITTS-NEVIS;Saint Kitts & Nevis",
	"KP": "KOREA, NORTH;Democratic People's Republic of Korea", "KR": "KOREA;KOREA, SOUTH;Republic of Korea;S. Korea;KOR",
	"LA": "LAOS;Lao People's Democratic Republic", "LC": "ST. LUCIA;SAINT LUCIA;Santa Lucía", "LY": "LIBYA",
	"MD": "MOLDOVA, REPUBLIC OF", "MK": "MACEDONIA;NORTH MACEDONIA", "MM": "BURMA;MYANMAR;Myanmar (Burma)", "MO": "MACAU",
	"MX": "MEXICO; méxico ;MEX;mx", "NE": "NIGER;NER", "NG": "NIGERIA;NGA", "NL": "NETHERLANDS;Kingdom of the Netherlands",
	"PS": "PALESTINE;West Bank", "RU": "RUSSIA;Russian Federation;RUS", "SK": "SLOVAKIA;Slovak Republic",
	"ST": "SAO TOME AND PRINCIPE", "SV": "EL SALVADOR;Salvador;República de El Salvador", "SY": "SYRIA;Syrian Arab Republic",
	"SZ": "SWAZILAND;Eswatini", "TL": "EAST TIMOR;TIMOR-LESTE", "TR": "TURKEY;Türkiye;Turquía",
	"TT": "TRINIDAD AND TOBAGO;Trinidad & Tobago", "TW": "TAIWAN;Republic of China;Taiwan, Province of China",
	"TZ": "TANZANIA;Tanzania, United Republic of", "US": "U.S.A.;USA;United States of America;EE. UU.;Estados Unidos",
	"VA": "HOLY SEE;Vatican City", "VC": "ST. VINCENT-GRENADINES", "VE": "VENEZUELA;Bolivarian Republic of Venezuela",
	"VG": "BRITISH VIRGIN ISLANDS;Virgin Islands, British", "VI": "U.S. VIRGIN ISLANDS;VIRGIN ISLANDS, U.S.",
	"VN": "VIETNAM;VIET NAM;Socialist Republic of Vietnam", "WS": "SAMOA;WESTERN SAMOA", "XK": "KOSOVO;XK",
	"YE": "YEMEN;YEMEN (SANAA)", "ZA": "SOUTH AFRICA;Sudáfrica",
	// Those that the sample of the agency's own file holds and that are not above.
	"BR": "BRAZIL", "CO": "COLOMBIA", "CU": "CUBA", "EC": "ECUADOR", "GT": "GUATEMALA", "HN": "HONDURAS", "HT": "HAITI",
	"IN": "INDIA", "NI": "NICARAGUA", "PE": "PERU", "PL": "POLAND", "SN": "SENEGAL",
}

func TestParse(t *testing.T) {
	t.Run("Spellings", func(t *testing.T) {
		for want, list := range spellings {
			for text := range strings.SplitSeq(list, ";") {
				if got, err := country.Parse(text); err != nil || got != want {
					t.Errorf("%q: got %q, %v; want %s", text, got, err, want)
				}
			}
		}
	})
	t.Run("EveryNameShown", func(t *testing.T) {
		for _, lang := range []string{"en", "es"} {
			for _, c := range country.All(lang) {
				for _, text := range []string{c.Name, strings.ToUpper(c.Name), string(c.Code), strings.ToLower(string(c.Code))} {
					if got, err := country.Parse(text); err != nil || got != c.Code {
						t.Errorf("%q: got %q, %v; want %s", text, got, err, c.Code)
					}
				}
			}
		}
	})
	t.Run("ErrUnknown", func(t *testing.T) {
		for _, text := range []string{"", " ", "EU", "QO", "419", "840", "001", "ZZ", "UN", "AN", "SU", "YU", "DD", "BU", "ZR",
			"AC", "EUE", "SUN", "YUG", "BUR", "ZZZ", "XXX", "USSR", "Union of Soviet Socialist Republics", "SOVIET UNION",
			"YUGOSLAVIA", "CZECHOSLOVAKIA", "SERBIA AND MONTENEGRO", "NETHERLANDS ANTILLES", "Europe", "Africa",
			"UNKNOWN", "STATELESS", "Republic", "the", "Mexico City", "Côte", strings.Repeat("Cuba ", 50), "\xff\xfe"} {
			if got, err := country.Parse(text); !errors.Is(err, country.ErrUnknown) {
				t.Errorf("%q: got %q, %v", text, got, err)
			}
		}
	})
}

func TestAll(t *testing.T) {
	for lang, first := range map[string]string{"en": "Afghanistan", "es": "Afganistán"} {
		list := country.All(lang)
		t.Run(lang+"/Complete", func(t *testing.T) {
			if len(list) != 250 {
				t.Errorf("got %d countries, want the 249 of ISO 3166-1 and Kosovo", len(list))
			}
		})
		t.Run(lang+"/SortedForReaders", func(t *testing.T) {
			if list[0].Name != first {
				t.Errorf("begins with %s", list[0].Name)
			}
			// Bytes would put an accented capital after Z.
			place := func(code country.Code) int {
				return slices.IndexFunc(list, func(c country.Country) bool { return c.Code == code })
			}
			if place("AX") > place("AL")+2 && lang == "en" || place("ZW") < place("US") {
				t.Errorf("Åland is at %d, Albania at %d", place("AX"), place("AL"))
			}
		})
	}
	t.Run("NamesDiffer", func(t *testing.T) {
		seen := map[string]bool{}
		for _, c := range country.All("es") {
			if seen[c.Name] || c.Name == string(c.Code) {
				t.Errorf("%s is named %q", c.Code, c.Name)
			}
			seen[c.Name] = true
		}
	})
}

func TestName(t *testing.T) {
	for _, test := range []struct{ name, lang, want string }{
		{"English", "en", "Turkey"}, {"Spanish", "es", "Turquía"}, {"SpanishOfMexico", "es-MX", "Turquía"},
		{"OtherwiseEnglish", "fr", "Turkey"},
	} {
		t.Run(test.name, func(t *testing.T) {
			if got := country.Code("TR").Name(test.lang); got != test.want {
				t.Errorf("got %q, want %q", got, test.want)
			}
		})
	}
	t.Run("UnknownIsItself", func(t *testing.T) {
		if got := country.Code("??").Name("en"); got != "??" {
			t.Errorf("got %q", got)
		}
	})
}
