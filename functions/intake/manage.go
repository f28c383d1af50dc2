package main

import (
	"errors"
	"log/slog"
	"net/http"

	"voice.example/shared/numbering"
	"voice.example/shared/secret"
	"voice.example/shared/subscription"
	"voice.example/shared/web"
)

// routeManage routes the pages on which whoever holds a phone sees, changes and ends its alerts. From page to page goes the
// token of a visit, in a field of each form: it is in no address and in no cookie.
func (h *handler) routeManage() {
	h.Handle("GET", "/manage", h.showManage)
	h.Handle("POST", "/manage", h.takeManage)
	h.Handle("GET", "/manage/{link}", h.showLink)
	h.HandleBeside("POST", "/manage/verify", h.takeManageCode)
	h.HandleBeside("POST", "/manage/open", h.takeLink)
	h.HandleBeside("POST", "/manage/alerts", h.takeList)
	h.HandleBeside("POST", "/manage/change", h.takeChange)
	h.HandleBeside("POST", "/manage/contact", h.takeContact)
	h.HandleBeside("POST", "/manage/stop", h.takeManageStop)
	h.HandleBeside("POST", "/manage/delete", h.takeDelete)
}

// showManage answers GET /manage.
func (h *handler) showManage(w http.ResponseWriter, r *http.Request) error {
	web.Outcome(r.Context(), "manage_form")
	page := managePage(r, web.Form{})
	page.Listed = true
	return h.Render(w, r, page)
}

func managePage(r *http.Request, form web.Form) web.Page {
	if form["key"] == "" {
		form["key"] = secret.NewID() // one form texts one code
	}
	return web.Page{Template: "manage", Title: web.Language(r).Text("manage.title", nil), Form: form, SwitchTo: "/manage"}
}

// takeManage answers POST /manage: it asks for a code, or, by its step "code", shows the page for the code again. It answers
// alike whether or not the phone gets alerts.
func (h *handler) takeManage(w http.ResponseWriter, r *http.Request) error {
	form, err := web.DecodeForm(r, "step", "key", "phone", "id")
	if err != nil {
		return err
	}
	if form["step"] == "code" {
		web.Outcome(r.Context(), "manage_code_form")
		return h.Render(w, r, manageCodePage(r, form["id"]))
	}
	if err := h.CheckForm(r, form); err != nil {
		return h.RenderForm(w, r, managePage(r, form), err)
	}
	number, err := numbering.Parse(form["phone"])
	if err != nil {
		var check web.Check
		check.Add("phone", "phone."+phoneProblem(err))
		return h.RenderForm(w, r, managePage(r, form), check.Err())
	}
	var request subscription.VisitRequest
	if err := h.askCode(r, func() (err error) {
		request, err = h.store.RequestVisit(r.Context(), number, linkSite(r), form["key"])
		return err
	}); err != nil {
		return err
	}
	if request.NotSent != nil {
		slog.WarnContext(r.Context(), "the code of a visit was not sent", "error", request.NotSent.Error())
	}
	web.Outcome(r.Context(), "manage_asked")
	return h.Render(w, r, manageCodePage(r, request.ID))
}

func manageCodePage(r *http.Request, id string) web.Page {
	return web.Page{
		Template: "manage_code", Title: web.Language(r).Text("manage.code.title", nil), Form: web.Form{"id": id},
		Repeat: web.Form{"step": "code", "id": id}, SwitchTo: "/manage",
	}
}

// takeManageCode answers POST /manage/verify.
func (h *handler) takeManageCode(w http.ResponseWriter, r *http.Request) error {
	form, err := web.DecodeForm(r, "id", "code")
	if err != nil {
		return err
	}
	page := manageCodePage(r, form["id"])
	if err := h.CheckForm(r, form); err != nil {
		return h.RenderForm(w, r, page, err)
	}
	if err := checkCode(form["code"]); err != nil {
		return h.RenderForm(w, r, page, err)
	}
	visit, err := h.store.VisitByCode(r.Context(), form["id"], form["code"])
	var wrong *subscription.WrongCodeError
	switch {
	case errors.As(err, &wrong) && wrong.TriesLeft > 0:
		return h.renderWrong(w, r, page, wrong)
	case wrong != nil, errors.Is(err, subscription.ErrCodeExpired), errors.Is(err, subscription.ErrTooManyTries), errors.Is(err, subscription.ErrNotFound):
		return h.renderOver(w, r)
	case err != nil:
		return err
	}
	return h.renderList(w, r, visit, listed{})
}

// renderWrong shows a page again on which a wrong code was entered.
func (h *handler) renderWrong(w http.ResponseWriter, r *http.Request, page web.Page, wrong *subscription.WrongCodeError) error {
	web.Outcome(r.Context(), string(web.WrongCode))
	page.Status = http.StatusUnprocessableEntity
	page.Problems = []web.Field{{Name: "code", Problem: "code.wrong", Count: wrong.TriesLeft}}
	return h.Render(w, r, page)
}

// renderOver says that a code, a link or a visit does not work any more, and where to get another.
func (h *handler) renderOver(w http.ResponseWriter, r *http.Request) error {
	web.Outcome(r.Context(), "manage_over")
	return h.Render(w, r, web.Page{
		Template: "manage_over", Status: http.StatusGone, Title: web.Language(r).Text("manage.over.title", nil), SwitchTo: "/manage",
	})
}

// showLink answers GET /manage/{link}, the address that was texted. It looks nothing up and uses nothing up: programs open
// links too, to look for harm or to show a picture of the page. Only its button opens the alerts.
func (h *handler) showLink(w http.ResponseWriter, r *http.Request) error {
	link := r.PathValue("link")
	if !subscription.ValidLink(link) {
		return h.renderOver(w, r)
	}
	web.Outcome(r.Context(), "manage_link")
	return h.Render(w, r, web.Page{
		Template: "manage_link", Title: web.Language(r).Text("manage.link.title", nil), Form: web.Form{"link": link},
	})
}

// takeLink answers POST /manage/open, which the button of showLink sends.
func (h *handler) takeLink(w http.ResponseWriter, r *http.Request) error {
	form, err := web.DecodeForm(r, "link")
	if err != nil {
		return err
	}
	if err := h.CheckForm(r, form); err != nil {
		return err
	}
	visit, err := h.store.VisitByLink(r.Context(), form["link"])
	if errors.Is(err, subscription.ErrVisitOver) {
		return h.renderOver(w, r)
	}
	if err != nil {
		return err
	}
	return h.renderList(w, r, visit, listed{})
}
