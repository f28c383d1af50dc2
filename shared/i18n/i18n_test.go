package i18n_test

import (
	"bytes"
	"log/slog"
	"strings"
	"testing"
	"time"

	"voice.example/shared/i18n"
)

func TestParse(t *testing.T) {
	for _, test := range []struct {
		name, tag string
		want      i18n.Language
		ok        bool
	}{
		{"English", "en", i18n.English, true}, {"Spanish", "es", i18n.Spanish, true},
		{"SpanishOfMexico", "es-MX", i18n.Spanish, true}, {"Underscore", "es_419", i18n.Spanish, true},
		{"Capitals", "EN-us", i18n.English, true}, {"FrenchOfCanada", "fr-CA", i18n.French, true},
		{"PortugueseOfBrazil", "pt-BR", i18n.Portuguese, true}, {"HaitianCreole", "ht", i18n.HaitianCreole, true},
		{"Vietnamese", "vi-VN", i18n.Vietnamese, true}, {"SimplifiedChinese", "zh-Hans", i18n.Chinese, true},
		{"Chinese", "zh", i18n.Chinese, true}, {"ChineseOfChina", "zh-CN", i18n.Chinese, true},
		{"TraditionalChinese", "zh-Hant", "", false}, {"ChineseOfTaiwan", "zh-TW", "", false},
		{"NotSpoken", "de", "", false}, {"Empty", "", "", false},
		{"NoTag", "español", "", false}, {"Galician", "gl-ES", "", false}, {"Endless", strings.Repeat("es-", 20), "", false},
	} {
		t.Run(test.name, func(t *testing.T) {
			if got, ok := i18n.Parse(test.tag); got != test.want || ok != test.ok {
				t.Errorf("got %q, %v", got, ok)
			}
		})
	}
}

func TestParsePage(t *testing.T) {
	for tag, want := range map[string]i18n.Language{"en-GB": i18n.English, "es": i18n.Spanish, "fr": "", "zh-Hans": "", "": ""} {
		if got, ok := i18n.ParsePage(tag); got != want || ok != (want != "") {
			t.Errorf("%q: got %q, %v", tag, got, ok)
		}
	}
}

func TestLanguages(t *testing.T) {
	names := map[string]bool{}
	for _, l := range i18n.Languages() {
		if got, ok := i18n.Parse(string(l)); !ok || got != l || !l.Known() {
			t.Errorf("%s is read as %q", l, got)
		}
		names[l.Name()] = true
	}
	if len(names) != len(i18n.Languages()) {
		t.Errorf("two languages of one name: %v", names)
	}
	for _, l := range i18n.PageLanguages() {
		if !l.Known() {
			t.Errorf("%s has pages and no texts", l)
		}
	}
	for _, l := range []i18n.Language{"", "de", "EN", "zh-Hant"} {
		if l.Known() {
			t.Errorf("%q is known", l)
		}
	}
}

func TestMatch(t *testing.T) {
	for _, test := range []struct {
		name, header string
		want         i18n.Language
	}{
		{"Nothing", "", i18n.English}, {"Spanish", "es-MX,es;q=0.9,en;q=0.8", i18n.Spanish},
		{"ByWeight", "es;q=0.5, en;q=0.9", i18n.English}, {"FirstThatIsSpoken", "de, fr, es;q=0.4", i18n.French},
		{"NoneSpoken", "zh-TW, de", i18n.English}, {"Malformed", ";;q=x", i18n.English}, {"Any", "*", i18n.English},
	} {
		t.Run(test.name, func(t *testing.T) {
			if got := i18n.Match(test.header); got != test.want {
				t.Errorf("got %q, want %q", got, test.want)
			}
		})
	}
}

func TestMatchPage(t *testing.T) {
	for header, want := range map[string]i18n.Language{"fr, es;q=0.4": i18n.Spanish, "vi": i18n.English, "": i18n.English} {
		if got := i18n.MatchPage(header); got != want {
			t.Errorf("%q: got %q, want %q", header, got, want)
		}
	}
}

func TestDate(t *testing.T) {
	zone, err := time.LoadLocation("America/New_York")
	if err != nil {
		t.Fatal(err)
	}
	day := time.Date(2026, 5, 28, 20, 28, 0, 0, time.UTC)
	for _, test := range []struct{ name, got, want string }{
		{"English", i18n.English.Date(day), "May 28, 2026"},
		{"Spanish", i18n.Spanish.Date(day), "28 de mayo de 2026"},
		{"EnglishTime", i18n.English.DateTime(day.In(zone)), "May 28, 2026, 4:28 PM EDT"},
		{"SpanishTime", i18n.Spanish.DateTime(day.In(zone)), "28 de mayo de 2026, 4:28 p. m. EDT"},
		{"SpanishMorning", i18n.Spanish.DateTime(day.Add(-12 * time.Hour)), "28 de mayo de 2026, 8:28 a. m. UTC"},
		{"French", i18n.French.Date(day), "28 mai 2026"},
		{"FrenchFirst", i18n.French.Date(day.AddDate(0, 0, 4)), "1er juin 2026"},
		{"FrenchTime", i18n.French.DateTime(day.In(zone)), "28 mai 2026, 16h28 EDT"},
		{"FrenchNight", i18n.French.DateTime(day.Add(4 * time.Hour)), "29 mai 2026, 0h28 UTC"},
		{"Portuguese", i18n.Portuguese.Date(day), "28 de maio de 2026"},
		{"PortugueseTime", i18n.Portuguese.DateTime(day.In(zone)), "28 de maio de 2026, 16:28 EDT"},
		{"HaitianCreole", i18n.HaitianCreole.Date(day), "28 me 2026"},
		{"HaitianCreoleFirst", i18n.HaitianCreole.Date(day.AddDate(0, 0, 4)), "premye jen 2026"},
		{"HaitianCreoleTime", i18n.HaitianCreole.DateTime(day.In(zone)), "28 me 2026, 4:28 PM EDT"},
		{"Vietnamese", i18n.Vietnamese.Date(day), "28 tháng 5, 2026"},
		{"VietnameseTime", i18n.Vietnamese.DateTime(day.In(zone)), "16:28 EDT 28 tháng 5, 2026"},
		{"Chinese", i18n.Chinese.Date(day), "2026年5月28日"},
		{"ChineseTime", i18n.Chinese.DateTime(day.In(zone)), "2026年5月28日16:28 EDT"},
		{"OwnLocation", i18n.English.Date(time.Date(2026, 5, 29, 2, 0, 0, 0, time.UTC).In(zone)), "May 28, 2026"},
		{"ZoneWithoutName", i18n.English.DateTime(day.In(time.FixedZone("-03", -3*3600))), "May 28, 2026, 5:28 PM UTC-03"},
	} {
		t.Run(test.name, func(t *testing.T) {
			if test.got != test.want {
				t.Errorf("got %q, want %q", test.got, test.want)
			}
		})
	}
}

func TestText(t *testing.T) {
	t.Run("EachLanguage", func(t *testing.T) {
		if got := i18n.English.Text("exit", nil); got != "Exit" {
			t.Errorf("got %q", got)
		}
		if got := i18n.Spanish.Text("exit", nil); got != "Salir" {
			t.Errorf("got %q", got)
		}
		if got := i18n.Language("").Text("exit", nil); got != "Exit" {
			t.Errorf("the zero language says %q", got)
		}
	})
	t.Run("APageIsNeverInAnotherLanguage", func(t *testing.T) {
		if got := i18n.Vietnamese.Text("exit", nil); got != "exit" {
			t.Errorf("got %q", got)
		}
	})
	t.Run("Plural", func(t *testing.T) {
		for count, want := range map[int]string{1: "1 try", 3: "3 tries"} {
			if got := i18n.English.Text("problem.code.wrong", map[string]any{"Count": count}); !strings.Contains(got, want) {
				t.Errorf("got %q, want %q in it", got, want)
			}
		}
	})
	t.Run("UnknownIsItsIDAndLoggedOnce", func(t *testing.T) {
		var out bytes.Buffer
		before := slog.Default()
		slog.SetDefault(slog.New(slog.NewTextHandler(&out, nil)))
		defer slog.SetDefault(before)
		for range 3 {
			if got := i18n.Spanish.Text("no.such.message", nil); got != "no.such.message" {
				t.Errorf("got %q", got)
			}
			if got := i18n.Spanish.Text("hotline.call", nil); got != "hotline.call" {
				t.Errorf("without its number it says %q", got)
			}
		}
		if n := strings.Count(out.String(), "level=ERROR"); n != 2 {
			t.Errorf("logged %d lines: %s", n, out.String())
		}
	})
}
