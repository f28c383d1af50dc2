package main

import (
	"context"
	"net/http"
	"strings"
	"time"
	"unicode/utf8"

	"voice.example/shared/inquiry"
	"voice.example/shared/staff"
	"voice.example/shared/web"
)

// told is one thing that happened to an inquiry.
type told struct {
	At     time.Time    `json:"at"`
	Kind   inquiry.Kind `json:"kind"`
	By     string       `json:"by,omitempty"` // a name
	Office string       `json:"office,omitempty"`
	Person string       `json:"person,omitempty"`
	Text   string       `json:"text,omitempty"`
}

// full is an inquiry with all that is kept of it.
type full struct {
	summary
	County    string  `json:"county,omitempty"`
	ANumber   string  `json:"a_number,omitempty"`
	LegalHold bool    `json:"legal_hold"`
	Message   string  `json:"message,omitempty"`
	Contact   contact `json:"contact"`
	Timeline  []told  `json:"timeline"`
}

// contact is how somebody may be reached.
type contact struct {
	Name         string `json:"name,omitempty"`
	Phone        string `json:"phone,omitempty"`
	Email        string `json:"email,omitempty"`
	MayText      bool   `json:"may_text"`
	MayVoicemail bool   `json:"may_voicemail"`
	Hours        string `json:"hours,omitempty"`
	Note         string `json:"note,omitempty"`
}

// opened is an inquiry with its seals opened.
func (h *handler) opened(ctx context.Context, i inquiry.Inquiry) (full, inquiry.Contact, error) {
	c, err := h.inquiries.Contact(ctx, i)
	if err != nil {
		return full{}, c, err
	}
	message, err := h.inquiries.Message(ctx, i)
	if err != nil {
		return full{}, c, err
	}
	f := full{summary: h.summarize(i), County: i.County, ANumber: string(i.ANumber), LegalHold: i.LegalHold, Message: message,
		Contact: contact{c.Name, c.Phone.E164(), c.Email, c.MayText, c.MayVoicemail, c.Hours, c.Note}}
	for _, e := range i.Timeline {
		text, err := h.inquiries.Text(ctx, e)
		if err != nil {
			return full{}, c, err
		}
		f.Timeline = append(f.Timeline, told{e.At, e.Kind, e.ByName, e.Office, e.Person, text})
	}
	return f, c, nil
}

// showInquiry answers GET /v1/staff/inquiries/{reference}. Whoever is not near an inquiry says why they look, in the header
// Voice-Why.
func (h *handler) showInquiry(w http.ResponseWriter, r *http.Request, who staff.Identity) error {
	i, err := h.read(r, who)
	if err != nil {
		return err
	}
	why := strings.TrimSpace(r.Header.Get("Voice-Why"))
	if distant(i, who) && utf8.RuneCountInString(why) < minWhy {
		return said("Voice-Why", "It is neither yours nor your office's: say in the header Voice-Why, in ten characters or more, why you look.")
	}
	if err := h.noteView(r.Context(), who, i, why); err != nil {
		return err
	}
	f, _, err := h.opened(r.Context(), i)
	if err != nil {
		return err
	}
	web.Outcome(r.Context(), "inquiry_shown")
	return web.WriteJSON(w, http.StatusOK, f)
}

// casePage is an inquiry as its page shows it.
type casePage struct {
	full
	Why      string
	Channel  string
	Due      time.Time
	Badge    badge
	Safe     []string
	Events   []caseEvent
	Mine     bool // whoever looks has it
	Free     bool // nobody has it
	Works    bool // whoever looks may change it
	Over     bool
	Again    bool   // it can be opened again
	Related  string // its phone, sealed, by which others are asked for; "" without one
	MayHold  bool
	Outcomes []web.Option
	Roles    []web.Option
	Notice   string // why the last change was not made
}

type caseEvent struct {
	told
	Words string
	Where string
}

// showCase answers GET /staff/inquiries/{reference}.
func (h *handler) showCase(w http.ResponseWriter, r *http.Request, who staff.Identity) error {
	i, err := h.read(r, who)
	if err != nil {
		return err
	}
	if distant(i, who) {
		web.Outcome(r.Context(), "asked_why")
		return h.Render(w, r, h.askWhy(i, web.Form{}))
	}
	return h.renderCase(w, r, who, i, "", nil, nil)
}

// whyPage is the page that asks somebody why they look at an inquiry of others.
type whyPage struct {
	summary
	Usual []web.Option
}

func (h *handler) askWhy(i inquiry.Inquiry, form web.Form) web.Page {
	return web.Page{Template: "case_why", Title: "A request", Form: form, Data: whyPage{h.summarize(i), whyOptions()}}
}

// renderCase shows an inquiry, after it is written down that somebody sees it and why. form and problem are what was sent and
// not done.
func (h *handler) renderCase(w http.ResponseWriter, r *http.Request, who staff.Identity, i inquiry.Inquiry, why string, form web.Form, problem error) error {
	if err := h.noteView(r.Context(), who, i, why); err != nil {
		return err
	}
	f, c, err := h.opened(r.Context(), i)
	if err != nil {
		return err
	}
	due, _ := time.Parse(time.RFC3339, i.DueBy)
	page := casePage{full: f, Why: reasonWords[i.Reason], Channel: channelWords[i.Channel], Due: due, Badge: h.stateBadge(i), Safe: safeWords(c),
		Mine: i.Assignee != "" && i.Assignee == who.Email, Free: i.State == inquiry.Open, Over: i.State == inquiry.Resolved,
		Related: h.relatedPhone(who, i), MayHold: who.May(staff.HoldInquiries), Outcomes: outcomeOptions(), Roles: roleOptions()}
	page.Again = page.Over && (i.Outcome != inquiry.OffTopic || i.SealedContact != "")
	page.Works = !page.Over && (page.Mine || who.May(staff.AssignInquiries) || page.Free)
	for _, e := range f.Timeline {
		at := e.Office
		if e.Person != "" {
			at = e.Person + ", " + e.Office
		}
		page.Events = append(page.Events, caseEvent{e, kindWords[e.Kind], at})
	}
	answer := web.Page{Template: "case", Title: "A request", Form: form, Data: &page}
	if problem != nil {
		if page.Notice = problemWords(problem); page.Notice == "" {
			return h.RenderForm(w, r, answer, problem)
		}
		answer.Status = http.StatusConflict
	}
	web.Outcome(r.Context(), "case")
	return h.Render(w, r, answer)
}
