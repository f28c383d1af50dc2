// Package i18n says things in the languages that people who write to the service read. Text messages are written in all
// of Languages, pages only in PageLanguages.
//
// The sentences are in locales/, whose README says how they are written: a file for each language's text messages, and
// one for its pages if it has any. A placeholder is a name: {{.Name}}. A message with singular and plural forms takes its
// number from the placeholder Count.
//
// Limits: a catalogue is read when its language is first used. A message that does not exist, or lacks a value it
// needs, is answered with its id and logged, once for each, and never in another language instead; a test keeps the
// catalogues complete and alike. Only a Language that is none of Languages speaks English; ask Known first where it
// could be.
package i18n

import (
	"slices"
	"sync"

	"golang.org/x/text/language"
)

// Language is a language the service speaks, as its BCP 47 tag. The zero value speaks English.
type Language string

// The languages, the default first.
const (
	English       Language = "en"
	Spanish       Language = "es"
	French        Language = "fr"
	Portuguese    Language = "pt"
	HaitianCreole Language = "ht"
	Vietnamese    Language = "vi"
	Chinese       Language = "zh-Hans" // in simplified characters
)

// Languages lists the languages of text messages, the default first.
func Languages() []Language {
	return []Language{English, Spanish, French, Portuguese, HaitianCreole, Vietnamese, Chinese}
}

// PageLanguages lists the languages that pages are in too, the default first.
func PageLanguages() []Language { return []Language{English, Spanish} }

// Known reports whether the language is one of Languages.
func (l Language) Known() bool { return slices.Contains(Languages(), l) }

// Parse reads a BCP 47 tag of one of Languages, such as "es", "es-MX" or "zh-CN". It is false for a language or a
// script that the service does not write ("zh-TW" is in traditional characters) and for text that is no tag.
func Parse(tag string) (Language, bool) { return parse(tag, Languages()) }

// ParsePage reads a tag of one of PageLanguages.
func ParsePage(tag string) (Language, bool) { return parse(tag, PageLanguages()) }

func parse(tag string, among []Language) (Language, bool) {
	if len(tag) > 35 {
		return "", false
	}
	parsed, err := language.Parse(tag)
	if err != nil {
		return "", false
	}
	for _, l := range among {
		if own := language.Make(string(l)); base(parsed) == base(own) && script(parsed) == script(own) {
			return l, true
		}
	}
	return "", false
}

func base(t language.Tag) language.Base { b, _ := t.Base(); return b }

func script(t language.Tag) language.Script { s, _ := t.Script(); return s }

// Match picks of Languages the one that suits an Accept-Language header best; English when none does.
func Match(acceptLanguage string) Language { return match(acceptLanguage, Languages()) }

// MatchPage picks of PageLanguages.
func MatchPage(acceptLanguage string) Language { return match(acceptLanguage, PageLanguages()) }

func match(acceptLanguage string, among []Language) Language {
	if acceptLanguage == "" || len(acceptLanguage) > 512 {
		return English
	}
	tags, _, err := language.ParseAcceptLanguage(acceptLanguage)
	if err != nil {
		return English
	}
	for _, tag := range tags {
		if l, ok := parse(tag.String(), among); ok {
			return l
		}
	}
	return English
}

// Name is what speakers call the language: "English", "Español".
func (l Language) Name() string {
	switch l {
	case Spanish:
		return "Español"
	case French:
		return "Français"
	case Portuguese:
		return "Português"
	case HaitianCreole:
		return "Kreyòl ayisyen"
	case Vietnamese:
		return "Tiếng Việt"
	case Chinese:
		return "简体中文"
	}
	return "English"
}

// Text gives the message with an id, its placeholders filled from data. data may be nil. The id itself comes back for
// a message that is unknown or lacks a value; that is logged at ERROR.
func (l Language) Text(id string, data map[string]any) string {
	catalogue, ok := catalogues[l]
	if !ok {
		catalogue = catalogues[English]
	}
	return catalogue().text(id, data)
}

// catalogues holds how to get at each language's, which reads it the first time.
var catalogues = func() map[Language]func() *catalogue {
	all := map[Language]func() *catalogue{}
	for _, l := range Languages() {
		all[l] = sync.OnceValue(func() *catalogue { return load(l) })
	}
	return all
}()
