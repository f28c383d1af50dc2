package simulation

import (
	"context"
	"fmt"
	"regexp"
	"time"

	"pgregory.net/rapid"

	"voice.example/shared/country"
	"voice.example/shared/custody"
	"voice.example/shared/i18n"
	"voice.example/shared/phone"
	"voice.example/shared/subscription"
)

// codes takes one-time codes in the place of phones.
type codes struct{ last string }

var sixDigits = regexp.MustCompile(`\b[0-9]{6}\b`)

// Send takes one.
func (c *codes) Send(_ context.Context, _ phone.Number, text string) (string, error) {
	c.last = sixDigits.FindString(text)
	return "code", nil
}

// numbers are the phones in order.
func (w *world) numbers() (all []string) {
	for i := range len(w.phones) {
		all = append(all, fmt.Sprintf("+1202555014%d", i))
	}
	return all
}

// Subscribe is somebody who asks to be told, and confirms.
func (w *world) Subscribe(t *rapid.T) {
	w.t = t
	f := &follower{person: w.persons[rapid.IntRange(0, 2).Draw(t, "person")], phone: rapid.SampledFrom(w.numbers()).Draw(t, "phone"),
		word: fmt.Sprintf("Word%d", len(w.followers)), born: rapid.SampledFrom([]string{"MX", "MX", "MX", "MX", "HN"}).Draw(t, "born")}
	events := rapid.SampledFrom([][]custody.Event{nil, nil, nil, {custody.EventReleased}, {custody.EventReleased, custody.Transferred}}).Draw(t, "events")
	second := rapid.IntRange(0, 3).Draw(t, "second") == 0
	for _, other := range w.followers {
		if other.person == f.person && other.phone == f.phone && other.ended.IsZero() {
			return // it would replace the other
		}
	}
	if second {
		f.second = fmt.Sprintf("+12025550%03d", 200+len(w.followers))
	}
	if rapid.IntRange(0, 3).Draw(t, "quiet") == 0 {
		f.quiet = &subscription.Quiet{From: "22:00", To: "07:00", Zone: "America/New_York"}
	}
	w.follow(f, events)
}

// follow subscribes a follower, who wants to hear of some events (nil: of all), and whose second contact, if there is
// one, has confirmed it.
func (w *world) follow(f *follower, events []custody.Event) {
	w.t.Helper()
	pending, err := w.subs.Request(ctx, subscription.Application{ANumber: f.person.number, CountryOfBirth: country.Code(f.born), Phone: phone.Number(f.phone),
		Language: i18n.English, CodeWord: f.word, Events: events, Second: phone.Number(f.second), Quiet: f.quiet}, "")
	if err != nil {
		w.t.Fatal(err)
	}
	confirmed, err := w.subs.Confirm(ctx, pending.ID, w.codes.last)
	if err != nil {
		w.t.Fatal(err)
	}
	f.sub, f.token = confirmed.Subscription, confirmed.ManageToken
	if f.second != "" {
		if _, err = w.subs.Confirm(ctx, pending.ID, w.codes.last); err != nil {
			w.t.Fatal(err)
		}
		if f.sub, err = w.subs.Get(ctx, f.sub.ANumber, f.sub.ID); err != nil {
			w.t.Fatal(err)
		}
	}
	f.confirmed = w.Now()
	w.followers = append(w.followers, f)
	w.jot("%s %s follows %s, born %s, wants %v, second %q: %s", f.word, f.phone, f.person.initials, f.born, events, f.second, f.sub.ID)
	w.Advance(time.Second)
}

// End is somebody who ends their subscription.
func (w *world) End(t *rapid.T) {
	w.t = t
	w.drawEnd(t)()
}

func (w *world) drawEnd(t *rapid.T) func() {
	i := rapid.IntRange(0, 9).Draw(t, "follower")
	return func() {
		if i >= len(w.followers) || !w.followers[i].ended.IsZero() {
			return
		}
		f := w.followers[i]
		if err := w.subs.Stop(ctx, f.sub.ID, f.token); err != nil {
			w.t.Fatal(err)
		}
		f.ended = w.Now()
		w.jot("%s ends", f.word)
		w.Advance(time.Second)
	}
}

// Say is a word from a phone, which waits in the queue then.
func (w *world) Say(t *rapid.T) {
	w.t = t
	number := rapid.SampledFrom(w.numbers()).Draw(t, "phone")
	said := rapid.SampledFrom([]string{"STOP", "START", "1", "1"}).Draw(t, "says")
	w.Advance(time.Second) // so that no two words are of one moment
	at := w.Now()
	w.Reply(number, said)
	w.jot("%s says %s", number, said)
	w.phones[number].words = append(w.phones[number].words, word{stop: said == "STOP", start: said == "START", at: at})
	w.Advance(time.Second)
}

// stopped reports whether a phone has said STOP, was heard, and did not say START since.
func (h *handset) stopped() bool {
	is := false
	for _, said := range h.words {
		is = said.stop && said.heard || is && !said.start
	}
	return is
}

// everStopped reports whether a phone ever said STOP.
func (h *handset) everStopped() bool {
	for _, said := range h.words {
		if said.stop {
			return true
		}
	}
	return false
}
