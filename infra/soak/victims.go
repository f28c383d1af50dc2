package main

import (
	"fmt"
	"net/http"
	"regexp"
	"time"

	"voice.example/infra/rig"
	"voice.example/infra/world"
	"voice.example/shared/custody"
	"voice.example/shared/subscription"
)

var sixDigits = regexp.MustCompile(`\b[0-9]{6}\b`)

// lastCode is the last one-time code that a phone has.
func (w *round) lastCode(phone string) string {
	all := w.Texts(phone)
	for i := len(all) - 1; i >= 0; i-- {
		if code := sixDigits.FindString(all[i].Body); code != "" {
			return code
		}
	}
	return ""
}

// stopped reports whether a phone has ever said STOP.
func (w *round) stopped(phone string) bool {
	for _, said := range w.Phones[phone].Words {
		if said.Stop {
			return true
		}
	}
	return false
}

// subscribe is somebody who asks to be told and, mostly, confirms. Whether that has worked the table says: an answer may
// have been lost.
func (w *round) subscribe() {
	w.words++ // also of those who never confirm: a text with their word is nobody's
	f := &world.Follower{Person: pick(w.dice, w.Persons[:people+2]), Phone: pick(w.dice, w.Numbers()), Word: fmt.Sprintf("Word%dx", w.words), Born: "MX"}
	if w.stopped(f.Phone) {
		return
	}
	for _, other := range w.Followers {
		if other.Person == f.Person && other.Phone == f.Phone {
			return // it would replace the other
		}
	}
	events := pick(w.dice, [][]custody.Event{nil, nil, nil, {custody.EventReleased}, {custody.EventReleased, custody.Transferred}})
	body := map[string]any{"a_number": f.Person.Number, "country_of_birth": "Mexico", "phone": f.Phone, "language": "en", "code_word": f.Word}
	if events != nil {
		body["events"] = events
	}
	if w.dice.in(5) {
		f.Second = fmt.Sprintf("+12025550%03d", 200+len(w.Followers))
		body["second_phone"] = f.Second
		w.private.Number(f.Second)
	}
	w.Advance(time.Second)
	answer := w.send(asking{function: "intake", name: "subscribe", method: "POST", path: "/v1/subscriptions", body: body, key: f.Word}, w.dice.fault())
	var pending struct {
		ID string `json:"subscription_id"`
	}
	switch {
	case answer.Code == http.StatusTooManyRequests:
		w.tally.count("codes refused, as too many", 1)
		return
	case !w.decode("subscribe", answer, http.StatusAccepted, &pending):
		return
	case w.dice.in(6):
		w.tally.count("subscriptions not confirmed", 1)
		return // and never hears a word
	}
	var confirmed struct {
		Token string `json:"manage_token"`
	}
	verify := asking{function: "intake", name: "verify", method: "POST", path: "/v1/subscriptions/" + pending.ID + "/verify",
		body: map[string]any{"code": w.lastCode(f.Phone)}}
	if answer := w.send(verify, w.dice.fault()); answer.Code == http.StatusOK {
		w.decode("verify", answer, http.StatusOK, &confirmed)
	}
	sub, confirmedNow := w.subscription(f.Person.Number, pending.ID)
	if !confirmedNow {
		w.tally.count("subscriptions whose code did not come", 1)
		return
	}
	if f.Second != "" {
		verify.body = map[string]any{"code": w.lastCode(f.Second)}
		w.send(verify, rig.Fault{})
		sub, _ = w.subscription(f.Person.Number, pending.ID)
	}
	f.Sub, f.Token, f.Confirmed = sub, confirmed.Token, w.Now()
	w.Followers = append(w.Followers, f)
	w.Jot("%s %s follows %s, wants %v, second %q: %s", f.Word, f.Phone, f.Person.Initials, events, f.Second, f.Sub.ID)
	w.tally.count("subscriptions", 1)
	w.Advance(time.Second)
}

// subscription finds what came of a request, if anything did.
func (w *round) subscription(a custody.ANumber, request string) (subscription.Subscription, bool) {
	for sub, err := range w.Subs.Subscribers(w.stage.Context(), a) {
		if err != nil {
			w.stage.Fatal(err)
		}
		if sub.RequestID == request {
			return sub, true
		}
	}
	return subscription.Subscription{}, false
}

// end is somebody who ends their subscription.
func (w *round) end() {
	if len(w.Followers) == 0 || !w.dice.in(3) {
		return
	}
	f := pick(w.dice, w.Followers)
	if !f.Ended.IsZero() || f.Token == "" {
		return
	}
	w.Advance(time.Second)
	answer := w.send(asking{function: "intake", name: "end", method: "DELETE", path: "/v1/subscriptions/" + f.Sub.RequestID, token: f.Token}, w.dice.fault())
	if answer.Code != http.StatusNoContent && answer.Code != http.StatusNotFound && answer.Code != http.StatusUnauthorized {
		w.stage.Errorf("end answers %d: %s", answer.Code, answer.Body)
	}
	f.Ended = w.Now()
	w.Jot("%s ends", f.Word)
	w.tally.count("subscriptions ended", 1)
	w.Advance(time.Second)
}

// say is a word from a phone, which waits in the queue then.
func (w *round) say() {
	number, said := pick(w.dice, w.Numbers()), pick(w.dice, []string{"STOP", "START", "1", "1", "1"})
	w.Advance(time.Second) // so that no two words are of one moment
	at := w.Now()
	w.Reply(number, said)
	w.Jot("%s says %s", number, said)
	w.Phones[number].Words = append(w.Phones[number].Words, world.Word{Stop: said == "STOP", Start: said == "START", At: at})
	w.tally.count("replies", 1)
	w.Advance(time.Second)
}

// visitors look people up all the while.
type visitors struct {
	*round
	dice dice
	stop chan struct{}
}

// run asks for somebody who is held all along, for somebody whom nobody knows, and for somebody who gave another country;
// the last two get the same answer.
func (v *visitors) run() {
	steady := v.crowd[len(v.crowd)-1]
	nobody := ""
	for {
		select {
		case <-v.stop:
			return
		case <-time.After(time.Duration(v.dice.IntN(30)) * time.Millisecond):
		}
		kind := v.dice.IntN(3)
		body := map[string]any{"a_number": steady.Number, "country_of_birth": "MX"}
		switch kind {
		case 1:
			body["a_number"] = fmt.Sprintf("%09d", 300_000_000+v.dice.IntN(1000))
		case 2:
			body["country_of_birth"] = "HN"
		}
		f := v.dice.fault()
		if f.For > time.Second {
			f.For = time.Second
		}
		answer, result := v.Ask(asking{method: "POST", path: "/v1/custody/search", body: body}.http(), f)
		v.tally.invoked("look-up", f, result)
		v.tally.count("HTTP requests", 1)
		switch {
		case answer.Code >= http.StatusInternalServerError:
			v.brokenOnlyByFaults("look-up", answer, result)
		case kind == 0 && answer.Code != http.StatusOK:
			v.stage.Errorf("a look-up of somebody who is held answers %d", answer.Code)
		case kind != 0 && answer.Code != http.StatusNotFound:
			v.stage.Errorf("a look-up of nobody answers %d", answer.Code)
		case kind != 0:
			if text := answer.Body.String(); nobody == "" {
				nobody = text
			} else if text != nobody {
				v.stage.Errorf("two look-ups of nobody are told apart")
			}
		}
	}
}
