package main

import (
	"errors"
	"net/http"
	"strings"
	"time"

	"voice.example/shared/country"
	"voice.example/shared/custody"
	"voice.example/shared/i18n"
	"voice.example/shared/secret"
	"voice.example/shared/subscription"
	"voice.example/shared/web"
)

// showForm answers GET /alerts.
func (h *handler) showForm(w http.ResponseWriter, r *http.Request) error {
	web.Outcome(r.Context(), "form")
	page := h.formPage(r, web.Form{})
	page.Listed = true
	return h.Render(w, r, page)
}

// offered is what the form shows besides what was typed.
type offered struct {
	Email bool   // is asked for in this deployment
	About string // the person, once their number and country can be read: their fields are folded away then
}

// formPage is the form with what was typed so far. Its language switch takes that along.
func (h *handler) formPage(r *http.Request, form web.Form) web.Page {
	if form["key"] == "" {
		// One form is one request: sent twice by an impatient thumb, it texts one code.
		form["key"] = secret.NewID()
	}
	if form["language"] == "" {
		form["language"] = string(web.TextLanguage(r))
	}
	page := web.Page{Template: "alerts", Title: web.Language(r).Text("alerts.title", nil), Form: form,
		Data: offered{Email: h.store.Mail != nil, About: about(web.Language(r), form)}}
	if form["a_number"] != "" {
		page.Repeat = form.Again()
		page.Repeat["step"] = "start"
		if _, ok := i18n.ParsePage(form["language"]); ok {
			delete(page.Repeat, "language") // chosen anew, with the page's
		}
	}
	return page
}

// about repeats whom the texts are about, in the groups of three that papers print, so that a slip is seen.
func about(l i18n.Language, form web.Form) string {
	number, err := custody.ParseANumber(form["a_number"])
	born, unknown := country.Parse(form["country_of_birth"])
	if err != nil || unknown != nil {
		return ""
	}
	digits := string(number)
	return l.Text("answer.about", map[string]any{
		"Number": digits[:3] + "-" + digits[3:6] + "-" + digits[6:], "Country": born.Name(string(l)),
	})
}

// takeForm answers POST /alerts by its step: "start" shows the form filled in, as the answer of a look-up sends it;
// "code" shows the page for the code again; none asks for a code.
func (h *handler) takeForm(w http.ResponseWriter, r *http.Request) error {
	form, err := web.DecodeForm(r, "step", "key", "a_number", "country_of_birth", "phone", "language", "discreet", "code_word",
		"quiet", "second_phone", "email", "id", "ending")
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
		return h.Render(w, r, h.formPage(r, form))
	case "code":
		web.Outcome(r.Context(), "code_form")
		return h.Render(w, r, codePage(r, form["id"], form["ending"]))
	}
	if err := h.CheckForm(r, form); err != nil {
		return h.RenderForm(w, r, h.formPage(r, form), err)
	}
	in := wanted{
		ANumber: form["a_number"], CountryOfBirth: form["country_of_birth"], Phone: form["phone"],
		Language: form["language"], Discreet: form["discreet"] != "", CodeWord: form["code_word"],
		SecondPhone: form["second_phone"], Email: form["email"],
	}
	if form["quiet"] != "" {
		in.Quiet = &quietHours{From: nightFrom, To: nightTo}
	}
	app, err := in.application(r)
	if err != nil {
		return h.RenderForm(w, r, h.formPage(r, form), err)
	}
	var request subscription.Pending
	if err := h.askCode(r, func() (err error) {
		request, err = h.store.Request(r.Context(), app, form["key"])
		return err
	}); err != nil {
		return h.RenderForm(w, r, h.formPage(r, form), err)
	}
	web.Outcome(r.Context(), "code_sent")
	return h.Render(w, r, codePage(r, request.ID, app.Phone.Masked()))
}

// The night of the form, whose words name these hours.
const nightFrom, nightTo = "22:00", "07:00"

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

// done is what the last page shows. It has no manage token where only a contact's code was entered.
type done struct {
	ID, ManageToken, Ending, CodeWord string
	Discreet                          bool
	Quiet                             *quietHours // its times as the reader's language has them, its zone as a place
	Confirmed                         subscription.Kind
	Second, Email                     bool // wait for their code
	NotSent                           bool // a contact that waits may have got no code
}

// donePage says what happens now. It takes the codes of the contacts that wait.
func (h *handler) donePage(r *http.Request, id, token string, sub subscription.Subscription) (web.Page, *done, error) {
	number, err := h.store.Phone(r.Context(), sub)
	if err != nil {
		return web.Page{}, nil, err
	}
	data := &done{ID: id, ManageToken: token, Ending: number.Masked(), CodeWord: sub.CodeWord, Discreet: sub.Discreet}
	if q := sub.Quiet; q != nil {
		place := q.Zone[strings.LastIndex(q.Zone, "/")+1:]
		l := web.Language(r)
		data.Quiet = &quietHours{From: clock(l, q.From), To: clock(l, q.To), Zone: strings.ReplaceAll(place, "_", " ")}
	}
	for _, kind := range h.waiting(sub) {
		data.Second = data.Second || kind == subscription.SecondPhone
		data.Email = data.Email || kind == subscription.Email
	}
	return web.Page{Template: "done", Title: web.Language(r).Text("done.title", nil), NoSwitch: true, Data: data}, data, nil
}

// clock writes a time of day such as 22:00 as the pages do.
func clock(l i18n.Language, text string) string {
	t, err := time.Parse("15:04", text)
	if err != nil {
		return text
	}
	if l == i18n.Spanish {
		return strings.NewReplacer("AM", "a. m.", "PM", "p. m.").Replace(t.Format("3:04 PM"))
	}
	return t.Format("3:04 PM")
}

// takeCode answers POST /alerts/verify: from the page for the first code, and from the last page, which sends the manage
// token along, with the code of a contact.
func (h *handler) takeCode(w http.ResponseWriter, r *http.Request) error {
	form, err := web.DecodeForm(r, "id", "ending", "code", "manage_token")
	if err != nil {
		return err
	}
	id, token := form["id"], form["manage_token"]
	page := codePage(r, id, form["ending"])
	if token != "" {
		sub, err := h.store.Find(r.Context(), id, token)
		if err != nil {
			return err
		}
		if page, _, err = h.donePage(r, id, token, sub); err != nil {
			return err
		}
	}
	if err := h.CheckForm(r, form); err != nil {
		return h.RenderForm(w, r, page, err)
	}
	if err := checkCode(form["code"]); err != nil {
		return h.RenderForm(w, r, page, err)
	}
	made, err := h.confirm(r, id, form["code"])
	var wrong *subscription.WrongCodeError
	switch {
	case errors.As(err, &wrong) && wrong.TriesLeft > 0:
		web.Outcome(r.Context(), string(web.WrongCode))
		page.Status = http.StatusUnprocessableEntity
		page.Problems = []web.Field{{Name: "code", Problem: "code.wrong", Count: wrong.TriesLeft}}
		return h.Render(w, r, page)
	case token != "" && (wrong != nil || errors.Is(err, subscription.ErrCodeExpired) || errors.Is(err, subscription.ErrTooManyTries) ||
		errors.Is(err, subscription.ErrNotFound)): // the page with its button to stop is not to be lost
		web.Outcome(r.Context(), string(web.TriesUsedUp))
		page.Status, page.Problems = http.StatusGone, []web.Field{{Name: "code", Problem: "code.over"}}
		return h.Render(w, r, page)
	case err != nil:
		return err
	}
	noteConfirmed(r, made)
	if made.ManageToken != "" {
		token = made.ManageToken
	}
	page, data, err := h.donePage(r, id, token, made.Subscription)
	if err != nil {
		return err
	}
	data.Confirmed, data.NotSent = made.Kind, made.NotSent != nil
	return h.Render(w, r, page)
}

// takeStop answers POST /alerts/stop.
func (h *handler) takeStop(w http.ResponseWriter, r *http.Request) error {
	form, err := web.DecodeForm(r, "id", "manage_token")
	if err != nil {
		return err
	}
	if err := h.CheckForm(r, form); err != nil {
		return err
	}
	if err := h.store.Stop(r.Context(), form["id"], form["manage_token"]); err != nil {
		return err
	}
	web.Outcome(r.Context(), "stopped")
	return h.Render(w, r, web.Page{Template: "stopped", Title: web.Language(r).Text("stopped.title", nil), NoSwitch: true})
}
