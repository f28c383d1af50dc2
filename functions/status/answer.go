package main

import (
	"errors"
	"net/http"

	"voice.example/shared/aws"
	"voice.example/shared/country"
	"voice.example/shared/custody"
	"voice.example/shared/i18n"
	"voice.example/shared/web"
)

// form answers GET /custody: look-up by A-number, or with ?by=name by name.
func (h *handler) form(w http.ResponseWriter, r *http.Request) error {
	web.Outcome(r.Context(), "form")
	page := formPage(web.Language(r), r.URL.Query().Get("by") == "name", nil)
	page.Listed = true
	return h.Render(w, r, page)
}

func formPage(l i18n.Language, byName bool, form web.Form) web.Page {
	page := web.Page{Template: "custody", Title: l.Text("custody.title", nil), Form: form, Repeat: form.Again()}
	if byName {
		page.Template, page.SwitchTo = "custody_name", "/custody?by=name"
	}
	return page
}

// answer answers POST /custody with what is known, in words.
func (h *handler) answer(w http.ResponseWriter, r *http.Request) error {
	form, err := web.DecodeForm(r, "by", "a_number", "country_of_birth", "last_name", "first_name", "date_of_birth")
	if err != nil {
		return err
	}
	l := web.Language(r)
	q := query{form["a_number"], form["country_of_birth"], form["last_name"], form["first_name"], form["date_of_birth"]}
	byName := form["by"] == "name" || q.byName()
	// A look-up changes nothing, and no other site can read its answer: what the browser says is enough, and this
	// function, which anybody can ask anything, needs no key.
	if err := h.CheckForm(r, form); err != nil {
		return h.RenderForm(w, r, formPage(l, byName, form), err)
	}
	f, err := h.findTyped(r, q, byName)
	switch {
	case errors.Is(err, custody.ErrNotFound):
		web.Outcome(r.Context(), "not_found")
		return h.Render(w, r, missingPage(l, q))
	case err != nil:
		return h.RenderForm(w, r, formPage(l, byName, form), err)
	}
	found := found{Several: len(f.records) > 1, ByName: byName}
	if !byName {
		one := f.records[0]
		found.About, found.Watch = about(one.ANumber, one.CountryOfBirth, l), one.Status != custody.Deceased
	}
	for _, record := range f.records {
		found.People = append(found.People, h.view(l, f.feeds).tell(record))
	}
	web.Outcome(r.Context(), "found")
	aws.LineOf(r.Context()).Count(aws.LookupsFound, 1)
	return h.Render(w, r, web.Page{Template: "answer", Title: l.Text("answer.title", nil), Form: form, Data: found, Repeat: form.Again()})
}

// missingPage says that nothing can be shown, and offers to watch for the record. What it says depends on what was typed
// alone: it is one and the same for every reason there is. Names are not repeated, since no text can be had by name.
func missingPage(l i18n.Language, q query) web.Page {
	page := web.Page{Template: "missing", Status: http.StatusNotFound, Title: l.Text("missing.title", nil), SwitchTo: "/custody?by=name"}
	number, err := custody.ParseANumber(q.ANumber)
	born, unknown := country.Parse(q.CountryOfBirth)
	if err != nil || unknown != nil {
		return page
	}
	page.Form = web.Form{"a_number": string(number), "country_of_birth": string(born)}
	page.Data, page.Repeat, page.SwitchTo = about(number, born, l), page.Form, "/custody"
	return page
}

// findTyped is find for a form, which says by which way the person looks even when they left all of it empty.
func (h *handler) findTyped(r *http.Request, q query, byName bool) (finding, error) {
	if !byName || q.byName() {
		return h.find(r, q)
	}
	var check web.Check
	checkName(&check, "last_name", q.LastName)
	checkName(&check, "first_name", q.FirstName)
	parseCountry(&check, q.CountryOfBirth)
	return finding{}, check.Err()
}

// found is what the answer page shows. By name it must not lead to an A-number: whoever knows only a name would learn it.
type found struct {
	People          []told
	About           string // who was asked about, by A-number
	Several, ByName bool
	Watch           bool // offer to text what changes
}

// about repeats what was asked, in the groups of three that papers print, so that a slip is seen.
func about(number custody.ANumber, born country.Code, l i18n.Language) string {
	digits := string(number)
	return l.Text("answer.about", map[string]any{
		"Number":  digits[:3] + "-" + digits[3:6] + "-" + digits[6:],
		"Country": born.Name(string(l)),
	})
}
