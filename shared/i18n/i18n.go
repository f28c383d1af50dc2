// Package i18n says things in the languages that people who write to the service read: English and Spanish.
//
// The sentences are in locales/, one pair of files for pages and one for text messages. Placeholders are those of
// text/template: {{.Name}}. A message with singular and plural forms takes its number from the placeholder Count.
//
// Limits: a catalogue is read when its language is first used. A message that does not exist, or lacks a value it
// needs, is answered with its id and logged, once for each; a test keeps both catalogues complete and alike.
package i18n

import (
	"embed"
	"encoding/json"
	"fmt"
	"log/slog"
	"sync"

	goi18n "github.com/nicksnyder/go-i18n/v2/i18n"
	"github.com/nicksnyder/go-i18n/v2/i18n/template"
	"golang.org/x/text/language"
)

// Language is a language the service speaks, as its BCP 47 tag. The zero value speaks English.
type Language string

// The languages, the default first.
const (
	English Language = "en"
	Spanish Language = "es"
)

// Languages lists the languages, the default first.
func Languages() []Language { return []Language{English, Spanish} }

// Parse reads a BCP 47 tag of one language, such as "es" or "es-MX". It is false for a language that the service does
// not speak and for text that is no tag.
func Parse(tag string) (Language, bool) {
	if len(tag) > 35 {
		return "", false
	}
	parsed, err := language.Parse(tag)
	if err != nil {
		return "", false
	}
	base, _ := parsed.Base()
	for _, l := range Languages() {
		if base.String() == string(l) {
			return l, true
		}
	}
	return "", false
}

// Match picks the language that suits an Accept-Language header best; English when none does.
func Match(acceptLanguage string) Language {
	if acceptLanguage == "" || len(acceptLanguage) > 512 {
		return English
	}
	tags, _, err := language.ParseAcceptLanguage(acceptLanguage)
	if err != nil {
		return English
	}
	for _, tag := range tags {
		if l, ok := Parse(tag.String()); ok {
			return l
		}
	}
	return English
}

// Name is what speakers call the language: "English", "Español".
func (l Language) Name() string {
	if l == Spanish {
		return "Español"
	}
	return "English"
}

// Text gives the message with an id, its placeholders filled from data. data may be nil. The id itself comes back for
// a message that is unknown or lacks a value; that is logged at ERROR.
func (l Language) Text(id string, data map[string]any) string {
	catalogue := english
	if l == Spanish {
		catalogue = spanish
	}
	return catalogue().text(id, data)
}

//go:embed locales/*.json
var locales embed.FS

var (
	english = sync.OnceValue(func() *catalogue { return load(English) })
	spanish = sync.OnceValue(func() *catalogue { return load(Spanish) })
)

// parser refuses a message whose placeholder has no value, instead of writing "<no value>" to a victim.
var parser = template.TextParser{Option: "missingkey=error"}

// catalogue is all messages of one language.
type catalogue struct {
	language  Language
	localizer *goi18n.Localizer
	reported  sync.Map // ids that were logged as unusable
}

func load(l Language) *catalogue {
	bundle := goi18n.NewBundle(language.Make(string(l)))
	bundle.RegisterUnmarshalFunc("json", json.Unmarshal)
	for _, kind := range []string{"pages", "texts"} {
		path := fmt.Sprintf("locales/%s.%s.json", kind, l)
		if _, err := bundle.LoadMessageFileFS(locales, path); err != nil {
			slog.Error("catalogue cannot be read", "file", path, "error", err)
		}
	}
	return &catalogue{language: l, localizer: goi18n.NewLocalizer(bundle, string(l))}
}

func (c *catalogue) text(id string, data map[string]any) string {
	text, err := c.localizer.Localize(&goi18n.LocalizeConfig{
		MessageID: id, TemplateData: data, PluralCount: data["Count"], TemplateParser: &parser,
	})
	if err == nil {
		return text
	}
	if _, again := c.reported.LoadOrStore(id, true); !again {
		slog.Error("message cannot be said", "message", id, "language", string(c.language), "error", err)
	}
	return id
}
