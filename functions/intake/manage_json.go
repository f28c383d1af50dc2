package main

import (
	"errors"
	"log/slog"
	"net/http"
	"time"

	"voice.example/shared/numbering"
	"voice.example/shared/subscription"
	"voice.example/shared/web"
)

// asked answers a request for the tokens of a phone. It says the same whether or not the phone has subscriptions.
type asked struct {
	RequestID string    `json:"request_id"`
	ExpiresAt time.Time `json:"expires_at"` // until when the code works
}

// managed lists what a phone has, with a new token for each, which is shown this once.
type managed struct {
	Subscriptions []managedOne `json:"subscriptions"`
}

type managedOne struct {
	SubscriptionID string `json:"subscription_id"`
	ManageToken    string `json:"manage_token"`
}

// phoneTyped is whose subscriptions are asked for.
type phoneTyped struct {
	Phone string `json:"phone" jsonschema:"required"`
}

// visitCode is the code that a phone was texted, and the request that asked for it.
type visitCode struct {
	RequestID string `json:"request_id" jsonschema:"required"`
	Code      string `json:"code" jsonschema:"required"`
}

// askTokens answers POST /v1/manage: it texts a code to a phone that has subscriptions.
func (h *handler) askTokens(w http.ResponseWriter, r *http.Request) error {
	key, err := idempotencyKey(r)
	if err != nil {
		return err
	}
	var in phoneTyped
	if err := web.DecodeJSON(r, &in); err != nil {
		return err
	}
	number, err := numbering.Parse(in.Phone)
	if err != nil {
		var check web.Check
		check.Add("phone", "phone."+phoneProblem(err))
		return check.Err()
	}
	var request subscription.VisitRequest
	if err := h.askCode(r, func() (err error) {
		request, err = h.store.RequestVisit(r.Context(), number, linkSite(r), key)
		return err
	}); err != nil {
		return err
	}
	if request.NotSent != nil {
		slog.WarnContext(r.Context(), "the code of a visit was not sent", "error", request.NotSent.Error())
	}
	web.Outcome(r.Context(), "manage_asked")
	return web.WriteJSON(w, http.StatusAccepted, asked{request.ID, request.ExpiresAt})
}

// giveTokens answers POST /v1/manage/verify: the right code gives a new manage token for each subscription of the phone, and
// ends those before. A code that was used is as one that is too old.
func (h *handler) giveTokens(w http.ResponseWriter, r *http.Request) error {
	var in visitCode
	if err := web.DecodeJSON(r, &in); err != nil {
		return err
	}
	if err := checkCode(in.Code); err != nil {
		return err
	}
	visit, err := h.store.VisitByCode(r.Context(), in.RequestID, in.Code)
	if errors.Is(err, subscription.ErrNotFound) {
		return subscription.ErrCodeExpired
	}
	if err != nil {
		return err
	}
	all, err := h.store.TokensOfPhone(r.Context(), visit.Of)
	if err != nil {
		return err
	}
	out := managed{Subscriptions: []managedOne{}}
	for _, m := range all {
		out.Subscriptions = append(out.Subscriptions, managedOne{m.Subscription.ID, m.ManageToken})
	}
	web.Outcome(r.Context(), "manage_tokens")
	return web.WriteJSON(w, http.StatusOK, out)
}
