package web

import (
	"strings"
	"testing"

	"voice.example/shared/i18n"
)

// switcher is a page as the language switch sees it, in a service with more languages than ours has pages in today.
type switcher struct {
	Lang     i18n.Language
	Others   []i18n.Language
	Repeat   Form
	SwitchTo string
}

func (s switcher) To(l i18n.Language) LanguageSwitch {
	return (&view{Page: Page{Repeat: s.Repeat, SwitchTo: s.SwitchTo}}).To(l)
}

func TestLanguageSwitch(t *testing.T) {
	templates, err := readPages(ownPages)
	if err != nil {
		t.Fatal(err)
	}
	show := func(s switcher) string {
		page, err := templates.find("error")
		if err != nil {
			t.Fatal(err)
		}
		var out strings.Builder
		if err := page.ExecuteTemplate(&out, "languages", s); err != nil {
			t.Fatal(err)
		}
		return out.String()
	}
	all := i18n.Languages()
	t.Run("OneOther", func(t *testing.T) {
		got := show(switcher{Lang: "en", Others: all[1:2], SwitchTo: "/custody?by=name"})
		if strings.Contains(got, "<details") || !strings.Contains(got, `href="/custody?by=name&amp;lang=es" lang="es" hreflang="es">Español</a>`) {
			t.Error(got)
		}
	})
	t.Run("ManyAreFolded", func(t *testing.T) {
		got := show(switcher{Lang: "en", Others: all[1:], SwitchTo: "/help"})
		if !strings.Contains(got, `<summary lang="en">English</summary>`) || strings.Count(got, "<li>") != len(all)-1 || !strings.Contains(got, `lang="zh-Hans"`) {
			t.Error(got)
		}
	})
	t.Run("WhatWasTypedIsPosted", func(t *testing.T) {
		got := show(switcher{Lang: "en", Others: all[1:], Repeat: Form{"a_number": "<1>"}, SwitchTo: "/custody"})
		if !strings.Contains(got, `method="post" action="/custody"`) || !strings.Contains(got, `name="a_number" value="&lt;1&gt;"`) ||
			strings.Count(got, `<button class="switch" name="lang"`) != len(all)-1 || strings.Contains(got, "href=") {
			t.Error(got)
		}
	})
}
