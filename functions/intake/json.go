package main

import (
	"net/http"
	"strings"
	"time"

	"voice.example/shared/country"
	"voice.example/shared/custody"
	"voice.example/shared/i18n"
	"voice.example/shared/subscription"
	"voice.example/shared/web"
)

// pending answers a request for a subscription. It says the same whether or not the person, the phone or an earlier
// subscription is known.
type pending struct {
	SubscriptionID string    `json:"subscription_id"`
	ExpiresAt      time.Time `json:"expires_at"` // until when the code works
}

// confirmed answers the right code. The token is shown this once.
type confirmed struct {
	SubscriptionID string `json:"subscription_id"`
	ManageToken    string `json:"manage_token"`
}

// shown is a subscription as its holder sees it; the phone by its last two digits.
type shown struct {
	SubscriptionID string          `json:"subscription_id"`
	CountryOfBirth country.Code    `json:"country_of_birth"`
	PhoneEnding    string          `json:"phone_ending"`
	Language       i18n.Language   `json:"language"`
	Events         []custody.Event `json:"events"` // empty means all
	Discreet       bool            `json:"discreet"`
	CodeWord       string          `json:"code_word"`
	CreatedAt      time.Time       `json:"created_at"`
}

// subscribe answers POST /v1/subscriptions: it texts a code.
func (h *handler) subscribe(w http.ResponseWriter, r *http.Request) error {
	key, err := idempotencyKey(r)
	if err != nil {
		return err
	}
	var in wanted
	if err := web.DecodeJSON(r, &in); err != nil {
		return err
	}
	app, err := in.application(r)
	if err != nil {
		return err
	}
	request, err := h.store.Request(r.Context(), app, key)
	if err != nil {
		return err
	}
	web.Outcome(r.Context(), "code_sent")
	w.Header().Set("Location", "/v1/subscriptions/"+request.ID)
	return web.WriteJSON(w, http.StatusAccepted, pending{request.ID, request.ExpiresAt})
}

// verify answers POST /v1/subscriptions/{id}/verify: the right code makes the subscription.
func (h *handler) verify(w http.ResponseWriter, r *http.Request) error {
	var in struct {
		Code string `json:"code"`
	}
	if err := web.DecodeJSON(r, &in); err != nil {
		return err
	}
	if err := checkCode(in.Code); err != nil {
		return err
	}
	id := r.PathValue("id")
	done, err := h.store.Confirm(r.Context(), id, in.Code)
	if err != nil {
		return err
	}
	web.Outcome(r.Context(), "subscribed")
	return web.WriteJSON(w, http.StatusOK, confirmed{id, done.ManageToken})
}

// show answers GET /v1/subscriptions/{id}.
func (h *handler) show(w http.ResponseWriter, r *http.Request) error {
	id := r.PathValue("id")
	sub, err := h.store.Find(r.Context(), id, bearer(r))
	if err != nil {
		return err
	}
	return h.writeSubscription(w, r, id, sub, "shown")
}

// change answers PATCH /v1/subscriptions/{id}. A field that is left out or null stays as it is.
func (h *handler) change(w http.ResponseWriter, r *http.Request) error {
	var in struct {
		Language *string          `json:"language"`
		Events   *[]custody.Event `json:"events"`
		Discreet *bool            `json:"discreet"`
		CodeWord *string          `json:"code_word"`
	}
	if err := web.DecodeJSON(r, &in); err != nil {
		return err
	}
	changes := subscription.Changes{Events: in.Events, Discreet: in.Discreet, CodeWord: in.CodeWord}
	if in.Language != nil {
		language, ok := i18n.Parse(*in.Language)
		if !ok {
			return web.Check{{Name: "language", Problem: "language.unknown"}}.Err()
		}
		changes.Language = &language
	}
	id := r.PathValue("id")
	sub, err := h.store.Change(r.Context(), id, bearer(r), changes)
	if err != nil {
		return err
	}
	return h.writeSubscription(w, r, id, sub, "changed")
}

// stop answers DELETE /v1/subscriptions/{id}.
func (h *handler) stop(w http.ResponseWriter, r *http.Request) error {
	if err := h.store.Stop(r.Context(), r.PathValue("id"), bearer(r)); err != nil {
		return err
	}
	web.Outcome(r.Context(), "stopped")
	w.WriteHeader(http.StatusNoContent)
	return nil
}

func (h *handler) writeSubscription(w http.ResponseWriter, r *http.Request, id string, sub subscription.Subscription, outcome string) error {
	number, err := h.store.Phone(sub)
	if err != nil {
		return err
	}
	web.Outcome(r.Context(), outcome)
	events := sub.Events
	if events == nil {
		events = []custody.Event{}
	}
	return web.WriteJSON(w, http.StatusOK, shown{
		SubscriptionID: id, CountryOfBirth: sub.CountryOfBirth, PhoneEnding: number.Masked(), Language: sub.Language,
		Events: events, Discreet: sub.Discreet, CodeWord: sub.CodeWord, CreatedAt: sub.CreatedAt,
	})
}

// bearer is the manage token of a request, empty when there is none.
func bearer(r *http.Request) string {
	scheme, token, _ := strings.Cut(r.Header.Get("Authorization"), " ")
	if !strings.EqualFold(scheme, "Bearer") {
		return ""
	}
	return strings.TrimSpace(token)
}
