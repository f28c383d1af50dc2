package main

import (
	"errors"
	"log/slog"
	"net/http"

	"voice.example/shared/i18n"
	"voice.example/shared/sms"
	"voice.example/shared/subscription"
	"voice.example/shared/web"
)

// changing is the page on which one alert is changed. The form has what is to be; Alert is what is.
type changing struct {
	Visit string
	Alert listedAlert
	Email bool // e-mail is offered, or there is an address to take away
}

// changeFields are those of the form, which are the sign-up form's but for the person and the phone.
var changeFields = []string{"language", "discreet", "code_word", "quiet", "second_phone", "end_second_phone", "email", "end_email"}

// takeChange answers POST /manage/change: it shows an alert to be changed, and changes it when the form's step is "save".
func (h *handler) takeChange(w http.ResponseWriter, r *http.Request) error {
	form, visit, ok, err := h.visit(w, r, append([]string{"id", "step"}, changeFields...)...)
	if !ok {
		return err
	}
	sub, err := h.store.FindOfPhone(r.Context(), visit.Of, form["id"])
	if errors.Is(err, subscription.ErrNotFound) {
		return h.renderList(w, r, visit, listed{Note: "gone"})
	}
	if err != nil {
		return err
	}
	alert, err := h.listedAlert(r, sub)
	if err != nil {
		return err
	}
	if form["step"] == "" {
		for name, value := range formOf(sub) {
			form[name] = value
		}
	}
	page := h.changePage(r, visit, alert, form)
	if form["step"] != "save" {
		web.Outcome(r.Context(), "manage_change_form")
		return h.Render(w, r, page)
	}
	if err := h.CheckForm(r, form); err != nil {
		return h.RenderForm(w, r, page, err)
	}
	changes, err := changesOf(sub, form)
	if err != nil {
		return h.RenderForm(w, r, page, err)
	}
	_, err = h.store.ChangeOfPhone(r.Context(), visit.Of, sub.ID, changes)
	var notSent *sms.Error
	switch {
	case errors.Is(err, subscription.ErrNotFound):
		return h.renderList(w, r, visit, listed{Note: "gone"})
	case errors.As(err, &notSent), errors.Is(err, subscription.ErrEmailNotSent):
		slog.WarnContext(r.Context(), "a contact's code was not sent", "error", err.Error())
		return h.renderList(w, r, visit, listed{Note: "changed", NotSent: true})
	case err != nil:
		return h.RenderForm(w, r, page, err)
	}
	return h.renderList(w, r, visit, listed{Note: "changed"})
}

// changePage is the form. Its language switch takes along what was typed.
func (h *handler) changePage(r *http.Request, visit subscription.Visit, alert listedAlert, form web.Form) web.Page {
	data := changing{Visit: h.store.VisitToken(h.store.Renew(visit)), Alert: alert}
	data.Email = h.store.Mail != nil || alert.Email != "" || alert.EmailWaits
	page := web.Page{
		Template: "manage_change", Title: web.Language(r).Text("manage.change.title", nil), Form: form, Data: data,
		Repeat: form.Again(), SwitchTo: "/manage/change",
	}
	page.Repeat["visit"], page.Repeat["step"] = data.Visit, "show"
	return page
}

// formOf is a subscription as its form is filled in first. The contacts are left out: the phone may be in wrong hands for a
// minute, and their addresses are other people's.
func formOf(sub subscription.Subscription) web.Form {
	form := web.Form{"language": string(sub.Language), "code_word": sub.CodeWord}
	if sub.Discreet {
		form["discreet"] = "yes"
	}
	if sub.Quiet != nil {
		form["quiet"] = "yes"
	}
	return form
}

// changesOf reads the form. A contact whose field is empty stays, unless it is to be ended; quiet hours that are still wanted
// stay as they are, which may be others than the form's.
func changesOf(sub subscription.Subscription, form web.Form) (subscription.Changes, error) {
	var check web.Check
	discreet, word := form["discreet"] != "", form["code_word"]
	c := subscription.Changes{Discreet: &discreet, CodeWord: &word}
	language, ok := i18n.Parse(form["language"])
	if !ok {
		check.Add("language", "language.unknown")
	}
	c.Language = &language
	switch {
	case form["quiet"] == "":
		c.Quiet = &quietHours{}
	case sub.Quiet == nil:
		c.Quiet = &quietHours{From: nightFrom, To: nightTo}
	}
	if number := secondPhone(&check, form["second_phone"]); number != "" || form["end_second_phone"] != "" {
		c.Second = &number
	}
	if email := form["email"]; email != "" || form["end_email"] != "" {
		c.Email = &email
	}
	return c, check.Err()
}

// takeContact answers POST /manage/contact: it shows the page for the code of a contact, and takes the code when the form's
// step is "code".
func (h *handler) takeContact(w http.ResponseWriter, r *http.Request) error {
	form, visit, ok, err := h.visit(w, r, "id", "step", "code")
	if !ok {
		return err
	}
	sub, err := h.store.FindOfPhone(r.Context(), visit.Of, form["id"])
	if errors.Is(err, subscription.ErrNotFound) {
		return h.renderList(w, r, visit, listed{Note: "gone"})
	}
	if err != nil {
		return err
	}
	alert, err := h.listedAlert(r, sub)
	if err != nil {
		return err
	}
	token := h.store.VisitToken(h.store.Renew(visit))
	page := web.Page{
		Template: "manage_contact", Title: web.Language(r).Text("manage.contact.title", nil), Data: changing{Visit: token, Alert: alert},
		Repeat: web.Form{"visit": token, "id": sub.ID}, SwitchTo: "/manage/contact",
	}
	if form["step"] != "code" {
		web.Outcome(r.Context(), "manage_contact_form")
		return h.Render(w, r, page)
	}
	if err := h.CheckForm(r, form); err != nil {
		return h.RenderForm(w, r, page, err)
	}
	if err := checkCode(form["code"]); err != nil {
		return h.RenderForm(w, r, page, err)
	}
	made, err := h.confirm(r, sub.RequestID, form["code"])
	var wrong *subscription.WrongCodeError
	switch {
	case errors.As(err, &wrong) && wrong.TriesLeft > 0:
		return h.renderWrong(w, r, page, wrong)
	case wrong != nil, errors.Is(err, subscription.ErrCodeExpired), errors.Is(err, subscription.ErrTooManyTries), errors.Is(err, subscription.ErrNotFound):
		web.Outcome(r.Context(), string(web.TriesUsedUp))
		page.Status, page.Problems = http.StatusGone, []web.Field{{Name: "code", Problem: "code.over"}}
		return h.Render(w, r, page)
	case err != nil:
		return err
	}
	return h.renderList(w, r, visit, listed{Note: "confirmed_" + string(made.Kind)})
}
