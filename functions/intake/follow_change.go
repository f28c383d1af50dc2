package main

import (
	"cmp"
	"errors"
	"net/http"

	"voice.example/shared/inquiry"
	"voice.example/shared/secret"
	"voice.example/shared/web"
)

// reachFields are those by which somebody says how they are reached.
var reachFields = []string{"phone", "may_text", "may_voicemail", "email", "name", "hours", "note"}

// takeVisit answers what the page of a request sends. "show" brings it up again; the other steps show what they would do, and do
// it when the form is sure.
func (h *handler) takeVisit(w http.ResponseWriter, r *http.Request, form web.Form) error {
	i, visit, ok, err := h.visited(w, r, form)
	if !ok {
		return err
	}
	sure := form["sure"] != ""
	if sure {
		if err := h.CheckForm(r, form); err != nil {
			if form["step"] == "reach" {
				return h.RenderForm(w, r, h.reachPage(r, i, visit, form), err)
			}
			return err
		}
	}
	switch form["step"] {
	case "withdraw":
		if !sure {
			return h.renderSure(w, r, i, visit, "withdraw")
		}
		i, err := h.inquiries.Withdraw(r.Context(), i.Reference)
		return h.renderChanged(w, r, i, visit, "withdrawn", err)
	case "reach":
		return h.takeReach(w, r, i, visit, form, sure)
	case "forget":
		if !sure {
			return h.renderSure(w, r, i, visit, "forget")
		}
		return h.takeForget(w, r, i)
	}
	return h.renderRequest(w, r, i, visit, "")
}

// renderChanged shows a request after a change of it. One that was closed meanwhile cannot be changed any more, and says so by
// itself.
func (h *handler) renderChanged(w http.ResponseWriter, r *http.Request, i inquiry.Inquiry, visit secret.Visit, note string, err error) error {
	switch {
	case errors.Is(err, inquiry.ErrNotFound):
		return h.renderFollowOver(w, r)
	case errors.Is(err, inquiry.ErrResolved):
		note = ""
	case err != nil:
		return err
	}
	return h.renderRequest(w, r, i, visit, note)
}

// sure is a page that says what will be done, with a button that does it.
type sure struct {
	Visit, Step string
}

func (h *handler) renderSure(w http.ResponseWriter, r *http.Request, i inquiry.Inquiry, visit secret.Visit, step string) error {
	if step == "withdraw" && i.State == inquiry.Resolved {
		return h.renderRequest(w, r, i, visit, "")
	}
	web.Outcome(r.Context(), "follow_"+step+"_form")
	data := sure{h.inquiries.VisitToken(visit), step}
	return h.Render(w, r, web.Page{
		Template: "follow_sure", Title: web.Language(r).Text("follow."+step+".title", nil), Data: data,
		Repeat: web.Form{"visit": data.Visit, "step": step}, SwitchTo: "/follow",
	})
}

// takeForget deletes a request, or says that it is kept.
func (h *handler) takeForget(w http.ResponseWriter, r *http.Request, i inquiry.Inquiry) error {
	if err := h.auditForgetting(r.Context(), i.Reference); err != nil {
		return err
	}
	name := "forgotten"
	if err := h.inquiries.Forget(r.Context(), i.Reference); errors.Is(err, inquiry.ErrHeld) {
		name = "kept"
	} else if err != nil {
		return err
	}
	web.Outcome(r.Context(), "follow_"+name)
	return h.Render(w, r, web.Page{Template: "follow_done", Title: web.Language(r).Text("follow."+name+".title", nil), Data: name, NoSwitch: true})
}

// reached is the page on which somebody changes how they are reached. What they said before is not shown to whoever has the
// PIN now, but for the ends of it: enough to know what it was.
type reached struct {
	Visit  string
	Ending string // of the phone
	Mail   string // of the e-mail address, most letters hidden
	Said   bool   // a name, hours or a note are kept
}

func (h *handler) reachPage(r *http.Request, i inquiry.Inquiry, visit secret.Visit, form web.Form) web.Page {
	data := reached{Visit: h.inquiries.VisitToken(visit)}
	// One that cannot be read is shown as none: a new one takes its place, or nothing does.
	if c, err := h.inquiries.Contact(r.Context(), i); err == nil {
		data.Ending, data.Mail, data.Said = c.Phone.Masked(), maskEmail(c.Email), c.Name != "" || c.Hours != "" || c.Note != ""
	}
	page := web.Page{Template: "follow_reach", Title: web.Language(r).Text("follow.reach.title", nil), Form: form, Data: data,
		Repeat: form.Again(), SwitchTo: "/follow"}
	page.Repeat["visit"], page.Repeat["step"], page.Repeat["typed"] = data.Visit, "reach", "yes"
	delete(page.Repeat, "sure")
	return page
}

// takeReach shows how somebody is reached, or changes it.
func (h *handler) takeReach(w http.ResponseWriter, r *http.Request, i inquiry.Inquiry, visit secret.Visit, form web.Form, sure bool) error {
	if i.State == inquiry.Resolved {
		return h.renderRequest(w, r, i, visit, "")
	}
	kept, err := h.inquiries.Contact(r.Context(), i)
	if err != nil {
		return err
	}
	if !sure {
		if form["typed"] == "" {
			form["may_text"], form["may_voicemail"] = ticked(kept.MayText), ticked(kept.MayVoicemail)
		}
		web.Outcome(r.Context(), "follow_reach_form")
		return h.Render(w, r, h.reachPage(r, i, visit, form))
	}
	change, err := amended(i, kept, form)
	if err != nil {
		return h.RenderForm(w, r, h.reachPage(r, i, visit, form), err)
	}
	next := kept
	change(&next)
	if err := h.textable(next); err != nil {
		return h.RenderForm(w, r, h.reachPage(r, i, visit, form), err)
	}
	changed, err := h.inquiries.Amend(r.Context(), i.Reference, change)
	return h.renderChanged(w, r, changed, visit, "amended", err)
}

func ticked(is bool) string {
	if is {
		return "yes"
	}
	return ""
}

// amended reads the form: what is left empty stays, unless it is to be taken out.
func amended(i inquiry.Inquiry, kept inquiry.Contact, form web.Form) (func(*inquiry.Contact), error) {
	var check web.Check
	number, email := form["phone"], form["email"]
	switch {
	case number == "" && form["end_phone"] == "":
		number = kept.Phone.E164()
	case number == "": // the boxes were about it
		form["may_text"], form["may_voicemail"] = "", ""
	}
	if email == "" && form["end_email"] == "" {
		email = kept.Email
	}
	next := safeOf(form).read(&check, number, email)
	if len(check) == 0 && next.Phone == "" && next.Email == "" && !onlineWillDo(i.Reason) {
		check.Add("phone", "contact.missing")
	}
	return func(c *inquiry.Contact) {
		c.Phone, c.Email, c.MayText, c.MayVoicemail = next.Phone, next.Email, next.MayText, next.MayVoicemail
		c.Name, c.Hours, c.Note = cmp.Or(next.Name, c.Name), cmp.Or(next.Hours, c.Hours), cmp.Or(next.Note, c.Note)
	}, check.Err()
}
