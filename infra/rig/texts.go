package rig

import (
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"time"

	"voice.example/infra/local/phone"
)

// Text is one that a phone has received.
type Text struct {
	To        string    `json:"to"`
	Body      string    `json:"body"`
	SentAt    time.Time `json:"sent_at"`
	MessageID string    `json:"message_id"`
}

// Texts are those that a number has received since the last Reset, or with "" all numbers, oldest first.
func (r *Rig) Texts(number string) []Text {
	r.t.Helper()
	all := r.allTexts()[r.since:]
	texts := []Text{}
	for _, t := range all {
		if number == "" || t.To == number {
			texts = append(texts, t)
		}
	}
	return texts
}

func (r *Rig) allTexts() (all []Text) {
	r.t.Helper()
	answer := httptest.NewRecorder()
	r.phones.ServeHTTP(answer, httptest.NewRequest(http.MethodGet, "/messages", nil))
	if err := json.Unmarshal(answer.Body.Bytes(), &all); err != nil {
		r.t.Fatal(err)
	}
	return all
}

// Behave sets how the phone network treats a number.
func (r *Rig) Behave(number string, b phone.Behaviour) {
	r.t.Helper()
	if err := r.phones.SetRule(phone.Rule{To: number, Behaviour: b}); err != nil {
		r.t.Fatal(err)
	}
}
