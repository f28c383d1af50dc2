package main

import (
	"errors"
	"net/http"
	"strings"

	"voice.example/shared/country"
	"voice.example/shared/i18n"
	"voice.example/shared/secret"
	"voice.example/shared/subscription"
	"voice.example/shared/web"
)

// showForm answers GET /alerts.
func (h *handler) showForm(w http.ResponseWriter, r *http.Request) error {
	web.Outcome(r.Context(), "form")
	return h.Render(w, r, formPage(r, web.Form{}))
}

// formPage is the form with what was typed so far. Its language switch takes that along.
func formPage(r *http.Request, form web.Form) web.Page {
	if form["key"] == "" {
		// One form is one request: sent twice by an impatient thumb, it texts one code.
		form["key"] = secret.NewID()
	}
	if form["language"] == "" {
		form["language"] = string(web.TextLanguage(r))
	}
	page := web.Page{Template: "alerts", Title: web.Language(r).Text("alerts.title", nil), Form: form}
	if form["a_number"] != "" {
		page.Repeat = form.Again()
		page.Repeat["step"] = "start"
		if _, ok := i18n.ParsePage(form["language"]); ok {
			delete(page.Repeat, "language") // chosen anew, with the page's
		}
	}
	return page
}

// takeForm answers POST /alerts by its step: "start" shows the form filled in, as the answer of a look-up sends it;
// "code" shows the page for the code again; none asks for a code.
func (h *handler) takeForm(w http.ResponseWriter, r *http.Request) error {
	form, err := web.DecodeForm(r, "step", "key", "a_number", "country_of_birth", "phone", "language", "discreet", "code_word", "id", "ending")
	if err != nil {
		return err
	}
	// A country that was typed, in a link from elsewhere say, becomes the select's choice.
	if code, err := country.Parse(form["country_of_birth"]); err == nil {
		form["country_of_birth"] = string(code)
	}
	switch form["step"] {
	case "start":
		web.Outcome(r.Context(), "form")
		return h.Render(w, r, formPage(r, form))
	case "code":
		web.Outcome(r.Context(), "code_form")
		return h.Render(w, r, codePage(r, form["id"], form["ending"]))
	}
	app, err := wanted{
		ANumber: form["a_number"], CountryOfBirth: form["country_of_birth"], Phone: form["phone"],
		Language: form["language"], Discreet: form["discreet"] != "", CodeWord: form["code_word"],
	}.application(r)
	if err != nil {
		return h.RenderForm(w, r, formPage(r, form), err)
	}
	request, err := h.store.Request(r.Context(), app, form["key"])
	if err != nil {
		return h.RenderForm(w, r, formPage(r, form), err)
	}
	web.Outcome(r.Context(), "code_sent")
	return h.Render(w, r, codePage(r, request.ID, app.Phone.Masked()))
}

// codePage asks for the code of a request. ending is the phone's last two digits, if they are known.
func codePage(r *http.Request, id, ending string) web.Page {
	if len(ending) != 2 || strings.Trim(ending, "0123456789") != "" {
		ending = ""
	}
	return web.Page{
		Template: "code", Title: web.Language(r).Text("code.title", nil), Form: web.Form{"id": id, "ending": ending},
		Repeat: web.Form{"step": "code", "id": id, "ending": ending}, SwitchTo: "/alerts",
	}
}

// done is what the last page shows.
type done struct {
	ID, ManageToken, Ending, CodeWord string
	Discreet                          bool
}

// takeCode answers POST /alerts/verify.
func (h *handler) takeCode(w http.ResponseWriter, r *http.Request) error {
	form, err := web.DecodeForm(r, "id", "ending", "code")
	if err != nil {
		return err
	}
	page := codePage(r, form["id"], form["ending"])
	if err := checkCode(form["code"]); err != nil {
		return h.RenderForm(w, r, page, err)
	}
	made, err := h.store.Confirm(r.Context(), form["id"], form["code"])
	var wrong *subscription.WrongCodeError
	if errors.As(err, &wrong) && wrong.TriesLeft > 0 {
		web.Outcome(r.Context(), string(web.WrongCode))
		page.Status = http.StatusUnprocessableEntity
		page.Problems = []web.Field{{Name: "code", Problem: "code.wrong", Count: wrong.TriesLeft}}
		return h.Render(w, r, page)
	}
	if err != nil {
		return err
	}
	number, err := h.store.Phone(made.Subscription)
	if err != nil {
		return err
	}
	web.Outcome(r.Context(), "subscribed")
	return h.Render(w, r, web.Page{
		Template: "done", Title: web.Language(r).Text("done.title", nil), NoSwitch: true,
		Data: done{form["id"], made.ManageToken, number.Masked(), made.Subscription.CodeWord, made.Subscription.Discreet},
	})
}

// takeStop answers POST /alerts/stop.
func (h *handler) takeStop(w http.ResponseWriter, r *http.Request) error {
	form, err := web.DecodeForm(r, "id", "manage_token")
	if err != nil {
		return err
	}
	if err := h.store.Stop(r.Context(), form["id"], form["manage_token"]); err != nil {
		return err
	}
	web.Outcome(r.Context(), "stopped")
	return h.Render(w, r, web.Page{Template: "stopped", Title: web.Language(r).Text("stopped.title", nil), NoSwitch: true})
}
