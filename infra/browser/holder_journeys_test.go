package browser

import (
	"encoding/json"
	"net/http"
	"testing"
)

// verify asks about a code that no text has, after one that cannot be one.
func verify(t *testing.T, s service, r reader) {
	b := open(t, s.API, r)
	b.typed = []string{"K7P4-QDX2", "K7P4"}
	b.visit("/")
	b.follow(b.say("nav.verify"))
	b.at("verify.title")
	b.look("verify")
	b.through(answers{{"field.check.label", "K7P4"}}, "verify.title", "verify.submit")
	b.shows("problem.check.shape")
	b.refusedWell("verify refused")
	b.through(answers{{"field.check.label", "k7p4 qdx2"}}, "verify.no.title", "verify.submit")
	b.look("not our text")
	b.follow(b.say("verify.again"))
	b.at("verify.title")
}

// manage finds the alerts of a phone by a code, changes one, and deletes them all.
func manage(t *testing.T, s service, r reader) {
	number := phone()
	var pending struct {
		ID string `json:"subscription_id"`
	}
	asked := s.send(t, "POST", "/v1/subscriptions", jsonType, `{"a_number":"900000002","country_of_birth":"BR","phone":"`+number+`","language":"en"}`)
	if err := json.Unmarshal([]byte(asked.body), &pending); err != nil || asked.status != http.StatusAccepted {
		t.Fatalf("%d %s", asked.status, asked.body)
	}
	if made := s.send(t, "POST", "/v1/subscriptions/"+pending.ID+"/verify", jsonType, `{"code":"`+s.code(t, number)+`"}`); made.status != http.StatusOK {
		t.Fatalf("%d %s", made.status, made.body)
	}
	if asked := s.send(t, "POST", "/v1/inquiries", jsonType, `{"reason":"alerts","phone":"`+number+`","safe_contact":{"may_text":true}}`); asked.status != http.StatusCreated {
		t.Fatalf("%d %s", asked.status, asked.body)
	}
	b := open(t, s.API, r)
	b.typed = []string{digitsOf(number), number, "900000002"}
	b.visit("/")
	b.follow(b.say("nav.manage"))
	b.at("manage.title")
	b.look("manage")
	b.through(answers{{"field.phone.label", number}}, "manage.code.title", "manage.submit")
	b.look("manage, code")
	b.through(answers{{"field.code.label", s.code(t, number)}}, "manage.alerts.title", "manage.open")
	b.shows("ask.reason.alerts")
	b.look("manage, alerts")
	b.press(b.say("manage.change"))
	b.at("manage.change.title")
	b.look("manage, change")
	b.press(b.say("manage.save"))
	b.at("manage.alerts.title")
	b.shows("manage.note.changed")
	b.look("manage, changed")
	b.press(b.say("manage.delete.first"))
	b.at("manage.delete.title")
	b.look("manage, delete")
	b.press(b.say("manage.delete.submit"))
	b.at("manage.deleted.title")
	b.look("manage, deleted")
}
