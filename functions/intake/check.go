package main

import (
	"context"
	"errors"
	"net/http"
	"time"

	"voice.example/shared/alert"
	"voice.example/shared/web"
)

// How often codes may be asked about in an hour, from one address and from all together, so that they cannot be tried in
// masses: of a million alerts, one guess in 280,000 hits, which at this rate is one in six days, and tells no more than that
// something was sent. Many phones may share one address.
const (
	checksPerAddress = 60
	checksPerHour    = 2000
)

// told is when the alert was sent whose text ends in a code that somebody typed. field is what that is called in the
// request. What looks like a code and is none of ours is worked on like one that nothing was sent with.
func (h *handler) told(r *http.Request, field, typed string) (time.Time, error) {
	code, ok := alert.ParseCheck(typed)
	if !ok {
		problem := "check.shape"
		if typed == "" {
			problem = "check.missing"
		}
		return time.Time{}, &web.Error{Code: web.Invalid, Fields: []web.Field{{Name: field, Problem: problem}}}
	}
	if err := h.throttle(r); err != nil {
		return time.Time{}, err
	}
	at, err := h.ledger.Told(r.Context(), code)
	if errors.Is(err, alert.ErrNotFound) {
		return time.Time{}, &web.Error{Code: web.NotSent}
	}
	return at, err
}

// throttle counts a question. Of an address only its keyed hash is kept, until the counter expires.
func (h *handler) throttle(r *http.Request) error {
	from := "checks/from/" + h.store.Keys.Hash("address", web.Source(r))
	if err := h.store.Limits.Take(r.Context(), from, checksPerAddress, time.Hour); err != nil {
		return err
	}
	return h.store.Limits.Take(r.Context(), "checks/all", checksPerHour, time.Hour)
}

// sentAlert says that an alert which ends in a code was sent, and when, to the minute.
type sentAlert struct {
	Sent   bool      `json:"sent"`
	SentAt time.Time `json:"sent_at"`
}

// check answers POST /v1/verify.
func (h *handler) check(w http.ResponseWriter, r *http.Request) error {
	var in codeTyped
	if err := web.DecodeJSON(r, &in); err != nil {
		return err
	}
	at, err := h.told(r, "code", in.Code)
	if err != nil {
		return err
	}
	noteSent(r.Context())
	return web.WriteJSON(w, http.StatusOK, sentAlert{true, at.UTC().Truncate(time.Minute)})
}

// checkForm answers GET /verify.
func (h *handler) checkForm(w http.ResponseWriter, r *http.Request) error {
	web.Outcome(r.Context(), "form")
	return h.Render(w, r, checkPage(r, nil))
}

func checkPage(r *http.Request, form web.Form) web.Page {
	return web.Page{Template: "verify", Title: web.Language(r).Text("verify.title", nil), Form: form}
}

// checkAnswer answers POST /verify. Neither answer has what was typed: the one that says no is the same for whatever it
// was.
func (h *handler) checkAnswer(w http.ResponseWriter, r *http.Request) error {
	form, err := web.DecodeForm(r, "check")
	if err != nil {
		return err
	}
	if err := h.CheckForm(r, form); err != nil {
		return h.RenderForm(w, r, checkPage(r, form), err)
	}
	l := web.Language(r)
	at, err := h.told(r, "check", form["check"])
	var known *web.Error
	switch {
	case errors.As(err, &known) && known.Code == web.NotSent:
		web.Outcome(r.Context(), string(known.Code))
		return h.Render(w, r, web.Page{Template: "notours", Status: http.StatusNotFound, Title: l.Text("verify.no.title", nil)})
	case err != nil:
		return h.RenderForm(w, r, checkPage(r, form), err)
	}
	noteSent(r.Context())
	return h.Render(w, r, web.Page{Template: "ours", Title: l.Text("verify.yes.title", nil), Data: l.DateTime(at.In(h.Zone))})
}

func noteSent(ctx context.Context) { web.Outcome(ctx, "sent") }
