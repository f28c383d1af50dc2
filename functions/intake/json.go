package main

import (
	"errors"
	"log/slog"
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

// confirmed answers the right code. The token comes with that of the subscriber's own phone, and is shown this once.
type confirmed struct {
	SubscriptionID string              `json:"subscription_id"`
	ManageToken    string              `json:"manage_token,omitempty"`
	Confirmed      subscription.Kind   `json:"confirmed"`
	Waiting        []subscription.Kind `json:"waiting"` // whose codes are still to come
}

// shown is a subscription as its holder sees it; phones by their last two digits. What waits for its code is told by
// kind only.
type shown struct {
	SubscriptionID string              `json:"subscription_id"`
	CountryOfBirth country.Code        `json:"country_of_birth"`
	PhoneEnding    string              `json:"phone_ending"`
	Language       i18n.Language       `json:"language"`
	Events         []custody.Event     `json:"events"` // empty means all
	Discreet       bool                `json:"discreet"`
	CodeWord       string              `json:"code_word"`
	Quiet          *quietHours         `json:"quiet_hours"`         // null for none
	SecondEnding   string              `json:"second_phone_ending"` // empty for none, and so with the e-mail address
	Email          string              `json:"email"`               // a***@example.org
	Waiting        []subscription.Kind `json:"waiting"`
	CreatedAt      time.Time           `json:"created_at"`
}

// codeTyped is a one-time code.
type codeTyped struct {
	Code string `json:"code" jsonschema:"required"`
}

// changes are what a subscription is to have instead. A field that is left out or null stays as it is; an empty text or object
// ends what it is about.
type changes struct {
	Language    *string          `json:"language"`
	Events      *[]custody.Event `json:"events"`
	Discreet    *bool            `json:"discreet"`
	CodeWord    *string          `json:"code_word"`
	Quiet       *quietHours      `json:"quiet_hours"`
	SecondPhone *string          `json:"second_phone"`
	Email       *string          `json:"email"`
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
	var request subscription.Pending
	if err := h.askCode(r, func() (err error) {
		request, err = h.store.Request(r.Context(), app, key)
		return err
	}); err != nil {
		return err
	}
	web.Outcome(r.Context(), "code_sent")
	w.Header().Set("Location", "/v1/subscriptions/"+request.ID)
	return web.WriteJSON(w, http.StatusAccepted, pending{request.ID, request.ExpiresAt})
}

// verify answers POST /v1/subscriptions/{id}/verify: the right code makes the subscription, or confirms a contact of it.
func (h *handler) verify(w http.ResponseWriter, r *http.Request) error {
	var in codeTyped
	if err := web.DecodeJSON(r, &in); err != nil {
		return err
	}
	if err := checkCode(in.Code); err != nil {
		return err
	}
	id := r.PathValue("id")
	done, err := h.confirm(r, id, in.Code)
	if err != nil {
		return err
	}
	noteConfirmed(r, done)
	return web.WriteJSON(w, http.StatusOK, confirmed{id, done.ManageToken, done.Kind, h.waiting(done.Subscription)})
}

// noteConfirmed logs what a right code did, and why a contact that now waits got no code.
func noteConfirmed(r *http.Request, done subscription.Confirmed) {
	if done.Kind == subscription.OwnPhone {
		web.Outcome(r.Context(), "subscribed")
	} else {
		web.Outcome(r.Context(), "contact_confirmed")
	}
	if done.NotSent != nil {
		slog.WarnContext(r.Context(), "a contact's code was not sent", "error", done.NotSent.Error())
	}
}

// waiting lists which contacts wait for their code, as JSON tells it.
func (h *handler) waiting(sub subscription.Subscription) []subscription.Kind {
	return append([]subscription.Kind{}, sub.Waiting(h.store.Now())...)
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

// change answers PATCH /v1/subscriptions/{id}. A field that is left out or null stays as it is; an empty text or object
// ends what it is about. A new contact is sent a code, to be confirmed like the first one.
func (h *handler) change(w http.ResponseWriter, r *http.Request) error {
	var in changes
	if err := web.DecodeJSON(r, &in); err != nil {
		return err
	}
	wanted := subscription.Changes{Events: in.Events, Discreet: in.Discreet, CodeWord: in.CodeWord, Quiet: in.Quiet, Email: in.Email}
	var check web.Check
	if in.Language != nil {
		language, ok := i18n.Parse(*in.Language)
		if !ok {
			check.Add("language", "language.unknown")
		}
		wanted.Language = &language
	}
	if in.SecondPhone != nil {
		number := secondPhone(&check, *in.SecondPhone)
		wanted.Second = &number
	}
	if err := check.Err(); err != nil {
		return err
	}
	id := r.PathValue("id")
	sub, err := h.store.Change(r.Context(), id, bearer(r), wanted)
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
	number, err := h.store.Phone(r.Context(), sub)
	if err != nil {
		return err
	}
	second, err := h.store.SecondPhone(r.Context(), sub)
	if err != nil && !errors.Is(err, subscription.ErrNotFound) {
		return err
	}
	email, err := h.store.EmailAddress(r.Context(), sub)
	if err != nil && !errors.Is(err, subscription.ErrNotFound) {
		return err
	}
	web.Outcome(r.Context(), outcome)
	events := sub.Events
	if events == nil {
		events = []custody.Event{}
	}
	return web.WriteJSON(w, http.StatusOK, shown{
		SubscriptionID: id, CountryOfBirth: sub.CountryOfBirth, PhoneEnding: number.Masked(), Language: sub.Language,
		Events: events, Discreet: sub.Discreet, CodeWord: sub.CodeWord, Quiet: sub.Quiet,
		SecondEnding: second.Masked(), Email: maskEmail(email), Waiting: h.waiting(sub), CreatedAt: sub.CreatedAt,
	})
}

// maskEmail leaves the first letter of an address and its domain, enough for its holder to recognise it.
func maskEmail(address string) string {
	local, domain, ok := strings.Cut(address, "@")
	if !ok {
		return ""
	}
	return local[:min(1, len(local))] + "***@" + domain
}

// bearer is the manage token of a request, empty when there is none.
func bearer(r *http.Request) string {
	scheme, token, _ := strings.Cut(r.Header.Get("Authorization"), " ")
	if !strings.EqualFold(scheme, "Bearer") {
		return ""
	}
	return strings.TrimSpace(token)
}
