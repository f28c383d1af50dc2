package main

import (
	"context"
	"errors"
	"net/http"
	"net/url"
	"reflect"
	"regexp"
	"strings"
	"testing"

	"voice.example/shared/subscription"
)

// mailbox is where e-mail goes.
type mailbox struct {
	to, bodies []string
	fail       error
}

func (m *mailbox) Send(_ context.Context, to string, _, body string) (string, error) {
	if m.fail != nil {
		return "", m.fail
	}
	m.to, m.bodies = append(m.to, to), append(m.bodies, body)
	return "message", nil
}

func (m *mailbox) code(t *testing.T) string {
	t.Helper()
	if len(m.bodies) == 0 {
		t.Fatal("no e-mail was sent")
	}
	return regexp.MustCompile(`\b\d{6}\b`).FindString(m.bodies[len(m.bodies)-1])
}

const withContacts = `{"a_number":"000000007","country_of_birth":"MX","phone":"2025550143","quiet_hours":{"from":"22:00","to":"07:00"},
	"second_phone":"(202) 555-0177","email":"ana@example.org"}`

// subscribe takes a request with contacts to its first code.
func subscribe(t *testing.T, d *desk, body string) (path string, made confirmed) {
	t.Helper()
	w := d.json("POST", "/v1/subscriptions", body)
	var answer pending
	decode(t, w, &answer)
	path = "/v1/subscriptions/" + answer.SubscriptionID
	w = d.json("POST", path+"/verify", `{"code":"`+d.code(t)+`"}`)
	decode(t, w, &made)
	if w.Code != http.StatusOK || made.Confirmed != subscription.OwnPhone || made.ManageToken == "" {
		t.Fatalf("got %d %s", w.Code, w.Body)
	}
	return path, made
}

func TestContacts(t *testing.T) {
	both := []subscription.Kind{subscription.SecondPhone, subscription.Email}
	t.Run("OK", func(t *testing.T) {
		d := newDesk(t)
		path, made := subscribe(t, d, withContacts)
		bearer := "Bearer " + made.ManageToken
		show := func() (sub shown) {
			w := d.ask("GET", path, "", "", "Authorization", bearer)
			decode(t, w, &sub)
			if w.Code != http.StatusOK || strings.Contains(w.Body.String(), "555017") || strings.Contains(w.Body.String(), "ana@") {
				t.Errorf("got %d %s", w.Code, w.Body)
			}
			return sub
		}
		if !reflect.DeepEqual(made.Waiting, both) || len(d.texts) != 2 || len(d.mail.to) != 1 {
			t.Fatalf("%v waits, %d texts", made.Waiting, len(d.texts))
		}
		if sub := show(); sub.SecondEnding != "" || sub.Email != "" || !reflect.DeepEqual(sub.Waiting, both) ||
			sub.Quiet == nil || *sub.Quiet != (quietHours{From: "22:00", To: "07:00", Zone: "America/New_York"}) {
			t.Errorf("before the codes: %+v", sub)
		}
		for kind, code := range map[subscription.Kind]string{subscription.SecondPhone: d.code(t), subscription.Email: d.mail.code(t)} {
			w := d.json("POST", path+"/verify", `{"code":"`+code+`"}`)
			var done confirmed
			decode(t, w, &done)
			if w.Code != http.StatusOK || done.Confirmed != kind || strings.Contains(w.Body.String(), "manage_token") || done.Waiting == nil {
				t.Errorf("%s: got %d %s", kind, w.Code, w.Body)
			}
		}
		if sub := show(); sub.SecondEnding != "77" || sub.Email != "a***@example.org" || len(sub.Waiting) != 0 {
			t.Errorf("after the codes: %+v", sub)
		}
		w := d.json("PATCH", path, `{"second_phone":"","email":"","quiet_hours":{}}`, "Authorization", bearer)
		if sub := show(); w.Code != http.StatusOK || sub.SecondEnding != "" || sub.Email != "" || sub.Quiet != nil {
			t.Errorf("removed: %d %+v", w.Code, sub)
		}
		w = d.json("PATCH", path, `{"second_phone":"2025550178","email":null,"quiet_hours":{"from":"21:00","to":"06:00","time_zone":"America/Chicago"}}`, "Authorization", bearer)
		if sub := show(); w.Code != http.StatusOK || !reflect.DeepEqual(sub.Waiting, both[:1]) || sub.Quiet.Zone != "America/Chicago" || len(d.texts) != 3 {
			t.Errorf("set: %d %+v", w.Code, sub)
		}
		if w := d.json("PATCH", path, `{"quiet_hours":null,"discreet":true}`, "Authorization", bearer); w.Code != http.StatusOK || show().Quiet == nil {
			t.Errorf("null: %d", w.Code)
		}
		if w := d.ask("DELETE", path, "", "", "Authorization", bearer); w.Code != http.StatusNoContent {
			t.Errorf("got %d", w.Code)
		}
		d.now = d.now.Add(subscription.CodeLife)
		if w := d.json("POST", path+"/verify", `{"code":"`+d.code(t)+`"}`); w.Code == http.StatusOK {
			t.Errorf("a contact was confirmed after the end: %s", w.Body)
		}
	})
	t.Run("NotSentStillSubscribes", func(t *testing.T) {
		d := newDesk(t)
		d.mail.fail = errors.New("down")
		path, made := subscribe(t, d, withContacts)
		if !reflect.DeepEqual(made.Waiting, both) {
			t.Errorf("%v waits", made.Waiting)
		}
		w := d.json("PATCH", path, `{"email":"ana@example.org"}`, "Authorization", "Bearer "+made.ManageToken)
		if w.Code != http.StatusServiceUnavailable {
			t.Errorf("asked again: %d %s", w.Code, w.Body)
		}
		d.mail.fail = nil
		w = d.json("PATCH", path, `{"email":"ana@example.org"}`, "Authorization", "Bearer "+made.ManageToken)
		if w.Code != http.StatusOK || len(d.mail.to) != 1 {
			t.Errorf("asked once more: %d %s", w.Code, w.Body)
		}
	})
	t.Run("Refuses", func(t *testing.T) {
		d := newDesk(t)
		path, made := subscribe(t, d, strings.ReplaceAll(withContacts, "0143", "0144"))
		d.texts = nil
		for _, test := range []struct{ name, field, fields string }{
			{"ErrQuietTime", `"quiet_hours":{"from":"10pm","to":"07:00"}`, "quiet_hours"},
			{"ErrQuietZone", `"quiet_hours":{"from":"22:00","to":"07:00","time_zone":"Local"}`, "quiet_hours"},
			{"ErrQuietHalf", `"quiet_hours":{"from":"22:00"}`, "quiet_hours"},
			{"ErrQuietText", `"quiet_hours":"night"`, "quiet_hours"},
			{"ErrQuietNumber", `"quiet_hours":{"from":22,"to":"07:00"}`, "quiet_hours.from"},
			{"ErrQuietField", `"quiet_hours":{"from":"22:00","to":"07:00","until":"x"}`, "until"},
			{"ErrSecondPhone", `"second_phone":"555 0143"`, "second_phone"},
			{"ErrSecondTollFree", `"second_phone":"18002345678"`, "second_phone"},
			{"ErrSecondIsFirst", `"second_phone":"2025550144"`, "second_phone"},
			{"ErrEmail", `"email":"Ana <ana@example.org>"`, "email"},
			{"ErrEmailLine", `"email":"ana@example.org\r\nBcc: x@example.org"`, "email"},
		} {
			t.Run(test.name, func(t *testing.T) {
				w := d.json("PATCH", path, "{"+test.field+"}", "Authorization", "Bearer "+made.ManageToken)
				also := d.json("POST", "/v1/subscriptions?lang=es", `{"a_number":"012345678","country_of_birth":"MX","phone":"2025550144",`+test.field+`}`)
				var p, q problem
				decode(t, w, &p)
				decode(t, also, &q)
				if w.Code != http.StatusBadRequest || also.Code != http.StatusBadRequest || fields(p) != test.fields || fields(q) != test.fields {
					t.Fatalf("got %d %s and %d %s", w.Code, w.Body, also.Code, also.Body)
				}
				for _, e := range append(p.Errors, q.Errors...) {
					if e.Problem == "" || strings.HasPrefix(e.Problem, "problem.") {
						t.Errorf("%s is worded %q", e.Field, e.Problem)
					}
				}
			})
		}
		if len(d.texts) != 0 {
			t.Errorf("%d texts were sent", len(d.texts))
		}
	})
	t.Run("ErrEmailNotOffered", func(t *testing.T) {
		d := newDesk(t)
		d.store.Mail = nil
		w := d.json("POST", "/v1/subscriptions", withContacts)
		var p problem
		decode(t, w, &p)
		if w.Code != http.StatusBadRequest || fields(p) != "email" || strings.HasPrefix(p.Errors[0].Problem, "problem.") {
			t.Errorf("got %d %s", w.Code, w.Body)
		}
	})
}

func TestContactPages(t *testing.T) {
	fill := func(lang string) url.Values {
		form := typed()
		form.Set("lang", lang)
		form.Set("quiet", "yes")
		form.Set("second_phone", "202 555 0177")
		form.Set("email", "ana@example.org")
		return form
	}
	// enter answers the page after a code.
	enter := func(t *testing.T, d *desk, from, lang, code string) (int, string) {
		t.Helper()
		form := url.Values{"id": {hidden(t, from, "id")}, "lang": {lang}, "code": {code}}
		if strings.Contains(from, `name="manage_token"`) {
			form.Set("manage_token", hidden(t, from, "manage_token"))
		}
		w := d.post("/alerts/verify", form)
		return w.Code, w.Body.String()
	}
	for lang, words := range map[string]struct{ quiet, wait, second, mail, wrong string }{
		"en": {"Between 10:00 PM and 7:00 AM, by the clock in New York", "One more step", "Your second contact is confirmed", "Your e-mail address is confirmed", "You have 4 tries left"},
		"es": {"Entre las 10:00 p. m. y las 7:00 a. m., hora de New York", "Un paso más", "Su segundo contacto está confirmado", "Su correo electrónico está confirmado", "Le quedan 4 intentos"},
	} {
		t.Run("FromFormToContacts/"+lang, func(t *testing.T) {
			d := newDesk(t)
			_, page := enter(t, d, d.post("/alerts", fill(lang)).Body.String(), lang, d.code(t))
			if !strings.Contains(page, words.quiet) || !strings.Contains(page, words.wait) || strings.Contains(page, "done.") {
				t.Fatalf("got %s", page)
			}
			second, mail := d.code(t), d.mail.code(t)
			if second == mail {
				t.Skip("both codes are alike")
			}
			d.now = d.now.Add(subscription.CodeLife)
			wrong := "000000"
			if second == wrong || mail == wrong {
				wrong = "111111"
			}
			if status, again := enter(t, d, page, lang, wrong); status != http.StatusUnprocessableEntity || !strings.Contains(again, words.wrong) ||
				hidden(t, again, "manage_token") != hidden(t, page, "manage_token") {
				t.Errorf("got %d %s", status, again)
			}
			status, page := enter(t, d, page, lang, second)
			if status != http.StatusOK || !strings.Contains(page, words.second) || !strings.Contains(page, words.wait) {
				t.Errorf("got %d %s", status, page)
			}
			status, page = enter(t, d, page, lang, mail)
			if status != http.StatusOK || !strings.Contains(page, words.mail) || strings.Contains(page, words.wait) || strings.Contains(page, "ana@") {
				t.Errorf("got %d %s", status, page)
			}
			stop := url.Values{"id": {hidden(t, page, "id")}, "manage_token": {hidden(t, page, "manage_token")}}
			if w := d.post("/alerts/stop", stop); w.Code != http.StatusOK {
				t.Errorf("stopping: %d %s", w.Code, w.Body)
			}
		})
		t.Run("ErrUsedUpKeepsThePage/"+lang, func(t *testing.T) {
			d := newDesk(t)
			_, page := enter(t, d, d.post("/alerts", fill(lang)).Body.String(), lang, d.code(t))
			d.now = d.now.Add(subscription.ContactCodeLife)
			if status, again := enter(t, d, page, lang, d.code(t)); status != http.StatusGone || !strings.Contains(again, `href="#code"`) ||
				strings.Contains(again, "problem.") || hidden(t, again, "manage_token") == "" {
				t.Errorf("got %d %s", status, again)
			}
		})
	}
	t.Run("NotSentIsSaid", func(t *testing.T) {
		d := newDesk(t)
		d.mail.fail = errors.New("down")
		if _, page := enter(t, d, d.post("/alerts", fill("en")).Body.String(), "en", d.code(t)); !strings.Contains(page, "We could not send every code") {
			t.Errorf("got %s", page)
		}
	})
	t.Run("NothingWaitsWithoutContacts", func(t *testing.T) {
		d := newDesk(t)
		_, page := enter(t, d, d.post("/alerts", typed()).Body.String(), "es", d.code(t))
		if strings.Contains(page, `name="code"`) || !strings.Contains(page, "también de noche") {
			t.Errorf("got %s", page)
		}
	})
	t.Run("FieldsAreShownAgain", func(t *testing.T) {
		form := fill("es")
		form.Set("second_phone", "18002345678")
		form.Set("email", "no")
		body := newDesk(t).post("/alerts", form).Body.String()
		for _, want := range []string{`href="#second_phone"`, `value="18002345678"`, `value="no"`, `name="quiet" value="yes" checked`, `type="hidden" name="second_phone"`} {
			if !strings.Contains(body, want) {
				t.Errorf("no %s in %s", want, body)
			}
		}
	})
	t.Run("EmailOnlyWhereItIsOffered", func(t *testing.T) {
		d := newDesk(t)
		if !strings.Contains(d.ask("GET", "/alerts", "", "").Body.String(), `name="email"`) {
			t.Error("the form has no e-mail address")
		}
		d.store.Mail = nil
		if strings.Contains(d.ask("GET", "/alerts", "", "").Body.String(), `name="email"`) {
			t.Error("the form asks for an e-mail address")
		}
	})
}
