package main

import (
	"errors"
	"log/slog"
	"net/http"
	"strings"

	"voice.example/shared/custody"
	"voice.example/shared/phone"
	"voice.example/shared/subscription"
	"voice.example/shared/web"
)

// maxListed is how many alerts one page lists.
const maxListed = 50

// listed is the page of a phone's alerts.
type listed struct {
	Visit  string
	Ending string // of the phone, if it has alerts
	Alerts []listedAlert
	More   bool // there are more than are listed
	// Requests are what was asked with the phone, the latest first.
	Requests     []listedRequest
	MoreRequests bool
	// Note is what was just done, the last part of a message's id; NotSent says that a contact's code could not be sent.
	Note    string
	NotSent bool
}

// listedAlert is one subscription as its phone's holder gave it. Whether there is such a person is not known here.
type listedAlert struct {
	ID, Number, Country, Language string // of the A-number its last three digits
	Discreet                      bool
	CodeWord                      string
	Quiet                         *quietHours
	Second, Email                 string // the phone's ending, and the address with most of its letters hidden
	SecondWaits, EmailWaits       bool   // a new one waits for its code
}

func (h *handler) listedAlert(r *http.Request, sub subscription.Subscription) (listedAlert, error) {
	second, err := h.store.SecondPhone(r.Context(), sub)
	if err != nil && !errors.Is(err, subscription.ErrNotFound) {
		return listedAlert{}, err
	}
	email, err := h.store.EmailAddress(r.Context(), sub)
	if err != nil && !errors.Is(err, subscription.ErrNotFound) {
		return listedAlert{}, err
	}
	l := web.Language(r)
	a := listedAlert{
		ID: sub.ID, Number: lastDigits(sub.ANumber), Country: sub.CountryOfBirth.Name(string(l)), Language: sub.Language.Name(),
		Discreet: sub.Discreet, CodeWord: sub.CodeWord, Second: second.Masked(), Email: maskEmail(email),
	}
	if q := sub.Quiet; q != nil {
		place := q.Zone[strings.LastIndex(q.Zone, "/")+1:]
		a.Quiet = &quietHours{From: clock(l, q.From), To: clock(l, q.To), Zone: strings.ReplaceAll(place, "_", " ")}
	}
	for _, kind := range h.waiting(sub) {
		a.SecondWaits = a.SecondWaits || kind == subscription.SecondPhone
		a.EmailWaits = a.EmailWaits || kind == subscription.Email
	}
	return a, nil
}

// lastDigits are those by which somebody recognises an A-number that they know.
func lastDigits(a custody.ANumber) string { return string(a[max(0, len(a)-3):]) }

// renderList shows all alerts of a visit's phone, and lets the visit go on.
func (h *handler) renderList(w http.ResponseWriter, r *http.Request, visit subscription.Visit, data listed) error {
	for sub, err := range h.store.EachOfPhone(r.Context(), visit.Of) {
		if errors.Is(err, subscription.ErrUnreadable) {
			slog.ErrorContext(r.Context(), "a subscription cannot be shown", "error", err.Error())
			continue
		}
		if err != nil {
			return err
		}
		if len(data.Alerts) == maxListed {
			data.More = true
			break
		}
		alert, err := h.listedAlert(r, sub)
		if err != nil {
			return err
		}
		data.Alerts = append(data.Alerts, alert)
		if data.Ending == "" {
			var number phone.Number
			if number, err = h.store.Phone(r.Context(), sub); err != nil {
				return err
			}
			data.Ending = number.Masked()
		}
	}
	var err error
	if data.Requests, data.MoreRequests, err = h.requestsOf(r, visit.Of); err != nil {
		return err
	}
	data.Visit = h.store.VisitToken(h.store.Renew(visit))
	if data.Note == "" {
		web.Outcome(r.Context(), "manage_listed")
	} else {
		web.Outcome(r.Context(), "manage_"+data.Note)
	}
	return h.Render(w, r, web.Page{
		Template: "manage_alerts", Title: web.Language(r).Text("manage.alerts.title", nil), Data: data,
		Repeat: web.Form{"visit": data.Visit}, SwitchTo: "/manage/alerts",
	})
}

// visit reads a form and the visit that it belongs to. A visit that is over is answered here: then it is false.
func (h *handler) visit(w http.ResponseWriter, r *http.Request, fields ...string) (web.Form, subscription.Visit, bool, error) {
	form, err := web.DecodeForm(r, append(fields, "visit")...)
	if err != nil {
		return nil, subscription.Visit{}, false, err
	}
	visit, err := h.store.OpenVisit(form["visit"])
	if err != nil {
		return nil, subscription.Visit{}, false, h.renderOver(w, r)
	}
	return form, visit, true, nil
}

// takeList answers POST /manage/alerts, which goes back to the list, and shows it in another language.
func (h *handler) takeList(w http.ResponseWriter, r *http.Request) error {
	_, visit, ok, err := h.visit(w, r)
	if !ok {
		return err
	}
	return h.renderList(w, r, visit, listed{})
}

// takeManageStop answers POST /manage/stop. What was ended a moment before is ended.
func (h *handler) takeManageStop(w http.ResponseWriter, r *http.Request) error {
	form, visit, ok, err := h.visit(w, r, "id")
	if !ok {
		return err
	}
	if err := h.CheckForm(r, form); err != nil {
		return err
	}
	if err := h.store.StopOfPhone(r.Context(), visit.Of, form["id"]); err != nil && !errors.Is(err, subscription.ErrNotFound) {
		return err
	}
	return h.renderList(w, r, visit, listed{Note: "stopped"})
}

// deleting is the page that says what is deleted and what stays, and for how many days.
type deleting struct {
	Visit string
	Days  int
}

// takeDelete answers POST /manage/delete: it says what will be deleted, and deletes it when the form is sure.
func (h *handler) takeDelete(w http.ResponseWriter, r *http.Request) error {
	form, visit, ok, err := h.visit(w, r, "sure")
	if !ok {
		return err
	}
	if form["sure"] == "" {
		web.Outcome(r.Context(), "manage_delete_form")
		token := h.store.VisitToken(h.store.Renew(visit))
		return h.Render(w, r, web.Page{
			Template: "manage_delete", Title: web.Language(r).Text("manage.delete.title", nil), Data: deleting{token, h.ledgerDays},
			Repeat: web.Form{"visit": token}, SwitchTo: "/manage/delete",
		})
	}
	if err := h.CheckForm(r, form); err != nil {
		return err
	}
	held, err := h.forgetPhone(r.Context(), visit.Of)
	if err != nil {
		return err
	}
	web.Outcome(r.Context(), "manage_deleted")
	return h.Render(w, r, web.Page{Template: "manage_deleted", Title: web.Language(r).Text("manage.deleted.title", nil), Data: held > 0, NoSwitch: true})
}
